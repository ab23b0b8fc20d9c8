/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tally.h"

#include <string.h>

#include "base/term.h"
#include "plan/plan-moved.h"
#include "report/report.h"

struct _ifxAllowance {
    GHashTable *idle;       /* set of ifxPciAddress, lent: without an effect so far */
    GHashTable *never;      /* those whose refusal can't be overridden */
    GHashTable *unseen;     /* set of the given ones that no plan had so far */
};

guint
ifxTallyTotal(const ifxTally *tally)
{
    guint total = tally->failed + tally->left + tally->nothing;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(tally->results); i++)
        total += tally->results[i];
    return total;
}

void
ifxTallyAddProblem(ifxTally *tally,
                   const GError *problem)
{
    ifxTermNoteError(problem);
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED))
        tally->results[IFX_RESULT_REFUSED]++;
    else
        tally->failed++;
}

void
ifxTallyAddPlan(ifxTally *tally,
                const ifxPlan *plan)
{
    tally->planned = true;
    tally->results[plan->result]++;
    if (plan->result != IFX_RESULT_COMPLETE)
        return;
    if (plan->starts == IFX_STARTS_NO)
        tally->stopped++;
    else if (!ifxReportCheckIsComplete(plan))
        tally->lacking++;
}

char *
ifxTallyFormat(const ifxTally *tally,
               const char *change)
{
    const guint *results = tally->results;
    const guint total = ifxTallyTotal(tally);
    const struct {
        const char *words;
        guint count;
        bool always;
    } parts[] = {
        { change, results[IFX_RESULT_CHANGE], true },
        { "complete", results[IFX_RESULT_COMPLETE] - tally->stopped - tally->lacking,
          tally->planned },
        { "complete but will not start", tally->stopped, false },
        { "incomplete but would start", tally->lacking, false },
        { "refused", results[IFX_RESULT_REFUSED], true },
        { "without IOMMU", results[IFX_RESULT_NO_IOMMU], false },
        { "skipped", results[IFX_RESULT_SKIPPED], false },
        { "with nothing to undo", tally->nothing, false },
        { "declined", tally->left, false },
        { "failed", tally->failed, true },
    };
    GString *line = g_string_new(NULL);
    const char *link = ": ";
    guint i;

    g_string_append_printf(line, "%u domain%s", total, total == 1 ? "" : "s");
    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].count == 0 && !(parts[i].always && total > 1))
            continue;
        g_string_append_printf(line, "%s%u %s", link, parts[i].count, parts[i].words);
        link = ", ";
    }
    return g_string_free(line, FALSE);
}

void
ifxTallySummarize(const ifxTally *tally,
                  const char *change,
                  const char *tail)
{
    g_autofree char *line = ifxTallyFormat(tally, change);

    if (!tally->quiet)
        ifxTermNote("%s.%s", line, tail);
}

void
ifxTallyList(const ifxTally *tally,
             ifxReportCount counts[IFX_TALLY_COUNTS])
{
    const guint *results = tally->results;
    const ifxReportCount all[IFX_TALLY_COUNTS] = {
        { "domains", ifxTallyTotal(tally) },
        { "change", results[IFX_RESULT_CHANGE] },
        { "complete", results[IFX_RESULT_COMPLETE] - tally->stopped - tally->lacking },
        { "will-not-start", tally->stopped },
        { "would-start", tally->lacking },
        { "refused", results[IFX_RESULT_REFUSED] },
        { "no-iommu", results[IFX_RESULT_NO_IOMMU] },
        { "skipped", results[IFX_RESULT_SKIPPED] },
        { "nothing-to-undo", tally->nothing },
        { "declined", tally->left },
        { "failed", tally->failed },
    };

    memcpy(counts, all, sizeof(all));
}

ifxExit
ifxTallyStatus(const ifxTally *tally)
{
    if (tally->failed > 0)
        return IFX_EXIT_ERROR;
    return tally->results[IFX_RESULT_REFUSED] > 0 ? IFX_EXIT_REFUSED : IFX_EXIT_DONE;
}

/* A set of the addresses in @set, which owns them; NULL: none. */
static GHashTable *
ifxAllowanceCopy(GHashTable *set)
{
    GHashTable *copy = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    GHashTableIter each;
    gpointer address;

    if (!set)
        return copy;
    g_hash_table_iter_init(&each, set);
    while (g_hash_table_iter_next(&each, &address, NULL))
        g_hash_table_add(copy, address);
    return copy;
}

ifxAllowance *
ifxAllowanceNew(const ifxPolicy *policy)
{
    ifxAllowance *allowance = g_new0(ifxAllowance, 1);

    allowance->idle = ifxAllowanceCopy(policy->allowed);
    allowance->unseen = ifxAllowanceCopy(policy->given);
    allowance->never = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    return allowance;
}

void
ifxAllowanceFree(ifxAllowance *allowance)
{
    if (!allowance)
        return;
    g_hash_table_unref(allowance->idle);
    g_hash_table_unref(allowance->unseen);
    g_hash_table_unref(allowance->never);
    g_free(allowance);
}

/* @lifted: the device has its verdict because --allow-member names it. */
static void
ifxAllowanceMarkDevice(ifxAllowance *allowance,
                       const ifxPciAddress *address,
                       const GPtrArray *evidence,
                       bool lifted)
{
    const ifxEvidence *decisive = ifxEvidenceLookupDecisive(evidence);
    gpointer own_address;

    g_hash_table_remove(allowance->unseen, address);
    if (!g_hash_table_lookup_extended(allowance->idle, address, &own_address, NULL))
        return;
    if (decisive && decisive->lift == IFX_LIFT_NEVER)
        g_hash_table_add(allowance->never, own_address);
    else if (lifted)
        g_hash_table_remove(allowance->idle, own_address);
}

void
ifxAllowanceMark(ifxAllowance *allowance,
                 const ifxPlan *plan)
{
    guint i;
    guint j;

    if (g_hash_table_size(allowance->idle) == 0 && g_hash_table_size(allowance->unseen) == 0)
        return;
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            if (member->member->is_pci)
                ifxAllowanceMarkDevice(allowance, &member->member->address, member->evidence,
                                       member->verdict == IFX_VERDICT_ADD ||
                                       member->reason == IFX_REASON_BRIDGE_BLOCKS);
        }
    }
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        ifxAllowanceMarkDevice(allowance, &claim->claim->address, claim->evidence,
                               claim->chipset || ifxPlanMovedIsRewritten(claim) ||
                               (claim->candidates && !claim->claim->lost) ||
                               (claim->reason != IFX_REASON_MOVED_UNCLEAR &&
                                ifxEvidenceLookupDecisive(claim->evidence) != NULL));
    }
}

void
ifxAllowanceNote(const ifxAllowance *allowance)
{
    GHashTableIter idle;
    gpointer address;

    g_hash_table_iter_init(&idle, allowance->idle);
    while (g_hash_table_iter_next(&idle, &address, NULL)) {
        char text[IFX_PCI_ADDRESS_LENGTH];

        ifxTermNote(g_hash_table_contains(allowance->never, address) ?
                    "--allow-member %s has no effect: the refusal of this device cannot be "
                    "overridden" :
                    "--allow-member %s has no effect: no refused device has this address",
                    ifxPciAddressFormat(address, text));
    }
    g_hash_table_iter_init(&idle, allowance->unseen);
    while (g_hash_table_iter_next(&idle, &address, NULL)) {
        char text[IFX_PCI_ADDRESS_LENGTH];

        ifxTermNote("--give %s has no effect: no domain of this run uses a device of its IOMMU group",
                    ifxPciAddressFormat(address, text));
    }
}
