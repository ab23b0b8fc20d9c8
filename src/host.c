/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host.h"

#include <string.h>

#include "connection.h"
#include "error.h"
#include "file.h"
#include "topology-nodedev.h"
#include "topology-sysfs.h"

/* A capture of a host with thousands of devices and domains. */
#define IFX_CAPTURE_MAX (512 * 1024 * 1024)

struct _ifxHost {
    char *name;
    ifxConnection *connection;  /* or NULL, and then: */
    ifxTopology *topology;
    bool whole;
    GHashTable *domains;        /* of a capture: name -> GBytes */
    GPtrArray *domain_names;    /* in its order; lent by domains */
};

static ifxHost *
ifxHostNew(const char *name)
{
    ifxHost *host = g_new0(ifxHost, 1);

    host->name = g_strdup(name);
    host->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_bytes_unref);
    host->domain_names = g_ptr_array_new();
    return host;
}

ifxHost *
ifxHostOpenConnection(const char *uri,
                      GError **error)
{
    g_autoptr(ifxConnection) connection = ifxConnectionOpen(uri, error);
    ifxHost *host;

    if (!connection)
        return NULL;
    host = ifxHostNew(ifxConnectionGetUri(connection));
    host->connection = g_steal_pointer(&connection);
    return host;
}

/* Takes over @bytes and @name. */
static bool
ifxHostAddDomain(ifxHost *host,
                 GBytes *bytes,
                 char *name,
                 GError **error)
{
    if (g_hash_table_contains(host->domains, name)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_HOST, "two domains are called '%s'", name);
        g_bytes_unref(bytes);
        g_free(name);
        return false;
    }
    g_hash_table_insert(host->domains, name, bytes);
    g_ptr_array_add(host->domain_names, name);
    return true;
}

/* Cut out, a domain has neither the namespaces nor the encoding of the capture. */
static bool
ifxHostCheckSliceable(const ifxXmlText *text,
                      GError **error)
{
    const ifxXmlElement *root = ifxXmlTextGetElement(text, 0);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, root);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    guint i;

    if (!ifxXmlTextIsUtf8(text)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_HOST,
                    "it is not in UTF-8, as libvirt's XML is; convert it first");
        return false;
    }
    for (i = 0; i < root->n_attributes; i++) {
        if (g_str_has_prefix(bytes + attributes[i].name, "xmlns")) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_HOST,
                        "<node> declares a namespace; declare it on the <domain> that uses it");
            return false;
        }
    }
    return true;
}

/* The <domain> children of the capture, each as its own bytes. */
static bool
ifxHostSliceDomains(ifxHost *host,
                    GBytes *bytes,
                    const ifxXmlText *text,
                    GError **error)
{
    guint i = IFX_XML_NONE;

    if (!ifxHostCheckSliceable(text, error))
        return false;

    while ((i = ifxXmlTextNextChild(text, 0, i, "domain")) != IFX_XML_NONE) {
        const ifxXmlElement *domain = ifxXmlTextGetElement(text, i);
        const guint name = ifxXmlTextNextChild(text, i, IFX_XML_NONE, "name");
        char *content = name == IFX_XML_NONE ? NULL : ifxXmlTextDupContent(text, name);

        if (!ifxHostAddDomain(host, g_bytes_new_from_bytes(bytes, domain->start,
                                                           domain->end - domain->start),
                              content ? content : g_strdup(""), error))
            return false;
    }
    return true;
}

ifxHost *
ifxHostOpenCapture(const char *path,
                   GError **error)
{
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_CAPTURE_MAX, error);
    g_autoptr(ifxHost) host = ifxHostNew(path);
    g_autoptr(ifxXmlText) text = NULL;
    const char *xml;
    gsize length;

    if (!bytes)
        return NULL;
    xml = g_bytes_get_data(bytes, &length);
    /* First, because it is what refuses hostile XML in good time. */
    text = ifxXmlTextParse(bytes, error);
    if (text)
        host->topology = ifxNodedevParseCapture(xml, length, error);
    if (!host->topology || !ifxHostSliceDomains(host, bytes, text, error)) {
        g_prefix_error(error, "cannot use %s as a host: ", path);
        return NULL;
    }
    return g_steal_pointer(&host);
}

ifxHost *
ifxHostOpenSysroot(const char *path,
                   GError **error)
{
    g_autoptr(ifxHost) host = ifxHostNew(path);

    host->topology = ifxSysfsLoad(path, error);
    return host->topology ? g_steal_pointer(&host) : NULL;
}

void
ifxHostFree(ifxHost *host)
{
    if (!host)
        return;
    ifxConnectionFree(host->connection);
    ifxTopologyUnref(host->topology);
    g_ptr_array_unref(host->domain_names);
    g_hash_table_unref(host->domains);
    g_free(host->name);
    g_free(host);
}

const char *
ifxHostGetName(const ifxHost *host)
{
    return host->name;
}

bool
ifxHostIsConnection(const ifxHost *host)
{
    return host->connection != NULL;
}

bool
ifxHostCheckDriver(const ifxHost *host,
                   GError **error)
{
    if (!host->connection || ifxConnectionIsQemu(host->connection))
        return true;

    g_set_error(error, IFX_ERROR, IFX_ERROR_CONNECTION,
                "%s is not libvirt's QEMU driver: only that one keeps a device with "
                "<address type='unassigned'/> from the guest", host->name);
    return false;
}

GPtrArray *
ifxHostListDomains(ifxHost *host,
                   bool all,
                   GError **error)
{
    GPtrArray *keys;
    guint i;

    if (host->connection)
        return ifxConnectionListDomains(host->connection, all, error);

    keys = g_ptr_array_new_with_free_func(g_free);
    for (i = 0; i < host->domain_names->len; i++)
        g_ptr_array_add(keys, g_strdup(host->domain_names->pdata[i]));
    return keys;
}

GBytes *
ifxHostReadDomain(ifxHost *host,
                  const char *key,
                  GError **error)
{
    GBytes *bytes;

    if (host->connection)
        return ifxConnectionReadDomain(host->connection, key, error);

    bytes = g_hash_table_lookup(host->domains, key);
    if (bytes)
        return g_bytes_ref(bytes);
    g_set_error(error, IFX_ERROR, IFX_ERROR_FILE,
                "there is no domain %s in %s; for a file write ./%s or a name in .xml",
                key, host->name, key);
    return NULL;
}

bool
ifxHostLearnWhole(ifxHost *host,
                  GError **error)
{
    g_autoptr(ifxTopology) topology = ifxHostLoadTopology(host, NULL, error);

    host->whole = topology && ifxTopologyIsWhole(topology);
    return topology != NULL;
}

bool
ifxHostIsWhole(const ifxHost *host)
{
    return host->whole;
}

ifxTopology *
ifxHostLoadTopology(ifxHost *host,
                    const ifxDomain *domain,
                    GError **error)
{
    if (!host->connection)
        return ifxTopologyRef(host->topology);
    return domain ? ifxConnectionLoadTopology(host->connection, domain, error) :
        ifxConnectionLoadHost(host->connection, error);
}
