/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/line.h"
#include "report/report.h"
#include "cli/walk.h"

typedef struct {
    const ifxSession *session;
    GHashTable *noted;      /* see ifxReportCheck() */
    bool problems;          /* only these are printed */
    ifxExit status;
} ifxCheckResult;

static bool
ifxCheckWriteLine(const ifxSession *session,
                  const ifxTarget *target,
                  GError **error)
{
    const ifxPlan *plan = target->plan;
    g_autoptr(ifxReportLine) line =
        ifxLineNew(session, target, plan->result == IFX_RESULT_CHANGE);
    g_autoptr(GPtrArray) next = ifxReportCheckNext(target->named, plan);

    ifxReportLineSet(line, "state", ifxReportCheckState(plan));
    ifxReportLineSetBoolean(line, "problem", ifxReportCheckIsProblem(plan));
    ifxReportLineSetList(line, "next", next);
    return ifxLineWrite(session, line, error);
}

static bool
ifxCheckVisit(const ifxTarget *target,
              void *opaque,
              GError **error)
{
    ifxCheckResult *result = opaque;
    const ifxOutput *output = &result->session->out;
    const ifxPlan *plan = target->plan;
    g_autoptr(GString) out = g_string_new(NULL);

    if (ifxReportCheckIsProblem(plan))
        result->status = IFX_EXIT_INCOMPLETE;
    else if (result->problems)
        return true;

    if (result->session->options.json)
        return ifxCheckWriteLine(result->session, target, error);
    ifxReportCheck(out, &output->term, target->named, plan, result->noted);
    return ifxOutputWrite(output, out->str, out->len, error);
}

static ifxExit
ifxCheckRun(ifxSession *session,
            char **positionals,
            GError **error)
{
    g_autoptr(GHashTable) noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ifxCheckResult result = { .session = session, .noted = noted,
                              .problems = session->options.problems };
    const ifxWalkVisitor visitor = { .visit = ifxCheckVisit, .lines = true, .opaque = &result };
    ifxTally tally;

    if (!ifxWalkDomains(session, positionals, &visitor, &tally, error))
        return IFX_EXIT_ERROR;

    ifxTallySummarize(&tally, "to change", "");
    if (session->options.json && !ifxLineWriteSummary(session, &tally, error))
        return IFX_EXIT_ERROR;
    /* A domain that is refused before it has a plan was not visited. */
    if (tally.results[IFX_RESULT_REFUSED] > 0)
        result.status = IFX_EXIT_INCOMPLETE;
    return tally.failed > 0 ? IFX_EXIT_ERROR : result.status;
}

const ifxCommand ifxCommandCheck = {
    .name = "check",
    .positionals = "[DOMAIN|FILE]...",
    .summary = "report whether each domain declares every device of its IOMMU groups",
    .examples = "virt-iommufix check gaming\n"
        "virt-iommufix --sysroot / check gaming.xml",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_PAGER | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY | IFX_OPTIONS_MOVED |
        IFX_OPTIONS_FILTER | IFX_OPTIONS_LINES |
        IFX_OPTIONS_QUIET,
    .max_positionals = G_MAXUINT,
    .run = ifxCheckRun,
};
