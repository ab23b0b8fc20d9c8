/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/term.h"
#include "cli/apply.h"
#include "cli/command.h"
#include "cli/positional.h"
#include "cli/walk.h"

static bool
ifxApplyVisit(const ifxTarget *target,
              void *opaque,
              GError **error)
{
    ifxChangeList *list = opaque;

    return list->session->options.interactive ? ifxApplyAsk(list, target, error) :
        ifxChangeListAddPlan(list, target, target->plan, error);
}

/* The saved plan has the domains and the policy. */
static bool
ifxApplyCheckPlanUsage(const ifxOptions *options,
                       char **positionals,
                       GError **error)
{
    if (options->plan && (positionals[0] || options->all))
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "the saved plan names the domains: leave out %s",
                           options->all ? "--all" : positionals[0]);
    if (options->plan && (options->allow_text || options->only_needed || options->managed ||
                          options->give_text || options->prune || options->interactive))
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--plan takes these choices from the saved plan, so it excludes "
                           "--allow-member, --only-needed, --managed, --give, --prune and "
                           "--interactive");
    return true;
}

static bool
ifxApplyCheckUsage(const ifxSession *session,
                   char **positionals,
                   GError **error)
{
    const ifxOptions *options = &session->options;
    guint i;

    if (options->host || (options->sysroot && !options->connect))
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "apply writes to libvirt: use --connect URI instead of --host or "
                           "--sysroot");
    for (i = 0; positionals[i]; i++) {
        if (*positionals[i] && ifxPositionalIsFile(positionals[i]))
            return ifxErrorSet(error, IFX_ERROR_USAGE,
                               "%s is a file, and apply writes to libvirt. To change a file: "
                               "virt-iommufix --sysroot / rewrite --in-place %s", positionals[i],
                               positionals[i]);
    }
    if (options->interactive && options->moved_from)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--moved-from rewrites a domain as a whole, so it excludes "
                           "--interactive");
    if (options->interactive && (options->yes || options->json || options->dry_run))
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--interactive asks questions, so it excludes --yes, --json and "
                           "--dry-run");
    if (!ifxApplyCheckPlanUsage(options, positionals, error) ||
        (!options->plan && !ifxPositionalsCheck(positionals, options, error)))
        return false;
    if (!options->yes && !options->dry_run && !ifxTermCanAsk())
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "not a terminal, so nothing was written. Use --yes to write without "
                           "asking");
    return true;
}

static bool
ifxApplyWriteTransaction(const ifxChangeList *list,
                         ifxStore *store,
                         ifxTally *tally,
                         GError **error)
{
    g_autofree char *id = NULL;
    g_autofree char *connect = NULL;
    g_autofree char *tail = NULL;

    if (!ifxChangeListWrite(list, store, tally, &id, error))
        return false;
    connect = ifxOptionsFormatConnect(&list->session->options);
    tail = id ? g_strdup_printf(" To undo this: virt-iommufix%s undo %s", connect, id) :
        g_strdup("");
    return ifxChangeListSummarize(list, tally, "changed", tail, error);
}

static ifxExit
ifxApplyWrite(const ifxChangeList *list,
              ifxTally *tally,
              GError **error)
{
    g_autoptr(ifxStore) store = NULL;

    tally->left = tally->results[IFX_RESULT_CHANGE] - list->changes->len;
    tally->results[IFX_RESULT_CHANGE] = list->changes->len;
    if (list->changes->len == 0)
        return ifxChangeListSummarize(list, tally, "changed", "", error) ?
            ifxTallyStatus(tally) : IFX_EXIT_ERROR;
    if (list->session->options.dry_run)
        return ifxChangeListWriteDry(list, error) &&
            ifxChangeListSummarize(list, tally, "to change", " Nothing was written.", error) ?
            ifxTallyStatus(tally) : IFX_EXIT_ERROR;
    store = ifxStoreOpen(true, error);
    if (!store)
        return IFX_EXIT_ERROR;
    if (!(ifxChangeListConfirm(list) ? ifxApplyWriteTransaction(list, store, tally, error) :
          ifxChangeListWriteDeclined(list, tally, error) &&
          ifxChangeListSummarize(list, tally, "to change", " Nothing was written.", error)))
        return IFX_EXIT_ERROR;
    return ifxTallyStatus(tally);
}

/* A saved plan may have any policy, so it needs the stylesheets of all policies. */
static bool
ifxApplyCollect(ifxSession *session,
                char **positionals,
                ifxChangeList *list,
                ifxTally *tally,
                GError **error)
{
    const char *plan = session->options.plan;
    const ifxWalkVisitor visitor = { .visit = ifxApplyVisit, .lines = true, .opaque = list };
    g_autoptr(ifxStore) store = NULL;

    if (!ifxSessionLoadStylesheets(session, plan != NULL, error))
        return false;
    if (!plan)
        return ifxWalkDomains(session, positionals, &visitor, tally, error);
    store = ifxStoreOpen(!session->options.dry_run, error);
    return store && ifxApplyPlan(list, store, plan, tally, error);
}

static ifxExit
ifxApplyRun(ifxSession *session,
            char **positionals,
            GError **error)
{
    g_auto(ifxChangeList) list;
    ifxTally tally;
    GError *problem = NULL;

    ifxChangeListInit(&list, session);
    session->write = !session->options.dry_run;
    if (!ifxApplyCheckUsage(session, positionals, error))
        return IFX_EXIT_ERROR;
    if (ifxApplyCollect(session, positionals, &list, &tally, &problem))
        return ifxApplyWrite(&list, &tally, error);
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_QUIT)) {
        ifxTermNoteError(problem);
        g_error_free(problem);
        return ifxTallyStatus(&tally);
    }
    g_propagate_error(error, problem);
    return IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandApply = {
    .name = "apply",
    .positionals = "[DOMAIN]...",
    .summary = "redefine domains with the changes that diff shows",
    .examples = "virt-iommufix apply gaming\n"
        "virt-iommufix apply --interactive --all",
    .options = IFX_OPTIONS_CONNECT | IFX_OPTIONS_TREE | IFX_OPTIONS_DOMAINS |
        IFX_OPTIONS_POLICY | IFX_OPTIONS_MOVED | IFX_OPTIONS_CHANGE | IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_WRITE | IFX_OPTIONS_LINES |
        IFX_OPTIONS_APPLY |
        IFX_OPTIONS_QUIET,
    .max_positionals = G_MAXUINT,
    .run = ifxApplyRun,
};
