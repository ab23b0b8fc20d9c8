/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/line.h"

#include <string.h>

#include "cli/positional.h"

ifxReportSubject
ifxLineSubject(const ifxSession *session,
               const ifxTarget *target,
               const ifxPlan *plan)
{
    const char *file = target->kind == IFX_NAMED_FILE ? target->label :
        target->kind == IFX_NAMED_INPUT ? "-" : NULL;

    return (ifxReportSubject) {
        .command = session->command,
        .host = ifxHostGetName(target->host),
        .file = file,
        .name = target->domain->name,
        .uuid = target->domain->uuid,
        .named = target->named,
        .plan = plan,
    };
}

ifxReportSubject
ifxLineSubjectFailed(const ifxSession *session,
                     const ifxHost *host,
                     const char *key)
{
    const bool file = ifxPositionalIsFile(key);

    return (ifxReportSubject) {
        .command = session->command,
        .host = ifxHostGetName(host),
        .file = file ? key : NULL,
        .name = file ? NULL : key,
    };
}

const char *
ifxLineOutcome(const ifxPlan *plan)
{
    const bool refused = plan->result == IFX_RESULT_REFUSED || plan->result == IFX_RESULT_NO_IOMMU;

    return refused ? "refused" : "unchanged";
}

ifxReportLine *
ifxLineNew(const ifxSession *session,
           const ifxTarget *target,
           bool change)
{
    const ifxReportSubject subject = ifxLineSubject(session, target, target->plan);
    ifxReportLine *line = ifxReportLineNew("domain", &subject);

    ifxReportLineSetOutcome(line, change ? "would-change" : ifxLineOutcome(target->plan), change);
    return line;
}

ifxReportLine *
ifxLineNewSaved(const ifxSession *session,
                const ifxPlanFileEntry *entry,
                const char *file)
{
    const ifxReportSubject subject = {
        .command = session->command,
        .host = entry->uri,
        .file = file,
        .name = entry->name,
        .uuid = entry->uuid,
    };
    ifxReportLine *line = ifxReportLineNew("saved-plan", &subject);
    g_autoptr(GString) diff = ifxPlanFileGetDiff(entry);

    ifxReportLineSet(line, "result", ifxResultToString(entry->result));
    if (diff->len > 0)
        ifxReportLineSetBytes(line, "diff", diff->str, diff->len);
    return line;
}

/* Names are exact in it, so it is escaped where a terminal shows it. */
bool
ifxLineWrite(const ifxSession *session,
             const ifxReportLine *line,
             GError **error)
{
    g_autofree char *text = ifxReportLineFormat(line);

    return ifxOutputWriteDocument(&session->out, text, strlen(text), error);
}

bool
ifxLineWriteDiff(const ifxSession *session,
                 const ifxTarget *target,
                 const GString *diff,
                 GError **error)
{
    g_autoptr(ifxReportLine) line = ifxLineNew(session, target, diff->len > 0);

    if (diff->len > 0)
        ifxReportLineSetBytes(line, "diff", diff->str, diff->len);
    return ifxLineWrite(session, line, error);
}

bool
ifxLineWriteProblem(const ifxSession *session,
                    const ifxReportSubject *subject,
                    const GError *problem,
                    GError **error)
{
    g_autoptr(ifxReportLine) line = ifxReportLineNew("domain", subject);

    ifxReportLineSetOutcome(line, g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED) ?
                            "refused" : "failed", 0);
    ifxReportLineSet(line, "error", problem->message);
    return ifxLineWrite(session, line, error);
}

bool
ifxLineWriteSummary(const ifxSession *session,
                    const ifxTally *tally,
                    GError **error)
{
    const ifxReportSubject subject = { .command = session->command };
    g_autoptr(ifxReportLine) line = ifxReportLineNew("summary", &subject);
    ifxReportCount counts[IFX_TALLY_COUNTS];

    ifxTallyList(tally, counts);
    ifxReportLineSetSummary(line, counts, G_N_ELEMENTS(counts));
    return ifxLineWrite(session, line, error);
}
