/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report-text.h"

#include <string.h>

#include "pci-class.h"
#include "plan-words.h"
#include "report-argument.h"

static char *
ifxReportEscape(const char *text)
{
    return ifxTermEscape(text, strlen(text), false);
}

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

/* "0000:01:00.1, audio device TU104 HD Audio Controller, driver snd_hda_intel" */
static char *
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

/* Why, and what to do next. */
static const char *
ifxReportReason(ifxReason reason)
{
    switch (reason) {
    case IFX_REASON_MISSING:
        return "is missing";
    case IFX_REASON_UNKNOWN_USE:
        return "is missing, but what the host uses it for is not known";
    case IFX_REASON_UNKNOWN_MEMBER:
        return "is in the group, but the host shows no such device; look at it with lspci -s";
    case IFX_REASON_BRIDGE_BLOCKS:
        return "is a bridge whose driver keeps the group from guests since Linux 5.19; unbind it";
    case IFX_REASON_BRIDGE:
        return "is a bridge, which no guest can have; take it out of the domain";
    case IFX_REASON_NOT_PCI:
        return "is in the group, but is no PCI device: libvirt can't detach it";
    case IFX_REASON_CLAIM_GONE:
        return "is declared, but is not on this host; was a card moved? Correct the domain first";
    case IFX_REASON_CLAIMED_TWICE:
        return "is declared twice: libvirt takes no such domain, or QEMU can't start it; take one "
            "of them out; the other is";
    case IFX_REASON_NVME_WITH_HOSTDEV:
        return "is in one group with an NVMe disk: QEMU can't open the group for both, and "
            "placeholders don't help; give it the disk's controller as a hostdev instead, or a device "
            "of another group; the disk is";
    case IFX_REASON_PLACEHOLDER_GONE:
        return "is a placeholder for a device that is not on this host, so the guest will not "
            "start; --prune takes that hostdev out";
    case IFX_REASON_PLACEHOLDER_ORPHAN:
        return "is a placeholder, but the guest is given no device of its group";
    case IFX_REASON_NO_IOMMU:
        return "is in no IOMMU group: is the IOMMU enabled in firmware and kernel?";
    case IFX_REASON_NO_ADDRESS:
        return "has no address in its <source>, skipped";
    case IFX_REASON_NOT_QEMU:
        return "is not for libvirt's QEMU driver, skipped: only that one knows placeholders";
    case IFX_REASON_DECLARED:
    case IFX_REASON_PLACEHOLDER:
    case IFX_REASON_QEMU_ARGUMENT:
    case IFX_REASON_LAST:
        break;
    }
    return "is declared";
}

/* A claim that is worth a word: all but those that are simply there. */
static bool
ifxReportIsNotable(const ifxPlanClaim *claim)
{
    return claim->reason != IFX_REASON_DECLARED && claim->reason != IFX_REASON_PLACEHOLDER;
}

static char *
ifxReportClaim(const ifxPlanClaim *claim)
{
    char address[IFX_PCI_ADDRESS_LENGTH];

    return g_strdup_printf("%s%s%s %s%s%s (%s)",
                           claim->claim->has_address ?
                           ifxPciAddressFormat(&claim->claim->address, address) : "",
                           claim->claim->has_address ? " of " : "", claim->claim->path,
                           claim->verdict == IFX_VERDICT_REMOVE ?
                           "is a placeholder for a device that is not on this host: taken out" :
                           ifxReportReason(claim->reason),
                           claim->other ? " " : "", claim->other ? claim->other->path : "",
                           ifxReasonToString(claim->reason));
}

static void
ifxReportAppend(GString *out,
                const ifxTerm *term,
                ifxStyle style,
                const char *text)
{
    g_autofree char *safe = ifxReportEscape(text);

    g_string_append(out, ifxTermStart(term, style));
    g_string_append(out, safe);
    g_string_append(out, ifxTermEnd(term, style));
}

static void
ifxReportAppendLine(GString *out,
                    const ifxTerm *term,
                    const char *text)
{
    g_string_append(out, "  ");
    ifxReportAppend(out, term, IFX_STYLE_PLAIN, text);
    g_string_append_c(out, '\n');
}

static void
ifxReportCheckGroup(GString *out,
                    const ifxTerm *term,
                    const ifxPlan *plan,
                    const ifxPlanGroup *group)
{
    g_autofree char *rule = NULL;
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    if (!group->complete) {
        rule = g_strdup_printf("All devices of the same IOMMU group %u of the PCI device %s "
                               "must belong to domain %s", group->group->number,
                               ifxPciAddressFormat(&group->claimed, address),
                               plan->domain->name);
        ifxReportAppendLine(out, term, rule);
    }

    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);
        g_autofree char *words = NULL;

        if (member->verdict == IFX_VERDICT_DECLARED || member->reason == IFX_REASON_BRIDGE)
            continue;
        words = ifxReportMember(member->member);
        g_string_append(out, "    ");
        ifxReportAppend(out, term, IFX_STYLE_BOLD, words);
        g_string_append_printf(out, ": %s\n", ifxReasonToString(member->reason));
    }
}

static bool
ifxReportHasSkipped(const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (g_array_index(plan->claims, ifxPlanClaim, i).verdict == IFX_VERDICT_SKIP)
            return true;
    }
    return false;
}

/* All groups are, and no device that is gone may have a group of its own. */
static bool
ifxReportIsComplete(const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxReason reason = g_array_index(plan->claims, ifxPlanClaim, i).reason;

        if (reason == IFX_REASON_CLAIM_GONE || reason == IFX_REASON_BRIDGE)
            return false;
    }
    for (i = 0; i < plan->groups->len; i++) {
        if (!g_array_index(plan->groups, ifxPlanGroup, i).complete)
            return false;
    }
    return true;
}

static const char *
ifxReportState(const ifxPlan *plan,
               ifxStyle *style)
{
    *style = IFX_STYLE_BAD;
    switch (plan->result) {
    case IFX_RESULT_SKIPPED:
        *style = IFX_STYLE_NOTE;
        return "skipped: not a domain of libvirt's QEMU driver";
    case IFX_RESULT_NO_IOMMU:
        return "no IOMMU: the kernel put its devices in no group, it will not start";
    case IFX_RESULT_COMPLETE:
        if (plan->starts == IFX_STARTS_NO)
            return "complete, but will not start";
        if (ifxReportHasSkipped(plan)) {
            *style = IFX_STYLE_NOTE;
            return "complete, but for what was skipped";
        }
        if (ifxReportArgumentsAreNotable(plan)) {
            *style = IFX_STYLE_NOTE;
            return "complete, but for what libvirt can't see";
        }
        *style = IFX_STYLE_GOOD;
        return plan->claims->len == 0 ? "complete, declares no PCI device" : "complete";
    case IFX_RESULT_CHANGE:
    case IFX_RESULT_REFUSED:
        break;
    }

    switch (plan->starts) {
    case IFX_STARTS_YES:
        *style = IFX_STYLE_NOTE;
        return "incomplete, would start";
    case IFX_STARTS_UNKNOWN:
        return "incomplete, drivers unknown";
    case IFX_STARTS_NO:
        break;
    }
    return ifxReportIsComplete(plan) ? "complete, but will not start" :
        "incomplete, will not start";
}

void
ifxReportCheck(GString *out,
               const ifxTerm *term,
               const char *label,
               const ifxPlan *plan)
{
    ifxStyle style;
    const char *state = ifxReportState(plan, &style);
    guint i;

    ifxReportAppend(out, term, IFX_STYLE_BOLD, label);
    g_string_append(out, ": ");
    ifxReportAppend(out, term, style, state);
    g_string_append_c(out, '\n');

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxReportIsNotable(claim)) {
            g_autofree char *words = ifxReportClaim(claim);

            ifxReportAppendLine(out, term, words);
        }
    }
    for (i = 0; i < plan->arguments->len; i++) {
        const ifxPlanArgument *argument = &g_array_index(plan->arguments, ifxPlanArgument, i);

        if (ifxReportArgumentIsNotable(argument)) {
            g_autofree char *words = ifxReportArgument(argument);

            ifxReportAppendLine(out, term, words);
        }
    }
    for (i = 0; i < plan->groups->len; i++)
        ifxReportCheckGroup(out, term, plan, &g_array_index(plan->groups, ifxPlanGroup, i));
}

static void
ifxReportMemberNote(const char *label,
                    const ifxPlanGroup *group,
                    const ifxPlanMember *member)
{
    g_autofree char *words = ifxReportMember(member->member);
    g_autofree char *remedy = NULL;
    char address[IFX_PCI_ADDRESS_LENGTH];

    if (member->reason == IFX_REASON_UNKNOWN_USE)
        remedy = g_strdup_printf("; if the host can do without it: --allow-member %s",
                                 ifxPciAddressFormat(&member->member->address, address));
    ifxTermNote("%s: %sgroup %u: %s, %s%s (%s)", label,
                member->verdict == IFX_VERDICT_REFUSE ? "refused: " : "", group->group->number,
                words, ifxReportReason(member->reason), remedy ? remedy : "",
                ifxReasonToString(member->reason));
}

void
ifxReportNotes(const char *label,
               const ifxPlan *plan)
{
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxReportIsNotable(claim)) {
            g_autofree char *words = ifxReportClaim(claim);

            ifxTermNote("%s: %s%s", label,
                        claim->verdict == IFX_VERDICT_REFUSE ? "refused: " : "", words);
        }
    }
    for (i = 0; i < plan->arguments->len; i++) {
        const ifxPlanArgument *argument = &g_array_index(plan->arguments, ifxPlanArgument, i);

        if (ifxReportArgumentIsNotable(argument)) {
            g_autofree char *words = ifxReportArgument(argument);

            ifxTermNote("%s: %s", label, words);
        }
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_REFUSE ||
                member->reason == IFX_REASON_BRIDGE_BLOCKS ||
                member->reason == IFX_REASON_NOT_PCI)
                ifxReportMemberNote(label, group, member);
        }
    }
}

void
ifxReportNoGroups(const char *host,
                  const ifxTopology *topology)
{
    if (ifxTopologyCountGroups(topology) == 0)
        ifxTermNote("%s has no IOMMU groups (of %u PCI devices): "
                    "is the IOMMU enabled in firmware and kernel?",
                    host, ifxTopologyCountDevices(topology));
}
