/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include "base/pci-class.h"
#include "plan/plan-words.h"

/* "igb", "no driver", "driver unknown". A constant, or lent by @device. */
static const char *
ifxReportMemberDriver(const ifxDevice *device)
{
    switch (device->driver_state) {
    case IFX_DRIVER_BOUND:
        return device->driver;
    case IFX_DRIVER_NONE:
        return "no driver";
    case IFX_DRIVER_UNKNOWN:
        break;
    }
    return "driver unknown";
}

char *
ifxReportMember(const ifxMember *member)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    const ifxDevice *device = member->device;

    if (!member->is_pci)
        return g_strdup(member->name);
    ifxPciAddressFormat(&member->address, address);
    if (!device)
        return g_strdup(address);
    return g_strdup_printf("%s (%s%s%s, %s)", address,
                           device->has_class ? ifxPciClassDescribe(device->class_code) :
                           "class unknown",
                           device->product ? " " : "", device->product ? device->product : "",
                           ifxReportMemberDriver(device));
}

bool
ifxReportMemberIsListed(const ifxPlanMember *member)
{
    return ifxPlanMemberIsLacking(member) || member->reason == IFX_REASON_BRIDGE_BLOCKS ||
        member->reason == IFX_REASON_NOT_PCI;
}

ifxRemark *
ifxReportMemberRemark(const ifxNamed *named,
                      const ifxPlan *plan,
                      const ifxPlanGroup *group,
                      const ifxPlanMember *member)
{
    const ifxEvidence *cause = ifxEvidenceLookup(member->evidence, member->reason);
    const ifxPciAddress *address = &member->member->address;
    ifxReasonSubject subject = ifxPlanMemberSubject(plan, group, member);
    const bool refused = member->verdict == IFX_VERDICT_REFUSE;
    const bool allowable = ifxPlanMemberIsAllowable(member);
    g_autofree char *name = ifxReportMember(member->member);
    g_autofree char *sentence = ifxReasonDescribe(member->reason, &subject);
    g_autofree char *remedy = NULL;
    g_autofree char *steps = cause ? ifxEvidenceFormat(cause) : NULL;
    const bool plain = member->reason == IFX_REASON_MISSING ||
        member->verdict == IFX_VERDICT_DECLARED;
    g_autofree char *code = plain ? g_strdup("") :
        g_strdup_printf(" (%s)", ifxReasonToString(member->reason));
    ifxRemark *remark = ifxRemarkNew(refused, g_strdup_printf("%s %s%s%s%s", name, sentence,
                                                              steps ? ": " : "",
                                                              steps ? steps : "", code));

    subject.named = named;
    if (member->verdict != IFX_VERDICT_ADD)
        remedy = ifxReasonRemedy(member->reason, cause, &subject);
    if (remedy)
        g_ptr_array_add(remark->advice, g_steal_pointer(&remedy));
    if (refused && (allowable || cause))
        ifxRemarkAddOverride(remark, named, plan, allowable, address);
    return remark;
}
