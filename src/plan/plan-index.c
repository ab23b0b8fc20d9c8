/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-index.h"

struct _ifxPlanIndex {
    const ifxDomain *domain;
    /* Each is NULL while it is empty: most domains have no use for most of them. */
    GHashTable *detached;   /* set of ifxPciAddress, lent by the claims */
    GHashTable *gone;       /* set of ifxPciAddress of cards: function 0 */
    GHashTable *cards;      /* the same */
    GHashTable *carried;    /* ifxPciAddress, lent by the topology -> ifxClaim */
    GHashTable *claims;     /* ifxPciAddress, lent by the claims -> ifxClaim; NULL until it is asked
                             * for */
};

static ifxPciAddress
ifxPlanIndexCard(const ifxPciAddress *address)
{
    ifxPciAddress card = *address;

    card.function = 0;
    return card;
}

static void
ifxPlanIndexAddCard(GHashTable **cards,
                    const ifxPciAddress *address)
{
    const ifxPciAddress card = ifxPlanIndexCard(address);

    if (!*cards)
        *cards = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    if (!g_hash_table_contains(*cards, &card))
        g_hash_table_add(*cards, g_memdup2(&card, sizeof(card)));
}

static bool
ifxPlanIndexContains(GHashTable *set,
                     const ifxPciAddress *address)
{
    return set && g_hash_table_contains(set, address);
}

static void
ifxPlanIndexAddCarried(ifxPlanIndex *index,
                       const ifxPciAddress *carrier,
                       const ifxClaim *claim)
{
    if (!index->carried)
        index->carried = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    if (!g_hash_table_contains(index->carried, carrier))
        g_hash_table_insert(index->carried, (gpointer) carrier, (gpointer) claim);
}

static void
ifxPlanIndexAddClaim(ifxPlanIndex *index,
                     const ifxClaim *claim,
                     const ifxDevice *device,
                     const ifxPolicy *policy)
{
    if (claim->placeholder && claim->managed) {
        if (!index->detached)
            index->detached = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
        g_hash_table_add(index->detached, (gpointer) &claim->address);
    }
    if (!claim->placeholder && policy->give_card)
        ifxPlanIndexAddCard(&index->cards, &claim->address);
    if (!device)
        ifxPlanIndexAddCard(&index->gone, &claim->address);
    if (device && device->is_virtual)
        ifxPlanIndexAddCarried(index, &device->physical_function, claim);
    if (device && device->is_carried)
        ifxPlanIndexAddCarried(index, &device->carrier, claim);
}

ifxPlanIndex *
ifxPlanIndexNew(const ifxDomain *domain,
                const ifxTopology *topology,
                const ifxPolicy *policy)
{
    ifxPlanIndex *index = g_new0(ifxPlanIndex, 1);
    guint i;

    index->domain = domain;
    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (!claim->lost)
            ifxPlanIndexAddClaim(index, claim, ifxTopologyGetDevice(topology, &claim->address),
                                 policy);
    }
    return index;
}

void
ifxPlanIndexFree(ifxPlanIndex *index)
{
    if (!index)
        return;
    g_clear_pointer(&index->detached, g_hash_table_unref);
    g_clear_pointer(&index->gone, g_hash_table_unref);
    g_clear_pointer(&index->cards, g_hash_table_unref);
    g_clear_pointer(&index->carried, g_hash_table_unref);
    g_clear_pointer(&index->claims, g_hash_table_unref);
    g_free(index);
}

bool
ifxPlanIndexIsDetached(const ifxPlanIndex *index,
                       const ifxPciAddress *address)
{
    return ifxPlanIndexContains(index->detached, address);
}

bool
ifxPlanIndexHasGone(const ifxPlanIndex *index,
                    const ifxPciAddress *address)
{
    const ifxPciAddress card = ifxPlanIndexCard(address);

    return ifxPlanIndexContains(index->gone, &card);
}

bool
ifxPlanIndexHasCard(const ifxPlanIndex *index,
                    const ifxPciAddress *address)
{
    const ifxPciAddress card = ifxPlanIndexCard(address);

    return ifxPlanIndexContains(index->cards, &card);
}

static GHashTable *
ifxPlanIndexClaims(const ifxDomain *domain)
{
    GHashTable *claims = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (!claim->lost && !g_hash_table_contains(claims, &claim->address))
            g_hash_table_insert(claims, &claim->address, claim);
    }
    return claims;
}

const ifxClaim *
ifxPlanIndexLookupClaim(ifxPlanIndex *index,
                        const ifxPciAddress *address)
{
    if (!index->claims)
        index->claims = ifxPlanIndexClaims(index->domain);
    return g_hash_table_lookup(index->claims, address);
}

const ifxClaim *
ifxPlanIndexLookupCarried(const ifxPlanIndex *index,
                          const ifxPciAddress *address)
{
    return index->carried ? g_hash_table_lookup(index->carried, address) : NULL;
}
