/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include "base/pci-driver.h"
#include "plan/plan-carry.h"

/* Would the kernel hand over the group if the device stayed as it is? */
static ifxStarts
ifxPlanMembersDriverStarts(const ifxDevice *device)
{
    if (device->driver_state == IFX_DRIVER_UNKNOWN)
        return IFX_STARTS_UNKNOWN;
    if (device->driver_state == IFX_DRIVER_NONE || ifxDeviceIsOnVfio(device) ||
        ifxPciDriverYieldsGroup(ifxPciDriverGet(device->driver)))
        return IFX_STARTS_YES;
    return IFX_STARTS_NO;
}

static void
ifxPlanMembersDecide(ifxPlanMember *judged,
                     ifxVerdict verdict,
                     ifxReason reason)
{
    judged->verdict = verdict;
    judged->reason = reason;
}

/* It disappears with a device that the guest takes. */
static void
ifxPlanMembersGoes(ifxPlanMember *judged)
{
    const bool given = judged->reason == IFX_REASON_GIVEN;

    judged->starts = IFX_STARTS_YES;
    ifxPlanMembersDecide(judged, given ? IFX_VERDICT_REFUSE : IFX_VERDICT_SKIP,
                         IFX_REASON_GOES_WITH);
}

static void
ifxPlanMembersJudgeBridge(ifxPlanMember *judged,
                          bool allowed)
{
    if (judged->starts == IFX_STARTS_NO)
        ifxPlanMembersDecide(judged, allowed ? IFX_VERDICT_SKIP : IFX_VERDICT_REFUSE,
                             IFX_REASON_BRIDGE_BLOCKS);
    else
        ifxPlanMembersDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_BRIDGE);
}

/* Judges by the class and the driver of the device; false if these do not decide. */
static bool
ifxPlanMembersJudgeFunction(ifxPlanMember *judged,
                            const ifxDevice *device,
                            bool allowed,
                            bool given)
{
    if (ifxDeviceIsOnStub(device) && !given) {
        /* libvirt would bind it to the host's driver when the guest stops. */
        ifxPlanMembersDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_STUB);
    } else if (ifxDeviceIsChipset(device) && judged->starts == IFX_STARTS_YES && !given) {
        ifxPlanMembersDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_CHIPSET_IDLE);
    } else if (ifxDeviceIsChipset(device) && !allowed) {
        ifxPlanMembersDecide(judged, IFX_VERDICT_REFUSE, IFX_REASON_PLATFORM_FUNCTION);
    } else {
        return false;
    }
    return true;
}

/* A process that holds a device on vfio holds the whole group, which cannot be opened twice. */
static bool
ifxPlanMembersIsHeld(const ifxEvidence *evidence,
                     const ifxDevice *device)
{
    return evidence->reason == IFX_REASON_IN_USE_PROCESS && ifxDeviceIsOnVfio(device);
}

/* Judges by the host's use of the device; false if there is none. */
static bool
ifxPlanMembersJudgeUse(ifxPlanMember *judged,
                       ifxPlanEvidence *evidence,
                       bool allowed)
{
    const ifxEvidence *decisive = ifxEvidenceLookupDecisive(evidence->pieces);
    ifxReason reason = IFX_REASON_UNKNOWN_USE;

    if (decisive && !(allowed && decisive->lift == IFX_LIFT_BY_NAME)) {
        reason = decisive->reason;
        if (ifxPlanMembersIsHeld(decisive, judged->member->device))
            judged->starts = IFX_STARTS_NO;
    } else if (allowed || !evidence->unasked) {
        return false;
    } else {
        ifxPlanEvidenceAddUnasked(evidence);
    }
    /* A member that does not block the group can stay with the host. */
    ifxPlanMembersDecide(judged, judged->starts == IFX_STARTS_YES ?
                         IFX_VERDICT_SKIP : IFX_VERDICT_REFUSE, reason);
    return true;
}

/* Nothing but the policy keeps it out. */
static void
ifxPlanMembersJudgeWanted(ifxPlanMember *judged,
                          const ifxDevice *device,
                          bool given,
                          const ifxPolicy *policy)
{
    if (policy->only_needed && judged->starts == IFX_STARTS_YES && !given)
        ifxPlanMembersDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_NOT_NEEDED);
    else if (ifxPolicyLeavesOut(policy, device->group))
        ifxPlanMembersDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_DECLINED);
    else
        ifxPlanMembersDecide(judged, IFX_VERDICT_ADD,
                             given ? IFX_REASON_GIVEN : IFX_REASON_MISSING);
}

/* @device is no bridge. */
static void
ifxPlanMembersJudgeDevice(ifxPlanMember *judged,
                          const ifxDevice *device,
                          bool allowed,
                          bool gives,
                          const ifxPlanBasis *basis)
{
    ifxPlanEvidence *evidence = g_hash_table_lookup(basis->evidence, device);
    const bool decided =
        ifxPlanMembersJudgeFunction(judged, device, allowed,
                                    ifxPolicyGives(basis->policy, &device->address)) ||
        ifxPlanMembersJudgeUse(judged, evidence, allowed);

    judged->evidence = evidence->pieces ? g_ptr_array_ref(evidence->pieces) : NULL;
    if (!decided)
        ifxPlanMembersJudgeWanted(judged, device, gives, basis->policy);
}

/* Judges a member that the domain does not declare. @gives: the policy gives it to the guest. */
static void
ifxPlanMembersJudgeMissing(ifxPlanMember *judged,
                           bool gives,
                           const ifxPlanBasis *basis)
{
    const ifxDevice *device = judged->member->device;
    const bool allowed = ifxPolicyAllows(basis->policy, &device->address);

    judged->starts = ifxPlanMembersDriverStarts(device);
    if (ifxDeviceIsBridge(device))
        ifxPlanMembersJudgeBridge(judged, allowed);
    else if (device->is_dead)
        ifxPlanMembersDecide(judged, judged->starts == IFX_STARTS_YES ?
                             IFX_VERDICT_SKIP : IFX_VERDICT_REFUSE, IFX_REASON_NO_ANSWER);
    else
        ifxPlanMembersJudgeDevice(judged, device, allowed, gives, basis);
}

/* A member that may stay with the host is refused where the user wants the guest to get it. */
static void
ifxPlanMembersJudgeGiven(const ifxPlan *plan,
                         const ifxPlanGroup *group,
                         ifxPlanMember *judged,
                         const ifxPolicy *policy)
{
    if (judged->verdict == IFX_VERDICT_SKIP && judged->reason != IFX_REASON_DECLINED &&
        judged->member->is_pci && ifxPolicyGives(policy, &judged->member->address))
        judged->verdict = IFX_VERDICT_REFUSE;
    if (judged->verdict == IFX_VERDICT_ADD && judged->reason == IFX_REASON_GIVEN)
        ifxPlanGiveMember(plan, group, judged);
}

static ifxPlanMember
ifxPlanMembersJudgeMember(const ifxPlan *plan,
                          const ifxPlanGroup *group,
                          const ifxMember *member,
                          const ifxPlanBasis *basis)
{
    const ifxClaim *claim = member->is_pci ? ifxPlanLookupClaim(plan, &member->address) : NULL;
    ifxPlanMember judged = { .member = member, .starts = IFX_STARTS_UNKNOWN };

    if (claim) {
        judged.starts = IFX_STARTS_YES;
        ifxPlanMembersDecide(&judged, IFX_VERDICT_DECLARED, claim->placeholder ?
                             IFX_REASON_PLACEHOLDER : IFX_REASON_DECLARED);
    } else if (!member->is_pci) {
        ifxPlanMembersDecide(&judged, IFX_VERDICT_SKIP, IFX_REASON_NOT_PCI);
    } else if (!member->device || member->device->group != (int) group->group->number) {
        /* A device that names another group as its own is unknown, too. */
        ifxPlanMembersDecide(&judged, IFX_VERDICT_REFUSE, IFX_REASON_UNKNOWN_MEMBER);
    } else if (ifxPlanCarryLookupClaim(plan, basis->host->topology, member->device)) {
        ifxPlanMembersGoes(&judged);
    } else {
        ifxPlanMembersJudgeMissing(&judged, ifxPlanGiveWants(basis, member->device),
                                   basis);
    }
    ifxPlanMembersJudgeGiven(plan, group, &judged, basis->policy);
    return judged;
}

static void
ifxPlanMembersConclude(ifxPlanGroup *group)
{
    guint i;

    group->complete = true;
    group->starts = IFX_STARTS_YES;
    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

        group->complete &= !ifxPlanMemberIsLacking(member);
        group->starts = MAX(group->starts, member->starts);
    }
}

void
ifxPlanMembersJudge(const ifxPlan *plan,
                    ifxPlanGroup *group,
                    const ifxPlanBasis *basis)
{
    const GArray *members = group->group->members;
    guint i;

    for (i = 0; i < members->len; i++) {
        const ifxPlanMember judged =
            ifxPlanMembersJudgeMember(plan, group, &g_array_index(members, ifxMember, i), basis);

        g_array_append_val(group->members, judged);
    }
    ifxPlanMembersConclude(group);
}

/* The members that are to be added: const ifxPciAddress * to ifxPlanMember, which must outlive
 * them. */
static GHashTable *
ifxPlanMembersFindAdded(const ifxPlan *plan)
{
    GHashTable *added = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;
    guint j;

    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD)
                g_hash_table_insert(added, (gpointer) &member->member->address, member);
        }
    }
    return added;
}

static bool
ifxPlanMembersIsAdded(GHashTable *added,
                      const ifxPciAddress *address)
{
    const ifxPlanMember *member = g_hash_table_lookup(added, address);

    return member && member->verdict == IFX_VERDICT_ADD;
}

/* Is a member that will be added the one with which @device goes? */
static bool
ifxPlanMembersGoesWithAdded(GHashTable *added,
                            const ifxDevice *device)
{
    return (device->is_virtual && ifxPlanMembersIsAdded(added, &device->physical_function)) ||
        (device->is_carried && ifxPlanMembersIsAdded(added, &device->carrier));
}

void
ifxPlanMembersJudgeCarried(ifxPlan *plan)
{
    g_autoptr(GHashTable) added = ifxPlanMembersFindAdded(plan);
    guint i;
    guint j;

    for (i = 0; i < plan->groups->len; i++) {
        ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);
            const ifxDevice *device = member->member->device;

            if (member->verdict == IFX_VERDICT_ADD && ifxPlanMembersGoesWithAdded(added, device))
                ifxPlanMembersGoes(member);
        }
        ifxPlanMembersConclude(group);
    }
}
