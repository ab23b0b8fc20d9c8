/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include <string.h>

#include "plan/plan-words.h"

static char *
ifxReportEscape(const char *text)
{
    return ifxTermEscape(text, strlen(text), false);
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

static bool
ifxReportIsListed(const ifxPlanMember *member)
{
    return ifxPlanMemberIsLacking(member) || member->reason == IFX_REASON_BRIDGE_BLOCKS ||
        member->reason == IFX_REASON_NOT_PCI;
}

static void
ifxReportCheckEvidence(GString *out,
                       const ifxTerm *term,
                       const ifxPlanMember *member,
                       bool full)
{
    guint i;

    for (i = 0; member->evidence && i < member->evidence->len; i++) {
        const ifxEvidence *piece = member->evidence->pdata[i];
        g_autofree char *steps = ifxEvidenceFormat(piece);

        if (piece->lift == IFX_LIFT_NOTHING && !full)
            continue;
        g_string_append_printf(out, "      %s: ", ifxReasonToString(piece->reason));
        ifxReportAppend(out, term, IFX_STYLE_PLAIN, steps);
        g_string_append_c(out, '\n');
    }
}

void
ifxReportGroup(GString *out,
               const ifxTerm *term,
               const ifxPlan *plan,
               const ifxPlanGroup *group,
               bool full)
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

        if (!full && !ifxReportIsListed(member))
            continue;
        words = ifxReportMember(member->member);
        g_string_append(out, "    ");
        ifxReportAppend(out, term, IFX_STYLE_BOLD, words);
        g_string_append_printf(out, ": %s\n", ifxReasonToString(member->reason));
        ifxReportCheckEvidence(out, term, member, full);
    }
}

/* All groups must be complete. A device that is gone may belong to a group of its own. */
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
ifxReportDescribeComplete(const ifxPlan *plan,
                          ifxStyle *style)
{
    *style = IFX_STYLE_BAD;
    if (plan->starts == IFX_STARTS_NO)
        return "complete, but will not start";
    if (plan->result == IFX_RESULT_REFUSED)
        return "complete, but takes devices that the host uses";
    *style = IFX_STYLE_GOOD;
    return plan->claims->len == 0 ? "complete, declares no PCI device" : "complete";
}

static const char *
ifxReportDescribeState(const ifxPlan *plan,
                       ifxStyle *style)
{
    *style = IFX_STYLE_NOTE;
    if (plan->result == IFX_RESULT_SKIPPED)
        return "skipped: not a domain of libvirt's QEMU driver";
    if (plan->result != IFX_RESULT_NO_IOMMU && ifxReportIsComplete(plan))
        return ifxReportDescribeComplete(plan, style);
    if (plan->result != IFX_RESULT_NO_IOMMU && plan->starts == IFX_STARTS_YES)
        return "incomplete, would start";

    *style = IFX_STYLE_BAD;
    if (plan->result == IFX_RESULT_NO_IOMMU)
        return "no IOMMU: its devices are in no group, so it will not start";
    return plan->starts == IFX_STARTS_UNKNOWN ? "incomplete, drivers unknown" :
        "incomplete, will not start";
}

void
ifxReportCheck(GString *out,
               const ifxTerm *term,
               const char *label,
               const ifxPlan *plan)
{
    g_autoptr(GPtrArray) remarks = ifxReportRemarks(plan);
    ifxStyle style;
    const char *state = ifxReportDescribeState(plan, &style);
    guint i;

    ifxReportAppend(out, term, IFX_STYLE_BOLD, label);
    g_string_append(out, ": ");
    ifxReportAppend(out, term, style, state);
    g_string_append_c(out, '\n');

    for (i = 0; i < remarks->len; i++)
        ifxReportAppendLine(out, term, ((const ifxRemark *) remarks->pdata[i])->text);
    for (i = 0; i < plan->groups->len; i++)
        ifxReportGroup(out, term, plan, &g_array_index(plan->groups, ifxPlanGroup, i), false);
}

/* An unknown driver counts only for a member that the domain lacks. Otherwise every chipset device
 * of the group would be listed. */
static bool
ifxReportBlocks(const ifxPlanMember *member)
{
    if (member->verdict == IFX_VERDICT_ADD)
        return false;
    return member->starts == IFX_STARTS_NO ||
        (member->starts == IFX_STARTS_UNKNOWN && ifxPlanMemberIsLacking(member));
}

char *
ifxReportBlocker(const ifxPlanGroup *group)
{
    ifxStarts starts = IFX_STARTS_YES;
    g_autoptr(GString) names = g_string_new(NULL);
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

        if (!ifxReportBlocks(member) || member->starts < starts)
            continue;
        if (member->starts > starts)
            g_string_truncate(names, 0);
        starts = member->starts;
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                               member->member->is_pci ?
                               ifxPciAddressFormat(&member->member->address, address) :
                               member->member->name);
    }
    if (starts == IFX_STARTS_YES)
        return NULL;
    return g_strdup_printf(starts == IFX_STARTS_NO ?
                           "it will not start, because the host keeps %s of group %u" :
                           "it might not start, because the host might keep %s of group %u",
                           names->str, group->group->number);
}

void
ifxReportBlocked(const char *label,
                 const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->groups->len; i++) {
        g_autofree char *blocker =
            ifxReportBlocker(&g_array_index(plan->groups, ifxPlanGroup, i));

        if (blocker)
            ifxTermNoteOn(label, "%s", blocker);
    }
}

void
ifxReportNotes(const char *label,
               const ifxPlan *plan)
{
    g_autoptr(GPtrArray) remarks = ifxReportRemarks(plan);
    guint i;
    guint j;

    for (i = 0; i < remarks->len; i++) {
        const ifxRemark *remark = remarks->pdata[i];

        if (remark->refused)
            ifxTermNoteRefused(label, remark->text);
        else
            ifxTermNoteOn(label, "%s", remark->text);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);
            g_autofree char *words = NULL;

            if (member->verdict == IFX_VERDICT_ADD || !ifxReportIsListed(member) ||
                member->reason == IFX_REASON_NOT_NEEDED)
                continue;
            words = ifxReportMemberVerdict(plan, group, member);
            ifxTermNoteOn(label, "%s", words);
        }
    }
}

void
ifxReportNoGroups(const char *host,
                  const ifxTopology *topology)
{
    if (ifxTopologyCountGroups(topology) == 0)
        ifxTermNote("%s has no IOMMU groups (of %u PCI devices). Enable the IOMMU in the firmware "
                    "and on the kernel command line", host, ifxTopologyCountDevices(topology));
}
