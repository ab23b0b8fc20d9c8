/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-virtual: slices of PCI devices, and PCI devices that the host hands to others whole:
 * mediated and vdpa devices, userspace drivers, VFIO groups.
 *
 * A process gets what is found here through a file in /dev, which is an alias of the thing;
 * use-process finds out whether a process has it open.
 *
 *     mdev/UUID        /dev/vfio/GROUP, /dev/vfio/devices/vfioN
 *     vdpa/vdpa0       /dev/vhost-vdpa-0
 *     uio/uio0         /dev/uio0
 *     vfio/11          /dev/vfio/11, /dev/vfio/noiommu-11
 *     vfio-dev/vfio0   /dev/vfio/devices/vfio0
 *
 *  - mdev/UUID is each entry of /sys/bus/mdev/devices. It uses its parent (IFX_USE_MDEV_PARENT),
 *    not vitally: whether somebody uses the slice in turn, use-process and the domains show.
 *  - vdpa/NAME is each entry of /sys/bus/vdpa/devices. It uses its parent (IFX_USE_VDPA_PARENT) if
 *    it has a driver: vhost_vdpa, which gives it to a process, or virtio_vdpa, which makes an
 *    interface or a disk of the host from it (Linux drivers/vhost/vdpa.c, drivers/virtio).
 *  - uio/NAME is each entry of /sys/class/uio. It is used (IFX_USE_PROCESS) even if no process has
 *    it open now: a userspace driver was set up for it.
 *  - vfio/N is each IOMMU group with a device on a driver of vfio. It stands for every PCI device
 *    of the group, with such a driver or not: a process that opens the group has the DMA of all of
 *    them (iommu_group_claim_dma_owner(), Linux drivers/iommu/iommu.c), so nobody else can have one
 *    meanwhile. An mdev has a group of its own, which is the mdev.
 *  - vfio-dev/NAME is each entry of /sys/class/vfio-dev, the same by device (Linux
 *    Documentation/driver-api/vfio.rst); it sits on its group. That of an mdev is the mdev.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/pci-driver.h"
#include "base/sysfs.h"

#define IFX_VIRTUAL_GROUPS "sys/kernel/iommu_groups"
#define IFX_VIRTUAL_MDEVS "sys/bus/mdev/devices"

/* ".../0000:01:00.0/uio/uio0" to ".../0000:01:00.0". */
static char *
ifxUseVirtualParentPath(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    return g_path_get_dirname(folder);
}

static void
ifxUseVirtualAddMdev(ifxUseGraph *graph,
                     const char *dir,
                     const char *uuid)
{
    g_autofree char *id = g_strconcat("mdev/", uuid, NULL);
    g_autofree char *label = g_strdup_printf("mdev %.8s", uuid);
    g_autofree char *path = ifxSysfsResolve(dir, uuid);

    ifxUseGraphAddThing(graph, id, label);
    ifxUseGraphAddPath(graph, id, path);
    ifxUseGraphAddUse(graph, id, IFX_USE_MDEV_PARENT, false, NULL);
}

static void
ifxUseVirtualAddVdpa(ifxUseGraph *graph,
                     const char *dir,
                     const char *name)
{
    g_autofree char *device = g_build_filename(dir, name, NULL);
    g_autofree char *id = g_strconcat("vdpa/", name, NULL);
    g_autofree char *driver = ifxSysfsReadLink(device, "driver");
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *path = ifxSysfsResolve(dir, name);
    g_autoptr(GPtrArray) children = ifxSysfsList(device, NULL);
    guint i;

    ifxUseGraphAddThing(graph, id, label);
    ifxUseGraphAddPath(graph, id, path);
    for (i = 0; i < children->len; i++) {
        const char *child = children->pdata[i];
        g_autofree char *file = g_strconcat("/dev/", child, NULL);

        if (g_str_has_prefix(child, "vhost-vdpa-"))
            ifxUseGraphAddAlias(graph, file, id);
    }
    if (driver)
        ifxUseGraphAddUse(graph, id, IFX_USE_VDPA_PARENT, false, NULL);
}

static void
ifxUseVirtualAddUio(ifxUseGraph *graph,
                    const char *dir,
                    const char *name)
{
    g_autofree char *path = ifxSysfsResolve(dir, name);
    g_autofree char *parent = path ? ifxUseVirtualParentPath(path) : NULL;
    g_autofree char *driver = parent ? ifxSysfsReadLink(parent, "driver") : NULL;
    g_autofree char *id = g_strconcat("uio/", name, NULL);
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *file = g_strconcat("/dev/", name, NULL);

    if (!path)
        return;
    ifxUseGraphAddThing(graph, id, label);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddPath(graph, id, path);
    ifxUseGraphAddUse(graph, id, IFX_USE_PROCESS, false, "userspace driver");
}

static bool
ifxUseVirtualIsOnVfio(const char *devices,
                      const char *member)
{
    g_autofree char *dir = g_build_filename(devices, member, NULL);
    g_autofree char *driver = ifxSysfsReadLink(dir, "driver");

    return driver && (ifxPciDriverGet(driver) == IFX_PCI_DRIVER_VFIO ||
                      ifxSysfsExists(dir, "vfio-dev"));
}

static void
ifxUseVirtualAddMembers(ifxUseGraph *graph,
                        const char *number,
                        const GPtrArray *members)
{
    g_autofree char *id = g_strconcat("vfio/", number, NULL);
    g_autofree char *label = g_strconcat("vfio group ", number, NULL);
    g_autofree char *file = g_strconcat("/dev/vfio/", number, NULL);
    g_autofree char *unsafe_file = g_strconcat("/dev/vfio/noiommu-", number, NULL);
    guint i;

    ifxUseGraphAddThing(graph, id, label);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddAlias(graph, unsafe_file, id);
    for (i = 0; i < members->len; i++) {
        g_autofree char *mdev = g_strconcat("mdev/", members->pdata[i], NULL);
        ifxPciAddress address;

        if (ifxPciAddressParse(members->pdata[i], &address))
            ifxUseGraphAddDevice(graph, id, &address);
        else if (ifxUseGraphLookup(graph, mdev))
            ifxUseGraphAddBelow(graph, id, mdev);
    }
}

static void
ifxUseVirtualAddGroup(ifxUseGraph *graph,
                      const char *dir,
                      const char *number)
{
    g_autofree char *devices = g_build_filename(dir, number, "devices", NULL);
    g_autoptr(GPtrArray) members = ifxSysfsList(devices, NULL);
    g_autofree char *file = g_strconcat("/dev/vfio/", number, NULL);
    g_autofree char *mdev =
        members->len == 1 ? g_strconcat("mdev/", members->pdata[0], NULL) : NULL;
    guint i;

    if (!g_ascii_string_to_unsigned(number, 10, 0, G_MAXINT, NULL, NULL))
        return;
    if (mdev && ifxUseGraphLookup(graph, mdev)) {
        ifxUseGraphAddAlias(graph, file, mdev);
        return;
    }
    for (i = 0; i < members->len; i++) {
        if (ifxUseVirtualIsOnVfio(devices, members->pdata[i])) {
            ifxUseVirtualAddMembers(graph, number, members);
            return;
        }
    }
}

/* Adds the number of the group of each of these devices to @groups; false if one names none. */
static bool
ifxUseVirtualFindGroups(const char *sysroot,
                        const char *folder,
                        const GPtrArray *names,
                        GHashTable *groups)
{
    g_autofree char *dir = g_build_filename(sysroot, folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *device = g_build_filename(dir, names->pdata[i], NULL);
        char *group = ifxSysfsReadLink(device, "iommu_group");

        if (!group)
            return false;
        g_hash_table_add(groups, group);
    }
    return true;
}

/* The numbers of the groups that have a device of the graph's scope, or an mdev, which can be on
 * such a device: new set of char *, which frees them. NULL: all groups are wanted. */
static GHashTable *
ifxUseVirtualListWanted(const char *sysroot,
                        const ifxUseGraph *graph)
{
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *dir = g_build_filename(sysroot, IFX_VIRTUAL_MDEVS, NULL);
    g_autoptr(GPtrArray) mdevs = graph->scope ? ifxSysfsList(dir, NULL) : NULL;
    g_autoptr(GPtrArray) devices =
        graph->scope ? ifxUsePciListNames(sysroot, graph->scope) : NULL;

    if (mdevs && devices &&
        ifxUseVirtualFindGroups(sysroot, IFX_VIRTUAL_MDEVS, mdevs, groups) &&
        ifxUseVirtualFindGroups(sysroot, IFX_USE_PCI_DEVICES, devices, groups))
        return g_steal_pointer(&groups);
    return NULL;
}

static void
ifxUseVirtualAddGroups(const char *sysroot,
                       ifxUseGraph *graph)
{
    g_autoptr(GHashTable) wanted = ifxUseVirtualListWanted(sysroot, graph);
    g_autofree char *dir = g_build_filename(sysroot, IFX_VIRTUAL_GROUPS, NULL);
    g_autoptr(GPtrArray) numbers = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < numbers->len; i++) {
        if (!wanted || g_hash_table_contains(wanted, numbers->pdata[i]))
            ifxUseVirtualAddGroup(graph, dir, numbers->pdata[i]);
    }
}

static void
ifxUseVirtualAddVfioDevice(ifxUseGraph *graph,
                           const char *dir,
                           const char *name)
{
    g_autofree char *path = ifxSysfsResolve(dir, name);
    g_autofree char *parent = path ? ifxUseVirtualParentPath(path) : NULL;
    g_autofree char *parent_name = parent ? g_path_get_basename(parent) : NULL;
    g_autofree char *mdev = g_strconcat("mdev/", parent_name, NULL);
    g_autofree char *number = parent ? ifxSysfsReadLink(parent, "iommu_group") : NULL;
    g_autofree char *group = g_strconcat("vfio/", number, NULL);
    g_autofree char *file = g_strconcat("/dev/vfio/devices/", name, NULL);
    g_autofree char *id = g_strconcat("vfio-dev/", name, NULL);

    if (!parent)
        return;
    if (ifxUseGraphLookup(graph, mdev)) {
        ifxUseGraphAddAlias(graph, file, mdev);
        return;
    }
    ifxUseGraphAddThing(graph, id, name);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddPath(graph, id, parent);
    if (ifxUseGraphLookup(graph, group))
        ifxUseGraphAddBelow(graph, id, group);
}

static bool
ifxUseVirtualLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    ifxUseLoadEach(sysroot, IFX_VIRTUAL_MDEVS, graph, ifxUseVirtualAddMdev);
    ifxUseLoadEach(sysroot, "sys/bus/vdpa/devices", graph, ifxUseVirtualAddVdpa);
    ifxUseLoadEach(sysroot, "sys/class/uio", graph, ifxUseVirtualAddUio);
    ifxUseVirtualAddGroups(sysroot, graph);
    ifxUseLoadEach(sysroot, "sys/class/vfio-dev", graph, ifxUseVirtualAddVfioDevice);
    return true;
}

const ifxUseLoader ifxUseLoaderVirtual = {
    .name = "virtual",
    .load = ifxUseVirtualLoad,
};
