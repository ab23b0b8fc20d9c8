/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include "domain/domain.h"
#include "host/moves-claims.h"

static ifxPlanNote *
ifxPlanNotesAddNote(ifxPlan *plan,
                    ifxReason reason,
                    const char *path,
                    const char *subject)
{
    const ifxPlanNote note = {
        .reason = reason,
        .path = g_strdup(path),
        .subject = g_strdup(subject),
        .groups = g_array_new(FALSE, FALSE, sizeof(guint)),
    };

    g_array_append_val(plan->notes, note);
    return &g_array_index(plan->notes, ifxPlanNote, plan->notes->len - 1);
}

/* Adds the groups of the pool's devices that have more than one member. */
static void
ifxPlanNotesAddPoolGroups(ifxPlanNote *note,
                          const GArray *pool,
                          const ifxTopology *topology)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < pool->len; i++) {
        const ifxDevice *device =
            ifxTopologyGetDevice(topology, &g_array_index(pool, ifxPciAddress, i));
        const ifxGroup *group = device ? ifxTopologyGetGroup(topology, device->group) : NULL;

        if (group && ifxGroupIsShared(group) && g_hash_table_add(seen, (gpointer) group))
            g_array_append_val(note->groups, group->number);
    }
}

static void
ifxPlanNotesAddInterfaces(ifxPlan *plan,
                          const ifxPlanHost *host)
{
    g_autoptr(GPtrArray) interfaces = ifxDomainFindInterfaces(plan->domain);
    guint i;

    for (i = 0; i < interfaces->len; i++) {
        const ifxDomainInterface *interface = interfaces->pdata[i];
        const GArray *pool = interface->network && host->elsewhere ?
            ifxElsewhereGetNetworkDevices(host->elsewhere, interface->network) : NULL;

        if (pool && host->moves && ifxElsewhereIsNetworkMoved(host->elsewhere, interface->network))
            ifxPlanNotesAddNote(plan, IFX_REASON_MOVED_NETWORK, interface->path,
                                interface->network);
        if (pool)
            ifxPlanNotesAddPoolGroups(ifxPlanNotesAddNote(plan, IFX_REASON_NETWORK_POOL,
                                                          interface->path, interface->network),
                                      pool, host->topology);
        if (interface->teaming)
            ifxPlanNotesAddNote(plan, IFX_REASON_TEAMING, interface->path, NULL);
    }
}

static void
ifxPlanNotesAddMoved(ifxPlan *plan,
                     const ifxPlanHost *host)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    if (host->moved_already)
        ifxPlanNotesAddNote(plan, IFX_REASON_MOVED_ALREADY, NULL, host->moved_already);
    for (i = 0; host->moves && i < plan->claims->len; i++) {
        const ifxClaim *claim = g_array_index(plan->claims, ifxPlanClaim, i).claim;

        if (!ifxMovesFind(host->moves, &claim->written) &&
            ifxMovesClaimsGetNow(host->moves, &claim->written))
            ifxPlanNotesAddNote(plan, IFX_REASON_MOVED_SINCE, claim->path,
                                ifxPciAddressFormat(&claim->written, address));
    }
}

void
ifxPlanNotesAdd(ifxPlan *plan,
                const ifxPlanHost *host)
{
    const GPtrArray *unread = host->elsewhere ? ifxElsewhereGetUnread(host->elsewhere) : NULL;
    guint i;

    if (!ifxDomainIsQemu(plan->domain))
        return;

    ifxPlanNotesAddMoved(plan, host);
    ifxPlanNotesAddInterfaces(plan, host);
    for (i = 0; plan->claims->len > 0 && unread && i < unread->len; i++)
        ifxPlanNotesAddNote(plan, IFX_REASON_UNKNOWN_USE, NULL, unread->pdata[i]);
}
