/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include "plan/plan-arguments.h"
#include "plan/plan-claims.h"
#include "plan/plan-evidence.h"
#include "plan/plan-members.h"
#include "plan/plan-notes.h"
#include "xml/xml-text.h"

static void
ifxPlanMemberClear(gpointer member)
{
    g_clear_pointer(&((ifxPlanMember *) member)->evidence, g_ptr_array_unref);
}

static void
ifxPlanGroupClear(gpointer group)
{
    g_array_unref(((ifxPlanGroup *) group)->members);
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
                const ifxPlanHost *host,
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

    g_array_set_clear_func(planned.members, ifxPlanMemberClear);
    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember judged =
            ifxPlanJudgeMember(plan, host, group, &g_array_index(group->members, ifxMember, i),
                               policy);

        planned.complete &= !ifxPlanMemberIsLacking(&judged);
        planned.starts = MAX(planned.starts, judged.starts);
        g_array_append_val(planned.members, judged);
    }
    g_array_append_val(plan->groups, planned);
}

/* A domain claims a group by a device that the guest gets. A guest that gets
 * nothing of it starts whatever the group's other members do. */
static void
ifxPlanAddGroups(ifxPlan *plan,
                 const ifxPlanHost *host,
                 const ifxPolicy *policy)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->group != IFX_GROUP_NONE && !claim->claim->placeholder &&
            !ifxPlanHasGroup(plan, claim->group))
            ifxPlanAddGroup(plan, host, ifxTopologyGetGroup(host->topology, claim->group),
                            &claim->claim->address, policy);
    }

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->claim->placeholder && claim->verdict == IFX_VERDICT_DECLARED &&
            !ifxPlanHasGroup(plan, claim->group) &&
            !ifxPlanArgumentsHold(plan, claim->group))
            claim->reason = IFX_REASON_PLACEHOLDER_ORPHAN;
    }
}

/* Does libvirt or QEMU refuse the start for that claim? One that is in use is taken from the
 * host without a word. */
static bool
ifxPlanClaimStops(const ifxPlanClaim *claim)
{
    /* libvirt looks for each declared device, placeholders too (qemuDomainGetHostdevPath),
     * and takes no bridge. */
    return claim->reason == IFX_REASON_NO_IOMMU || claim->unmanaged ||
        claim->verdict == IFX_VERDICT_REMOVE ||
        (claim->verdict == IFX_VERDICT_REFUSE && claim->reason != IFX_REASON_CLAIM_IN_USE);
}

static ifxStarts
ifxPlanStarts(const ifxPlan *plan)
{
    ifxStarts starts = IFX_STARTS_YES;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (ifxPlanClaimStops(&g_array_index(plan->claims, ifxPlanClaim, i)))
            return IFX_STARTS_NO;
    }
    for (i = 0; i < plan->arguments->len; i++) {
        if (g_array_index(plan->arguments, ifxPlanArgument, i).other)
            return IFX_STARTS_NO;
    }
    for (i = 0; i < plan->groups->len; i++)
        starts = MAX(starts, g_array_index(plan->groups, ifxPlanGroup, i).starts);
    return starts;
}

static ifxResult
ifxPlanConclude(const ifxPlan *plan)
{
    bool no_iommu = false;
    bool change = false;
    bool refuse = false;
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        no_iommu |= claim->reason == IFX_REASON_NO_IOMMU;
        refuse |= claim->verdict == IFX_VERDICT_REFUSE;
        change |= claim->manage || claim->verdict == IFX_VERDICT_REMOVE;
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

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
    if (no_iommu)
        return IFX_RESULT_NO_IOMMU;
    return change ? IFX_RESULT_CHANGE : IFX_RESULT_COMPLETE;
}

bool
ifxPolicyLeavesOut(const ifxPolicy *policy,
                   int group)
{
    return policy->left_out && g_hash_table_contains(policy->left_out, GINT_TO_POINTER(group));
}

ifxPlan *
ifxPlanNew(const ifxDomain *domain,
           const ifxPlanHost *host,
           const ifxPolicy *policy)
{
    ifxPlan *plan = g_new0(ifxPlan, 1);

    plan->domain = domain;
    plan->starts = IFX_STARTS_YES;
    plan->claims = g_array_sized_new(FALSE, FALSE, sizeof(ifxPlanClaim), domain->claims->len);
    plan->groups = g_array_new(FALSE, FALSE, sizeof(ifxPlanGroup));
    g_array_set_clear_func(plan->groups, ifxPlanGroupClear);

    ifxPlanFindNeeds(plan, host);
    ifxPlanJudgeClaims(plan, host, policy);
    ifxPlanJudgeArguments(plan, host->topology);
    ifxPlanAddGroups(plan, host, policy);
    ifxPlanAddNotes(plan, host);
    plan->result = IFX_RESULT_SKIPPED;
    if (ifxDomainIsQemu(domain)) {
        plan->starts = ifxPlanStarts(plan);
        plan->result = ifxPlanConclude(plan);
    }
    return plan;
}

void
ifxPlanFree(ifxPlan *plan)
{
    if (!plan)
        return;
    g_ptr_array_unref(plan->needs);
    g_array_unref(plan->notes);
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
