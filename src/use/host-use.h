/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-use: what the host, or someone on it, does with its PCI devices.
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

typedef struct _ifxHostUse ifxHostUse;

/* Knows nothing, sees nothing. Counted references. */
ifxHostUse *ifxHostUseNew(void);
ifxHostUse *ifxHostUseRef(ifxHostUse *use);
void ifxHostUseUnref(ifxHostUse *use);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxHostUse, ifxHostUseUnref)

/* ---- filled by the loaders; things can be named before they are added. */

/* The thing @id, which people call @label ("dm-0 (luks)"). The first label stays. */
void ifxHostUseAddThing(ifxHostUse *use, const char *id, const char *label);

/* @alias is another name of @id; the first meaning stays. */
void ifxHostUseAddAlias(ifxHostUse *use, const char *alias, const char *id);

/* The thing @id sits on the thing @below. Said twice is said once; on itself, nothing. */
void ifxHostUseAddBelow(ifxHostUse *use, const char *id, const char *below);

/* It is that PCI device. */
void ifxHostUseAddDevice(ifxHostUse *use, const char *id, const ifxPciAddress *address);

/* It is the device at @path in sysfs: below it are the innermost USB device and the PCI devices
 * that the path leads through, the outer ones (a VMD controller, bridges) too. */
void ifxHostUseAddPath(ifxHostUse *use, const char *id, const char *path);

/* It is used; @what is the last step of the chain: "/", "192.168.1.2/24", "sshd (812)"; NULL:
 * the thing itself is. */
void ifxHostUseAddUse(ifxHostUse *use,
                      const char *id,
                      ifxUseKind kind,
                      bool vital,
                      const char *what);

/* The same by the QEMU process of the domain with @uuid, which may use what it claims. */
void ifxHostUseAddDomainProcess(ifxHostUse *use,
                                const char *id,
                                const char *what,
                                const char *uuid);

/* Adds to what can be seen. */
void ifxHostUseAddSight(ifxHostUse *use, ifxSight sight);

/* ---- questions */

ifxSight ifxHostUseGetSight(const ifxHostUse *use);

/* The id that @name, an id or else an alias, stands for; NULL: there is no such thing. Lent for
 * as long as @use lives. An alias of an alias is none. */
const char *ifxHostUseLookup(const ifxHostUse *use, const char *name);

/* Does the thing have another one on it, or a use of its own? */
bool ifxHostUseIsCarrier(const ifxHostUse *use, const char *id);

/* The evidence against a device: array of ifxUse, lent until something is added; NULL: none.
 * One for each use of a thing above it, in the order they were added. */
const GPtrArray *ifxHostUseGet(ifxHostUse *use, const ifxPciAddress *address);

/* The way from a device up to a thing, in labels, the thing's own last: new array of char *, which
 * frees them. NULL: it does not lead there. */
GPtrArray *ifxHostUseFindWay(const ifxHostUse *use, const ifxPciAddress *address, const char *id);

/* The PCI devices below a thing, the nearest first: new array of ifxPciAddress, each once. */
GArray *ifxHostUseListDevices(const ifxHostUse *use, const char *id);

/* "nvme1n1 -> nvme1n1p2 -> /". Free with g_free(). */
char *ifxUseFormatChain(const ifxUse *use);
