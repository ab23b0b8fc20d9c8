/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/topology.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sysfs.h"

#define IFX_TOPOLOGY_DEVICES "sys/bus/pci/devices"
#define IFX_TOPOLOGY_GROUPS "sys/kernel/iommu_groups"
#define IFX_TOPOLOGY_FUNCTION "virtfn"

/* Linux include/uapi/linux/pci_regs.h: PCI_HEADER_TYPE and its mask. */
#define IFX_CONFIG_HEADER_TYPE 0x0e
#define IFX_CONFIG_HEADER_MASK 0x7f

/* Every user may read this part of config. Each four bytes are a question to the device, and slow. */
#define IFX_CONFIG_LENGTH 16

static void
ifxTopologySysfsReadHeader(const char *dir,
                           ifxDevice *device)
{
    char config[IFX_CONFIG_LENGTH];

    if (ifxSysfsRead(dir, "config", config, sizeof(config)) <= IFX_CONFIG_HEADER_TYPE)
        return;

    switch (config[IFX_CONFIG_HEADER_TYPE] & IFX_CONFIG_HEADER_MASK) {
    case 0:
        device->header = IFX_HEADER_ENDPOINT;
        break;
    case 1:
        device->header = IFX_HEADER_PCI_BRIDGE;
        break;
    case 2:
        device->header = IFX_HEADER_CARDBUS;
        break;
    case IFX_CONFIG_HEADER_MASK:
        device->is_dead = true;
        break;
    }
}

/* Reads the number of a link "virtfn12"; false for any other @name. */
static bool
ifxTopologySysfsIsFunction(const char *name,
                           guint64 *number)
{
    return g_str_has_prefix(name, IFX_TOPOLOGY_FUNCTION) &&
        g_ascii_string_to_unsigned(name + strlen(IFX_TOPOLOGY_FUNCTION), 10, 0, G_MAXUINT16,
                                   number, NULL);
}

static int
ifxTopologySysfsCompareFunctions(gconstpointer a,
                                 gconstpointer b)
{
    guint64 left = 0;
    guint64 right = 0;

    ifxTopologySysfsIsFunction(*(char *const *) a, &left);
    ifxTopologySysfsIsFunction(*(char *const *) b, &right);
    return left < right ? -1 : left > right;
}

/* libvirt stops at the first missing number, but a single virtual function can disappear (Linux
 * arch/s390/pci/pci_iov.c). */
static GArray *
ifxTopologySysfsListFunctions(const char *dir)
{
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    GArray *functions = NULL;
    guint64 number;
    guint i;

    for (i = 0; i < names->len; i++) {
        if (ifxTopologySysfsIsFunction(names->pdata[i], &number))
            g_ptr_array_add(links, names->pdata[i]);
    }
    g_ptr_array_sort(links, ifxTopologySysfsCompareFunctions);
    for (i = 0; i < links->len; i++) {
        g_autofree char *target = ifxSysfsReadLink(dir, links->pdata[i]);
        ifxPciAddress address;

        if (!target || !ifxPciAddressParse(target, &address))
            continue;
        if (!functions)
            functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
        g_array_append_val(functions, address);
    }
    return functions;
}

static ifxDevice *
ifxTopologySysfsLoadDevice(const char *dir,
                           const ifxPciAddress *address)
{
    g_autofree char *group = ifxSysfsReadLink(dir, "iommu_group");
    g_autofree char *physical = ifxSysfsReadLink(dir, "physfn");
    g_autofree char *path = g_file_read_link(dir, NULL);
    ifxDevice *device = ifxDeviceNew(address);
    guint64 number;

    if (group && g_ascii_string_to_unsigned(group, 10, 0, G_MAXINT, &number, NULL))
        device->group = (int) number;
    device->has_class = ifxSysfsReadNumber(dir, "class", 0xffffff, &number);
    if (device->has_class)
        device->class_code = (guint32) number;
    if (ifxSysfsReadNumber(dir, "vendor", G_MAXUINT16, &number))
        device->vendor_id = (guint16) number;
    if (ifxSysfsReadNumber(dir, "device", G_MAXUINT16, &number))
        device->product_id = (guint16) number;

    ifxTopologySysfsReadHeader(dir, device);
    device->driver = ifxSysfsReadLink(dir, "driver");
    device->driver_state = device->driver ? IFX_DRIVER_BOUND : IFX_DRIVER_NONE;
    device->serves_vfio = device->driver && !strstr(device->driver, "vfio") &&
        ifxSysfsExists(dir, "vfio-dev");
    device->is_virtual = physical && ifxPciAddressParse(physical, &device->physical_function);
    device->virtual_functions = ifxTopologySysfsListFunctions(dir);
    if (path)
        ifxDeviceSetPath(device, path);
    return device;
}

ifxDevice *
ifxTopologySysfsLoadDead(const char *sysroot,
                         const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = g_build_filename(sysroot, IFX_TOPOLOGY_DEVICES,
                                            ifxPciAddressFormat(address, spelled), NULL);
    g_autoptr(ifxDevice) probe = ifxDeviceNew(address);

    ifxTopologySysfsReadHeader(dir, probe);
    return probe->is_dead ? ifxTopologySysfsLoadDevice(dir, address) : NULL;
}

GArray *
ifxTopologySysfsListMembers(const char *sysroot,
                            guint number)
{
    g_autofree char *name = g_strdup_printf("%u", number);
    g_autofree char *dir = g_build_filename(sysroot, IFX_TOPOLOGY_GROUPS, name, "devices", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    GArray *members = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    ifxPciAddress address;
    guint i;

    for (i = 0; i < names->len; i++) {
        if (ifxPciAddressParse(names->pdata[i], &address))
            g_array_append_val(members, address);
    }
    return members;
}

void
ifxTopologySysfsAddDead(const char *sysroot,
                        ifxTopologyBuilder *builder)
{
    g_autofree char *path = g_build_filename(sysroot, IFX_TOPOLOGY_DEVICES, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(path, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autoptr(ifxDevice) device = NULL;
        ifxPciAddress address;

        if (ifxPciAddressParse(names->pdata[i], &address))
            device = ifxTopologySysfsLoadDead(sysroot, &address);
        if (device && device->group != IFX_GROUP_NONE)
            ifxTopologyBuilderAddMember(builder, (guint) device->group, &address);
        if (device)
            ifxTopologyBuilderAddDevice(builder, device);
    }
}

void
ifxTopologySysfsFindVfio(const char *sysroot,
                         ifxDevice *device)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = g_build_filename(sysroot, IFX_TOPOLOGY_DEVICES,
                                            ifxPciAddressFormat(&device->address, spelled), NULL);

    device->vfio_unseen = device->vfio_unseen && !ifxSysfsExists(dir, "class");
    device->serves_vfio = device->serves_vfio || ifxSysfsExists(dir, "vfio-dev");
}

static GDir *
ifxTopologySysfsOpenFolder(const char *dir,
                           const char *hint,
                           GError **error)
{
    g_autoptr(GError) problem = NULL;
    GDir *entries = g_dir_open(dir, 0, &problem);

    if (!entries)
        ifxErrorSet(error, IFX_ERROR_HOST, "%s%s", problem->message, hint);
    return entries;
}

/* Returns the number of its group; IFX_GROUP_NONE: it is in none, or not there. */
static int
ifxTopologySysfsAddDevice(const char *sysroot,
                          const ifxPciAddress *address,
                          ifxTopologyBuilder *builder)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = g_build_filename(sysroot, IFX_TOPOLOGY_DEVICES,
                                            ifxPciAddressFormat(address, spelled), NULL);
    g_autoptr(ifxDevice) device = ifxTopologySysfsLoadDevice(dir, address);

    /* What was read of a device that goes away meanwhile is not true of it. */
    if (!ifxSysfsExists(dir, ""))
        return IFX_GROUP_NONE;
    if (device->group != IFX_GROUP_NONE)
        ifxTopologyBuilderAddMember(builder, (guint) device->group, address);
    ifxTopologyBuilderAddDevice(builder, device);
    return device->group;
}

static bool
ifxTopologySysfsLoadDevices(const char *sysroot,
                            ifxTopologyBuilder *builder,
                            GError **error)
{
    g_autofree char *path = g_build_filename(sysroot, IFX_TOPOLOGY_DEVICES, NULL);
    g_autoptr(GDir) entries =
        ifxTopologySysfsOpenFolder(path, "; give --sysroot the root of a host's files", error);
    const char *name;

    if (!entries)
        return false;

    while ((name = g_dir_read_name(entries))) {
        ifxPciAddress address;

        if (ifxPciAddressParse(name, &address))
            ifxTopologySysfsAddDevice(sysroot, &address, builder);
    }
    return true;
}

static bool
ifxTopologySysfsLoadGroup(const char *groups,
                          const char *number_text,
                          ifxTopologyBuilder *builder,
                          GError **error)
{
    g_autofree char *dir = g_build_filename(groups, number_text, NULL);
    g_autofree char *path = g_build_filename(dir, "devices", NULL);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GDir) entries = NULL;
    const char *name;
    guint64 number;

    if (!g_ascii_string_to_unsigned(number_text, 10, 0, G_MAXINT, &number, NULL))
        return true;
    entries = ifxTopologySysfsOpenFolder(path, "", &problem);
    if (!entries && access(dir, F_OK) != 0 && errno == ENOENT)
        return true;
    if (!entries) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }

    while ((name = g_dir_read_name(entries))) {
        ifxPciAddress address;

        if (ifxPciAddressParse(name, &address))
            ifxTopologyBuilderAddMember(builder, (guint) number, &address);
        else
            ifxTopologyBuilderAddOtherMember(builder, (guint) number, name);
    }
    return true;
}

ifxTopology *
ifxTopologySysfsLoad(const char *sysroot,
                     GError **error)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autofree char *path = g_build_filename(sysroot, IFX_TOPOLOGY_GROUPS, NULL);
    g_autoptr(GDir) entries = NULL;
    const char *name;

    if (!ifxTopologySysfsLoadDevices(sysroot, builder, error))
        return NULL;

    /* A kernel without IOMMU support has no such folder. A folder that cannot be opened may have
     * members. */
    if (access(path, F_OK) == 0 || errno != ENOENT) {
        entries = ifxTopologySysfsOpenFolder(path, "", error);
        if (!entries)
            return NULL;
        while ((name = g_dir_read_name(entries))) {
            if (!ifxTopologySysfsLoadGroup(path, name, builder, error))
                return NULL;
        }
    }
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}

/* Adds the members of the group @number to @builder and @loaded. False if a member names another
 * group, or cannot be read. */
static bool
ifxTopologySysfsAddMembers(const char *sysroot,
                           int number,
                           ifxTopologyBuilder *builder,
                           GHashTable *loaded)
{
    g_autofree char *groups = g_build_filename(sysroot, IFX_TOPOLOGY_GROUPS, NULL);
    g_autofree char *name = g_strdup_printf("%d", number);
    g_autoptr(GArray) members = ifxTopologySysfsListMembers(sysroot, (guint) number);
    guint i;

    if (!ifxTopologySysfsLoadGroup(groups, name, builder, NULL))
        return false;
    for (i = 0; i < members->len; i++) {
        const ifxPciAddress *member = &g_array_index(members, ifxPciAddress, i);

        if (ifxTopologySysfsAddDevice(sysroot, member, builder) != number)
            return false;
        g_hash_table_add(loaded, g_memdup2(member, sizeof(*member)));
    }
    return true;
}

ifxTopology *
ifxTopologySysfsLoadPart(const char *sysroot,
                         const GArray *addresses,
                         GHashTable *loaded)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    guint i;

    for (i = 0; i < addresses->len; i++) {
        const ifxPciAddress *address = &g_array_index(addresses, ifxPciAddress, i);
        int group;

        if (g_hash_table_contains(loaded, address))
            continue;
        group = ifxTopologySysfsAddDevice(sysroot, address, builder);
        if (group == IFX_GROUP_NONE ||
            !ifxTopologySysfsAddMembers(sysroot, group, builder, loaded) ||
            !g_hash_table_contains(loaded, address))
            return NULL;
    }
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}
