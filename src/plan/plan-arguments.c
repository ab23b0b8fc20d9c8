/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

bool
ifxPlanArgumentsHold(const ifxPlan *plan,
                     int group)
{
    guint i;

    for (i = 0; i < plan->arguments->len; i++) {
        if (g_array_index(plan->arguments, ifxPlanArgument, i).group == group)
            return true;
    }
    return false;
}

/* What the guest could not have without: the members that nothing gives it. */
static GPtrArray *
ifxPlanLacks(const ifxPlan *plan,
             const ifxGroup *group,
             GHashTable *passed)
{
    GPtrArray *lacks = g_ptr_array_new();
    guint i;

    for (i = 0; group && i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        if (member->is_pci && !(member->device && ifxDeviceIsBridge(member->device)) &&
            !ifxPlanLookupClaim(plan, &member->address) &&
            !g_hash_table_contains(passed, &member->address))
            g_ptr_array_add(lacks, (gpointer) member);
    }
    return lacks;
}

/* The claim beside which the argument can't stand. */
static const ifxClaim *
ifxPlanFindOther(const ifxPlan *plan,
                 const ifxPlanArgument *argument)
{
    guint i;

    if (argument->claim && !argument->claim->placeholder)
        return argument->claim;
    for (i = 0; argument->group != IFX_GROUP_NONE && i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxClaimGetTraits(claim->claim)->opens_group &&
            claim->group == argument->group)
            return claim->claim;
    }
    return NULL;
}

static ifxPlanArgument
ifxPlanJudgeArgument(const ifxPlan *plan,
                     const ifxTopology *topology,
                     const ifxQemuArgument *argument)
{
    const ifxDevice *device = ifxTopologyGetDevice(topology, &argument->address);
    ifxPlanArgument judged = {
        .argument = argument,
        .found = device != NULL,
        .group = device ? device->group : IFX_GROUP_NONE,
        .claim = ifxPlanLookupClaim(plan, &argument->address),
    };

    judged.other = ifxPlanFindOther(plan, &judged);
    return judged;
}

void
ifxPlanJudgeArguments(ifxPlan *plan,
                      const ifxTopology *topology)
{
    const GArray *arguments = plan->domain->arguments;
    g_autoptr(GHashTable) passed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    g_autoptr(GHashTable) lacks = g_hash_table_new(NULL, NULL);
    guint i;

    if (!ifxDomainIsQemu(plan->domain))
        return;

    for (i = 0; i < arguments->len; i++)
        g_hash_table_add(passed, &g_array_index(arguments, ifxQemuArgument, i).address);
    for (i = 0; i < arguments->len; i++) {
        ifxPlanArgument judged =
            ifxPlanJudgeArgument(plan, topology, &g_array_index(arguments, ifxQemuArgument, i));
        const gpointer group = GINT_TO_POINTER(judged.group);
        GPtrArray *known = g_hash_table_lookup(lacks, group);

        /* The same for each argument of a group: a hostile domain has thousands. */
        judged.lacks = known ? g_ptr_array_ref(known) :
            ifxPlanLacks(plan, ifxTopologyGetGroup(topology, judged.group), passed);
        if (!known)
            g_hash_table_insert(lacks, group, judged.lacks);
        g_array_append_val(plan->arguments, judged);
    }
}
