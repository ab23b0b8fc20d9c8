/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "host/connection-internal.h"
#include "base/error.h"
#include "host/topology-nodedev.h"

void
ifxConnectionFail(GError **error,
                  const char *format,
                  ...)
{
    const char *why = virGetLastErrorMessage();
    g_autofree char *what = NULL;
    g_autofree char *line = g_strdelimit(g_strdup(why), "\r\n", ' ');
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, IFX_ERROR, IFX_ERROR_CONNECTION, "%s: %s", what, line);
}

/* libvirt would print each error by itself. */
static void
ifxConnectionSilence(void *opaque G_GNUC_UNUSED,
                     virErrorPtr error G_GNUC_UNUSED)
{
}

/* Twice a second. */
#define IFX_CONNECTION_TRIES 20

static void
ifxConnectionFreeNodedev(gpointer nodedev)
{
    ifxNodedevFree(nodedev);
}

static virConnectPtr
ifxConnectionDial(const char *uri,
                  bool write)
{
    return virConnectOpenAuth(uri, virConnectAuthPtrDefault, write ? 0 : VIR_CONNECT_RO);
}

ifxConnection *
ifxConnectionOpen(const char *uri,
                  bool write,
                  GError **error)
{
    g_autoptr(ifxConnection) connection = g_new0(ifxConnection, 1);
    char *opened;
    const char *type;

    if (!uri)
        uri = g_getenv("VIRSH_DEFAULT_CONNECT_URI");

    connection->nodedevs = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                 g_free, ifxConnectionFreeNodedev);
    virSetErrorFunc(NULL, ifxConnectionSilence);
    connection->write = write;
    connection->conn = ifxConnectionDial(uri, write);
    if (!connection->conn) {
        ifxConnectionFail(error, "cannot connect to %s", uri ? uri : "libvirt's default URI");
        return NULL;
    }

    opened = virConnectGetURI(connection->conn);
    connection->uri = g_strdup(opened ? opened : uri);
    free(opened);
    type = virConnectGetType(connection->conn);
    connection->qemu = g_strcmp0(type, "QEMU") == 0 || g_strcmp0(type, "TEST") == 0;
    connection->drivers = g_strcmp0(type, "TEST") != 0;
    return g_steal_pointer(&connection);
}

void
ifxConnectionFree(ifxConnection *connection)
{
    if (!connection)
        return;
    g_hash_table_unref(connection->nodedevs);
    if (connection->conn)
        virConnectClose(connection->conn);
    g_free(connection->uri);
    g_free(connection);
}

char *
ifxConnectionGetVersion(ifxConnection *connection)
{
    unsigned long version;

    if (virConnectGetLibVersion(connection->conn, &version) < 0)
        return NULL;
    return g_strdup_printf("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000,
                           version % 1000);
}

bool
ifxConnectionIsAlive(ifxConnection *connection)
{
    return virConnectIsAlive(connection->conn) == 1;
}

bool
ifxConnectionReopen(ifxConnection *connection,
                    GError **error)
{
    virConnectPtr conn = NULL;
    guint tries;

    for (tries = 0; !conn && tries < IFX_CONNECTION_TRIES; tries++) {
        if (tries > 0)
            g_usleep(G_USEC_PER_SEC / 2);
        conn = ifxConnectionDial(connection->uri, connection->write);
    }
    if (!conn) {
        ifxConnectionFail(error, "cannot connect to %s again", connection->uri);
        return false;
    }
    virConnectClose(connection->conn);
    connection->conn = conn;
    return true;
}

const char *
ifxConnectionGetUri(const ifxConnection *connection)
{
    return connection->uri;
}

bool
ifxConnectionIsQemu(const ifxConnection *connection)
{
    return connection->qemu;
}

/* "host.example.org" and "host" may be one machine. */
static bool
ifxConnectionIsSameName(const char *one,
                        const char *other)
{
    const gsize length = strcspn(one, ".");

    return g_ascii_strcasecmp(one, other) == 0 ||
        (length == strcspn(other, ".") && (!one[length] || !other[length]) &&
         g_ascii_strncasecmp(one, other, length) == 0);
}

bool
ifxConnectionIsLocal(ifxConnection *connection)
{
    const char *authority = strstr(connection->uri, "://");
    char *name;
    bool local;

    if (!connection->qemu || !connection->drivers || !authority || authority[3] != '/')
        return false;
    name = virConnectGetHostname(connection->conn);
    local = name && ifxConnectionIsSameName(name, g_get_host_name());
    free(name);
    return local;
}

int
ifxConnectionCompareDomains(const void *a,
                            const void *b)
{
    return strcmp(virDomainGetName(*(const virDomainPtr *) a),
                  virDomainGetName(*(const virDomainPtr *) b));
}

GPtrArray *
ifxConnectionListDomains(ifxConnection *connection,
                         bool all,
                         GError **error)
{
    virDomainPtr *domains = NULL;
    const int count = virConnectListAllDomains(connection->conn, &domains,
                                               all ? 0 : VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
    GPtrArray *uuids;
    int i;

    if (count < 0) {
        ifxConnectionFail(error, "cannot list the domains of %s", connection->uri);
        return NULL;
    }

    uuids = g_ptr_array_new_full((guint) count, g_free);
    qsort(domains, (size_t) count, sizeof(*domains), ifxConnectionCompareDomains);
    for (i = 0; i < count; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];

        if (virDomainGetUUIDString(domains[i], uuid) == 0)
            g_ptr_array_add(uuids, g_strdup(uuid));
        virDomainFree(domains[i]);
    }
    free(domains);
    return uuids;
}

static virDomainPtr
ifxConnectionLookup(ifxConnection *connection,
                    const char *key)
{
    virDomainPtr domain = NULL;
    guint64 id;

    if (g_ascii_string_to_unsigned(key, 10, 0, G_MAXINT, &id, NULL))
        domain = virDomainLookupByID(connection->conn, (int) id);
    if (!domain && strlen(key) == VIR_UUID_STRING_BUFLEN - 1)
        domain = virDomainLookupByUUIDString(connection->conn, key);
    if (!domain)
        domain = virDomainLookupByName(connection->conn, key);
    return domain;
}

GBytes *
ifxConnectionReadDomain(ifxConnection *connection,
                        const char *key,
                        GError **error)
{
    virDomainPtr domain = ifxConnectionLookup(connection, key);
    char *xml = NULL;
    GBytes *bytes = NULL;

    if (domain)
        xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
    if (xml)
        bytes = g_bytes_new(xml, strlen(xml));
    else
        ifxConnectionFail(error, "cannot read domain %s of %s", key, connection->uri);

    free(xml);
    if (domain)
        virDomainFree(domain);
    return bytes;
}

static ifxNodedev *
ifxConnectionParse(const ifxConnection *connection,
                   virNodeDevicePtr device,
                   GError **error)
{
    char *xml = virNodeDeviceGetXMLDesc(device, 0);
    ifxNodedev *nodedev = NULL;

    if (xml)
        nodedev = ifxNodedevParse(xml, strlen(xml), connection->drivers, error);
    else
        ifxConnectionFail(error, "cannot read node device %s of %s",
                          virNodeDeviceGetName(device), connection->uri);
    free(xml);
    return nodedev;
}

/* From the cache, or asked for; lent. A device that is not there is no error. */
static const ifxNodedev *
ifxConnectionGetNodedev(ifxConnection *connection,
                        const ifxPciAddress *address,
                        GError **error)
{
    ifxNodedev *nodedev = g_hash_table_lookup(connection->nodedevs, address);
    g_autofree char *name = NULL;
    virNodeDevicePtr device;

    if (nodedev)
        return nodedev;

    name = ifxNodedevName(address);
    device = virNodeDeviceLookupByName(connection->conn, name);
    if (device) {
        nodedev = ifxConnectionParse(connection, device, error);
        virNodeDeviceFree(device);
    } else if (virGetLastErrorCode() == VIR_ERR_NO_NODE_DEVICE) {
        nodedev = ifxNodedevNewAbsent();
    } else {
        ifxConnectionFail(error, "cannot ask %s for node device %s", connection->uri, name);
    }

    if (nodedev)
        g_hash_table_insert(connection->nodedevs, g_memdup2(address, sizeof(*address)), nodedev);
    return nodedev;
}

/* Adds the device and, unless it is in @groups already, its whole group. */
static bool
ifxConnectionAddGroupOf(ifxConnection *connection,
                        const ifxPciAddress *address,
                        GHashTable *groups,
                        ifxTopologyBuilder *builder,
                        GError **error)
{
    const ifxNodedev *nodedev = ifxConnectionGetNodedev(connection, address, error);
    guint i;

    if (!nodedev)
        return false;
    ifxNodedevAddTo(nodedev, builder);
    if (!nodedev->device || !g_hash_table_add(groups, GINT_TO_POINTER(nodedev->device->group)))
        return true;

    for (i = 0; i < nodedev->members->len; i++) {
        const ifxNodedev *member = ifxConnectionGetNodedev(
            connection, &g_array_index(nodedev->members, ifxPciAddress, i), error);

        if (!member)
            return false;
        ifxNodedevAddTo(member, builder);
    }
    return true;
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
        if (!ifxConnectionAddGroupOf(connection, &g_array_index(addresses, ifxPciAddress, i),
                                     groups, builder, error))
            return NULL;
    }
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}

ifxTopology *
ifxConnectionLoadHost(ifxConnection *connection,
                      GError **error)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    virNodeDevicePtr *devices = NULL;
    const int count = virConnectListAllNodeDevices(connection->conn, &devices,
                                                   VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV);
    bool ok = true;
    int i;

    if (count < 0) {
        ifxConnectionFail(error, "cannot list the node devices of %s", connection->uri);
        return NULL;
    }

    for (i = 0; i < count; i++) {
        g_autoptr(ifxNodedev) nodedev = NULL;

        if (ok) {
            nodedev = ifxConnectionParse(connection, devices[i], error);
            ok = nodedev != NULL;
        }
        if (ok)
            ifxNodedevAddTo(nodedev, builder);
        virNodeDeviceFree(devices[i]);
    }
    free(devices);
    return ok ? ifxTopologyBuilderEnd(g_steal_pointer(&builder)) : NULL;
}
