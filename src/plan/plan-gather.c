/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-gather.h"

#include "domain/domain.h"
#include "use/use.h"

/* The things of the host that the domain itself needs: ids that @use lends, each once. */
static GPtrArray *
ifxPlanGatherFindNeeds(const ifxDomain *domain,
                       ifxUseGraph *use)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) needs = ifxDomainNeedsFind(domain);
    GPtrArray *found = g_ptr_array_new();
    guint i;

    for (i = 0; i < needs->len; i++) {
        const char *id = ifxUseNeedFind(use, needs->pdata[i]);

        if (id && g_hash_table_add(seen, (gpointer) id))
            g_ptr_array_add(found, (gpointer) id);
    }
    return found;
}

/* Does the guest get the device of @claim, or may it get that by @policy? */
static bool
ifxPlanGatherIsGuests(const ifxClaim *claim,
                      const ifxPolicy *policy)
{
    return !claim->placeholder || policy->give_card || ifxPolicyGives(policy, &claim->address);
}

/* The devices that are judged by their use: those of the claims, and the members of the groups of
 * which the guest gets a device. Each once. */
static GHashTable *
ifxPlanGatherFindDevices(const ifxDomain *domain,
                         const ifxTopology *topology,
                         const ifxPolicy *policy)
{
    GHashTable *devices = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    guint i;
    guint j;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        const ifxDevice *device = ifxTopologyGetDevice(topology, &claim->address);
        const ifxGroup *group;

        if (!device || device->group == IFX_GROUP_NONE || ifxDeviceIsBridge(device))
            continue;
        g_hash_table_add(devices, (gpointer) device);
        group = ifxPlanGatherIsGuests(claim, policy) ?
            ifxTopologyGetGroup(topology, device->group) : NULL;
        if (!group || !g_hash_table_add(seen, (gpointer) group))
            continue;
        for (j = 0; j < group->members->len; j++) {
            const ifxDevice *member = g_array_index(group->members, ifxMember, j).device;

            if (member && !ifxDeviceIsBridge(member))
                g_hash_table_add(devices, (gpointer) member);
        }
    }
    return devices;
}

/* The kernel knows what has left no trace. Before any evidence is read, because evidence is lent
 * until some is added. */
static void
ifxPlanGatherAskKernel(GHashTable *devices,
                       ifxUseGraph *use)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, devices);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const ifxDevice *device = key;

        if (device->driver_state != IFX_DRIVER_NONE && !ifxDeviceIsOnVfio(device))
            ifxUseHeldAsk(use, &device->address);
    }
}

GHashTable *
ifxPlanGatherEvidence(const ifxDomain *domain,
                      ifxPlanIndex *index,
                      const ifxPlanHost *host,
                      const ifxPolicy *policy)
{
    GHashTable *gathered = g_hash_table_new_full(NULL, NULL, NULL,
                                                 (GDestroyNotify) ifxPlanEvidenceFree);
    g_autoptr(GHashTable) devices = NULL;
    g_autoptr(GPtrArray) needs = NULL;
    ifxPlanAsker asker = { .domain = domain, .index = index };
    GHashTableIter iter;
    gpointer device;

    if (!ifxDomainIsQemu(domain))
        return gathered;
    devices = ifxPlanGatherFindDevices(domain, host->topology, policy);
    if (host->use && g_hash_table_size(devices) > 0) {
        ifxPlanGatherAskKernel(devices, host->use);
        needs = ifxPlanGatherFindNeeds(domain, host->use);
        asker.needs = needs;
    }
    g_hash_table_iter_init(&iter, devices);
    while (g_hash_table_iter_next(&iter, &device, NULL))
        g_hash_table_insert(gathered, device, ifxPlanEvidenceFindFor(&asker, host, device));
    return gathered;
}
