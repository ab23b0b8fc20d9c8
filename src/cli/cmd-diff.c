/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "xml/diff.h"
#include "report/report.h"
#include "cli/diff-stat.h"
#include "cli/line.h"
#include "cli/walk.h"

typedef struct {
    const ifxSession *session;
    ifxDiffStat *stat;      /* NULL: the diffs are printed */
    bool noted_outside;
} ifxDiffPrinter;

static bool
ifxDiffWriteLine(const ifxSession *session,
                 const ifxTarget *target,
                 const GString *diff,
                 GError **error)
{
    const bool listed = diff->len > 0 || !session->options.problems ||
        ifxReportCheckIsProblem(target->plan);

    return !listed || ifxLineWriteDiff(session, target, diff, error);
}

static bool
ifxDiffVisit(const ifxTarget *target,
             void *opaque,
             GError **error)
{
    ifxDiffPrinter *printer = opaque;
    const ifxSession *session = printer->session;
    g_autoptr(ifxRewrite) rewrite = ifxTargetPreview(target, session->stylesheets, error);
    g_autoptr(GString) out = g_string_new(NULL);
    const char *bytes;
    gsize length;

    if (!rewrite)
        return false;

    if (!session->options.problems || ifxReportCheckIsProblem(target->plan))
        ifxReportNotes(target->named, target->plan);
    if (target->outside && rewrite->edits->len > 0 && !printer->noted_outside) {
        ifxTermNote("%s is outside the working directory, so the diff has its path from /. To "
                    "apply the diff: patch -d / -p0", target->label);
        printer->noted_outside = true;
    }
    bytes = ifxXmlTextGetBytes(target->plan->domain->text, &length);
    ifxDiffWrite(rewrite->edits, bytes, length, target->diff_name, out);
    if (session->options.json)
        return ifxDiffWriteLine(session, target, out, error);
    if (!printer->stat)
        return ifxOutputWriteDiff(&session->out, out, error);
    ifxDiffStatAdd(printer->stat, target->diff_name, out->str);
    return true;
}

static ifxExit
ifxDiffRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    ifxDiffPrinter printer = { .session = session };
    g_autoptr(ifxDiffStat) stat = session->options.stat ? ifxDiffStatNew() : NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    const ifxWalkVisitor visitor = { .visit = ifxDiffVisit, .lines = true, .opaque = &printer };
    ifxTally tally;

    printer.stat = stat;
    if (session->options.json && stat) {
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "--stat cannot be combined with --json: each line has the diff");
        return IFX_EXIT_ERROR;
    }
    if (!ifxSessionLoadStylesheets(session, false, error) ||
        !ifxWalkDomains(session, positionals, &visitor, &tally, error))
        return IFX_EXIT_ERROR;
    if (stat)
        ifxDiffStatFormat(stat, out);
    if (!ifxOutputWrite(&session->out, out->str, out->len, error) ||
        (session->options.json && !ifxLineWriteSummary(session, &tally, error)))
        return IFX_EXIT_ERROR;

    ifxTallySummarize(&tally, "to change", " Nothing was written.");
    return ifxExitWorse(ifxTallyStatus(&tally),
                        session->options.exit_code && tally.results[IFX_RESULT_CHANGE] > 0 ?
                        IFX_EXIT_INCOMPLETE : IFX_EXIT_DONE);
}

const ifxCommand ifxCommandDiff = {
    .name = "diff",
    .positionals = "[DOMAIN|FILE]...",
    .summary = "show the changes that complete each domain, as a unified diff",
    .examples = "virt-iommufix diff gaming\n"
        "virt-iommufix --sysroot / diff gaming.xml | patch -p0",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_PAGER | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY | IFX_OPTIONS_MOVED |
        IFX_OPTIONS_CHANGE | IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_DIFF | IFX_OPTIONS_FILTER |
        IFX_OPTIONS_LINES |
        IFX_OPTIONS_QUIET,
    .max_positionals = G_MAXUINT,
    .run = ifxDiffRun,
};
