/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cli/command.h"
#include "base/term.h"
#include "cli/recover.h"
#include "cli/report-log.h"
#include "cli/takeback.h"
#include "cli/write-run.h"

/* With --connect those of other hosts don't count. */
static bool
ifxUndoIsOfHost(const ifxSession *session,
                const ifxLogEntry *entry)
{
    const char *const *connect = (const char *const *) session->options.connect;

    return !connect || g_strv_contains(connect, entry->record->uri);
}

/* May there be something to take back? */
static bool
ifxUndoIsLive(const ifxLogEntry *entry)
{
    return !entry->undone &&
        (entry->state == IFX_STATE_WRITTEN || entry->state == IFX_STATE_BROKEN ||
         entry->state == IFX_STATE_OPEN);
}

/* All records that count; what can't be read is said, and @readable set to false. */
static GPtrArray *
ifxUndoReadLog(const ifxSession *session,
               const ifxStore *store,
               bool *readable,
               GError **error)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *log = ifxStoreReadLog(store, problems, error);
    guint i;

    for (i = log ? log->len : 0; i > 0; i--) {
        if (!ifxUndoIsOfHost(session, log->pdata[i - 1]))
            g_ptr_array_remove_index(log, i - 1);
    }

    for (i = 0; i < problems->len; i++)
        ifxTermNote("%s", (const char *) problems->pdata[i]);
    *readable = problems->len == 0;
    return log;
}

static bool
ifxUndoListLine(ifxSession *session,
                const ifxLogEntry *entry,
                const char *state,
                GError **error)
{
    const ifxRecord *record = entry->record;
    g_autoptr(ifxReportLine) line =
        ifxReportLineNew(record->uri, record->name, record->uuid, NULL);
    g_autofree char *text =
        ifxReportLineFormatState(line, record->command, state, entry->transaction);

    return ifxOutputWrite(&session->out, text, strlen(text), error);
}

static ifxExit
ifxUndoList(ifxSession *session,
            GError **error)
{
    g_autoptr(ifxStore) store = ifxStoreOpen(false, error);
    g_autoptr(GPtrArray) states = g_ptr_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    bool readable = true;
    g_autoptr(GPtrArray) log = store ? ifxUndoReadLog(session, store, &readable, error) : NULL;
    guint i;

    if (!log)
        return IFX_EXIT_ERROR;
    for (i = 0; i < log->len; i++) {
        const char *state =
            ifxTakebackStateToString(ifxTakebackFind(session, store, log->pdata[i]));

        g_ptr_array_add(states, (char *) state);
        if (session->options.json && !ifxUndoListLine(session, log->pdata[i], state, error))
            return IFX_EXIT_ERROR;
    }
    if (!session->options.json && log->len > 0) {
        ifxReportLog(out, log, states);
        if (!ifxOutputWrite(&session->out, out->str, out->len, error))
            return IFX_EXIT_ERROR;
    }
    return readable ? IFX_EXIT_DONE : IFX_EXIT_ERROR;
}

/* The last transaction of apply of which something may be left; NULL with an error. */
static const char *
ifxUndoFindLast(const GPtrArray *log,
                GError **error)
{
    guint i;

    for (i = log->len; i > 0; i--) {
        const ifxLogEntry *entry = log->pdata[i - 1];

        if (strcmp(entry->record->command, "apply") == 0 && ifxUndoIsLive(entry))
            return entry->transaction;
    }
    g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                "there is nothing to take back; undo --list shows what was written");
    return NULL;
}

static bool
ifxUndoIsMeant(const ifxLogEntry *entry,
               const char *id,
               const char *domain)
{
    return strcmp(entry->transaction, id) == 0 &&
        (!domain || strcmp(entry->record->name, domain) == 0 ||
         g_ascii_strcasecmp(entry->record->uuid, domain) == 0);
}

/* What is taken back may be removed; where nothing was left, too. */
static void
ifxUndoDropSecret(const ifxStore *store,
                  const ifxLogEntry *entry)
{
    g_autoptr(GError) problem = NULL;

    if (!ifxStoreDropSecret(store, entry, &problem))
        ifxTermNote("%s", problem->message);
}

/* Proposes to take back the entry. Only what can't be said or written ends the run. */
static bool
ifxUndoEntry(ifxSession *session,
             const ifxStore *store,
             const ifxLogEntry *entry,
             ifxProposals *proposals,
             ifxTally *tally,
             GError **error)
{
    g_autoptr(GError) problem = NULL;
    bool nothing = false;

    if (!ifxUndoIsLive(entry)) {
        ifxTermNote("%s: transaction %s: %s", entry->record->name, entry->transaction,
                    ifxTakebackStateToString(ifxTakebackFind(session, store, entry)));
        tally->results[IFX_RESULT_COMPLETE]++;
        return true;
    }
    if (ifxTakebackPropose(session, store, entry, proposals, &nothing, &problem)) {
        if (nothing)
            ifxUndoDropSecret(store, entry);
        tally->results[nothing ? IFX_RESULT_COMPLETE : IFX_RESULT_CHANGE]++;
        return true;
    }
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_OUTPUT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    ifxTermNote("%s", problem->message);
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED))
        tally->results[IFX_RESULT_REFUSED]++;
    else
        tally->failed++;
    return true;
}

/* Proposes to take back what @id and @domain name; @entries gets those of the jobs. */
static bool
ifxUndoProposeAll(ifxSession *session,
                  const ifxStore *store,
                  const GPtrArray *log,
                  const char *id,
                  const char *domain,
                  ifxProposals *proposals,
                  GPtrArray *entries,
                  ifxTally *tally,
                  GError **error)
{
    guint i;

    for (i = 0; i < log->len; i++) {
        const guint jobs = proposals->jobs->len;

        if (!ifxUndoIsMeant(log->pdata[i], id, domain))
            continue;
        if (!ifxUndoEntry(session, store, log->pdata[i], proposals, tally, error))
            return false;
        if (proposals->jobs->len > jobs)
            g_ptr_array_add(entries, log->pdata[i]);
    }
    if (ifxTallyTotal(tally) > 0)
        return true;
    g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, "there is no transaction %s%s%s; undo --list "
                "shows which there are", id, domain ? " of " : "", domain ? domain : "");
    return false;
}

static ifxExit
ifxUndoWrite(ifxSession *session,
             ifxStore *store,
             const ifxProposals *proposals,
             const GPtrArray *entries,
             ifxTally *tally,
             GError **error)
{
    guint i;

    ifxRecoverRuns(session, store);
    if (proposals->jobs->len > 0 && !ifxProposalsAgree(proposals, session)) {
        ifxTallySummarize(tally, "to take back", " Nothing was written.");
        return ifxTallyStatus(tally);
    }
    if (proposals->jobs->len > 0 &&
        !ifxWriteRun(session, store, proposals->jobs, tally, NULL, error))
        return IFX_EXIT_ERROR;
    for (i = 0; i < entries->len; i++) {
        if (((const ifxWriteJob *) proposals->jobs->pdata[i])->done)
            ifxUndoDropSecret(store, entries->pdata[i]);
    }
    ifxTallySummarize(tally, "taken back", "");
    return ifxTallyStatus(tally);
}

static bool
ifxUndoCheckUsage(const ifxOptions *options,
                  const char *id,
                  GError **error)
{
    if (options->host || options->sysroot)
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "undo writes to a libvirt connection: --host and --sysroot are none");
    else if (options->list && id)
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, "undo --list takes no arguments: %s", id);
    else if (!options->list && !options->yes && !ifxTermCanAsk())
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "undo: there is no terminal to ask on; --yes writes without asking");
    else
        return true;
    return false;
}

static ifxExit
ifxUndoRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    const ifxOptions *options = &session->options;
    g_auto(ifxProposals) proposals = { 0 };
    g_autoptr(GPtrArray) entries = g_ptr_array_new();
    g_autoptr(ifxStore) store = NULL;
    g_autoptr(GPtrArray) log = NULL;
    const char *id = positionals[0];
    const char *domain = id ? positionals[1] : NULL;
    ifxTally tally = { 0 };
    bool readable;

    if (!ifxUndoCheckUsage(options, id, error))
        return IFX_EXIT_ERROR;
    if (options->list)
        return ifxUndoList(session, error);

    session->write = true;
    store = ifxStoreOpen(true, error);
    /* Locked from here on: what another run has in hand is not to be judged. */
    log = store && ifxStoreLock(store, error) ?
        ifxUndoReadLog(session, store, &readable, error) : NULL;
    if (log && !id)
        id = ifxUndoFindLast(log, error);
    if (!log || !id)
        return IFX_EXIT_ERROR;
    ifxProposalsInit(&proposals);
    if (!ifxUndoProposeAll(session, store, log, id, domain, &proposals, entries, &tally, error))
        return IFX_EXIT_ERROR;
    return ifxUndoWrite(session, store, &proposals, entries, &tally, error);
}

const ifxCommand ifxCommandUndo = {
    .name = "undo",
    .positionals = "[ID [DOMAIN]] | --list",
    .summary = "undo what apply wrote, or list it",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_UNDO | IFX_OPTIONS_WRITE | IFX_OPTIONS_LINES,
    .max_positionals = 2,
    .run = ifxUndoRun,
};
