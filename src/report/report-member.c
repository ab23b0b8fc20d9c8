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

void
ifxReportMemberAppendOverride(GString *text,
                              bool possible,
                              const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];

    if (possible)
        g_string_append_printf(text, ". If the host does not need it, add --allow-member %s",
                               ifxPciAddressFormat(address, spelled));
    else
        g_string_append(text, ". This cannot be overridden");
}

/* The evidence decides; if there is none, the reason. */
static bool
ifxReportMemberIsAllowable(const ifxPlanMember *member,
                           const ifxEvidence *cause)
{
    if (cause)
        return cause->lift == IFX_LIFT_BY_NAME;
    return member->reason == IFX_REASON_UNKNOWN_USE ||
        member->reason == IFX_REASON_PLATFORM_FUNCTION;
}

char *
ifxReportMemberVerdict(const ifxPlan *plan,
                       const ifxPlanGroup *group,
                       const ifxPlanMember *member)
{
    const ifxEvidence *cause = ifxEvidenceLookup(member->evidence, member->reason);
    const ifxPciAddress *address = &member->member->address;
    const ifxReasonSubject subject = ifxPlanMemberSubject(plan, group, member);
    const bool refused = member->verdict == IFX_VERDICT_REFUSE;
    const bool allowable = ifxReportMemberIsAllowable(member, cause);
    g_autofree char *name = ifxReportMember(member->member);
    g_autofree char *sentence = ifxReasonDescribe(member->reason, &subject);
    g_autofree char *remedy = ifxReasonRemedy(member->reason, cause, &subject);
    g_autofree char *steps = cause ? ifxEvidenceFormat(cause) : NULL;
    GString *text = g_string_new(refused ? "refused: " : "");

    g_string_append_printf(text, "group %u: %s %s%s%s (%s)", group->group->number, name, sentence,
                           steps ? ": " : "", steps ? steps : "",
                           ifxReasonToString(member->reason));
    if (remedy)
        g_string_append_printf(text, ". %s", remedy);
    if (refused && (allowable || cause))
        ifxReportMemberAppendOverride(text, allowable, address);
    return g_string_free(text, FALSE);
}
