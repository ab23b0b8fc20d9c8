/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "report/report-text.h"
#include "cli/walk.h"

static bool
ifxCheckVisit(ifxSession *session,
              const ifxTarget *target,
              void *opaque,
              GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const ifxPlan *plan = target->plan;
    ifxExit *status = opaque;

    if (plan->result != IFX_RESULT_SKIPPED &&
        (plan->result != IFX_RESULT_COMPLETE || plan->starts == IFX_STARTS_NO))
        *status = IFX_EXIT_INCOMPLETE;

    ifxReportCheck(out, &session->out.term, target->label, plan);
    return ifxOutputWrite(&session->out, out->str, out->len, error);
}

static ifxExit
ifxCheckRun(ifxSession *session,
            char **positionals,
            GError **error)
{
    ifxExit status = IFX_EXIT_DONE;
    ifxTally tally;

    if (!ifxWalkDomains(session, positionals, ifxCheckVisit, &status, &tally, error))
        return IFX_EXIT_ERROR;

    ifxTallySummarize(&tally, "to change", "");
    return tally.failed > 0 ? IFX_EXIT_ERROR : status;
}

const ifxCommand ifxCommandCheck = {
    .name = "check",
    .positionals = "[DOMAIN|FILE]...",
    .summary = "report whether each domain declares every device of its IOMMU groups",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY,
    .max_positionals = G_MAXUINT,
    .run = ifxCheckRun,
};
