/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include <string.h>

#include "base/pci-class.h"
#include "plan/plan-evidence.h"

/* Would the kernel hand over its group while the device stays as it is? */
static ifxStarts
ifxPlanMembersDriverStarts(const ifxDevice *device)
{
    if (device->driver_state == IFX_DRIVER_UNKNOWN)
        return IFX_STARTS_UNKNOWN;
    if (device->driver_state == IFX_DRIVER_NONE || ifxDeviceIsOnVfio(device) ||
        ifxDeviceIsOnStub(device) || strcmp(device->driver, "pcieport") == 0)
        return IFX_STARTS_YES;
    return IFX_STARTS_NO;
}

/* Parts of the board: no guest has a use for them, and the host may need them at any time. */
static bool
ifxPlanIsChipset(const ifxDevice *device)
{
    if (!device->has_class)
        return false;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_HOST_BRIDGE:
    case IFX_PCI_CLASS_ISA_BRIDGE:
    case IFX_PCI_CLASS_SMBUS:
    case IFX_PCI_CLASS_OTHER_MEMORY:
        return true;
    default:
        return false;
    }
}

static bool
ifxPlanIsAllowed(const ifxPolicy *policy,
                 const ifxPciAddress *address)
{
    return policy->allowed && g_hash_table_contains(policy->allowed, address);
}

static void
ifxPlanDecide(ifxPlanMember *judged,
              ifxVerdict verdict,
              ifxReason reason)
{
    judged->verdict = verdict;
    judged->reason = reason;
}

/* By what the function is and by its driver; false if that does not decide. */
static bool
ifxPlanJudgeFunction(ifxPlanMember *judged,
                     const ifxDevice *device,
                     bool allowed)
{
    if (ifxDeviceIsBridge(device) && judged->starts == IFX_STARTS_NO) {
        ifxPlanDecide(judged, allowed ? IFX_VERDICT_SKIP : IFX_VERDICT_REFUSE,
                      IFX_REASON_BRIDGE_BLOCKS);
    } else if (ifxDeviceIsBridge(device)) {
        ifxPlanDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_BRIDGE);
    } else if (ifxDeviceIsOnStub(device)) {
        /* libvirt would hand it to the host's driver when the guest is gone. */
        ifxPlanDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_STUB);
    } else if (ifxPlanIsChipset(device) && judged->starts == IFX_STARTS_YES) {
        ifxPlanDecide(judged, IFX_VERDICT_SKIP, IFX_REASON_CHIPSET_IDLE);
    } else if (ifxPlanIsChipset(device) && !allowed) {
        ifxPlanDecide(judged, IFX_VERDICT_REFUSE, IFX_REASON_PLATFORM_FUNCTION);
    } else {
        return false;
    }
    return true;
}

/* Whoever has it open on vfio has the whole group, which can't be opened twice. */
static bool
ifxPlanIsHeld(const ifxEvidence *evidence,
              const ifxDevice *device)
{
    return evidence->reason == IFX_REASON_IN_USE_PROCESS && ifxDeviceIsOnVfio(device);
}

/* By who needs it; false if nobody does. */
static bool
ifxPlanJudgeUse(ifxPlanMember *judged,
                const ifxPlanHost *host,
                const ifxDevice *device,
                bool allowed)
{
    const ifxEvidence *decisive = ifxEvidenceLookupDecisive(judged->evidence);

    if (decisive && !(allowed && decisive->lift == IFX_LIFT_BY_NAME)) {
        if (ifxPlanIsHeld(decisive, device))
            judged->starts = IFX_STARTS_NO;
        /* Who lets the group go need not be taken from whom it serves. */
        ifxPlanDecide(judged, judged->starts == IFX_STARTS_YES ?
                      IFX_VERDICT_SKIP : IFX_VERDICT_REFUSE, decisive->reason);
        return true;
    }
    if (!allowed && !ifxPlanUseIsKnown(host, device)) {
        ifxPlanDecide(judged, judged->starts == IFX_STARTS_YES ?
                      IFX_VERDICT_SKIP : IFX_VERDICT_REFUSE, IFX_REASON_UNKNOWN_USE);
        return true;
    }
    return false;
}

ifxPlanMember
ifxPlanJudgeMember(const ifxPlan *plan,
                   const ifxPlanHost *host,
                   const ifxGroup *group,
                   const ifxMember *member,
                   const ifxPolicy *policy)
{
    const ifxDevice *device = member->device;
    const ifxClaim *claim = member->is_pci ? ifxPlanLookupClaim(plan, &member->address) : NULL;
    const bool allowed = member->is_pci && ifxPlanIsAllowed(policy, &member->address);
    ifxPlanMember judged = { .member = member, .starts = IFX_STARTS_UNKNOWN };

    if (claim) {
        judged.starts = IFX_STARTS_YES;
        ifxPlanDecide(&judged, IFX_VERDICT_DECLARED, claim->placeholder ?
                      IFX_REASON_PLACEHOLDER : IFX_REASON_DECLARED);
        return judged;
    }
    if (!member->is_pci) {
        ifxPlanDecide(&judged, IFX_VERDICT_SKIP, IFX_REASON_NOT_PCI);
        return judged;
    }
    if (!device || device->group != (int) group->number) {
        /* Unknown too where it says of itself that it is in another group. */
        ifxPlanDecide(&judged, IFX_VERDICT_REFUSE, IFX_REASON_UNKNOWN_MEMBER);
        return judged;
    }

    judged.starts = ifxPlanMembersDriverStarts(device);
    if (!ifxDeviceIsBridge(device))
        judged.evidence = ifxPlanFindEvidence(plan, host, device);
    if (ifxPlanJudgeFunction(&judged, device, allowed) ||
        ifxPlanJudgeUse(&judged, host, device, allowed))
        return judged;
    if (policy->only_needed && judged.starts == IFX_STARTS_YES)
        ifxPlanDecide(&judged, IFX_VERDICT_SKIP, IFX_REASON_NOT_NEEDED);
    else if (ifxPolicyLeavesOut(policy, (int) group->number))
        ifxPlanDecide(&judged, IFX_VERDICT_SKIP, IFX_REASON_DECLINED);
    else
        ifxPlanDecide(&judged, IFX_VERDICT_ADD, IFX_REASON_MISSING);
    return judged;
}
