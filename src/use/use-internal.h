/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-internal: what the files of this room share: the inside of the graph, what a loader is,
 * and the ids that several loaders make.
 */

#pragma once

#include "use/use-files.h"
#include "use/use.h"

/* ---- the graph, for use.c, use-evidence.c, use-held.c and ifxUseLoad() alone */

typedef struct _ifxUseOpen ifxUseOpen;

typedef struct _ifxUseThing ifxUseThing;
struct _ifxUseThing {
    char *id;
    char *label;            /* NULL: named by another thing, but not added yet */
    GPtrArray *below;       /* ifxUseThing, lent by things */
    GPtrArray *above;       /* ifxUseThing: those that have this one below */
    GPtrArray *devices;     /* ifxPciAddress, lent by holders */
    GArray *uses;           /* guint: indexes of causes */
    bool asked;             /* ifxUseHeldAsk() has done this one */
};

/* A use of a thing, before it is known which devices are below. */
typedef struct _ifxUseCause ifxUseCause;
struct _ifxUseCause {
    ifxUseKind kind;
    bool vital;
    char *what;             /* or NULL */
    char *domain;           /* or NULL */
};

/* A question without an answer. */
typedef struct _ifxUseUnanswered ifxUseUnanswered;
struct _ifxUseUnanswered {
    ifxSight sight;
    char *what;
};

struct _ifxUseGraph {
    GHashTable *things;     /* id -> ifxUseThing */
    GHashTable *aliases;    /* alias -> id */
    GHashTable *holders;    /* ifxPciAddress -> GPtrArray of ifxUseThing that are this device */
    GHashTable *pairs;      /* ifxUsePair: thing and thing below, thing and device */
    GArray *causes;         /* ifxUseCause, in the order they were added */
    GHashTable *evidence;   /* ifxPciAddress, lent by holders -> GPtrArray of ifxUse or NULL;
                             * NULL: something was added since */
    GHashTable *attached;   /* ifxPciAddress -> ifxUseAttached: what is known to hang on it */
    ifxSight sight;
    GArray *unanswered;     /* ifxUseUnanswered, in the order they were added */
    char *sysroot;          /* the root of the host; NULL: it cannot be asked */
    GHashTable *scope;      /* set of ifxPciAddress: of these devices and what is on them, all uses
                             * must be found; NULL: of all devices */
    ifxUseOpen *open;       /* for ifxUseOpenGet() alone; NULL: not asked yet */
    GArray *spaces;         /* ifxUseNetnsHolder: mounts of network namespaces, from use-mount.c */
};

/* A question of @sight could not be put, because of @why. Where root can put every question, it
 * counts as one without an answer. Otherwise the missing sight shows it. */
void ifxUseGraphAddUnasked(ifxUseGraph *graph, ifxSight sight, const char *why);

/* The thing, then all that is above it, the nearest first: new array of ifxUseThing, lent for the
 * life of their graph. */
GPtrArray *ifxUseEvidenceListAbove(const ifxUseThing *thing);

void ifxUseAttachedFree(gpointer data);

/* @ids (char *), and no other kind of device that raises a question, hang on the PCI device. */
void ifxUseAttachedRecord(ifxUseGraph *graph, const ifxPciAddress *address, const GPtrArray *ids);

/* ---- loaders */

/* A loader adds one kind of things and their uses to the graph. The file of a loader ends with
 * its row, "const ifxUseLoader ifxUseLoaderBlock", and use-load.c lists the rows. A loader only
 * adds what it finds: which PCI devices a use concerns follows from the graph. */
typedef struct _ifxUseLoader ifxUseLoader;
struct _ifxUseLoader {
    const char *name;       /* of its file, without "use-" */
    ifxSight sight;         /* what is seen when this loader could read everything; 0: its things
                             * matter only through other loaders */

    /* Adds what it finds below @sysroot, "/" for this host. Never fails: returns false if it could
     * not read everything, so that a lack of evidence proves nothing. */
    bool (*load)(const char *sysroot, ifxUseGraph *graph);
};

/* In the order in which they run; NULL ends the list. */
extern const ifxUseLoader *const ifxUseLoaders[];

/* Runs one loader and adds its sight. */
void ifxUseLoaderRun(const ifxUseLoader *loader, const char *sysroot, ifxUseGraph *graph);

/* Adds the entry @name of the folder @dir. */
typedef void (*ifxUseLoadEntry)(ifxUseGraph *graph, const char *dir, const char *name);

/* Calls @add for each entry of @folder, "sys/class/uio", below @sysroot, in order of strcmp(). */
void ifxUseLoadEach(const char *sysroot,
                    const char *folder,
                    ifxUseGraph *graph,
                    ifxUseLoadEntry add);

/* ---- what hangs on a PCI device */

typedef struct _ifxUseKindRow ifxUseKindRow;
struct _ifxUseKindRow {
    const char *name;       /* the subsystem; or one that a refine function returns */
    const char *unlisted;   /* why its users cannot be listed; NULL: they can */

    /* The kind of the device in the folder @dir, below which are @children devices; NULL: it is
     * quiet. Without this function it is always of the row's kind. */
    const char *(*refine)(const char *dir, const char *name, guint children);

    guint questions;        /* ifxSight; 0: quiet, unless it is unlisted */
    bool leaf;              /* nothing below it raises another question */
};

/* The row of a kind; that of unlisted kinds, whose name is "", if the kind is not known. */
const ifxUseKindRow *ifxUseKindRowLookup(const char *name);

/* ---- what several loaders need */

#define IFX_USE_BLOCK_FOLDER "sys/class/block"

/* "block/sda1". Free with g_free(). */
char *ifxUseBlockId(const char *name);

/* Adds the controllers of the NVMe subsystem in whose folder @dir is, below the thing @id. */
void ifxUseBlockAddControllers(const char *dir, const char *id, ifxUseGraph *graph);

/* The thing whose node has the device number @number, "/dev/block/8:1" or "/dev/char/226:0". Adds
 * node/NAME, sound/NAME or input/NAME if it hangs on a PCI device and no loader added it. NULL: it
 * hangs on none. Lent for the life of @graph. */
const char *ifxUseNodeFind(const char *sysroot, ifxUseGraph *graph, const char *number);

/* The thing whose node has the name @name, "/dev/sda", where no number is known. NULL: there is
 * none. Lent for the life of @graph. */
const char *ifxUseNodeFindName(const ifxUseGraph *graph, const char *name);

/* The thing whose character device is at @path, "/dev/input/by-id/usb-Mouse-event-mouse", or a link
 * to it. NULL: there is none, or the host can't be asked. Lent for the life of @graph. */
const char *ifxUseNodeFindPath(ifxUseGraph *graph, const char *path);

/* How many milliseconds an answer of the kernel may take in a child process (base/child.h), and
 * after how many late ones of a kind the others are given up. */
#define IFX_USE_PATIENCE 2000
#define IFX_USE_TRIES 2

/* The threads of the process @pid but the first, which has the process's number: new array of char *,
 * folders "812/task/813" below that of the processes, which @processes has open. Where the first
 * thread has ended (pthread_exit() in main()), /proc/812 shows neither files nor namespaces, and the
 * other threads have them still (run on Linux 6.18). */
GPtrArray *ifxUseThreadsList(int processes, const char *pid);

/* What a process has open. */
typedef struct _ifxUseOpenProcess ifxUseOpenProcess;
struct _ifxUseOpenProcess {
    char *pid;
    GPtrArray *names;       /* char *: "/dev/char/226:0" by the number, "/dev/sda" by the text of the
                             * link, each once; "socket/4711"; the path of a PCI device's memory in
                             * sysfs. At least one. Only what is below /dev, sockets and memory */
};

/* What all processes have open (use-open.c), and by what they hold network namespaces. */
struct _ifxUseOpen {
    GPtrArray *processes;   /* ifxUseOpenProcess: those with something, as the folder lists them */
    GPtrArray *late;        /* char *: PIDs of those that did not answer in time */
    GArray *spaces;         /* ifxUseNetnsHolder (use-nets.h); none where /proc is not the kernel's */
    char *unasked;          /* the first reason why this is not all; NULL: none is known */
    bool whole;             /* everything could be listed; a process that is gone lists nothing */
    bool seen;              /* there were open files to list */
};

/* Reads the processes below @sysroot in a child process, with all their threads, when it is called
 * first. The tool's own process has nothing open. Where /proc is the kernel's own, numbers count;
 * otherwise it is the text of links. Lent for the life of @graph. */
const ifxUseOpen *ifxUseOpenGet(ifxUseGraph *graph, const char *sysroot);
void ifxUseOpenFree(ifxUseOpen *open);

/* Adds IFX_USE_NETWORK for each interface, net/NAME, over which the kernel sends its log
 * (use-netconsole.c), and IFX_USE_UNCLEAR for each that may be one. */
void ifxUseNetconsoleAdd(const char *sysroot, ifxUseGraph *graph);

/* Adds IFX_USE_HELD for each block device and SCSI device that the kernel serves to others without a
 * claim (use-backstore.c). False if it is not known what that is. */
bool ifxUseBackstoreAddAll(const char *sysroot, ifxUseGraph *graph);

/* Is the attribute @name of the folder @dir in configfs 1? */
bool ifxUseBackstoreIsEnabled(const char *dir, const char *name);

/* Adds btrfs/UUID for each mounted btrfs of several devices (/sys/fs/btrfs). */
void ifxUseFilesystemLoad(const char *sysroot, ifxUseGraph *graph);

/* The id of the thing that is mounted; NULL if it is on no block device. Lent for the life of
 * @graph. Adds zfs/POOL and bcachefs/DEVICE when it meets one. */
const char *ifxUseFilesystemFind(ifxUseGraph *graph, const ifxUseMount *mount);

/* Puts each loop device on the thing that has its bytes (use-loop.c). @mounts: ifxUseMount of the
 * host's own namespace. @numbers: the device number of each mount in any namespace, "0:42", and the
 * id of the thing that is mounted, NULL if it is on no block device. False if it is not known of one
 * of them where its bytes are. */
bool ifxUseLoopAdd(const char *sysroot,
                   ifxUseGraph *graph,
                   const GArray *mounts,
                   GHashTable *numbers);

/* Call this after all mounts were added; @mounted holds the ids of what they are on. Adds the
 * members of each ZFS pool below the pool. Adds as IFX_USE_MOUNTED what /sys/fs shows as mounted
 * although no mount shows it: it was unmounted lazily, or a namespace without a process has it. Adds
 * as IFX_USE_UNCLEAR block devices with nothing on them that have a signature of LVM, RAID and the
 * like, that were assembled and are not mounted, or that udev does not know.
 *
 * A file system that is not mounted, a closed LUKS volume and an empty disk are no use. */
void ifxUseFilesystemAddUnseen(const char *sysroot, ifxUseGraph *graph, GHashTable *mounted);
