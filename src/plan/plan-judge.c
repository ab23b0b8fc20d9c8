/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-judge.h"

#include "plan/plan-gather.h"
#include "plan/plan-internal.h"
#include "plan/plan-moved.h"

/* The guest gets no device of the group of @claim. What else is wrong with it, removing it mends. */
static void
ifxPlanJudgeOrphan(ifxPlanClaim *claim,
                   const ifxPolicy *policy)
{
    if (policy->prune && policy->prune_orphans) {
        claim->verdict = IFX_VERDICT_REMOVE;
        claim->reason = IFX_REASON_PLACEHOLDER_ORPHAN;
        claim->manage = false;
    } else if (claim->verdict == IFX_VERDICT_DECLARED) {
        claim->reason = IFX_REASON_PLACEHOLDER_ORPHAN;
    }
}

/* A domain claims a group by a device that the guest gets. If the guest gets no device of a group,
 * it starts whatever the members of that group do. */
static void
ifxPlanJudgeGroups(ifxPlan *plan,
                   const ifxPlanBasis *basis)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);
        const ifxGroup *group = ifxTopologyGetGroup(basis->host->topology, claim->group);

        if (group && ifxPlanClaimIsGuests(claim))
            ifxPlanAddClaim(plan, group, claim);
    }
    for (i = 0; i < plan->groups->len; i++)
        ifxPlanMembersJudge(plan, &g_array_index(plan->groups, ifxPlanGroup, i), basis);

    ifxPlanMembersJudgeCarried(plan);
    ifxPlanPlaceAll(plan);

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->claim->placeholder && claim->group != IFX_GROUP_NONE &&
            !ifxPlanLookupGroup(plan, claim->group))
            ifxPlanJudgeOrphan(claim, basis->policy);
    }
}

/* Does libvirt or QEMU refuse to start the guest because of that claim? libvirt takes a device
 * that is in use, and one of the chipset, from the host without a warning. */
static bool
ifxPlanJudgeIsBlocking(const ifxPlanClaim *claim)
{
    /* libvirt looks for each declared device, even of a placeholder (qemuDomainGetHostdevPath), and
     * refuses bridges. A guest with another device than before is not the one that was asked for. */
    return claim->reason == IFX_REASON_NO_IOMMU || claim->unmanaged || claim->claim->legacy ||
        claim->reason == IFX_REASON_PLACEHOLDER_GONE || ifxClaimIsMoved(claim->claim) ||
        (claim->verdict == IFX_VERDICT_REFUSE && claim->reason != IFX_REASON_CLAIM_IN_USE &&
         claim->reason != IFX_REASON_UNKNOWN_USE &&
         claim->reason != IFX_REASON_PLATFORM_FUNCTION);
}

static ifxStarts
ifxPlanJudgeStarts(const ifxPlan *plan)
{
    ifxStarts starts = IFX_STARTS_YES;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxPlanJudgeIsBlocking(claim))
            return IFX_STARTS_NO;
        if (claim->uncertain)
            starts = IFX_STARTS_UNKNOWN;
    }
    for (i = 0; i < plan->groups->len; i++)
        starts = MAX(starts, g_array_index(plan->groups, ifxPlanGroup, i).starts);
    return starts;
}

/* Also decides whether what is refused is final. */
static ifxResult
ifxPlanJudgeResult(ifxPlan *plan)
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
        plan->final |= claim->verdict == IFX_VERDICT_REFUSE && !ifxPlanClaimIsAllowable(claim);
        change |= claim->manage || claim->give || claim->verdict == IFX_VERDICT_REMOVE ||
            ifxPlanMovedIsRewritten(claim);
    }
    for (i = 0; i < plan->notes->len; i++)
        refuse |= g_array_index(plan->notes, ifxPlanNote, i).reason == IFX_REASON_MOVED_NETWORK;
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            change |= member->verdict == IFX_VERDICT_ADD;
            refuse |= member->verdict == IFX_VERDICT_REFUSE;
            plan->final |= member->verdict == IFX_VERDICT_REFUSE &&
                !ifxPlanMemberIsAllowable(member);
        }
    }

    /* The domain is the unit: while one device keeps it from starting, it gains nothing if others
     * are taken from the host. */
    if (refuse)
        return IFX_RESULT_REFUSED;
    if (no_iommu)
        return IFX_RESULT_NO_IOMMU;
    return change ? IFX_RESULT_CHANGE : IFX_RESULT_COMPLETE;
}

ifxPlan *
ifxPlanJudge(const ifxDomain *domain,
             const ifxPlanHost *host,
             const ifxPolicy *policy)
{
    g_autoptr(ifxPlanIndex) index = ifxPlanIndexNew(domain, host->topology, policy);
    g_autoptr(GHashTable) evidence = ifxPlanGatherEvidence(domain, index, host, policy);
    const ifxPlanBasis basis = {
        .host = host,
        .policy = policy,
        .index = index,
        .evidence = evidence,
        .unclear = ifxPlanMovedIsUnclear(domain, host, policy),
    };
    ifxPlan *plan = ifxPlanNew(domain);

    ifxPlanClaimsJudge(plan, &basis);
    ifxPlanJudgeGroups(plan, &basis);
    ifxPlanNotesAdd(plan, host);
    if (ifxDomainIsQemu(domain)) {
        plan->starts = ifxPlanJudgeStarts(plan);
        plan->result = ifxPlanJudgeResult(plan);
    }
    return plan;
}
