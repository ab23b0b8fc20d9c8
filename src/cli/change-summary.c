/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/change-summary.h"

#include <string.h>

#include "base/term.h"
#include "plan/plan-moved.h"
#include "report/report.h"

ifxChangeSummary *
ifxChangeSummaryNewWords(const char *label,
                         const char *does)
{
    ifxChangeSummary *summary = g_new0(ifxChangeSummary, 1);

    summary->label = g_strdup(label);
    summary->devices = g_ptr_array_new_with_free_func(g_free);
    summary->others = g_ptr_array_new_with_free_func(g_free);
    if (does)
        g_ptr_array_add(summary->others, g_strdup(does));
    return summary;
}

void
ifxChangeSummaryFree(ifxChangeSummary *summary)
{
    if (!summary)
        return;
    g_free(summary->label);
    g_ptr_array_unref(summary->devices);
    g_ptr_array_unref(summary->others);
    g_free(summary);
}

/* Appends ", NVMe disk -> /home (in-use-mounted), overridden by --allow-member" for each use. */
static bool
ifxChangeSummaryAppendUses(GString *text,
                           const GPtrArray *evidence)
{
    bool used = false;
    guint i;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];
        g_autofree char *steps = ifxEvidenceFormat(piece);
        const bool overridden = piece->lift == IFX_LIFT_BY_NAME;

        if (!overridden && piece->reason != IFX_REASON_IN_USE_PROCESS)
            continue;
        g_string_append_printf(text, ", %s (%s)%s", steps, ifxReasonToString(piece->reason),
                               overridden ? ", overridden by --allow-member" : "");
        used |= piece->reason != IFX_REASON_UNKNOWN_USE;
    }
    return used;
}

static void
ifxChangeSummaryAddDevices(ifxChangeSummary *summary,
                           const ifxPlanGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);
        g_autofree char *name = NULL;
        GString *text;

        if (member->verdict != IFX_VERDICT_ADD)
            continue;
        name = ifxReportMember(member->member);
        text = g_string_new(name);
        if (member->reason == IFX_REASON_GIVEN)
            g_string_append(text, ", which the guest gets");
        summary->used += ifxChangeSummaryAppendUses(text, member->evidence) ? 1 : 0;
        g_ptr_array_add(summary->devices, g_string_free(text, FALSE));
    }
}

/* What the domain declares already, and --allow-member accepts. */
static void
ifxChangeSummaryAddOverride(ifxChangeSummary *summary,
                            const ifxPlanClaim *claim,
                            const ifxPolicy *policy)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autoptr(GString) text =
        g_string_new(ifxPciAddressFormat(&claim->claim->address, address));
    const gsize length = text->len;

    if (!ifxPolicyAllows(policy, &claim->claim->address))
        return;
    ifxChangeSummaryAppendUses(text, claim->evidence);
    if (text->len > length)
        g_ptr_array_add(summary->others, g_strdup_printf("takes %s", text->str));
}

static void
ifxChangeSummaryAddMove(ifxChangeSummary *summary,
                        const ifxPlanClaim *claim)
{
    char written[IFX_PCI_ADDRESS_LENGTH];
    char now[IFX_PCI_ADDRESS_LENGTH];

    if (ifxPlanMovedIsRewritten(claim))
        g_ptr_array_add(summary->others,
                        g_strdup_printf("moves %s to %s",
                                        ifxPciAddressFormat(&claim->claim->written, written),
                                        ifxPciAddressFormat(&claim->claim->address, now)));
}

ifxChangeSummary *
ifxChangeSummaryNew(const char *label,
                    const ifxPlan *plan,
                    const ifxPolicy *policy)
{
    ifxChangeSummary *summary = ifxChangeSummaryNewWords(label, NULL);
    guint managed = 0;
    guint removed = 0;
    guint given = 0;
    guint i;

    for (i = 0; i < plan->groups->len; i++)
        ifxChangeSummaryAddDevices(summary, &g_array_index(plan->groups, ifxPlanGroup, i));
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        managed += claim->manage ? 1 : 0;
        given += claim->give ? 1 : 0;
        removed += claim->verdict == IFX_VERDICT_REMOVE ? 1 : 0;
        ifxChangeSummaryAddOverride(summary, claim, policy);
        ifxChangeSummaryAddMove(summary, claim);
    }
    if (managed > 0)
        g_ptr_array_add(summary->others, g_strdup_printf("sets managed='yes' on %u device%s",
                                                         managed, managed == 1 ? "" : "s"));
    if (given > 0)
        g_ptr_array_add(summary->others, g_strdup_printf("gives the guest %u device%s that it had "
                                                         "only declared", given,
                                                         given == 1 ? "" : "s"));
    if (removed > 0)
        g_ptr_array_add(summary->others, g_strdup_printf("removes %u placeholder%s", removed,
                                                         removed == 1 ? "" : "s"));
    return summary;
}

static void
ifxChangeSummaryPrintDevices(const ifxChangeSummary *summary)
{
    const ifxTerm term = ifxTermOpen(stderr, IFX_COLOR_NEVER);
    const guint count = summary->devices->len;
    g_autoptr(GString) lines = g_string_new(NULL);
    g_autofree char *seen = summary->used == 0 ? g_strdup("none seen in use") :
        g_strdup_printf("%u in use", summary->used);
    guint i;

    for (i = 0; i < count; i++) {
        const char *device = summary->devices->pdata[i];
        g_autofree char *safe = ifxTermEscape(device, strlen(device), false);

        if (term.terminal)
            ifxTermWrap(lines, safe, 4, term.width);
        else
            g_string_append_printf(lines, "%s %s", i > 0 ? "," : "", safe);
    }
    ifxTermNoteOn(summary->label, "while the guest runs, the host loses %u device%s (%s):%s", count,
                  count == 1 ? "" : "s", seen, term.terminal ? "" : lines->str);
    if (term.terminal)
        ifxTermShow(lines->str);
}

void
ifxChangeSummaryPrint(const ifxChangeSummary *summary)
{
    guint i;

    if (summary->devices->len > 0)
        ifxChangeSummaryPrintDevices(summary);
    for (i = 0; i < summary->others->len; i++)
        ifxTermNoteOn(summary->label, "%s", (const char *) summary->others->pdata[i]);
}
