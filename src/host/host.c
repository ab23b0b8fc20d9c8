/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/host.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "host/host-internal.h"

struct _ifxHost {
    char *name;
    char *sysroot;              /* or NULL */
    ifxConnection *connection;  /* or NULL; then: */
    ifxTopology *topology;
    GHashTable *part;           /* set of ifxPciAddress: what use, and without a connection topology,
                                 * has; NULL: the whole host */
    ifxCapture *capture;        /* or NULL: the host is a sysfs tree */
    bool unasked_taken;         /* ifxHostTakeUnasked() returned something */
    ifxUseGraph *use;           /* this and the next two: NULL until loaded */
    ifxElsewhere *elsewhere;
    ifxGuests *guests;          /* what elsewhere comes from */
    const ifxMoves *moves;      /* lent; NULL: all is of now; and: */
    GHashTable *corrected;
};

static ifxHost *
ifxHostNew(const char *name,
           const char *sysroot)
{
    ifxHost *host = g_new0(ifxHost, 1);

    host->name = g_strdup(name);
    host->sysroot = g_strdup(sysroot);
    return host;
}

ifxHost *
ifxHostOpenConnection(const char *uri,
                      const char *sysroot,
                      bool write,
                      GError **error)
{
    g_autoptr(ifxConnection) connection = ifxConnectionOpen(uri, write, error);
    ifxHost *host;

    if (!connection)
        return NULL;
    host = ifxHostNew(ifxConnectionGetUri(connection), sysroot);
    host->connection = g_steal_pointer(&connection);
    return host;
}

ifxHost *
ifxHostOpenCapture(const char *path,
                   GError **error)
{
    g_autoptr(ifxHost) host = ifxHostNew(path, NULL);

    host->capture = ifxCaptureLoad(path, error);
    if (!host->capture)
        return NULL;
    host->topology = ifxTopologyRef(ifxCaptureGetTopology(host->capture));
    return g_steal_pointer(&host);
}

ifxHost *
ifxHostOpenSysroot(const char *path,
                   GError **error)
{
    g_autoptr(ifxHost) host = ifxHostNew(path, path);

    host->topology = ifxTopologySysfsLoad(path, error);
    return host->topology ? g_steal_pointer(&host) : NULL;
}

void
ifxHostFree(ifxHost *host)
{
    if (!host)
        return;
    ifxConnectionFree(host->connection);
    ifxCaptureFree(host->capture);
    ifxTopologyUnref(host->topology);
    g_clear_pointer(&host->part, g_hash_table_unref);
    ifxUseGraphUnref(host->use);
    ifxGuestsFree(host->guests);
    ifxElsewhereFree(host->elsewhere);
    g_free(host->sysroot);
    g_free(host->name);
    g_free(host);
}

const char *
ifxHostGetName(const ifxHost *host)
{
    return host->name;
}

void
ifxHostFollowMoves(ifxHost *host,
                   const ifxMoves *moves,
                   GHashTable *corrected)
{
    host->moves = moves;
    host->corrected = corrected;
}

const char *
ifxHostGetSysroot(const ifxHost *host)
{
    if (host->sysroot)
        return host->sysroot;
    return host->connection && ifxConnectionIsLocal(host->connection) ? "/" : NULL;
}

ifxConnection *
ifxHostGetConnection(const ifxHost *host)
{
    return host->connection;
}

bool
ifxHostIsAlive(const ifxHost *host)
{
    return !host->connection || ifxConnectionIsAlive(host->connection);
}

bool
ifxHostReconnect(ifxHost *host,
                 ifxHostReconnectFunc notify,
                 void *opaque,
                 GError **error)
{
    if (ifxHostIsAlive(host))
        return false;
    g_clear_error(error);
    notify(opaque, host);
    return ifxConnectionReopen(host->connection, error);
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
    return !host->connection || ifxConnectionCheckDriver(host->connection, error);
}

GPtrArray *
ifxHostListDomains(ifxHost *host,
                   bool all,
                   GError **error)
{
    const GPtrArray *names = host->capture ? ifxCaptureGetDomains(host->capture) : NULL;
    GPtrArray *keys;
    guint i;

    if (host->connection)
        return ifxConnectionDomainsList(host->connection, all, error);

    keys = g_ptr_array_new_with_free_func(g_free);
    for (i = 0; names && i < names->len; i++)
        g_ptr_array_add(keys, g_strdup(names->pdata[i]));
    return keys;
}

GPtrArray *
ifxHostListNames(ifxHost *host,
                 GError **error)
{
    return host->connection ? ifxConnectionDomainsListNames(host->connection, error) :
        ifxHostListDomains(host, true, error);
}

ifxDomain *
ifxHostReadDomain(ifxHost *host,
                  const char *key,
                  GError **error)
{
    GBytes *bytes;

    if (host->connection)
        return ifxConnectionDomainsRead(host->connection, key, error);

    bytes = host->capture ? ifxCaptureLookupDomain(host->capture, key) : NULL;
    if (bytes)
        return ifxDomainParse(bytes, error);
    ifxErrorSet(error, IFX_ERROR_FILE,
                "%s has no domain %s; to name a file, write ./%s or a name that ends in .xml",
                host->name, key, key);
    return NULL;
}

/* The devices that the domain claims, passes to QEMU, or can get from a network. */
static GArray *
ifxHostListAddresses(const ifxHost *host,
                     const ifxDomain *domain)
{
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    g_autoptr(GPtrArray) interfaces = ifxDomainFindInterfaces(domain);
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        g_array_append_val(addresses, g_array_index(domain->claims, ifxClaim, i).address);
    }
    for (i = 0; host->elsewhere && i < interfaces->len; i++) {
        const ifxDomainInterface *interface = interfaces->pdata[i];
        const GArray *devices = interface->network ?
            ifxElsewhereGetNetworkDevices(host->elsewhere, interface->network) : NULL;

        if (devices && devices->len > 0)
            g_array_append_vals(addresses, devices->data, devices->len);
    }
    return addresses;
}

ifxHost *
ifxHostOpenSysrootFor(const char *path,
                      const ifxDomain *domain,
                      GError **error)
{
    g_autoptr(ifxHost) host = ifxHostNew(path, path);
    g_autoptr(GArray) addresses = ifxHostListAddresses(host, domain);
    g_autoptr(GHashTable) part =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);

    host->topology = ifxTopologySysfsLoadPart(path, addresses, part);
    if (!host->topology)
        return ifxHostOpenSysroot(path, error);
    host->part = g_steal_pointer(&part);
    return g_steal_pointer(&host);
}

ifxTopology *
ifxHostLoadTopology(ifxHost *host,
                    const ifxDomain *domain,
                    GError **error)
{
    g_autoptr(GArray) addresses = NULL;

    if (!host->connection)
        return ifxTopologyRef(host->topology);
    if (!domain)
        return ifxConnectionLoadAllDevices(host->connection, error);
    addresses = ifxHostListAddresses(host, domain);
    return ifxConnectionLoadTopology(host->connection, addresses, error);
}

ifxTopology *
ifxHostLoadIdentities(ifxHost *host,
                      GError **error)
{
    const char *sysroot = ifxHostGetSysroot(host);
    ifxTopology *topology = ifxHostLoadTopology(host, NULL, error);

    if (topology && sysroot)
        ifxIdentityReadAll(sysroot, topology);
    return topology;
}

ifxUseGraph *
ifxHostLoadOwnUse(ifxHost *host,
                  GError **error)
{
    const char *sysroot = ifxHostGetSysroot(host);
    g_autoptr(ifxUseGraph) use = NULL;

    if (sysroot)
        return host->part ? ifxUseLoadPart(sysroot, host->part) : ifxUseLoad(sysroot);

    use = ifxUseGraphNew();
    if (host->connection ? ifxConnectionLoadUse(host->connection, use, error) :
        ifxCaptureAddUse(host->capture, use, error))
        return g_steal_pointer(&use);
    return NULL;
}

static bool
ifxHostLoadGuests(ifxHost *host,
                  GError **error)
{
    g_autoptr(ifxElsewhere) elsewhere = ifxElsewhereNew();
    g_autoptr(ifxGuests) guests = ifxGuestsNew(elsewhere);

    if (host->guests)
        return true;
    ifxGuestsFollowMoves(guests, host->moves, host->corrected);
    if (host->capture)
        ifxCaptureAddGuests(host->capture, guests);
    if (host->connection && !ifxConnectionLoadGuests(host->connection, guests, error))
        return false;
    host->guests = g_steal_pointer(&guests);
    host->elsewhere = g_steal_pointer(&elsewhere);
    return true;
}

/* The devices that a plan for @domain is about: new set of ifxPciAddress. NULL: it takes the whole
 * host to find them. */
static GHashTable *
ifxHostListPart(ifxHost *host,
                const ifxDomain *domain)
{
    const char *sysroot = ifxHostGetSysroot(host);
    g_autoptr(GHashTable) part =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    g_autoptr(GArray) addresses = NULL;
    g_autoptr(ifxTopology) shown = NULL;
    g_autoptr(ifxTopology) listed = NULL;
    g_autoptr(GPtrArray) devices = NULL;
    guint i;

    if (!domain || !host->connection || !sysroot || ifxGuestsNeedTopology(host->guests))
        return NULL;
    addresses = ifxHostListAddresses(host, domain);
    shown = ifxTopologySysfsLoadPart(sysroot, addresses, part);
    listed = shown ? ifxConnectionLoadTopology(host->connection, addresses, NULL) : NULL;
    if (!listed)
        return NULL;
    devices = ifxTopologyListDevices(listed);
    for (i = 0; i < devices->len; i++) {
        if (!g_hash_table_contains(part, &((const ifxDevice *) devices->pdata[i])->address))
            return NULL;
    }
    return g_steal_pointer(&part);
}

/* Is what was loaded enough for @domain? */
static bool
ifxHostHasUse(const ifxHost *host,
              const ifxDomain *domain)
{
    g_autoptr(GArray) addresses = NULL;
    guint i;

    if (!host->use)
        return false;
    if (!host->connection || !host->part)
        return true;
    addresses = domain ? ifxHostListAddresses(host, domain) : NULL;
    for (i = 0; addresses && i < addresses->len; i++) {
        if (!g_hash_table_contains(host->part, &g_array_index(addresses, ifxPciAddress, i)))
            return false;
    }
    return domain != NULL;
}

static bool
ifxHostFillUse(ifxHost *host,
               const ifxDomain *domain,
               GError **error)
{
    g_autoptr(ifxUseGraph) use = NULL;
    g_autoptr(ifxTopology) topology = NULL;

    if (!ifxHostLoadGuests(host, error))
        return false;
    if (host->connection) {
        /* A second domain may have other groups. */
        const bool again = host->use != NULL;

        g_clear_pointer(&host->part, g_hash_table_unref);
        host->part = again ? NULL : ifxHostListPart(host, domain);
    }
    use = ifxHostLoadOwnUse(host, error);
    if (!use)
        return false;
    /* Without it the devices of some networks are unknown. */
    if (ifxGuestsNeedTopology(host->guests))
        topology = ifxHostLoadTopology(host, NULL, NULL);
    ifxGuestsEnd(host->guests, use, topology);
    g_clear_pointer(&host->use, ifxUseGraphUnref);
    host->use = g_steal_pointer(&use);
    return true;
}

ifxUseGraph *
ifxHostLoadUse(ifxHost *host,
               const ifxDomain *domain,
               GError **error)
{
    return ifxHostHasUse(host, domain) || ifxHostFillUse(host, domain, error) ?
        ifxUseGraphRef(host->use) : NULL;
}

const ifxElsewhere *
ifxHostLoadElsewhere(ifxHost *host,
                     GError **error)
{
    return host->use || ifxHostFillUse(host, NULL, error) ? host->elsewhere : NULL;
}

char *
ifxHostTakeUnasked(ifxHost *host)
{
    const bool here = host->sysroot ? strcmp(host->sysroot, "/") == 0 :
        host->connection && ifxConnectionIsLocal(host->connection);
    const ifxSight sight = host->use ? ifxUseGraphGetSight(host->use) : 0;

    if (!here || !host->use || host->unasked_taken || geteuid() == 0)
        return NULL;
    host->unasked_taken = true;
    return ifxSightDescribe(IFX_SIGHT_ALL & ~(guint) sight);
}
