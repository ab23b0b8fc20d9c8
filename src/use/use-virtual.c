/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-virtual.h"

#include <string.h>

#include "base/sysfs.h"

/* Of ".../0000:01:00.0/uio/uio0", where the device is and its class: the device's. */
static char *
ifxUseOwnerPath(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    return g_path_get_dirname(folder);
}

static void
ifxUseMdevLoad(const char *sysroot,
               ifxUseGraph *use)
{
    g_autofree char *dir = g_build_filename(sysroot, "sys/bus/mdev/devices", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *uuid = names->pdata[i];
        g_autofree char *id = g_strconcat("mdev/", uuid, NULL);
        g_autofree char *label = g_strdup_printf("mdev %.8s", uuid);
        g_autofree char *path = ifxSysfsResolve(dir, uuid);

        ifxUseGraphAddThing(use, id, label);
        if (path)
            ifxUseGraphAddPath(use, id, path);
        ifxUseGraphAddUse(use, id, IFX_USE_MDEV_PARENT, false, NULL);
    }
}

static void
ifxUseVdpaLoadDevice(const char *dir,
                     const char *name,
                     ifxUseGraph *use)
{
    g_autofree char *device = g_build_filename(dir, name, NULL);
    g_autofree char *id = g_strconcat("vdpa/", name, NULL);
    g_autofree char *driver = ifxSysfsReadLink(device, "driver");
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *path = ifxSysfsResolve(dir, name);
    g_autoptr(GPtrArray) children = ifxSysfsList(device, NULL);
    guint i;

    ifxUseGraphAddThing(use, id, label);
    if (path)
        ifxUseGraphAddPath(use, id, path);
    for (i = 0; i < children->len; i++) {
        const char *child = children->pdata[i];
        g_autofree char *file = g_strconcat("/dev/", child, NULL);

        if (g_str_has_prefix(child, "vhost-vdpa-"))
            ifxUseGraphAddAlias(use, file, id);
    }
    if (driver)
        ifxUseGraphAddUse(use, id, IFX_USE_VDPA_PARENT, false, NULL);
}

static void
ifxUseVdpaLoad(const char *sysroot,
               ifxUseGraph *use)
{
    g_autofree char *dir = g_build_filename(sysroot, "sys/bus/vdpa/devices", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++)
        ifxUseVdpaLoadDevice(dir, names->pdata[i], use);
}

/* @path leads to the PCI device, or to what is below it. */
static void
ifxUseUioAdd(ifxUseGraph *use,
             const char *name,
             const char *driver,
             const char *path)
{
    g_autofree char *id = g_strconcat("uio/", name, NULL);
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *file = g_strconcat("/dev/", name, NULL);

    ifxUseGraphAddThing(use, id, label);
    ifxUseGraphAddAlias(use, file, id);
    ifxUseGraphAddPath(use, id, path);
    ifxUseGraphAddUse(use, id, IFX_USE_PROCESS, false, "userspace driver");
}

static void
ifxUseUioLoadClass(const char *sysroot,
                   ifxUseGraph *use)
{
    g_autofree char *dir = g_build_filename(sysroot, "sys/class/uio", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *path = ifxSysfsResolve(dir, name);
        g_autofree char *owner = path ? ifxUseOwnerPath(path) : NULL;
        g_autofree char *driver = owner ? ifxSysfsReadLink(owner, "driver") : NULL;

        if (path)
            ifxUseUioAdd(use, name, driver, path);
    }
}

/* By its driver's name, or as libvirt does (virPCIDeviceGetCurrentDriverNameAndType). */
static bool
ifxUseVfioIsMember(const char *devices,
                   const char *member)
{
    g_autofree char *dir = g_build_filename(devices, member, NULL);
    g_autofree char *driver = ifxSysfsReadLink(dir, "driver");

    return driver && (strstr(driver, "vfio") || ifxSysfsExists(dir, "vfio-dev"));
}

static void
ifxUseVfioAddGroup(ifxUseGraph *use,
                   const char *number,
                   const GPtrArray *members)
{
    g_autofree char *id = g_strconcat("vfio/", number, NULL);
    g_autofree char *label = g_strconcat("vfio group ", number, NULL);
    g_autofree char *file = g_strconcat("/dev/vfio/", number, NULL);
    g_autofree char *unsafe_file = g_strconcat("/dev/vfio/noiommu-", number, NULL);
    guint i;

    ifxUseGraphAddThing(use, id, label);
    ifxUseGraphAddAlias(use, file, id);
    ifxUseGraphAddAlias(use, unsafe_file, id);
    for (i = 0; i < members->len; i++) {
        g_autofree char *mdev = g_strconcat("mdev/", members->pdata[i], NULL);
        ifxPciAddress address;

        if (ifxPciAddressParse(members->pdata[i], &address))
            ifxUseGraphAddDevice(use, id, &address);
        else if (ifxUseGraphLookup(use, mdev))
            ifxUseGraphAddBelow(use, id, mdev);
    }
}

static void
ifxUseVfioLoadGroup(const char *groups,
                    const char *number,
                    ifxUseGraph *use)
{
    g_autofree char *devices = g_build_filename(groups, number, "devices", NULL);
    g_autoptr(GPtrArray) members = ifxSysfsList(devices, NULL);
    g_autofree char *file = g_strconcat("/dev/vfio/", number, NULL);
    g_autofree char *mdev =
        members->len == 1 ? g_strconcat("mdev/", members->pdata[0], NULL) : NULL;
    guint i;

    if (mdev && ifxUseGraphLookup(use, mdev)) {
        ifxUseGraphAddAlias(use, file, mdev);
        return;
    }
    for (i = 0; i < members->len; i++) {
        if (ifxUseVfioIsMember(devices, members->pdata[i])) {
            ifxUseVfioAddGroup(use, number, members);
            return;
        }
    }
}

static void
ifxUseVfioLoadGroups(const char *sysroot,
                     ifxUseGraph *use)
{
    g_autofree char *dir = g_build_filename(sysroot, "sys/kernel/iommu_groups", NULL);
    g_autoptr(GPtrArray) numbers = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < numbers->len; i++) {
        if (g_ascii_string_to_unsigned(numbers->pdata[i], 10, 0, G_MAXINT, NULL, NULL))
            ifxUseVfioLoadGroup(dir, numbers->pdata[i], use);
    }
}

static void
ifxUseVfioLoadDevice(const char *path,
                     ifxUseGraph *use)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *file = g_strconcat("/dev/vfio/devices/", name, NULL);
    g_autofree char *id = g_strconcat("vfio-dev/", name, NULL);
    g_autofree char *owner = ifxUseOwnerPath(path);
    g_autofree char *owner_name = g_path_get_basename(owner);
    g_autofree char *mdev = g_strconcat("mdev/", owner_name, NULL);
    g_autofree char *number = ifxSysfsReadLink(owner, "iommu_group");
    g_autofree char *group = g_strconcat("vfio/", number, NULL);

    if (ifxUseGraphLookup(use, mdev)) {
        ifxUseGraphAddAlias(use, file, mdev);
        return;
    }
    ifxUseGraphAddThing(use, id, name);
    ifxUseGraphAddAlias(use, file, id);
    ifxUseGraphAddPath(use, id, owner);
    if (ifxUseGraphLookup(use, group))
        ifxUseGraphAddBelow(use, id, group);
}

static void
ifxUseVfioLoadDevices(const char *sysroot,
                      ifxUseGraph *use)
{
    g_autofree char *dir = g_build_filename(sysroot, "sys/class/vfio-dev", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = ifxSysfsResolve(dir, names->pdata[i]);

        if (path)
            ifxUseVfioLoadDevice(path, use);
    }
}

void
ifxUseVirtualLoad(const char *sysroot,
                  ifxUseGraph *use)
{
    ifxUseMdevLoad(sysroot, use);
    ifxUseVdpaLoad(sysroot, use);
    ifxUseUioLoadClass(sysroot, use);
    ifxUseVfioLoadGroups(sysroot, use);
    ifxUseVfioLoadDevices(sysroot, use);
}
