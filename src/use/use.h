/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use: what the host, or someone on it, does with its PCI devices.
 *
 * A graph of the host's things: a disk sits on a PCI device, a partition on the disk, LUKS on
 * the partition; and uses of things: a file system is mounted there. Each use is evidence
 * against every PCI device below the thing, with the way that leads there.
 *
 * A thing has an id that says what it is in one word before a slash:
 *
 *     block/nvme1n1p2  net/eno1  usb/1-4  scsi_host/host5  drm/card0  mdev/UUID  vdpa/vdpa0
 *     vfio/11 (an IOMMU group)  vfio-dev/vfio0  uio/uio0  pci/0000:04:00.0  btrfs/UUID  zfs/POOL
 *
 * and can have other names: /dev/disk/by-id/..., usb/001/004, usb/046d:c31c.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

typedef enum {
    IFX_USE_MOUNTED,        /* a file system */
    IFX_USE_SWAP,
    IFX_USE_NETWORK,        /* an interface that carries an address, a route, another interface */
    IFX_USE_PROCESS,        /* a process has it open; a userspace driver has it */
    IFX_USE_DOMAIN,         /* the host runs it on behalf of a domain: its disk, its bridge */
    IFX_USE_BOOT_VGA,       /* the host's console */
    IFX_USE_LAST_INPUT,     /* the host's only keyboard */
    IFX_USE_MDEV_PARENT,
    IFX_USE_VDPA_PARENT,
    IFX_USE_UNCLEAR,        /* something is there, and who needs it can't be told */
} ifxUseKind;

typedef struct _ifxUse ifxUse;
struct _ifxUse {
    ifxUseKind kind;
    bool vital;             /* the host does not live without: never to be taken */
    char *domain;           /* the UUID, in lower case, of the domain whose QEMU holds it; NULL:
                             * of none */
    GPtrArray *chain;       /* char *: the way from the device to its use, "nvme1n1",
                             * "nvme1n1p2", "dm-0 (luks)", "/"; not empty; the shortest, and of
                             * more than IFX_CHAIN_MAX things both ends with "..." between */
};

#define IFX_CHAIN_MAX 32

/* What a source could see at all. Where it could not, no evidence is no proof. */
typedef enum {
    IFX_SIGHT_STORAGE = 1 << 0,     /* block devices, mounts, swap */
    IFX_SIGHT_NETWORK = 1 << 1,
    IFX_SIGHT_CONSOLE = 1 << 2,     /* displays and keyboards */
    IFX_SIGHT_PROCESSES = 1 << 3,   /* what each process has open */
    IFX_SIGHT_ALL = (1 << 4) - 1,
} ifxSight;

typedef struct _ifxUseGraph ifxUseGraph;

/* Knows nothing, sees nothing. Counted references. */
ifxUseGraph *ifxUseGraphNew(void);
ifxUseGraph *ifxUseGraphRef(ifxUseGraph *graph);
void ifxUseGraphUnref(ifxUseGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxUseGraph, ifxUseGraphUnref)

/* ---- filled by the loaders; things can be named before they are added. */

/* The thing @id, which people call @label ("dm-0 (luks)"). The first label stays. */
void ifxUseGraphAddThing(ifxUseGraph *graph, const char *id, const char *label);

/* @alias is another name of @id; the first meaning stays. */
void ifxUseGraphAddAlias(ifxUseGraph *graph, const char *alias, const char *id);

/* The thing @id sits on the thing @below. Said twice is said once; on itself, nothing. */
void ifxUseGraphAddBelow(ifxUseGraph *graph, const char *id, const char *below);

/* It is that PCI device. */
void ifxUseGraphAddDevice(ifxUseGraph *graph, const char *id, const ifxPciAddress *address);

/* It is the device at @path in sysfs: below it are the innermost USB device and the PCI devices
 * that the path leads through, the outer ones (a VMD controller, bridges) too. */
void ifxUseGraphAddPath(ifxUseGraph *graph, const char *id, const char *path);

/* It is used; @what is the last step of the chain: "/", "192.168.1.2/24", "sshd (812)"; NULL:
 * the thing itself is. */
void ifxUseGraphAddUse(ifxUseGraph *graph,
                       const char *id,
                       ifxUseKind kind,
                       bool vital,
                       const char *what);

/* The same by the QEMU process of the domain with @uuid, which may use what it claims. */
void ifxUseGraphAddDomainProcess(ifxUseGraph *graph,
                                 const char *id,
                                 const char *what,
                                 const char *uuid);

/* Adds to what can be seen. */
void ifxUseGraphAddSight(ifxUseGraph *graph, ifxSight sight);

/* ---- questions */

ifxSight ifxUseGraphGetSight(const ifxUseGraph *graph);

/* The id that @name, an id or else an alias, stands for; NULL: there is no such thing. Lent for
 * as long as @graph lives. An alias of an alias is none. */
const char *ifxUseGraphLookup(const ifxUseGraph *graph, const char *name);

/* Does the thing have another one on it, or a use of its own? */
bool ifxUseGraphIsCarrier(const ifxUseGraph *graph, const char *id);

/* The evidence against a device: array of ifxUse, lent until something is added; NULL: none.
 * One for each use of a thing above it, in the order they were added. */
const GPtrArray *ifxUseEvidenceGet(ifxUseGraph *graph, const ifxPciAddress *address);

/* The way from a device up to a thing, in labels, the thing's own last: new array of char *, which
 * frees them. NULL: it does not lead there. */
GPtrArray *ifxUseEvidenceFindChain(const ifxUseGraph *graph,
                                   const ifxPciAddress *address,
                                   const char *id);

/* The PCI devices below a thing, the nearest first: new array of ifxPciAddress, each once. */
GArray *ifxUseEvidenceListDevices(const ifxUseGraph *graph, const char *id);

/* "nvme1n1 -> nvme1n1p2 -> /". Free with g_free(). */
char *ifxUseEvidenceFormatChain(const ifxUse *use);

/* What a guest needs of the host (domain-needs.h) among the things that the host has: the id of
 * the thing; NULL: the host does not know it. Lent for the life of @graph. */
const char *ifxUseNeedFind(const ifxUseGraph *graph, const char *need);

/* What kind of use the need of the thing @id is, and whether it is one that may never be taken:
 * a slice of a device goes when the device does. */
ifxUseKind ifxUseNeedGetKind(const char *id);
bool ifxUseNeedIsVital(ifxUseKind kind);

/* ---- sources */

/* How the host whose root is @sysroot, "/" for this one, uses its devices, from its own /sys, /proc
 * and /run/udev: never fails, but may see nothing. The caller owns the reference. */
ifxUseGraph *ifxUseLoad(const char *sysroot);

/* What libvirt's node devices tell of the host's use of its PCI devices.
 *
 * They name the disks, interfaces and slices that sit on a device, not what those are used
 * for: so a disk or an interface is IFX_USE_UNCLEAR, and no sight is added. Only slices say all.
 * By capability (libvirt src/conf/node_device_conf.c):
 *
 *     net          net/eno1, "eno1 (no link)" if so
 *     storage      block/sda, also /dev/sda
 *     scsi_host    scsi_host/host5; no use
 *     usb_device   usb/1-4, also usb/001/004 and usb/046d:c31c; no use
 *     drm          drm/card0, drm/renderD128; no use
 *     mdev         mdev/UUID, which uses its parent, if only defined too
 *     vdpa         vdpa/vdpa0, also /dev/vhost-vdpa-0, which uses its parent
 *
 * What udev calls a device, <devnode>, are other names of the thing.
 *
 * Adds what one <device> document tells. Without a <path> it sits on its <parent> if that has
 * the name of a PCI device, else nowhere. False with IFX_ERROR_XML. */
bool ifxUseNodedevAdd(ifxUseGraph *graph, const char *xml, gsize length, GError **error);

/* The same for each <device> of a capture: a <node> document. Parents can be any of its devices,
 * in any order. */
bool ifxUseNodedevAddCapture(ifxUseGraph *graph, const char *xml, gsize length, GError **error);
