/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "report/report.h"
#include "cli/walk.h"

typedef struct {
    const ifxOutput *output;
    GHashTable *noted;      /* see ifxReportCheck() */
    bool problems;          /* only these are printed */
    ifxExit status;
} ifxCheckResult;

static bool
ifxCheckVisit(const ifxTarget *target,
              void *opaque,
              GError **error)
{
    ifxCheckResult *result = opaque;
    const ifxPlan *plan = target->plan;
    g_autoptr(GString) out = g_string_new(NULL);

    if (ifxReportCheckIsProblem(plan))
        result->status = IFX_EXIT_INCOMPLETE;
    else if (result->problems)
        return true;

    ifxReportCheck(out, &result->output->term, target->named, plan, result->noted);
    return ifxOutputWrite(result->output, out->str, out->len, error);
}

static ifxExit
ifxCheckRun(ifxSession *session,
            char **positionals,
            GError **error)
{
    g_autoptr(GHashTable) noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ifxCheckResult result = { .output = &session->out, .noted = noted,
                              .problems = session->options.problems };
    const ifxWalkVisitor visitor = { .visit = ifxCheckVisit, .opaque = &result };
    ifxTally tally;

    if (!ifxWalkDomains(session, positionals, &visitor, &tally, error))
        return IFX_EXIT_ERROR;

    ifxTallySummarize(&tally, "to change", "");
    return tally.failed > 0 ? IFX_EXIT_ERROR : result.status;
}

const ifxCommand ifxCommandCheck = {
    .name = "check",
    .positionals = "[DOMAIN|FILE]...",
    .summary = "report whether each domain declares every device of its IOMMU groups",
    .examples = "virt-iommufix check gaming\n"
        "virt-iommufix --sysroot / check gaming.xml",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_PAGER | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY |
        IFX_OPTIONS_FILTER |
        IFX_OPTIONS_QUIET,
    .max_positionals = G_MAXUINT,
    .run = ifxCheckRun,
};
