/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-member.h"

#include "base/pci-class.h"
#include "plan/plan-words.h"
#include "plan/report-reason.h"

/* "driver igb", "no driver", "driver unknown" */
static char *
ifxReportDriver(const ifxDevice *device)
{
    switch (device->driver_state) {
    case IFX_DRIVER_BOUND:
        return g_strdup_printf("driver %s", device->driver);
    case IFX_DRIVER_NONE:
        return g_strdup("no driver");
    case IFX_DRIVER_UNKNOWN:
        break;
    }
    return g_strdup("driver unknown");
}

char *
ifxReportMember(const ifxMember *member)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    const ifxDevice *device = member->device;
    g_autofree char *driver = NULL;

    if (!member->is_pci)
        return g_strdup(member->name);
    ifxPciAddressFormat(&member->address, address);
    if (!device)
        return g_strdup(address);

    driver = ifxReportDriver(device);
    return g_strdup_printf("%s, %s%s%s, %s", address,
                           device->has_class ? ifxPciClassDescribe(device->class_code) :
                           "class unknown",
                           device->product ? " " : "", device->product ? device->product : "",
                           driver);
}

static bool
ifxReportIsLiftable(const ifxPlanMember *member,
                    const ifxEvidence *cause)
{
    if (cause)
        return cause->lift == IFX_LIFT_BY_NAME;
    return member->reason == IFX_REASON_UNKNOWN_USE ||
        member->reason == IFX_REASON_PLATFORM_FUNCTION;
}

char *
ifxReportMemberVerdict(const ifxPlanGroup *group,
                       const ifxPlanMember *member)
{
    const ifxEvidence *cause = ifxReportCause(member->evidence, member->reason);
    const char *remedy = ifxReportRemedy(member->reason, cause);
    const ifxPciAddress *address = &member->member->address;
    g_autofree char *words = ifxReportMember(member->member);
    g_autofree char *chain = cause ? ifxReportChain(address, cause) : NULL;
    GString *text = g_string_new(NULL);
    char spelled[IFX_PCI_ADDRESS_LENGTH];

    g_string_append_printf(text, "%sgroup %u: %s, %s%s%s",
                           member->verdict == IFX_VERDICT_REFUSE ? "refused: " : "",
                           group->group->number, words, ifxReportReason(member->reason),
                           chain ? ": " : "", chain ? chain : "");
    if (remedy)
        g_string_append_printf(text, "; %s", remedy);
    if (member->verdict == IFX_VERDICT_REFUSE && ifxReportIsLiftable(member, cause))
        g_string_append_printf(text, "; if the host can do without it: --allow-member %s",
                               ifxPciAddressFormat(address, spelled));
    else if (member->verdict == IFX_VERDICT_REFUSE && cause)
        g_string_append(text, "; nothing else lifts this");
    g_string_append_printf(text, " (%s)", ifxReasonToString(member->reason));
    return g_string_free(text, FALSE);
}
