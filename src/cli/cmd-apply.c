/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cli/apply-plan.h"
#include "cli/command.h"
#include "cli/interactive.h"
#include "base/term.h"
#include "cli/propose.h"
#include "cli/write-run.h"

static bool
ifxApplyVisit(ifxSession *session,
              const ifxTarget *target,
              void *opaque,
              GError **error)
{
    return session->options.interactive ? ifxInteractiveTarget(opaque, session, target, error) :
        ifxProposeTarget(opaque, session, target, target->plan, error);
}

static bool
ifxApplyFailed(ifxSession *session,
               const ifxHost *host,
               const char *key,
               const GError *problem,
               void *opaque G_GNUC_UNUSED,
               GError **error)
{
    g_autoptr(ifxReportLine) line = NULL;
    g_autofree char *text = NULL;

    if (!session->options.json)
        return true;
    line = ifxReportLineNew(ifxHostGetName(host), key, NULL, NULL);
    text = ifxReportLineFormat(line, g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED) ?
                               "refused" : "failed", NULL, problem->message);
    return ifxOutputWrite(&session->out, text, strlen(text), error);
}

/* What was approved decides by itself. */
static bool
ifxApplyCheckPlanUsage(const ifxOptions *options,
                       char **positionals,
                       GError **error)
{
    if (options->plan && (positionals[0] || options->all)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--plan names the domains itself: leave out %s",
                    options->all ? "--all" : positionals[0]);
        return false;
    }
    if (options->plan && (options->allow_text || options->only_needed || options->managed ||
                          options->prune || options->interactive || options->connect)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--plan says itself what is to be done: it excludes --connect, --allow-member, "
                    "--only-needed, --managed, --prune and --interactive");
        return false;
    }
    return true;
}

static bool
ifxApplyCheckUsage(const ifxSession *session,
                   char **positionals,
                   GError **error)
{
    const ifxOptions *options = &session->options;
    guint i;

    if (options->host || (options->sysroot && !options->connect)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "apply writes to a libvirt connection: name one by --connect");
        return false;
    }
    for (i = 0; positionals[i]; i++) {
        if (*positionals[i] && ifxOptionsIsFile(positionals[i])) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                        "%s: this is a file, and apply writes to libvirt: rewrite --in-place "
                        "changes files", positionals[i]);
            return false;
        }
    }
    if (options->interactive && (options->yes || options->json)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--interactive excludes --yes and --json: it is a dialogue");
        return false;
    }
    if (!ifxApplyCheckPlanUsage(options, positionals, error))
        return false;
    if (!options->yes && !ifxTermCanAsk()) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "apply: there is no terminal to ask on; diff shows what would be written, and "
                    "with --yes it is");
        return false;
    }
    return true;
}

static ifxExit
ifxApplyWrite(ifxSession *session,
              const ifxProposals *proposals,
              ifxTally *tally,
              GError **error)
{
    g_autoptr(ifxStore) store = NULL;
    g_autofree char *id = NULL;
    g_autofree char *tail = NULL;

    if (session->quit) {
        ifxTermNote("quit: nothing was written");
        return ifxTallyStatus(tally);
    }
    tally->left = tally->results[IFX_RESULT_CHANGE] - proposals->jobs->len;
    tally->results[IFX_RESULT_CHANGE] = proposals->jobs->len;
    if (proposals->jobs->len > 0) {
        store = ifxStoreOpen(true, error);
        if (!store)
            return IFX_EXIT_ERROR;
        if (!ifxProposalsAgree(proposals, session)) {
            ifxTallySummarize(tally, "to change", " Nothing was written.");
            return ifxTallyStatus(tally);
        }
        if (!ifxWriteRun(session, store, proposals->jobs, tally, &id, error))
            return IFX_EXIT_ERROR;
    }
    tail = id ? g_strdup_printf(" virt-iommufix undo %s takes it back.", id) : g_strdup("");
    ifxTallySummarize(tally, "changed", tail);
    return ifxTallyStatus(tally);
}

/* A plan's own stylesheets are those of any policy. */
static bool
ifxApplyPropose(ifxSession *session,
                char **positionals,
                ifxProposals *proposals,
                ifxTally *tally,
                GError **error)
{
    const char *plan = session->options.plan;
    g_autoptr(ifxStore) store = NULL;

    if (!ifxSessionLoadStylesheets(session, plan != NULL, error))
        return false;
    if (!plan)
        return ifxWalkDomainsTelling(session, positionals, ifxApplyVisit, ifxApplyFailed,
                                     proposals, tally, error);
    store = ifxStoreOpen(true, error);
    return store && ifxApplyPlan(proposals, session, store, plan, tally, error);
}

static ifxExit
ifxApplyRun(ifxSession *session,
            char **positionals,
            GError **error)
{
    g_auto(ifxProposals) proposals;
    ifxTally tally;

    ifxProposalsInit(&proposals);
    session->write = true;
    if (!ifxApplyCheckUsage(session, positionals, error) ||
        !ifxApplyPropose(session, positionals, &proposals, &tally, error))
        return IFX_EXIT_ERROR;
    return ifxApplyWrite(session, &proposals, &tally, error);
}

const ifxCommand ifxCommandApply = {
    .name = "apply",
    .positionals = "[DOMAIN]...",
    .summary = "redefine domains with the changes that diff shows",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY | IFX_OPTIONS_CHANGE |
        IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_WRITE | IFX_OPTIONS_LINES |
        IFX_OPTIONS_APPLY,
    .max_positionals = G_MAXUINT,
    .run = ifxApplyRun,
};
