/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <string.h>

#include "pci-class.h"
#include "plan-arguments.h"
#include "plan-claims.h"
#include "xml-path.h"

static void
ifxPlanGroupClear(gpointer group)
{
    g_array_unref(((ifxPlanGroup *) group)->members);
}

/* Functions that the host may live on. What they are used for is not looked at,
 * so none is taken without being named. */
static bool
ifxPlanMayServeHost(const ifxDevice *device)
{
    if (!device->has_class)
        return true;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_FIBRE_CHANNEL:
    case IFX_PCI_CLASS_SMBUS:
    case IFX_PCI_CLASS_SERIAL_INFINIBAND:
    case IFX_PCI_CLASS_IPMI:
    case IFX_PCI_CLASS_OLD_VGA:
        return true;
    case IFX_PCI_CLASS_PCI_BRIDGE:
    case IFX_PCI_CLASS_CARDBUS_BRIDGE:
        /* By its header an endpoint, so it leads to nothing. */
    case IFX_PCI_CLASS_OTHER_SYSTEM:
        /* Accelerators and the management functions of cards. */
        return false;
    }

    switch (IFX_PCI_BASE_CLASS(device->class_code)) {
    case IFX_PCI_BASE_STORAGE:
    case IFX_PCI_BASE_NETWORK:
    case IFX_PCI_BASE_DISPLAY:
    case IFX_PCI_BASE_MEMORY:
    case IFX_PCI_BASE_BRIDGE:
    case IFX_PCI_BASE_SYSTEM:
    case IFX_PCI_BASE_WIRELESS:
    case IFX_PCI_BASE_INTELLIGENT:
        return true;
    default:
        return false;
    }
}

/* A member that the domain does not hand over: does the kernel mind? */
static ifxStarts
ifxPlanMemberStarts(const ifxMember *member)
{
    static const char *const harmless[] = { "pci-stub", "pcieport", NULL };
    const ifxDevice *device = member->device;

    if (!device || device->driver_state == IFX_DRIVER_UNKNOWN)
        return IFX_STARTS_UNKNOWN;
    if (device->driver_state == IFX_DRIVER_NONE ||
        strstr(device->driver, "vfio") ||
        g_strv_contains(harmless, device->driver))
        return IFX_STARTS_YES;
    return IFX_STARTS_NO;
}

static ifxPlanMember
ifxPlanJudgeMember(const ifxPlan *plan,
                   const ifxGroup *group,
                   const ifxMember *member,
                   const ifxPolicy *policy)
{
    const ifxClaim *claim = member->is_pci ? ifxPlanLookupClaim(plan, &member->address) : NULL;
    ifxPlanMember judged = { .member = member };

    if (claim) {
        judged.verdict = IFX_VERDICT_DECLARED;
        judged.reason = claim->placeholder ? IFX_REASON_PLACEHOLDER : IFX_REASON_DECLARED;
    } else if (!member->is_pci) {
        judged.verdict = IFX_VERDICT_SKIP;
        judged.reason = IFX_REASON_NOT_PCI;
    } else if (!member->device || member->device->group != (int) group->number) {
        /* Unknown too where it says of itself that it is in another group. */
        judged.verdict = IFX_VERDICT_REFUSE;
        judged.reason = IFX_REASON_UNKNOWN_MEMBER;
    } else if (ifxDeviceIsBridge(member->device)) {
        judged.verdict = IFX_VERDICT_SKIP;
        judged.reason = ifxPlanMemberStarts(member) == IFX_STARTS_NO ?
            IFX_REASON_BRIDGE_BLOCKS : IFX_REASON_BRIDGE;
    } else if (ifxPlanMayServeHost(member->device) &&
               !(policy->allowed && g_hash_table_contains(policy->allowed, &member->address))) {
        judged.verdict = IFX_VERDICT_REFUSE;
        judged.reason = IFX_REASON_UNKNOWN_USE;
    } else {
        judged.verdict = IFX_VERDICT_ADD;
        judged.reason = IFX_REASON_MISSING;
    }
    return judged;
}

static bool
ifxPlanHasGroup(const ifxPlan *plan,
                int number)
{
    guint i;

    for (i = 0; i < plan->groups->len; i++) {
        if (g_array_index(plan->groups, ifxPlanGroup, i).group->number == (guint) number)
            return true;
    }
    return false;
}

static void
ifxPlanAddGroup(ifxPlan *plan,
                const ifxGroup *group,
                const ifxPciAddress *claimed,
                const ifxPolicy *policy)
{
    ifxPlanGroup planned = {
        .group = group,
        .claimed = *claimed,
        .complete = true,
        .starts = IFX_STARTS_YES,
        .members = g_array_sized_new(FALSE, FALSE, sizeof(ifxPlanMember), group->members->len),
    };
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember judged =
            ifxPlanJudgeMember(plan, group, &g_array_index(group->members, ifxMember, i), policy);

        if (judged.verdict == IFX_VERDICT_ADD || judged.verdict == IFX_VERDICT_REFUSE)
            planned.complete = false;
        if (judged.verdict != IFX_VERDICT_DECLARED)
            planned.starts = MAX(planned.starts, ifxPlanMemberStarts(judged.member));
        g_array_append_val(planned.members, judged);
    }
    g_array_append_val(plan->groups, planned);
}

/* A domain claims a group by a device that the guest gets. A guest that gets
 * nothing of it starts whatever the group's other members do. */
static void
ifxPlanAddGroups(ifxPlan *plan,
                 const ifxTopology *topology,
                 const ifxPolicy *policy)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->group != IFX_GROUP_NONE && !claim->claim->placeholder &&
            !ifxPlanHasGroup(plan, claim->group))
            ifxPlanAddGroup(plan, ifxTopologyGetGroup(topology, claim->group),
                            &claim->claim->address, policy);
    }

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->reason == IFX_REASON_PLACEHOLDER && !ifxPlanHasGroup(plan, claim->group) &&
            !ifxPlanArgumentsHold(plan, claim->group))
            claim->reason = IFX_REASON_PLACEHOLDER_ORPHAN;
    }
}

static ifxResult
ifxPlanConclude(ifxPlan *plan)
{
    ifxResult result = IFX_RESULT_COMPLETE;
    bool change = false;
    bool refuse = false;
    bool remove = false;
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->reason == IFX_REASON_NO_IOMMU)
            result = IFX_RESULT_NO_IOMMU;
        refuse |= claim->verdict == IFX_VERDICT_REFUSE;
        remove |= claim->verdict == IFX_VERDICT_REMOVE;
        change |= claim->manage;
    }
    /* libvirt looks for each declared device, placeholders too (qemuDomainGetHostdevPath),
     * and takes no bridge. */
    if (refuse || remove || result == IFX_RESULT_NO_IOMMU)
        plan->starts = IFX_STARTS_NO;
    for (i = 0; i < plan->arguments->len; i++) {
        if (g_array_index(plan->arguments, ifxPlanArgument, i).other)
            plan->starts = IFX_STARTS_NO;
    }

    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        plan->starts = MAX(plan->starts, group->starts);
        for (j = 0; j < group->members->len; j++) {
            const ifxVerdict verdict = g_array_index(group->members, ifxPlanMember, j).verdict;

            change |= verdict == IFX_VERDICT_ADD;
            refuse |= verdict == IFX_VERDICT_REFUSE;
        }
    }

    /* The domain is the unit: while one device keeps it from starting, taking others from
     * the host gains nothing. */
    if (refuse)
        return IFX_RESULT_REFUSED;
    return (change || remove) && result == IFX_RESULT_COMPLETE ? IFX_RESULT_CHANGE : result;
}

ifxPlan *
ifxPlanNew(const ifxDomain *domain,
           const ifxTopology *topology,
           const ifxPolicy *policy)
{
    ifxPlan *plan = g_new0(ifxPlan, 1);

    plan->domain = domain;
    plan->starts = IFX_STARTS_YES;
    plan->claims = g_array_sized_new(FALSE, FALSE, sizeof(ifxPlanClaim), domain->claims->len);
    plan->groups = g_array_new(FALSE, FALSE, sizeof(ifxPlanGroup));
    g_array_set_clear_func(plan->groups, ifxPlanGroupClear);

    ifxPlanJudgeClaims(plan, topology, policy);
    ifxPlanJudgeArguments(plan, topology);
    ifxPlanAddGroups(plan, topology, policy);
    plan->result = ifxDomainIsQemu(domain) ? ifxPlanConclude(plan) : IFX_RESULT_SKIPPED;
    return plan;
}

void
ifxPlanFree(ifxPlan *plan)
{
    if (!plan)
        return;
    g_array_unref(plan->arguments);
    g_array_unref(plan->groups);
    g_array_unref(plan->claims);
    g_free(plan);
}

static bool
ifxPlanIsRemoved(const ifxPlan *plan,
                 guint element)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->verdict == IFX_VERDICT_REMOVE && claim->claim->element == element)
            return true;
    }
    return false;
}

/* The last <hostdev> that stays; IFX_XML_NONE if there is none beside the last one. */
static guint
ifxPlanLastHostdev(const ifxPlan *plan)
{
    const ifxDomain *domain = plan->domain;
    guint last = IFX_XML_NONE;
    guint parent;
    guint i = IFX_XML_NONE;

    if (domain->last_hostdev == IFX_XML_NONE || !ifxPlanIsRemoved(plan, domain->last_hostdev))
        return domain->last_hostdev;
    parent = ifxXmlTextGetElement(domain->text, domain->last_hostdev)->parent;
    while ((i = ifxXmlTextNextChild(domain->text, parent, i, "hostdev")) != IFX_XML_NONE) {
        if (!ifxPlanIsRemoved(plan, i))
            last = i;
    }
    return last;
}

char *
ifxPlanInsertionPoint(const ifxPlan *plan,
                      bool *after)
{
    const ifxDomain *domain = plan->domain;
    const guint hostdev = ifxPlanLastHostdev(plan);

    *after = hostdev != IFX_XML_NONE;
    if (*after)
        return ifxXmlPathFormat(domain->text, hostdev);
    if (domain->devices != IFX_XML_NONE)
        return ifxXmlPathFormat(domain->text, domain->devices);
    return NULL;
}

char *
ifxPlanClaimManagePoint(const ifxPlan *plan,
                        const ifxPlanClaim *claim,
                        const char **type)
{
    const ifxXmlText *text = plan->domain->text;
    char *path = ifxXmlPathFormat(text, claim->claim->managed_at);
    char *attribute_path;

    *type = "@managed";
    if (!ifxXmlTextFindAttribute(text, claim->claim->managed_at, "managed"))
        return path;
    *type = NULL;
    attribute_path = g_strconcat(path, "/@managed", NULL);
    g_free(path);
    return attribute_path;
}
