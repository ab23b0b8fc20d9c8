/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-files: readers of single files and folders below /sys, /proc and /run/udev. They know
 * nothing of the graph.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

/* ---- PCI devices (use-pci.c) */

#define IFX_USE_PCI_DEVICES "sys/bus/pci/devices"

typedef struct _ifxUsePci ifxUsePci;
struct _ifxUsePci {
    ifxPciAddress address;
    char *driver;           /* NULL: none */
    bool host_driver;       /* the driver works for the host. Those of vfio do not: vfio-pci and its
                             * variants, which have vfio-dev/ (Linux
                             * Documentation/ABI/testing/sysfs-devices-vfio-dev). Nor do those
                             * that keep a device for somebody else: pci-stub, pci-pf-stub,
                             * pciback, uio_pci_generic, igb_uio */
};

/* The names in sysfs of the PCI devices of the host whose root is @sysroot, in their order: new
 * array of char *, which frees them. @only: those at addresses of this set of ifxPciAddress; NULL:
 * all. Empty if the PCI devices cannot be listed. */
GPtrArray *ifxUsePciListNames(const char *sysroot, GHashTable *only);

/* The devices with these names for whose class code @match is true: new array of ifxUsePci, which
 * frees them, in the same order. NULL if there are no names. */
GArray *ifxUsePciList(const char *sysroot,
                      GHashTable *only,
                      bool (*match)(guint32 class_code));

/* "pci/0000:04:00.0". Free with g_free(). */
char *ifxUsePciId(const ifxPciAddress *address);

/* Where DIR/NAME leads, as a path of the host's own sysfs, "/devices/pci0000:00/...", so that no
 * folder above the host's root is taken for a device. NULL if it leads nowhere, or not to a device.
 * Free with g_free(). */
char *ifxUsePciResolve(const char *dir, const char *name);

/* ---- mounts and swap (use-mountinfo.c, the one file that calls libmount) */

typedef struct _ifxUseMount ifxUseMount;
struct _ifxUseMount {
    char *target;           /* "/home" */
    char *source;           /* "/dev/sda1", "tank/home"; "none" if it has none */
    char *fs_type;
    char *number;           /* of its device, "8:1"; "0:42" where it has none of its own */
    char *root;             /* the folder of it that is mounted, "/"; "net:[4026531833]" */
};

/* Reads PROC/PID/mountinfo (proc(5)): new array of ifxUseMount, which frees them. NULL if it
 * cannot be read; *@sound is set to false if a line makes no sense. */
GArray *ifxUseMountinfoLoad(const char *proc, const char *pid, bool *sound);

/* The mount, of ifxUseMount, that the file @path is in; NULL: none. Lent. */
const ifxUseMount *ifxUseMountinfoFind(const GArray *mounts, const char *path);

typedef struct _ifxUseSwap ifxUseSwap;
struct _ifxUseSwap {
    char *path;
    bool file;              /* a file, not a block device */
};

/* Reads PROC/swaps (proc(5)): new array of ifxUseSwap, which frees them. It is empty if there is
 * no such file, as in a kernel without swap. NULL if the file cannot be read. libmount reads such
 * a file too, but only by its name. */
GArray *ifxUseMountinfoLoadSwap(const char *proc);

/* ---- udev's database (use-udev.c) */

/* /run/udev/data/bMAJOR:MINOR of a block device, and cMAJOR:MINOR of a character device, has a line
 * for each fact: "S:" a link below /dev, "E:" a property (systemd
 * src/libsystemd/sd-device/device-private.c, device_update_db). */
typedef struct _ifxUseUdev ifxUseUdev;
struct _ifxUseUdev {
    char *fs_type;          /* ID_FS_TYPE: the signature that blkid found; NULL: none */
    char *fs_label;         /* ID_FS_LABEL, for a member of ZFS its pool; or NULL */
    GPtrArray *links;       /* char *: "/dev/disk/by-id/..." */
};

/* The entry of the device of @kind, 'b' or 'c', with @number, "8:1". NULL: udev does not know it.
 * Free with ifxUseUdevFree(). */
ifxUseUdev *ifxUseUdevLoad(const char *sysroot, char kind, const char *number);
void ifxUseUdevFree(ifxUseUdev *udev);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxUseUdev, ifxUseUdevFree)
