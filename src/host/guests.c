/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/guests.h"

#include <string.h>

#include "domain/domain.h"
#include "host/moves-claims.h"
#include "use/use.h"

/* A bridge can serve thousands of domains, so that the others are only counted. */
#define IFX_GUESTS_NAMED 4

/* A thing of the host that guests need. */
typedef struct _ifxNeeded ifxNeeded;
struct _ifxNeeded {
    const char *id;         /* lent by the ifxUseGraph */
    GPtrArray *guests;      /* "domain web"; lent */
};

/* That a guest needs a thing. */
typedef struct _ifxNeed ifxNeed;
struct _ifxNeed {
    const char *thing;      /* as ifxUseNeedFind() takes it */
    const char *guest;      /* "domain web" */
};

struct _ifxGuests {
    ifxElsewhere *elsewhere;
    GStringChunk *words;    /* what needs lend */
    GArray *needs;          /* ifxNeed, in the order they were added */
    GPtrArray *networks;    /* ifxNetwork: those whose devices are not known yet */
    const ifxMoves *moves;  /* NULL: all is of now; and: */
    GHashTable *corrected;
    char *followed;         /* the name of the last domain, if it runs: its next definition is the live
                             * one */
};

const char *
ifxGuestKindToString(ifxGuestKind kind)
{
    switch (kind) {
    case IFX_GUEST_DOMAIN:
        return "domain";
    case IFX_GUEST_NETWORK:
        return "network";
    case IFX_GUEST_POOL:
    case IFX_GUEST_LAST:
        break;
    }
    return "pool";
}

static ifxNeeded *
ifxNeededNew(const char *id)
{
    ifxNeeded *needed = g_new0(ifxNeeded, 1);

    needed->id = id;
    needed->guests = g_ptr_array_new();
    return needed;
}

static void
ifxNeededFree(gpointer data)
{
    ifxNeeded *needed = data;

    g_ptr_array_unref(needed->guests);
    g_free(needed);
}

static void
ifxGuestsFreeNetwork(gpointer network)
{
    ifxNetworkFree(network);
}

ifxGuests *
ifxGuestsNew(ifxElsewhere *elsewhere)
{
    ifxGuests *guests = g_new0(ifxGuests, 1);

    guests->elsewhere = elsewhere;
    guests->words = g_string_chunk_new(4096);
    guests->needs = g_array_new(FALSE, FALSE, sizeof(ifxNeed));
    guests->networks = g_ptr_array_new_with_free_func(ifxGuestsFreeNetwork);
    return guests;
}

void
ifxGuestsFree(ifxGuests *guests)
{
    if (!guests)
        return;
    g_string_chunk_free(guests->words);
    g_array_unref(guests->needs);
    g_ptr_array_unref(guests->networks);
    g_free(guests->followed);
    g_free(guests);
}

void
ifxGuestsFollowMoves(ifxGuests *guests,
                     const ifxMoves *moves,
                     GHashTable *corrected)
{
    guests->moves = moves;
    guests->corrected = corrected;
}

static void
ifxGuestsAddNeeds(ifxGuests *guests,
                  const GPtrArray *needs,
                  ifxGuestKind kind,
                  const char *name)
{
    g_autofree char *words = g_strdup_printf("%s %s", ifxGuestKindToString(kind), name);
    const char *guest = needs->len > 0 ? g_string_chunk_insert_const(guests->words, words) : NULL;
    guint i;

    for (i = 0; i < needs->len; i++) {
        const ifxNeed need = {
            .thing = g_string_chunk_insert_const(guests->words, needs->pdata[i]), .guest = guest,
        };

        g_array_append_val(guests->needs, need);
    }
}

/* A domain that runs comes twice: as it is defined, then as it runs, which has the addresses of now. */
static void
ifxGuestsFollow(ifxGuests *guests,
                ifxDomain *domain,
                bool running)
{
    const bool live = running && g_strcmp0(guests->followed, domain->name) == 0;

    g_free(guests->followed);
    guests->followed = running ? g_strdup(domain->name) : NULL;
    if (!live && !(domain->uuid && g_hash_table_contains(guests->corrected, domain->uuid)))
        ifxMovesClaimsFollow(guests->moves, domain);
}

void
ifxGuestsAddDomain(ifxGuests *guests,
                   ifxDomain *domain,
                   bool running)
{
    g_autoptr(GPtrArray) needs = ifxDomainNeedsFind(domain);

    if (guests->moves)
        ifxGuestsFollow(guests, domain, running);
    ifxElsewhereAddDomain(guests->elsewhere, domain, running);
    ifxGuestsAddNeeds(guests, needs, IFX_GUEST_DOMAIN, domain->name);
}

static bool
ifxGuestsAddDomainText(ifxGuests *guests,
                       GBytes *xml,
                       bool running,
                       GError **error)
{
    g_autoptr(ifxDomain) domain = ifxDomainParse(xml, error);

    if (domain)
        ifxGuestsAddDomain(guests, domain, running);
    return domain != NULL;
}

static bool
ifxGuestsAddNetwork(ifxGuests *guests,
                    GBytes *xml,
                    GError **error)
{
    g_autoptr(ifxNetwork) network = ifxNetworkParse(xml, error);
    guint i;

    if (!network)
        return false;
    ifxGuestsAddNeeds(guests, network->needs, IFX_GUEST_NETWORK, network->name);
    if (!network->hostdev)
        return true;
    ifxElsewhereAddNetwork(guests->elsewhere, network->name);
    for (i = 0; i < network->addresses->len; i++)
        ifxElsewhereAddNetworkDevice(guests->elsewhere, network->name,
                                     &g_array_index(network->addresses, ifxPciAddress, i));
    if (guests->moves && ifxMovesClaimsTouchNetwork(guests->moves, network->addresses))
        ifxElsewhereMarkNetworkMoved(guests->elsewhere, network->name);
    if (network->addresses->len == 0 && network->functions->len > 0)
        g_ptr_array_add(guests->networks, g_steal_pointer(&network));
    return true;
}

static bool
ifxGuestsAddPool(ifxGuests *guests,
                 const char *name,
                 GBytes *xml,
                 GError **error)
{
    g_autoptr(GPtrArray) needs = ifxStoragePoolFindNeeds(xml, error);

    if (!needs)
        return false;
    ifxGuestsAddNeeds(guests, needs, IFX_GUEST_POOL, name);
    return true;
}

void
ifxGuestsAdd(ifxGuests *guests,
             ifxGuestKind kind,
             const char *name,
             GBytes *xml,
             bool running)
{
    g_autoptr(GError) problem = NULL;
    bool ok = true;

    switch (kind) {
    case IFX_GUEST_DOMAIN:
        ok = ifxGuestsAddDomainText(guests, xml, running, &problem);
        break;
    case IFX_GUEST_NETWORK:
        ok = ifxGuestsAddNetwork(guests, xml, &problem);
        break;
    case IFX_GUEST_POOL:
    case IFX_GUEST_LAST:
        ok = ifxGuestsAddPool(guests, name, xml, &problem);
        break;
    }
    if (!ok)
        ifxGuestsAddUnread(guests, kind, name, problem->message);
}

void
ifxGuestsAddUnread(ifxGuests *guests,
                   ifxGuestKind kind,
                   const char *name,
                   const char *why)
{
    g_autofree char *guest = name ?
        g_strdup_printf("%s %s", ifxGuestKindToString(kind), *name ? name : "without a name") :
        g_strdup_printf("the %ss", ifxGuestKindToString(kind));

    ifxElsewhereAddUnread(guests->elsewhere, guest, why);
}

bool
ifxGuestsNeedTopology(const ifxGuests *guests)
{
    return guests->networks->len > 0;
}

/* Adds the virtual functions of the interface @name to @network. */
static void
ifxGuestsAddFunctions(ifxGuests *guests,
                      const char *network,
                      const char *name,
                      ifxUseGraph *use,
                      const ifxTopology *topology)
{
    g_autofree char *id = g_strconcat("net/", name, NULL);
    g_autoptr(GArray) devices = NULL;
    guint i;
    guint j;

    if (!ifxUseGraphLookup(use, id))
        return;
    devices = ifxUseEvidenceListDevices(use, id);
    for (i = 0; i < devices->len; i++) {
        const ifxDevice *device =
            ifxTopologyGetDevice(topology, &g_array_index(devices, ifxPciAddress, i));
        const GArray *functions = device ? device->virtual_functions : NULL;

        for (j = 0; functions && j < functions->len; j++)
            ifxElsewhereAddNetworkDevice(guests->elsewhere, network,
                                         &g_array_index(functions, ifxPciAddress, j));
    }
}

/* The things of @use that guests need, in the order in which the first of these was added: new array
 * of ifxNeeded, which frees them. Many guests need the same few things. */
static GPtrArray *
ifxGuestsFindNeeded(const ifxGuests *guests,
                    ifxUseGraph *use)
{
    g_autoptr(GHashTable) by_thing = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *all = g_ptr_array_new_with_free_func(ifxNeededFree);
    guint i;

    for (i = 0; i < guests->needs->len; i++) {
        const ifxNeed *need = &g_array_index(guests->needs, ifxNeed, i);
        gpointer found = NULL;
        ifxNeeded *needed;

        if (!g_hash_table_lookup_extended(by_thing, need->thing, NULL, &found)) {
            found = (gpointer) ifxUseNeedFind(use, need->thing);
            g_hash_table_insert(by_thing, (gpointer) need->thing, found);
        }
        if (!found)
            continue;
        needed = g_hash_table_lookup(by_id, found);
        if (!needed) {
            needed = ifxNeededNew(found);
            g_hash_table_insert(by_id, found, needed);
            g_ptr_array_add(all, needed);
        }
        if (needed->guests->len == 0 ||
            needed->guests->pdata[needed->guests->len - 1] != need->guest)
            g_ptr_array_add(needed->guests, (gpointer) need->guest);
    }
    return all;
}

static void
ifxGuestsAddUses(ifxUseGraph *use,
                 const ifxNeeded *needed)
{
    const ifxUseKind kind = ifxUseNeedGetKind(needed->id);
    const bool vital = ifxUseNeedIsVital(kind);
    guint i;

    for (i = 0; i < needed->guests->len && i < IFX_GUESTS_NAMED; i++)
        ifxUseGraphAddUse(use, needed->id, kind, vital, needed->guests->pdata[i]);
    if (i < needed->guests->len) {
        g_autofree char *others = g_strdup_printf("%u others", needed->guests->len - i);

        ifxUseGraphAddUse(use, needed->id, kind, vital, others);
    }
}

void
ifxGuestsEnd(ifxGuests *guests,
             ifxUseGraph *use,
             const ifxTopology *topology)
{
    g_autoptr(GPtrArray) needed = NULL;
    guint i;
    guint j;

    for (i = 0; topology && i < guests->networks->len; i++) {
        const ifxNetwork *network = guests->networks->pdata[i];

        for (j = 0; j < network->functions->len; j++)
            ifxGuestsAddFunctions(guests, network->name, network->functions->pdata[j], use,
                                  topology);
    }
    needed = ifxGuestsFindNeeded(guests, use);
    for (i = 0; i < needed->len; i++)
        ifxGuestsAddUses(use, needed->pdata[i]);
}
