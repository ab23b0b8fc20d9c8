/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-attached: what hangs on a PCI device, and which questions that raises.
 *
 * The devices of a driver are below its own in sysfs, in folders with a link "subsystem" (Linux
 * Documentation/admin-guide/sysfs-rules.rst). All folders below the PCI device are read, through
 * other PCI devices too, because those go with it (VMD). This costs a read for each folder, so it
 * is done only for a device that is judged.
 *
 * use-kind.c knows what each kind of device asks. Of each kind one device is kept: it asks the same
 * as the others.
 *
 * Without a tree (a connection, a capture) these are the things of the graph, and libvirt's node
 * devices have no other kinds than block, net, scsi_host, usb and drm.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_ATTACHED_DEVICES "sys/bus/pci/devices"
#define IFX_ATTACHED_LEVELS 40

/* The kind of the thing "tty/ttyS4". */
static const ifxUseKindRow *
ifxUseAttachedLookupKind(const char *id)
{
    g_autofree char *name = g_strndup(id, strcspn(id, "/"));

    return ifxUseKindRowLookup(name);
}

static ifxUseAttached *
ifxUseAttachedNew(void)
{
    ifxUseAttached *attached = g_new0(ifxUseAttached, 1);

    attached->ids = g_ptr_array_new_with_free_func(g_free);
    return attached;
}

void
ifxUseAttachedFree(gpointer data)
{
    ifxUseAttached *attached = data;

    g_ptr_array_unref(attached->ids);
    g_free(attached);
}

/* Of each kind one is enough. */
static void
ifxUseAttachedAddId(ifxUseAttached *attached,
                   const char *id)
{
    const gsize kind = strcspn(id, "/");
    guint i;

    for (i = 0; i < attached->ids->len; i++) {
        const char *known = attached->ids->pdata[i];

        if (strncmp(known, id, kind) == 0 && (known[kind] == '/' || known[kind] == '\0'))
            return;
    }
    g_ptr_array_add(attached->ids, g_strdup(id));
}

static void
ifxUseAttachedAddOf(ifxUseAttached *attached,
                   const char *kind,
                   const char *name)
{
    const ifxUseKindRow *row = ifxUseKindRowLookup(kind);
    g_autofree char *id = g_strconcat(kind, "/", name, NULL);

    if (row->questions || row->unlisted)
        ifxUseAttachedAddId(attached, id);
}

/* ---- in sysfs */

typedef struct _ifxUseAttachedWalk ifxUseAttachedWalk;
struct _ifxUseAttachedWalk {
    ifxUseAttached *attached;
    GHashTable *drivers;    /* "1-4 (usbhid)" -> whether an interface of it has a device below */
};

/* Folders that are in most devices, and have no devices below. */
static bool
ifxUseAttachedIsPlain(const char *name)
{
    static const char *const plain[] = {
        "holders", "integrity", "iosched", "mq", "msi_irqs", "power", "queues", "slaves",
        "statistics", "trace", "wakeup", NULL,
    };

    return g_strv_contains(plain, name);
}

/* The interface "1-4:1.0" of a USB device. */
static void
ifxUseAttachedAddUsb(ifxUseAttachedWalk *walk,
                    const char *dir,
                    const char *name,
                    guint children)
{
    g_autofree char *device = g_strndup(name, strcspn(name, ":"));
    g_autofree char *driver = strchr(name, ':') ? ifxSysfsReadLink(dir, "driver") : NULL;
    char *key;
    bool shows;

    if (!driver || strcmp(driver, "hub") == 0 || strcmp(driver, "usbfs") == 0)
        return;
    key = g_strdup_printf("%s (%s)", device, driver);
    shows = children > 0 || g_hash_table_lookup(walk->drivers, key);
    g_hash_table_insert(walk->drivers, key, GINT_TO_POINTER(shows));
}

/* Adds what is below the folder @dir; returns how many devices these are. */
static guint
ifxUseAttachedWalkFolder(ifxUseAttachedWalk *walk,
                        const char *dir,
                        guint level)
{
    g_autoptr(GPtrArray) names = ifxSysfsListFolders(dir);
    guint count = 0;
    guint i;

    if (!names || level > IFX_ATTACHED_LEVELS) {
        walk->attached->complete = false;
        return 0;
    }
    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *folder = g_build_filename(dir, name, NULL);
        g_autofree char *subsystem =
            ifxUseAttachedIsPlain(name) ? NULL : ifxSysfsReadLink(folder, "subsystem");
        const ifxUseKindRow *row = subsystem ? ifxUseKindRowLookup(subsystem) : NULL;
        const char *kind = subsystem;
        guint children = 0;

        if (!ifxUseAttachedIsPlain(name) && !(row && row->leaf))
            children = ifxUseAttachedWalkFolder(walk, folder, level + 1);
        count += children + (subsystem != NULL);
        if (subsystem && strcmp(subsystem, "usb") == 0)
            ifxUseAttachedAddUsb(walk, folder, name, children);
        if (row && row->refine)
            kind = row->refine(folder, name, children);
        if (kind)
            ifxUseAttachedAddOf(walk->attached, kind, name);
    }
    return count;
}

static ifxUseAttached *
ifxUseAttachedWalkDevice(const char *sysroot,
                        const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *devices = g_build_filename(sysroot, IFX_ATTACHED_DEVICES, NULL);
    g_autofree char *dir = ifxSysfsResolve(devices, ifxPciAddressFormat(address, spelled));
    g_autoptr(GHashTable) drivers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ifxUseAttachedWalk walk = { .attached = ifxUseAttachedNew(), .drivers = drivers };
    GHashTableIter iter;
    gpointer driver;
    gpointer shows;

    walk.attached->complete = dir != NULL;
    if (dir)
        ifxUseAttachedWalkFolder(&walk, dir, 0);
    g_hash_table_iter_init(&iter, drivers);
    while (g_hash_table_iter_next(&iter, &driver, &shows)) {
        if (!shows)
            ifxUseAttachedAddOf(walk.attached, "interface", driver);
    }
    return walk.attached;
}

/* ---- in the graph */

/* The kinds that libvirt's node devices have. Slices, mdev and vdpa, are uses. */
static bool
ifxUseAttachedIsListed(const char *id)
{
    static const char *const prefixes[] = { "block/", "drm/", "net/", "scsi_host/", "usb/" };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(id, prefixes[i]))
            return true;
    }
    return false;
}

static ifxUseAttached *
ifxUseAttachedFromThings(const ifxUseGraph *graph,
                        const ifxPciAddress *address)
{
    const GPtrArray *holders = g_hash_table_lookup(graph->holders, address);
    ifxUseAttached *attached = ifxUseAttachedNew();
    guint i;
    guint j;

    for (i = 0; holders && i < holders->len; i++) {
        g_autoptr(GPtrArray) above = ifxUseEvidenceListAbove(holders->pdata[i]);

        for (j = 0; j < above->len; j++) {
            const ifxUseThing *thing = above->pdata[j];

            if (ifxUseAttachedIsListed(thing->id))
                ifxUseAttachedAddId(attached, thing->id);
        }
    }
    return attached;
}

void
ifxUseAttachedRecord(ifxUseGraph *graph,
                    const ifxPciAddress *address,
                    const GPtrArray *ids)
{
    ifxUseAttached *attached = ifxUseAttachedNew();
    guint i;

    attached->complete = true;
    for (i = 0; i < ids->len; i++)
        ifxUseAttachedAddId(attached, ids->pdata[i]);
    g_hash_table_replace(graph->attached, g_memdup2(address, sizeof(*address)), attached);
}

const ifxUseAttached *
ifxUseAttachedFind(ifxUseGraph *graph,
                  const ifxPciAddress *address)
{
    ifxUseAttached *attached = g_hash_table_lookup(graph->attached, address);

    /* More things can be added to a graph, but what a tree shows is looked at once. */
    if (attached && attached->complete)
        return attached;
    attached = graph->sysroot ? ifxUseAttachedWalkDevice(graph->sysroot, address) :
        ifxUseAttachedFromThings(graph, address);
    g_hash_table_replace(graph->attached, g_memdup2(address, sizeof(*address)), attached);
    return attached;
}

guint
ifxUseAttachedGetQuestions(const ifxUseAttached *attached)
{
    guint questions = 0;
    guint i;

    for (i = 0; i < attached->ids->len; i++)
        questions |= ifxUseAttachedLookupKind(attached->ids->pdata[i])->questions;
    return questions;
}

char *
ifxUseAttachedFindUnlisted(const ifxUseAttached *attached)
{
    guint i;

    for (i = 0; i < attached->ids->len; i++) {
        const char *id = attached->ids->pdata[i];
        const ifxUseKindRow *row = ifxUseAttachedLookupKind(id);
        const char *slash = strchr(id, '/');

        if (row->unlisted)
            return g_strdup_printf("%s: %s", *row->name && slash ? slash + 1 : id, row->unlisted);
    }
    return NULL;
}

bool
ifxUseAttachedHasStorage(const ifxUseAttached *attached)
{
    return (ifxUseAttachedGetQuestions(attached) & IFX_SIGHT_STORAGE) != 0;
}

/* ---- the sight */

static bool
ifxUseAttachedLoad(const char *sysroot,
                  ifxUseGraph *graph G_GNUC_UNUSED)
{
    return ifxSysfsExists(sysroot, IFX_ATTACHED_DEVICES);
}

const ifxUseLoader ifxUseLoaderAttached = {
    .name = "attached",
    .sight = IFX_SIGHT_DEVICES,
    .load = ifxUseAttachedLoad,
};
