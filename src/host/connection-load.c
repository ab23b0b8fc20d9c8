/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "base/sysfs.h"
#include "host/host-internal.h"
#include "host/topology-nodedev.h"
#include "use/use.h"

/* The kinds of node devices that are built on PCI devices. */
#define IFX_CONNECTION_ON_PCI \
    (VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET | VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE | \
     VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST | VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV | \
     VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV | VIR_CONNECT_LIST_NODE_DEVICES_CAP_DRM)

/* So many devices of another machine are looked up by their names before all of them are listed. Per
 * device, a list costs the daemon more than a lookup, because it reads all that can change of each
 * device (virNodeDeviceObjMatch(), libvirt src/conf/virnodedeviceobj.c). So it only pays where each
 * call takes long, and many devices are asked for. */
#define IFX_CONNECTION_LOOKUPS 32

/* VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA, since libvirt 6.9.0. */
#define IFX_CONNECTION_VDPA (1U << 17)

/* Has libvirt no driver for what it was asked, or is the driver's daemon not installed
 * (remoteOpenConn, libvirt src/remote/remote_daemon_dispatch.c)? */
static bool
ifxConnectionLoadLacksDriver(void)
{
    const virError *why = virGetLastError();

    return why && (why->code == VIR_ERR_NO_SUPPORT || why->code == VIR_ERR_NO_CONNECT ||
                   (why->code == VIR_ERR_SYSTEM_ERROR && why->int1 == ENOENT));
}

/* The driver is a package of its own in Debian since 13, and in Fedora. */
static void
ifxConnectionLoadFailDevices(const ifxConnection *connection,
                             GError **error)
{
    if (connection->qemu && ifxConnectionLoadLacksDriver())
        ifxErrorSet(error, IFX_ERROR_CONNECTION,
                    "libvirt at %s has no driver for node devices; on that host, install the "
                    "package libvirt-daemon-driver-nodedev and restart libvirt", connection->uri);
    else
        ifxConnectionFail(error, "cannot list the node devices of %s", connection->uri);
}

/* It is not an error if the device has gone since it was listed. */
static ifxNodedev *
ifxConnectionLoadNodedev(ifxConnection *connection,
                         virNodeDevicePtr device,
                         GError **error)
{
    char *xml = virNodeDeviceGetXMLDesc(device, 0);
    ifxNodedev *nodedev = NULL;

    if (xml)
        nodedev = ifxNodedevParse(xml, strlen(xml), connection->drivers, error);
    else if (virGetLastErrorCode() == VIR_ERR_NO_NODE_DEVICE)
        nodedev = ifxNodedevNewAbsent();
    else
        ifxConnectionFail(error, "cannot read node device %s of %s",
                          virNodeDeviceGetName(device), connection->uri);
    if (nodedev && nodedev->device && nodedev->device->vfio_unseen &&
        ifxConnectionIsLocal(connection))
        ifxTopologySysfsFindVfio("/", nodedev->device);
    free(xml);
    return nodedev;
}

static void
ifxConnectionLoadFreeDevice(gpointer device)
{
    virNodeDeviceFree(device);
}

static bool
ifxConnectionLoadList(ifxConnection *connection,
                      GError **error)
{
    virNodeDevicePtr *devices = NULL;
    int count;
    int i;

    if (connection->listed)
        return true;
    count = virConnectListAllNodeDevices(connection->conn, &devices,
                                         VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV);
    if (count < 0) {
        ifxConnectionLoadFailDevices(connection, error);
        return false;
    }
    connection->listed =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ifxConnectionLoadFreeDevice);
    for (i = 0; i < count; i++)
        g_hash_table_insert(connection->listed, (gpointer) virNodeDeviceGetName(devices[i]),
                            devices[i]);
    free(devices);
    return true;
}

/* @device is set to NULL if the host has no such device, otherwise the caller owns it. */
static bool
ifxConnectionLoadFind(ifxConnection *connection,
                      const ifxPciAddress *address,
                      virNodeDevicePtr *device,
                      GError **error)
{
    g_autofree char *name = ifxNodedevName(address);

    *device = NULL;
    if (!connection->listed &&
        (connection->lookups < IFX_CONNECTION_LOOKUPS || ifxConnectionIsLocal(connection))) {
        connection->lookups++;
        *device = virNodeDeviceLookupByName(connection->conn, name);
        if (*device || virGetLastErrorCode() == VIR_ERR_NO_NODE_DEVICE)
            return true;
        ifxConnectionLoadFailDevices(connection, error);
        return false;
    }
    if (!ifxConnectionLoadList(connection, error))
        return false;
    *device = g_hash_table_lookup(connection->listed, name);
    if (*device)
        virNodeDeviceRef(*device);
    return true;
}

/* The device of this host, if it does not answer; NULL: it does, or the connection is to another
 * host. */
static ifxNodedev *
ifxConnectionLoadDead(ifxConnection *connection,
                      const ifxPciAddress *address)
{
    g_autoptr(ifxDevice) device = ifxConnectionIsLocal(connection) ?
        ifxTopologySysfsLoadDead("/", address) : NULL;
    ifxNodedev *nodedev;

    if (!device)
        return NULL;
    nodedev = ifxNodedevNewAbsent();
    if (device->group != IFX_GROUP_NONE) {
        g_array_unref(nodedev->members);
        nodedev->members = ifxTopologySysfsListMembers("/", (guint) device->group);
    }
    nodedev->device = g_steal_pointer(&device);
    return nodedev;
}

/* Asks for the device only once; lent. It is not an error if the host has no such device. */
static const ifxNodedev *
ifxConnectionLoadOnce(ifxConnection *connection,
                      const ifxPciAddress *address,
                      GError **error)
{
    ifxNodedev *nodedev = g_hash_table_lookup(connection->nodedevs, address);
    virNodeDevicePtr device = NULL;

    if (nodedev)
        return nodedev;

    nodedev = ifxConnectionLoadDead(connection, address);
    if (!nodedev && !ifxConnectionLoadFind(connection, address, &device, error))
        return NULL;
    if (device) {
        nodedev = ifxConnectionLoadNodedev(connection, device, error);
        virNodeDeviceFree(device);
    } else if (!nodedev) {
        nodedev = ifxNodedevNewAbsent();
    }
    if (nodedev)
        g_hash_table_insert(connection->nodedevs, g_memdup2(address, sizeof(*address)), nodedev);
    return nodedev;
}

/* Adds the device and, unless it is in @groups already, its whole group. */
static bool
ifxConnectionLoadGroupOf(ifxConnection *connection,
                         const ifxPciAddress *address,
                         GHashTable *groups,
                         ifxTopologyBuilder *builder,
                         GError **error)
{
    const ifxNodedev *nodedev = ifxConnectionLoadOnce(connection, address, error);
    guint i;

    if (!nodedev)
        return false;
    ifxNodedevAddTo(nodedev, builder);
    if (!nodedev->device || !g_hash_table_add(groups, GINT_TO_POINTER(nodedev->device->group)))
        return true;

    for (i = 0; i < nodedev->members->len; i++) {
        const ifxNodedev *member = ifxConnectionLoadOnce(
            connection, &g_array_index(nodedev->members, ifxPciAddress, i), error);

        if (!member)
            return false;
        ifxNodedevAddTo(member, builder);
    }
    return true;
}

/* Where libvirt does not show a device that this machine has, its group lists it nevertheless. */
static void
ifxConnectionLoadHidden(ifxConnection *connection,
                        const ifxPciAddress *address,
                        ifxTopologyBuilder *builder)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = NULL;
    g_autofree char *group = NULL;
    guint64 number;

    if (((const ifxNodedev *) g_hash_table_lookup(connection->nodedevs, address))->device ||
        !ifxConnectionIsLocal(connection))
        return;
    dir = g_build_filename("/sys/bus/pci/devices", ifxPciAddressFormat(address, spelled), NULL);
    group = ifxSysfsReadLink(dir, "iommu_group");
    if (group && g_ascii_string_to_unsigned(group, 10, 0, G_MAXINT, &number, NULL))
        ifxTopologyBuilderAddMember(builder, (guint) number, address);
}

ifxTopology *
ifxConnectionLoadTopology(ifxConnection *connection,
                          const GArray *addresses,
                          GError **error)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(GHashTable) groups = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < addresses->len; i++) {
        const ifxPciAddress *address = &g_array_index(addresses, ifxPciAddress, i);

        if (!ifxConnectionLoadGroupOf(connection, address, groups, builder, error))
            return NULL;
        ifxConnectionLoadHidden(connection, address, builder);
    }
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}

ifxTopology *
ifxConnectionLoadAllDevices(ifxConnection *connection,
                            GError **error)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    GHashTableIter iter;
    gpointer device;

    if (!ifxConnectionLoadList(connection, error))
        return NULL;
    if (ifxConnectionIsLocal(connection))
        ifxTopologySysfsAddDead("/", builder);
    g_hash_table_iter_init(&iter, connection->listed);
    while (g_hash_table_iter_next(&iter, NULL, &device)) {
        g_autoptr(ifxNodedev) nodedev = ifxConnectionLoadNodedev(connection, device, error);

        if (!nodedev)
            return NULL;
        ifxNodedevAddTo(nodedev, builder);
    }
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}

/* A device that has gone since it was listed is not an error. */
static bool
ifxConnectionLoadUseOf(const ifxConnection *connection,
                       virNodeDevicePtr device,
                       ifxUseGraph *use,
                       GError **error)
{
    char *xml = virNodeDeviceGetXMLDesc(device, 0);
    bool ok = true;

    if (xml) {
        ok = ifxUseNodedevAdd(use, xml, strlen(xml), "device", error);
        if (!ok)
            g_prefix_error(error, "node device %s of %s: ", virNodeDeviceGetName(device),
                           connection->uri);
    } else if (virGetLastErrorCode() != VIR_ERR_NO_NODE_DEVICE) {
        ifxConnectionFail(error, "cannot read node device %s of %s",
                          virNodeDeviceGetName(device), connection->uri);
        ok = false;
    }
    free(xml);
    return ok;
}

bool
ifxConnectionLoadUse(ifxConnection *connection,
                     ifxUseGraph *use,
                     GError **error)
{
    virNodeDevicePtr *devices = NULL;
    int count = virConnectListAllNodeDevices(connection->conn, &devices,
                                             IFX_CONNECTION_ON_PCI | IFX_CONNECTION_VDPA);
    bool ok = true;
    int i;

    if (count < 0 && virGetLastErrorCode() == VIR_ERR_INVALID_ARG)
        count = virConnectListAllNodeDevices(connection->conn, &devices, IFX_CONNECTION_ON_PCI);
    if (count < 0) {
        ifxConnectionLoadFailDevices(connection, error);
        return false;
    }
    for (i = 0; i < count; i++) {
        ok = ok && ifxConnectionLoadUseOf(connection, devices[i], use, error);
        virNodeDeviceFree(devices[i]);
    }
    free(devices);
    return ok;
}

/* Takes over @xml; NULL: libvirt did not return it. @gone: the error code that means that the guest
 * has gone since it was listed. */
static void
ifxConnectionLoadGuest(ifxGuests *guests,
                       ifxGuestKind kind,
                       const char *name,
                       char *xml,
                       bool running,
                       int gone)
{
    g_autoptr(GBytes) bytes =
        xml ? g_bytes_new_with_free_func(xml, strlen(xml), free, xml) : NULL;

    if (bytes)
        ifxGuestsAdd(guests, kind, name, bytes, running);
    else if (virGetLastErrorCode() != gone)
        ifxGuestsAddUnread(guests, kind, name, virGetLastErrorMessage());
}

/* Notes that libvirt did not return the list of a kind. Without a driver the list is empty. */
static void
ifxConnectionLoadNoteUnlisted(ifxGuests *guests,
                              ifxGuestKind kind)
{
    if (!virGetLastError() || ifxConnectionLoadLacksDriver())
        return;
    ifxGuestsAddUnread(guests, kind, NULL, virGetLastErrorMessage());
}

static int
ifxConnectionCompareNetworks(const void *a,
                             const void *b)
{
    return strcmp(virNetworkGetName(*(const virNetworkPtr *) a),
                  virNetworkGetName(*(const virNetworkPtr *) b));
}

static void
ifxConnectionLoadNetworks(ifxConnection *connection,
                          ifxGuests *guests)
{
    virNetworkPtr *networks = NULL;
    const int count = virConnectListAllNetworks(connection->conn, &networks, 0);
    int i;

    if (count < 0) {
        ifxConnectionLoadNoteUnlisted(guests, IFX_GUEST_NETWORK);
        return;
    }
    qsort(networks, (size_t) count, sizeof(*networks), ifxConnectionCompareNetworks);
    for (i = 0; i < count; i++) {
        ifxConnectionLoadGuest(guests, IFX_GUEST_NETWORK, virNetworkGetName(networks[i]),
                               virNetworkGetXMLDesc(networks[i], 0), false, VIR_ERR_NO_NETWORK);
        virNetworkFree(networks[i]);
    }
    free(networks);
}

static int
ifxConnectionComparePools(const void *a,
                          const void *b)
{
    return strcmp(virStoragePoolGetName(*(const virStoragePoolPtr *) a),
                  virStoragePoolGetName(*(const virStoragePoolPtr *) b));
}

static void
ifxConnectionLoadPools(ifxConnection *connection,
                       ifxGuests *guests)
{
    virStoragePoolPtr *pools = NULL;
    const int count = virConnectListAllStoragePools(connection->conn, &pools, 0);
    int i;

    if (count < 0) {
        ifxConnectionLoadNoteUnlisted(guests, IFX_GUEST_POOL);
        return;
    }
    qsort(pools, (size_t) count, sizeof(*pools), ifxConnectionComparePools);
    for (i = 0; i < count; i++) {
        ifxConnectionLoadGuest(guests, IFX_GUEST_POOL, virStoragePoolGetName(pools[i]),
                               virStoragePoolGetXMLDesc(pools[i], 0), false,
                               VIR_ERR_NO_STORAGE_POOL);
        virStoragePoolFree(pools[i]);
    }
    free(pools);
}

bool
ifxConnectionLoadGuests(ifxConnection *connection,
                        ifxGuests *guests,
                        GError **error)
{
    if (!ifxConnectionDomainsAddAll(connection, guests, error))
        return false;
    ifxConnectionLoadNetworks(connection, guests);
    ifxConnectionLoadPools(connection, guests);
    return true;
}
