/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/elsewhere.h"

#include <string.h>

/* Who claims a device. */
typedef struct _ifxElsewhereDevice ifxElsewhereDevice;
struct _ifxElsewhereDevice {
    GPtrArray *claims;      /* ifxOtherClaim: of domains that run, of the others, of networks */
    guint running;          /* how many of the first kind */
    guint domains;          /* of the first two kinds */
    GHashTable *owners;     /* name of a domain, and its folded UUID -> its ifxOtherClaim, which lends
                             * both */
};

struct _ifxElsewhere {
    GHashTable *devices;    /* ifxPciAddress -> ifxElsewhereDevice */
    GHashTable *uuids;      /* of the domains, folded */
    GHashTable *networks;   /* name -> GArray of ifxPciAddress */
    GHashTable *moved;      /* set of the names of those whose devices moved */
    GPtrArray *unread;      /* char *: names */
    GPtrArray *whys;        /* char *: for each name the reason */
};

static void
ifxOtherClaimFree(gpointer data)
{
    ifxOtherClaim *claim = data;

    g_free(claim->owner);
    g_free(claim->uuid_key);
    g_free(claim->path);
    g_free(claim);
}

static void
ifxElsewhereFreeDevice(gpointer data)
{
    ifxElsewhereDevice *device = data;

    g_hash_table_unref(device->owners);
    g_ptr_array_unref(device->claims);
    g_free(device);
}

static void
ifxElsewhereFreeDevices(gpointer devices)
{
    g_array_unref(devices);
}

ifxElsewhere *
ifxElsewhereNew(void)
{
    ifxElsewhere *elsewhere = g_new0(ifxElsewhere, 1);

    elsewhere->devices = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                               ifxElsewhereFreeDevice);
    elsewhere->uuids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    elsewhere->networks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                ifxElsewhereFreeDevices);
    elsewhere->moved = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    elsewhere->unread = g_ptr_array_new_with_free_func(g_free);
    elsewhere->whys = g_ptr_array_new_with_free_func(g_free);
    return elsewhere;
}

void
ifxElsewhereFree(ifxElsewhere *elsewhere)
{
    if (!elsewhere)
        return;
    g_hash_table_unref(elsewhere->devices);
    g_hash_table_unref(elsewhere->uuids);
    g_hash_table_unref(elsewhere->networks);
    g_hash_table_unref(elsewhere->moved);
    g_ptr_array_unref(elsewhere->unread);
    g_ptr_array_unref(elsewhere->whys);
    g_free(elsewhere);
}

static ifxElsewhereDevice *
ifxElsewhereGetDevice(ifxElsewhere *elsewhere,
                      const ifxPciAddress *address)
{
    ifxElsewhereDevice *device = g_hash_table_lookup(elsewhere->devices, address);

    if (!device) {
        device = g_new0(ifxElsewhereDevice, 1);
        device->claims = g_ptr_array_new_with_free_func(ifxOtherClaimFree);
        device->owners = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(elsewhere->devices, g_memdup2(address, sizeof(*address)), device);
    }
    return device;
}

/* Where a claim like @claim goes: after those of its kind. */
static guint
ifxElsewhereFindPlace(const ifxElsewhereDevice *device,
                      const ifxOtherClaim *claim)
{
    if (claim->network)
        return device->claims->len;
    return claim->running ? device->running : device->domains;
}

/* False, and nothing is added, if the last claim of that device and kind has the same owner. */
static bool
ifxElsewhereAdd(ifxElsewhere *elsewhere,
                const ifxPciAddress *address,
                const ifxOtherClaim *claim)
{
    ifxElsewhereDevice *device = ifxElsewhereGetDevice(elsewhere, address);
    const guint place = ifxElsewhereFindPlace(device, claim);
    const ifxOtherClaim *last = place > 0 ? device->claims->pdata[place - 1] : NULL;
    ifxOtherClaim *added;

    if (last && last->network == claim->network && strcmp(last->owner, claim->owner) == 0)
        return false;
    added = g_memdup2(claim, sizeof(*claim));
    added->owner = g_strdup(claim->owner);
    added->uuid_key = g_strdup(claim->uuid_key);
    added->path = g_strdup(claim->path);
    g_ptr_array_insert(device->claims, (int) place, added);
    if (claim->network)
        return true;
    device->domains++;
    device->running += claim->running ? 1 : 0;
    g_hash_table_replace(device->owners, added->owner, added);
    if (added->uuid_key)
        g_hash_table_replace(device->owners, added->uuid_key, added);
    return true;
}

void
ifxElsewhereAddDomain(ifxElsewhere *elsewhere,
                      const ifxDomain *domain,
                      bool running)
{
    ifxOtherClaim other = {
        .owner = domain->name, .uuid_key = domain->uuid_key, .running = running,
    };
    guint i;

    if (domain->uuid_key)
        g_hash_table_add(elsewhere->uuids, g_strdup(domain->uuid_key));
    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        other.path = claim->path;
        if (!claim->lost)
            ifxElsewhereAdd(elsewhere, &claim->address, &other);
    }
}

void
ifxElsewhereAddNetwork(ifxElsewhere *elsewhere,
                       const char *name)
{
    if (!g_hash_table_contains(elsewhere->networks, name))
        g_hash_table_insert(elsewhere->networks, g_strdup(name),
                            g_array_new(FALSE, FALSE, sizeof(ifxPciAddress)));
}

void
ifxElsewhereAddNetworkDevice(ifxElsewhere *elsewhere,
                             const char *name,
                             const ifxPciAddress *address)
{
    const ifxOtherClaim other = { .owner = (char *) name, .network = true };
    GArray *devices;

    ifxElsewhereAddNetwork(elsewhere, name);
    devices = g_hash_table_lookup(elsewhere->networks, name);
    if (ifxElsewhereAdd(elsewhere, address, &other))
        g_array_append_val(devices, *address);
}

void
ifxElsewhereMarkNetworkMoved(ifxElsewhere *elsewhere,
                             const char *name)
{
    g_hash_table_add(elsewhere->moved, g_strdup(name));
}

bool
ifxElsewhereIsNetworkMoved(const ifxElsewhere *elsewhere,
                           const char *network)
{
    return g_hash_table_contains(elsewhere->moved, network);
}

void
ifxElsewhereAddUnread(ifxElsewhere *elsewhere,
                      const char *name,
                      const char *why)
{
    const GPtrArray *unread = elsewhere->unread;

    if (unread->len > 0 && strcmp(unread->pdata[unread->len - 1], name) == 0)
        return;
    g_ptr_array_add(elsewhere->unread, g_strdup(name));
    g_ptr_array_add(elsewhere->whys, g_strdup(why));
}

bool
ifxElsewhereIsForeign(const ifxElsewhere *elsewhere,
                      const char *uuid_key)
{
    return g_hash_table_size(elsewhere->uuids) > 0 && elsewhere->unread->len == 0 &&
        !g_hash_table_contains(elsewhere->uuids, uuid_key);
}

const GPtrArray *
ifxElsewhereGet(const ifxElsewhere *elsewhere,
                const ifxPciAddress *address)
{
    const ifxElsewhereDevice *device = g_hash_table_lookup(elsewhere->devices, address);

    return device ? device->claims : NULL;
}

guint
ifxElsewhereCountDomains(const ifxElsewhere *elsewhere,
                         const ifxPciAddress *address)
{
    const ifxElsewhereDevice *device = g_hash_table_lookup(elsewhere->devices, address);

    return device ? device->domains : 0;
}

const ifxOtherClaim *
ifxElsewhereLookupOwn(const ifxElsewhere *elsewhere,
                      const ifxPciAddress *address,
                      const ifxDomain *domain)
{
    const ifxElsewhereDevice *device = g_hash_table_lookup(elsewhere->devices, address);
    const ifxOtherClaim *own = device && domain->uuid_key ?
        g_hash_table_lookup(device->owners, domain->uuid_key) : NULL;

    if (own && own->uuid_key)
        return own;
    own = device ? g_hash_table_lookup(device->owners, domain->name) : NULL;
    return own && !(own->uuid_key && domain->uuid_key) && strcmp(own->owner, domain->name) == 0 ? own : NULL;
}

const GArray *
ifxElsewhereGetNetworkDevices(const ifxElsewhere *elsewhere,
                              const char *network)
{
    return g_hash_table_lookup(elsewhere->networks, network);
}

const GPtrArray *
ifxElsewhereGetUnread(const ifxElsewhere *elsewhere)
{
    return elsewhere->unread;
}

const char *
ifxElsewhereGetUnreadError(const ifxElsewhere *elsewhere,
                           guint i)
{
    return elsewhere->whys->pdata[i];
}
