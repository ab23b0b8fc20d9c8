/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use: what the host, or somebody on it, does with its PCI devices.
 *
 * A graph of the host's things: a disk sits on a PCI device, a partition on the disk, LUKS on
 * the partition; and uses of things: a file system is mounted there. Each use is evidence
 * against every PCI device below the thing, with the way that leads there:
 *
 *     ifxUseGraph *graph = ifxUseLoad("/");
 *     const GPtrArray *evidence = ifxUseEvidenceGet(graph, &address);
 *
 * A thing has an id. Its first word, before a slash, is the kind of the thing:
 *
 *     block/nvme1n1p2  net/eno1  usb/1-4  scsi_host/host5  drm/card0  input/input3
 *     net/4026532200/eth0 (in another network namespace)  socket/4711 (its inode)
 *     mdev/UUID  vdpa/vdpa0  uio/uio0  vfio/11 (an IOMMU group)  vfio-dev/vfio0
 *     watchdog/watchdog0  crypto/0000:0b:00.2  nvidia/nvidia0  node/ng0n1  sound/snd/controlC0  input/input/event3
 *     scsi/2:0:1:0  pci/0000:04:00.0  btrfs/UUID  zfs/POOL  bcachefs/sda
 *
 * It can have other names: /dev/disk/by-id/..., usb/001/004, usb/046d:c31c.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "base/pci-address.h"

typedef enum {
    IFX_USE_MOUNTED,        /* a file system */
    IFX_USE_SWAP,
    IFX_USE_NETWORK,        /* an interface that carries an address, a route, another interface */
    IFX_USE_PROCESS,        /* a process has it open; a userspace driver has it */
    IFX_USE_LISTENER,       /* a process has its sound or its input open, and can lose it: the
                             * device is free */
    IFX_USE_DOMAIN,         /* the host runs it on behalf of a domain: its disk, its bridge */
    IFX_USE_BOOT_VGA,       /* the host's console */
    IFX_USE_LAST_INPUT,     /* the host's only keyboard */
    IFX_USE_MDEV_PARENT,
    IFX_USE_VDPA_PARENT,
    IFX_USE_HELD,           /* the kernel or a process holds a block device */
    IFX_USE_UNCLEAR,        /* something is there, and nothing shows whether somebody needs it */
    IFX_USE_UNANSWERED,     /* the kernel was asked whether it is held, and did not answer in time */
} ifxUseKind;

typedef struct _ifxUse ifxUse;
struct _ifxUse {
    ifxUseKind kind;
    bool vital;             /* the host cannot live without it: it must never be taken */
    char *domain;           /* the UUID, folded (base/uuid.h), of the domain whose QEMU holds the device;
                             * NULL: no domain's does */
    GPtrArray *chain;       /* char *: the way from the device to its use, "nvme1n1",
                             * "nvme1n1p2", "dm-0 (luks)", "/"; not empty; the shortest. A way of
                             * more than IFX_CHAIN_MAX things has its two ends, with "..." between
                             * them */
};

#define IFX_CHAIN_MAX 32

/* The last step of a chain begins with this where the kernel could not be asked. */
#define IFX_USE_CANNOT_ASK "cannot ask "

/* The questions that a source can answer, completely or not at all. A lack of evidence proves
 * something only if each question that the device raises was answered. */
typedef enum {
    IFX_SIGHT_DEVICES = 1 << 0,     /* what hangs on each PCI device */
    IFX_SIGHT_STORAGE = 1 << 1,     /* block devices, mounts, swap */
    IFX_SIGHT_NETWORK = 1 << 2,
    IFX_SIGHT_CONSOLE = 1 << 3,     /* displays and keyboards */
    IFX_SIGHT_PROCESSES = 1 << 4,   /* what each process has open */
    IFX_SIGHT_ALL = (1 << 5) - 1,
} ifxSight;

/* "what hangs on it, what processes have open": the questions of @sights in words. Free with
 * g_free(). */
char *ifxSightDescribe(guint sights);

typedef struct _ifxUseGraph ifxUseGraph;

/* A graph without things and without sight. References are counted. */
ifxUseGraph *ifxUseGraphNew(void);
ifxUseGraph *ifxUseGraphRef(ifxUseGraph *graph);
void ifxUseGraphUnref(ifxUseGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxUseGraph, ifxUseGraphUnref)

/* ---- filling it; a thing can be named before it is added */

/* Adds the thing @id; @label is its name for people, "dm-0 (luks)". The first label stays. */
void ifxUseGraphAddThing(ifxUseGraph *graph, const char *id, const char *label);

/* @alias is another name of @id; the first meaning stays. */
void ifxUseGraphAddAlias(ifxUseGraph *graph, const char *alias, const char *id);

/* The thing @id sits on the thing @below. Adding this again, or a thing to itself, does nothing. */
void ifxUseGraphAddBelow(ifxUseGraph *graph, const char *id, const char *below);

/* The thing is that PCI device. */
void ifxUseGraphAddDevice(ifxUseGraph *graph, const char *id, const ifxPciAddress *address);

/* The thing is the device at @path in sysfs. Below it are the innermost USB device and the PCI
 * devices that the path leads through, with the outer ones (a VMD controller, bridges). @path NULL:
 * does nothing. */
void ifxUseGraphAddPath(ifxUseGraph *graph, const char *id, const char *path);

/* The thing is used. @what is the last step of the chain: "/", "192.168.1.2/24", "sshd (812)";
 * NULL: the thing itself is the last step. */
void ifxUseGraphAddUse(ifxUseGraph *graph,
                       const char *id,
                       ifxUseKind kind,
                       bool vital,
                       const char *what);

/* The same for the QEMU process of the domain with @uuid, which may use what the domain claims. */
void ifxUseGraphAddDomainProcess(ifxUseGraph *graph,
                                 const char *id,
                                 const char *what,
                                 const char *uuid);

/* Adds to what could be looked at. */
void ifxUseGraphAddSight(ifxUseGraph *graph, ifxSight sight);

/* A question of @sight was put and got no answer: "process 812 (cp) did not answer in time". This
 * takes no sight away. */
void ifxUseGraphAddUnanswered(ifxUseGraph *graph, ifxSight sight, const char *what);

/* ---- asking it */

ifxSight ifxUseGraphGetSight(const ifxUseGraph *graph);

/* Is the graph from ifxUseLoad() or ifxUseLoadPart()? Node devices show less. */
bool ifxUseGraphIsLoaded(const ifxUseGraph *graph);

/* Was this host asked by root, who can put every question? */
bool ifxUseGraphIsPrivileged(const ifxUseGraph *graph);

/* The first question of one of the sights @any that got no answer; NULL: none. Lent for the life
 * of @graph. */
const char *ifxUseGraphGetUnanswered(const ifxUseGraph *graph, guint any);

/* The id of the thing that is called @name, its id or an alias; NULL: there is no such thing. An
 * alias of an alias is not followed. Lent for the life of @graph. */
const char *ifxUseGraphLookup(const ifxUseGraph *graph, const char *name);

/* Does another thing sit on this one, or has it a use of its own? */
bool ifxUseGraphIsCarrier(const ifxUseGraph *graph, const char *id);

/* Asks the kernel about each block device above the PCI device whether it is held, and adds
 * IFX_USE_HELD, IFX_USE_UNCLEAR where it could not ask, or IFX_USE_UNANSWERED. It leaves out what has a known use, and
 * what it has asked before. Only a graph from ifxUseLoad() can be asked; for another one this does
 * nothing.
 *
 * To ask is to claim a block device for a moment, and a mount or mkfs at that moment fails. So call
 * this only for devices whose verdict matters. What ifxUseEvidenceGet() lent is no longer valid. */
void ifxUseHeldAsk(ifxUseGraph *graph, const ifxPciAddress *address);

/* What hangs on a PCI device. */
typedef struct _ifxUseAttached ifxUseAttached;
struct _ifxUseAttached {
    GPtrArray *ids;         /* char *: "usb/1-4", "tty/ttyS4": of each kind of device that raises a
                             * question, the first one; kinds as in use-kind.c */
    bool complete;          /* no device of another kind is there */
};

/* Looks it up in sysfs, where @graph is from ifxUseLoad(). Otherwise these are the things of
 * @graph. Lent until the next call with this address. */
const ifxUseAttached *ifxUseAttachedFind(ifxUseGraph *graph, const ifxPciAddress *address);

/* The questions (ifxSight) that these devices raise. */
guint ifxUseAttachedGetQuestions(const ifxUseAttached *attached);

/* A device among them whose users nothing shows, and why: "tpm/tpm0: nothing shows what uses it".
 * NULL: there is none. Free with g_free(). */
char *ifxUseAttachedFindUnlisted(const ifxUseAttached *attached);

/* Does one of them store data? */
bool ifxUseAttachedHasStorage(const ifxUseAttached *attached);

/* The evidence against a device: array of ifxUse, one for each use of a thing above it, in the
 * order in which they were added. NULL: none. Lent until something is added. */
const GPtrArray *ifxUseEvidenceGet(ifxUseGraph *graph, const ifxPciAddress *address);

/* The way from a device up to a thing, in labels, the thing's own last: new array of char *, which
 * frees them. NULL: it does not lead there. */
GPtrArray *ifxUseEvidenceFindChain(const ifxUseGraph *graph,
                                   const ifxPciAddress *address,
                                   const char *id);

/* The PCI devices below a thing, the nearest first: new array of ifxPciAddress, each once. */
GArray *ifxUseEvidenceListDevices(const ifxUseGraph *graph, const char *id);

/* A chain (char *) as text: "nvme1n1 -> nvme1n1p2 -> /". Free with g_free(). */
char *ifxUseEvidenceFormatChain(const GPtrArray *chain);

/* The id of the thing that a guest needs of the host (domain.h); NULL: the host does not know
 * it. Lent for the life of @graph. May add the thing, so that what ifxUseEvidenceGet() lent is no
 * longer valid. */
const char *ifxUseNeedFind(ifxUseGraph *graph, const char *need);

/* What kind of use a guest's need of the thing @id is, and whether a device with such a use must
 * never be taken: a slice of a device goes when the device does. */
ifxUseKind ifxUseNeedGetKind(const char *id);
bool ifxUseNeedIsVital(ifxUseKind kind);

/* ---- sources */

/* How the host whose root is @sysroot, "/" for this one, uses its devices, from its own /sys, /proc
 * and /run/udev. Never fails, but may see nothing. The caller owns the reference. */
ifxUseGraph *ifxUseLoad(const char *sysroot);

/* The same, where only @devices (set of ifxPciAddress) will be asked for, which are all there: of
 * other devices the graph may show less than there is. */
ifxUseGraph *ifxUseLoadPart(const char *sysroot, GHashTable *devices);

/* Adds what libvirt's node devices show. @root is the root element of the document: "device" for
 * one node device, "node" for a capture, with a <device> for each; the first one of a name counts.
 * False with IFX_ERROR_XML.
 *
 * Node devices name the disks, interfaces and slices that sit on a device, but not their use: so a
 * disk or an interface is IFX_USE_UNCLEAR. Only slices are a use by themselves. IFX_SIGHT_DEVICES
 * is added with the first one of the kinds below: libvirt's own lists always have net_lo, so that a
 * document with PCI devices alone leaves the others out. <carries> of a PCI device (capture-xml.h)
 * is what hung on it in sysfs. By capability (libvirt src/conf/node_device_conf.c):
 *
 *     net          net/eno1, "eno1 (no link)" if so
 *     storage      block/sda, also /dev/sda
 *     scsi_host    scsi_host/host5; no use
 *     usb_device   usb/1-4, also usb/001/004 and usb/046d:c31c; no use
 *     drm          drm/card0, drm/renderD128; no use
 *     mdev         mdev/UUID, which uses its parent, even if it is only defined
 *     vdpa         vdpa/vdpa0, also /dev/vhost-vdpa-0, which uses its parent
 *
 * udev's names of a device, <devnode>, are other names of the thing. A device without a <path> has
 * the path that its parents show, in any order in the document. The last parent need not be there
 * if it has the name of a PCI device. */
bool ifxUseNodedevAdd(ifxUseGraph *graph,
                      const char *xml,
                      gsize length,
                      const char *root,
                      GError **error);

/* The same from the root element of the document. */
void ifxUseNodedevAddTree(ifxUseGraph *graph, const xmlNode *root);

/* Appends a <device> for each thing of @graph that is on a PCI device and of a kind that libvirt
 * lists, so that ifxUseNodedevAdd() reads them and libvirt's test driver opens them: net_lo, then
 * by id. Nothing without IFX_SIGHT_DEVICES. The path leads only through PCI and USB devices; what
 * libvirt requires and the graph does not know is 0. */
void ifxUseNodedevFormatAll(const ifxUseGraph *graph, GString *out);
