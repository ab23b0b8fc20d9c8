/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "elsewhere.h"

struct _ifxElsewhere {
    GHashTable *claims;     /* ifxPciAddress -> GPtrArray of ifxOtherClaim */
    GHashTable *pools;      /* network -> GArray of ifxPciAddress */
    GPtrArray *unread;
};

static void
ifxOtherClaimFree(gpointer data)
{
    ifxOtherClaim *claim = data;

    g_free(claim->owner);
    g_free(claim->uuid);
    g_free(claim->path);
    g_free(claim);
}

static void
ifxElsewhereFreeClaims(gpointer claims)
{
    g_ptr_array_unref(claims);
}

static void
ifxElsewhereFreePool(gpointer pool)
{
    g_array_unref(pool);
}

ifxElsewhere *
ifxElsewhereNew(void)
{
    ifxElsewhere *elsewhere = g_new0(ifxElsewhere, 1);

    elsewhere->claims = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                              ifxElsewhereFreeClaims);
    elsewhere->pools = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                             ifxElsewhereFreePool);
    elsewhere->unread = g_ptr_array_new_with_free_func(g_free);
    return elsewhere;
}

void
ifxElsewhereFree(ifxElsewhere *elsewhere)
{
    if (!elsewhere)
        return;
    g_hash_table_unref(elsewhere->claims);
    g_hash_table_unref(elsewhere->pools);
    g_ptr_array_unref(elsewhere->unread);
    g_free(elsewhere);
}

/* Takes over @claim. */
static void
ifxElsewhereAppend(ifxElsewhere *elsewhere,
                   const ifxPciAddress *address,
                   ifxOtherClaim *claim)
{
    GPtrArray *claims = g_hash_table_lookup(elsewhere->claims, address);
    guint i;

    if (!claims) {
        claims = g_ptr_array_new_with_free_func(ifxOtherClaimFree);
        g_hash_table_insert(elsewhere->claims, g_memdup2(address, sizeof(*address)), claims);
    }
    for (i = 0; i < claims->len; i++) {
        ifxOtherClaim *there = claims->pdata[i];

        if (g_strcmp0(there->owner, claim->owner) == 0 && there->network == claim->network) {
            there->running |= claim->running;
            ifxOtherClaimFree(claim);
            return;
        }
    }
    g_ptr_array_add(claims, claim);
}

void
ifxElsewhereAddDomain(ifxElsewhere *elsewhere,
                      const ifxDomain *domain,
                      bool running)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        ifxOtherClaim *other;

        if (!claim->has_address)
            continue;
        other = g_new0(ifxOtherClaim, 1);
        other->owner = g_strdup(domain->name);
        other->uuid = g_strdup(domain->uuid);
        other->running = running;
        other->path = g_strdup(claim->path);
        ifxElsewhereAppend(elsewhere, &claim->address, other);
    }
}

void
ifxElsewhereAddPool(ifxElsewhere *elsewhere,
                    const char *name,
                    const ifxPciAddress *address)
{
    GArray *pool = g_hash_table_lookup(elsewhere->pools, name);
    ifxOtherClaim *other = g_new0(ifxOtherClaim, 1);

    if (!pool) {
        pool = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
        g_hash_table_insert(elsewhere->pools, g_strdup(name), pool);
    }
    g_array_append_val(pool, *address);
    other->owner = g_strdup(name);
    other->network = true;
    ifxElsewhereAppend(elsewhere, address, other);
}

void
ifxElsewhereAddUnread(ifxElsewhere *elsewhere,
                      const char *name)
{
    g_ptr_array_add(elsewhere->unread, g_strdup(name));
}

const GPtrArray *
ifxElsewhereGet(const ifxElsewhere *elsewhere,
                const ifxPciAddress *address)
{
    return g_hash_table_lookup(elsewhere->claims, address);
}

const GArray *
ifxElsewhereGetPool(const ifxElsewhere *elsewhere,
                    const char *network)
{
    return g_hash_table_lookup(elsewhere->pools, network);
}

const GPtrArray *
ifxElsewhereGetUnread(const ifxElsewhere *elsewhere)
{
    return elsewhere->unread;
}
