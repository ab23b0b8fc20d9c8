/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection.h"

#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sysfs.h"
#include "host/host-internal.h"
#include "host/topology-nodedev.h"
#include "xml/xml-doc.h"

/* The first version of libvirt that knows <address type='unassigned'/>. */
#define IFX_LIBVIRT_UNASSIGNED 6000000

/* In seconds, as long as a daemon needs to restart. */
#define IFX_CONNECTION_PATIENCE 10

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
    ifxErrorSet(error, IFX_ERROR_CONNECTION, "%s: %s", what, line);
}

/* Otherwise libvirt prints each error itself. */
static void
ifxConnectionIgnoreError(void *opaque G_GNUC_UNUSED,
                         virErrorPtr error G_GNUC_UNUSED)
{
}

static void
ifxConnectionFreeNodedev(gpointer nodedev)
{
    ifxNodedevFree(nodedev);
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

    connection->domains = ifxConnectionDomainsNew();
    connection->nodedevs = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                 g_free, ifxConnectionFreeNodedev);
    virSetErrorFunc(NULL, ifxConnectionIgnoreError);
    connection->write = write;
    connection->conn = ifxConnectionPeerOpen(uri, write, 0, error);
    if (!connection->conn)
        return NULL;

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
    g_hash_table_unref(connection->domains);
    g_clear_pointer(&connection->listed, g_hash_table_unref);
    g_hash_table_unref(connection->nodedevs);
    if (connection->conn)
        ifxConnectionPeerClose(connection->conn);
    g_free(connection->uri);
    g_free(connection->host_uuid);
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
    const gint64 end = g_get_monotonic_time() + IFX_CONNECTION_PATIENCE * G_USEC_PER_SEC;
    virConnectPtr conn = NULL;

    while (!conn) {
        g_clear_error(error);
        conn = ifxConnectionPeerOpen(connection->uri, connection->write, IFX_CONNECTION_PATIENCE,
                                     error);
        if (!conn && g_get_monotonic_time() >= end)
            return false;
        if (!conn)
            g_usleep(G_USEC_PER_SEC / 2);
    }
    g_clear_error(error);
    ifxConnectionDomainsForget(connection);
    g_clear_pointer(&connection->listed, g_hash_table_unref);
    ifxConnectionPeerClose(connection->conn);
    connection->conn = conn;
    connection->asked_local = false;
    return true;
}

const char *
ifxConnectionGetUri(const ifxConnection *connection)
{
    return connection->uri;
}

/* Does this machine have a UUID that libvirt takes (virSetHostUUIDStr(), libvirt
 * src/util/viruuid.c)? Only root can read it, so others only see whether there is one. */
static bool
ifxConnectionHasDmiUuid(void)
{
    g_autofree char *uuid = ifxSysfsReadLine("/sys/class/dmi/id", "product_uuid");

    if (!uuid)
        return geteuid() != 0 && ifxSysfsExists("/sys/class/dmi/id", "product_uuid");
    /* virUUIDIsValid() */
    return strspn(uuid, (char[]) { *uuid, '-', '\0' }) != strlen(uuid);
}

/* "c0ffee00-..." of /etc/machine-id (machine-id(5)); NULL: there is none. */
static char *
ifxConnectionReadMachineId(void)
{
    g_autofree char *id = ifxSysfsReadLine("/etc", "machine-id");

    if (!id || strlen(id) != 32 || strspn(id, "0123456789abcdef") != 32)
        return NULL;
    return g_strdup_printf("%.8s-%.4s-%.4s-%.4s-%s", id, id + 8, id + 12, id + 16, id + 20);
}

static char *
ifxConnectionReadHostUuid(ifxConnection *connection)
{
    char *text = virConnectGetCapabilities(connection->conn);
    g_autoptr(xmlDoc) doc =
        text ? ifxXmlDocRead(text, strlen(text), "capabilities", NULL) : NULL;
    const xmlNode *host = doc ? ifxXmlDocChild(xmlDocGetRootElement(doc), "host") : NULL;

    free(text);
    return host ? ifxXmlDocText(host, "uuid") : NULL;
}

const char *
ifxConnectionGetHostUuid(ifxConnection *connection)
{
    if (connection->asked_uuid)
        return connection->host_uuid;
    connection->asked_uuid = true;
    if (ifxConnectionIsLocal(connection) && !ifxConnectionHasDmiUuid())
        connection->host_uuid = ifxConnectionReadMachineId();
    if (!connection->host_uuid)
        connection->host_uuid = ifxConnectionReadHostUuid(connection);
    return connection->host_uuid;
}

bool
ifxConnectionCheckDriver(const ifxConnection *connection,
                         GError **error)
{
    if (connection->qemu)
        return true;
    return ifxErrorSet(error, IFX_ERROR_CONNECTION,
                       "%s is not libvirt's QEMU driver, the only one that keeps a device with "
                       "<address type='unassigned'/> from the guest", connection->uri);
}

bool
ifxConnectionCheckDefine(ifxConnection *connection,
                         GError **error)
{
    unsigned long version = 0;

    if (!ifxConnectionCheckDriver(connection, error))
        return false;
    if (virConnectGetLibVersion(connection->conn, &version) < 0) {
        ifxConnectionFail(error, "cannot ask %s for libvirt's version", connection->uri);
        return false;
    }
    if (version < IFX_LIBVIRT_UNASSIGNED) {
        g_autofree char *words = ifxConnectionGetVersion(connection);

        return ifxErrorSet(error, IFX_ERROR_CONNECTION,
                           "%s runs libvirt %s; placeholders need 6.0.0 or later",
                           connection->uri, words);
    }
    return true;
}

/* NULL: libvirt's error is set. */
static GBytes *
ifxConnectionReadFlags(virDomainPtr domain,
                       unsigned int flags)
{
    char *xml = virDomainGetXMLDesc(domain, flags);
    GBytes *bytes = xml ? g_bytes_new(xml, strlen(xml)) : NULL;

    free(xml);
    return bytes;
}

/* Ends a read: reports a failure, and frees @domain, which may be NULL. */
static void
ifxConnectionEndRead(ifxConnection *connection,
                     virDomainPtr domain,
                     const char *uuid,
                     bool ok,
                     GError **error)
{
    if (!ok)
        ifxConnectionFail(error, "cannot read domain %s of %s", uuid, connection->uri);
    if (domain)
        virDomainFree(domain);
}

static bool
ifxConnectionFillState(virDomainPtr domain,
                       ifxDomainState *state)
{
    const int persistent = virDomainIsPersistent(domain);
    const int running = virDomainIsActive(domain);
    int autostart = 0;

    state->persistent = persistent == 1;
    state->running = running == 1;
    /* A driver without managed-save images fails here; then there is none. */
    state->snapshots = virDomainSnapshotNum(domain, 0) > 0;
    state->saved = virDomainHasManagedSaveImage(domain, 0) == 1;
    virDomainGetAutostart(domain, &autostart);
    state->autostart = autostart == 1;
    return persistent >= 0 && running >= 0;
}

bool
ifxConnectionReadState(ifxConnection *connection,
                       const char *uuid,
                       ifxDomainState *state,
                       GError **error)
{
    virDomainPtr domain = ifxConnectionDomainsGet(connection, uuid);
    const bool ok = domain && ifxConnectionFillState(domain, state);

    ifxConnectionEndRead(connection, domain, uuid, ok, error);
    return ok;
}

ifxDefinition *
ifxConnectionReadDefinition(ifxConnection *connection,
                            const char *uuid,
                            GError **error)
{
    virDomainPtr domain = ifxConnectionDomainsGet(connection, uuid);
    g_autoptr(ifxDefinition) definition = g_new0(ifxDefinition, 1);

    if (domain) {
        definition->persistent = virDomainIsPersistent(domain) == 1;
        definition->secret =
            ifxConnectionReadFlags(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
        if (definition->secret)
            definition->shown = ifxConnectionReadFlags(domain, VIR_DOMAIN_XML_INACTIVE);
    }
    ifxConnectionEndRead(connection, domain, uuid, definition->shown != NULL, error);
    return definition->shown ? g_steal_pointer(&definition) : NULL;
}

void
ifxDefinitionFree(ifxDefinition *definition)
{
    if (!definition)
        return;
    g_clear_pointer(&definition->secret, g_bytes_unref);
    g_clear_pointer(&definition->shown, g_bytes_unref);
    g_free(definition);
}

GBytes *
ifxConnectionReadSecret(ifxConnection *connection,
                        const char *uuid,
                        GError **error)
{
    virDomainPtr domain = ifxConnectionDomainsGet(connection, uuid);
    GBytes *bytes = domain ?
        ifxConnectionReadFlags(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE) : NULL;

    ifxConnectionEndRead(connection, domain, uuid, bytes != NULL, error);
    return bytes;
}

/* A GBytes need not end in a NUL. */
static char *
ifxConnectionDupText(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return g_strndup(text, length);
}

bool
ifxConnectionDefine(ifxConnection *connection,
                    GBytes *xml,
                    ifxDefineHow how,
                    GError **error)
{
    g_autofree char *text = ifxConnectionDupText(xml);
    virDomainPtr domain = NULL;

    if (how == IFX_DEFINE_VALIDATE)
        domain = virDomainDefineXMLFlags(connection->conn, text, VIR_DOMAIN_DEFINE_VALIDATE);
    if (!domain && (how == IFX_DEFINE_PLAIN || virGetLastErrorCode() == VIR_ERR_NO_SUPPORT))
        domain = virDomainDefineXML(connection->conn, text);
    if (domain) {
        virDomainFree(domain);
        return true;
    }
    ifxConnectionFail(error, "%s does not accept the new definition", connection->uri);
    if (error && *error && virGetLastErrorCode() == VIR_ERR_XML_INVALID_SCHEMA)
        (*error)->code = IFX_ERROR_XML;
    return false;
}
