/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan-arguments.h"

#include "plan-claims.h"

static void
ifxPlanArgumentClear(gpointer argument)
{
    g_ptr_array_unref(((ifxPlanArgument *) argument)->lacks);
}

static bool
ifxPlanFindArgument(const ifxPlan *plan,
                    const ifxPciAddress *address)
{
    const GArray *arguments = plan->domain->arguments;
    guint i;

    for (i = 0; i < arguments->len; i++) {
        if (ifxPciAddressEqual(&g_array_index(arguments, ifxQemuArgument, i).address, address))
            return true;
    }
    return false;
}

bool
ifxPlanArgumentsHold(const ifxPlan *plan,
                     const ifxTopology *topology,
                     int group)
{
    const GArray *arguments = plan->domain->arguments;
    guint i;

    for (i = 0; i < arguments->len; i++) {
        const ifxDevice *device = ifxTopologyGetDevice(
            topology, &g_array_index(arguments, ifxQemuArgument, i).address);

        if (device && device->group == group)
            return true;
    }
    return false;
}

/* What the guest could not have without: the members that nothing gives it. */
static GPtrArray *
ifxPlanLacks(const ifxPlan *plan,
             const ifxGroup *group)
{
    GPtrArray *lacks = g_ptr_array_new();
    guint i;

    for (i = 0; group && i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        if (member->is_pci && !(member->device && ifxDeviceIsBridge(member->device)) &&
            !ifxPlanLookupClaim(plan, &member->address) &&
            !ifxPlanFindArgument(plan, &member->address))
            g_ptr_array_add(lacks, (gpointer) member);
    }
    return lacks;
}

void
ifxPlanJudgeArguments(ifxPlan *plan,
                      const ifxTopology *topology)
{
    const GArray *arguments = plan->domain->arguments;
    guint i;

    plan->arguments = g_array_new(FALSE, FALSE, sizeof(ifxPlanArgument));
    g_array_set_clear_func(plan->arguments, ifxPlanArgumentClear);
    for (i = 0; i < arguments->len; i++) {
        const ifxQemuArgument *argument = &g_array_index(arguments, ifxQemuArgument, i);
        const ifxDevice *device = ifxTopologyGetDevice(topology, &argument->address);
        const ifxPlanArgument planned = {
            .argument = argument,
            .found = device != NULL,
            .group = device ? device->group : IFX_GROUP_NONE,
            .claim = ifxPlanLookupClaim(plan, &argument->address),
            .lacks = ifxPlanLacks(plan, device ? ifxTopologyGetGroup(topology, device->group) :
                                  NULL),
        };

        g_array_append_val(plan->arguments, planned);
    }
}
