/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"
#include "cli/change-list.h"
#include "cli/command.h"
#include "write/undo.h"
#include "xml/diff.h"

static ifxHost *
ifxUndoFindHost(const ifxSession *session,
                const ifxLogEntry *entry)
{
    return ifxSessionFindHost(session, entry->record->uri, entry->record->host_uuid);
}

/* May there be something to undo? */
static bool
ifxUndoHasEffect(const ifxLogEntry *entry)
{
    return !entry->undone &&
        (entry->state == IFX_STATE_WRITTEN || entry->state == IFX_STATE_BROKEN ||
         entry->state == IFX_STATE_OPEN);
}

/* All entries; @connected: only those of the session's hosts. If one cannot be read, prints a message
 * and sets @readable to false. */
static GPtrArray *
ifxUndoReadLog(const ifxSession *session,
               const ifxStore *store,
               bool connected,
               bool *readable,
               GError **error)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *log = ifxStoreLogRead(store, problems, error);
    guint i;

    for (i = log && connected ? log->len : 0; i > 0; i--) {
        if (!ifxUndoFindHost(session, log->pdata[i - 1]))
            g_ptr_array_remove_index(log, i - 1);
    }

    for (i = 0; i < problems->len; i++)
        ifxTermNote("%s", (const char *) problems->pdata[i]);
    *readable = problems->len == 0;
    return log;
}

/* Where @entry stands, in words; a constant. Without an answer of the default connection it is
 * unknown. */
static const char *
ifxUndoDescribeState(ifxSession *session,
                     const ifxStore *store,
                     const ifxLogEntry *entry)
{
    const bool needs = ifxUndoNeedsHost(entry);
    ifxHost *host = needs && (session->hosts->len > 0 || ifxSessionOpenHosts(session, NULL)) ?
        ifxUndoFindHost(session, entry) : NULL;

    return ifxUndoStateToString(ifxUndoFindState(store, entry, host));
}

static void
ifxUndoAddRow(struct libscols_table *table,
              const ifxLogEntry *entry,
              const char *state)
{
    const char *const cells[] = {
        entry->transaction, entry->record->command, entry->record->name, entry->record->uri, state,
    };
    struct libscols_line *line = scols_table_new_line(table, NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(cells); i++) {
        g_autofree char *safe = ifxTermEscape(cells[i], strlen(cells[i]), false);

        scols_line_set_data(line, i, safe);
    }
}

/* A table of the entries in @log; @states has the state of each. */
static void
ifxUndoFormatTable(GString *out,
                   const GPtrArray *log,
                   const GPtrArray *states)
{
    static const char *const columns[] = { "TRANSACTION", "COMMAND", "DOMAIN", "HOST", "STATE" };
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(columns); i++)
        scols_table_new_column(table, columns[i], 0, 0);
    for (i = 0; i < log->len; i++)
        ifxUndoAddRow(table, log->pdata[i], states->pdata[i]);
    if (scols_print_table_to_string(table, &text) == 0 && text && *text)
        g_string_append_printf(out, "%s\n", text);
    free(text);
    scols_unref_table(table);
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
    g_autoptr(GPtrArray) log = NULL;
    guint i;

    if (!store || (session->options.connect && !ifxSessionOpenHosts(session, error)))
        return IFX_EXIT_ERROR;
    log = ifxUndoReadLog(session, store, session->options.connect != NULL, &readable, error);
    if (!log)
        return IFX_EXIT_ERROR;
    for (i = 0; i < log->len; i++) {
        const char *state = ifxUndoDescribeState(session, store, log->pdata[i]);

        g_ptr_array_add(states, (char *) state);
        if (session->options.json && !ifxUndoListLine(session, log->pdata[i], state, error))
            return IFX_EXIT_ERROR;
    }
    if (!session->options.json && log->len > 0) {
        ifxUndoFormatTable(out, log, states);
        if (!ifxOutputWrite(&session->out, out->str, out->len, error))
            return IFX_EXIT_ERROR;
    }
    return readable ? IFX_EXIT_DONE : IFX_EXIT_ERROR;
}

static bool
ifxUndoMatchesDomain(const ifxLogEntry *entry,
                     const char *domain)
{
    return !domain || strcmp(entry->record->name, domain) == 0 ||
        g_ascii_strcasecmp(entry->record->uuid, domain) == 0;
}

/* The last transaction of apply that may have something to undo, of @domain if that is not NULL;
 * NULL with an error. */
static const char *
ifxUndoFindLast(const GPtrArray *log,
                const char *domain,
                GError **error)
{
    guint i;

    for (i = log->len; i > 0; i--) {
        const ifxLogEntry *entry = log->pdata[i - 1];

        if (strcmp(entry->record->command, "apply") == 0 && ifxUndoHasEffect(entry) &&
            ifxUndoMatchesDomain(entry, domain))
            return entry->transaction;
    }
    ifxErrorSet(error, IFX_ERROR_USAGE,
                "nothing to undo on the connected host; to list what was written, on other hosts "
                "too: virt-iommufix undo --list");
    return NULL;
}

static bool
ifxUndoMatchesEntry(const ifxLogEntry *entry,
                    const char *id,
                    const char *domain)
{
    return strcmp(entry->transaction, id) == 0 && ifxUndoMatchesDomain(entry, domain);
}

/* Notes in the journal that there is nothing to undo, so that the next undo does not stop here. */
static void
ifxUndoEnd(const ifxStore *store,
           ifxLogEntry *entry,
           const char *why)
{
    g_autoptr(GError) problem = NULL;

    ifxTermNoteOn(entry->record->name, "%s transaction %s", why, entry->transaction);
    if (!ifxStoreLogWriteState(store, entry, IFX_STATE_ENDED, &problem))
        ifxTermNoteError(problem);
    entry->state = IFX_STATE_ENDED;
}

/* Does @host have no domain of that UUID? False too where it cannot be asked. */
static bool
ifxUndoIsGone(ifxHost *host,
              const char *uuid)
{
    g_autoptr(GPtrArray) uuids = ifxHostListDomains(host, true, NULL);

    return uuids && !g_ptr_array_find_with_equal_func(uuids, uuid, g_str_equal, NULL);
}

/* Adds the change that undoes @entry to @list. @nothing is set where nothing of it is left. */
static bool
ifxUndoAddEntry(ifxChangeList *list,
                const ifxStore *store,
                ifxLogEntry *entry,
                bool *nothing,
                GError **error)
{
    ifxHost *host = ifxUndoFindHost(list->session, entry);
    g_autofree char *summary = g_strdup_printf("undoes transaction %s", entry->transaction);
    g_autofree char *diff_name = NULL;
    g_autoptr(ifxChange) change = NULL;

    if (ifxUndoIsGone(host, entry->record->uuid)) {
        *nothing = true;
        ifxUndoEnd(store, entry, "the domain is gone, so there is nothing to undo of");
        return true;
    }
    if (!ifxUndoMakeChange(store, entry, host, &change, error)) {
        if (error && !g_error_matches(*error, IFX_ERROR, IFX_ERROR_REFUSED))
            g_prefix_error(error, "%s: ", entry->record->name);
        return false;
    }
    *nothing = !change;
    if (*nothing) {
        ifxUndoEnd(store, entry, "its definition has nothing left of");
        return true;
    }
    diff_name = ifxDiffDomainName(NULL, change->name);
    return ifxChangeListAdd(list, g_steal_pointer(&change), diff_name, NULL, summary, error);
}

/* The same, and counts it. Only what ends the run is an error. */
static bool
ifxUndoEntry(ifxChangeList *list,
             const ifxStore *store,
             ifxLogEntry *entry,
             ifxTally *tally,
             GError **error)
{
    g_autoptr(GError) problem = NULL;
    bool nothing = false;

    if (!ifxUndoHasEffect(entry)) {
        ifxTermNoteOn(entry->record->name, "transaction %s: %s", entry->transaction,
                    ifxUndoDescribeState(list->session, store, entry));
        tally->nothing++;
        return true;
    }
    if (ifxUndoAddEntry(list, store, entry, &nothing, &problem)) {
        if (nothing)
            tally->nothing++;
        else
            tally->results[IFX_RESULT_CHANGE]++;
        return true;
    }
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_OUTPUT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    ifxTallyAddProblem(tally, problem);
    return true;
}

/* Adds what undoes the entries of @log that @id and @domain name. */
static bool
ifxUndoAddAll(ifxChangeList *list,
              const ifxStore *store,
              const GPtrArray *log,
              const char *id,
              const char *domain,
              ifxTally *tally,
              GError **error)
{
    guint i;

    for (i = 0; i < log->len; i++) {
        if (ifxUndoMatchesEntry(log->pdata[i], id, domain) &&
            !ifxUndoEntry(list, store, log->pdata[i], tally, error))
            return false;
    }
    if (ifxTallyTotal(tally) > 0)
        return true;
    return ifxErrorSet(error, IFX_ERROR_USAGE, "no transaction %s%s%s on the connected host; to list "
                       "all: virt-iommufix undo --list", id, domain ? " of " : "", domain ? domain : "");
}

/* Adds what undoes the last transaction of which something is left. */
static bool
ifxUndoAddLast(ifxChangeList *list,
               const ifxStore *store,
               const GPtrArray *log,
               const char *domain,
               ifxTally *tally,
               GError **error)
{
    const char *id;

    do {
        /* After others that it ended, an undo that finds no more has done its work. */
        id = ifxUndoFindLast(log, domain, tally->nothing > 0 ? NULL : error);
        if (!id)
            return tally->nothing > 0;
        if (!ifxUndoAddAll(list, store, log, id, domain, tally, error))
            return false;
    } while (ifxTallyTotal(tally) == tally->nothing);
    return true;
}

static ifxExit
ifxUndoWrite(const ifxChangeList *list,
             ifxStore *store,
             ifxTally *tally,
             GError **error)
{
    ifxChangeListSettle(list, store);
    if (list->changes->len > 0 && !ifxChangeListConfirm(list)) {
        ifxTallySummarize(tally, "to undo", " Nothing was written.");
        return ifxTallyStatus(tally);
    }
    if (list->changes->len > 0 && !ifxChangeListWrite(list, store, tally, NULL, error))
        return IFX_EXIT_ERROR;
    ifxTallySummarize(tally, "undone", "");
    return ifxTallyStatus(tally);
}

/* Is @word the ID of a transaction, "20261128-235551-444054"? */
static bool
ifxUndoIsId(const char *word)
{
    const gsize length = strlen(word);

    return length > 16 && word[8] == '-' && word[15] == '-' &&
        strspn(word, G_CSET_DIGITS "-") == length;
}

/* The UUID of the domain that is called @name now, because the records have the name of their time;
 * @name itself if no host has such a domain. NULL for NULL. Free with g_free(). */
static char *
ifxUndoFindUuid(const ifxSession *session,
                const char *name)
{
    guint i;

    for (i = 0; name && i < session->hosts->len; i++) {
        g_autoptr(GBytes) bytes = ifxHostReadDomain(session->hosts->pdata[i], name, NULL);
        g_autoptr(ifxDomain) domain = bytes ? ifxDomainParse(bytes, NULL) : NULL;

        if (domain && domain->uuid)
            return g_strdup(domain->uuid);
    }
    return g_strdup(name);
}

static bool
ifxUndoCheckUsage(const ifxOptions *options,
                  char **positionals,
                  GError **error)
{
    const char *id = positionals[0];

    if (options->host || options->sysroot)
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "undo writes to libvirt: use --connect URI instead of --host or --sysroot");
    else if (options->list && id)
        ifxErrorSet(error, IFX_ERROR_USAGE, "undo --list takes no arguments: %s", id);
    else if (id && positionals[1] && !ifxUndoIsId(id))
        ifxErrorSet(error, IFX_ERROR_USAGE, "%s is not the ID of a transaction; to list them: "
                    "virt-iommufix undo --list", id);
    else if (!options->list && !options->yes && !ifxTermCanAsk())
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "not a terminal, so nothing was written. Use --yes to write without asking");
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
    g_auto(ifxChangeList) list = { 0 };
    g_autoptr(ifxStore) store = NULL;
    g_autoptr(GPtrArray) log = NULL;
    const bool by_id = positionals[0] && ifxUndoIsId(positionals[0]);
    const char *id = by_id ? positionals[0] : NULL;
    g_autofree char *domain = NULL;
    ifxTally tally = { 0 };
    bool readable;

    if (!ifxUndoCheckUsage(options, positionals, error))
        return IFX_EXIT_ERROR;
    if (options->list)
        return ifxUndoList(session, error);

    session->write = true;
    store = ifxStoreOpen(true, error);
    /* The lock is taken first, so that no other run changes what is read here. */
    log = store && ifxStoreLock(store, error) && ifxSessionOpenHosts(session, error) ?
        ifxUndoReadLog(session, store, true, &readable, error) : NULL;
    if (!log)
        return IFX_EXIT_ERROR;
    domain = ifxUndoFindUuid(session, positionals[by_id ? 1 : 0]);
    ifxChangeListInit(&list, session);
    if (!(id ? ifxUndoAddAll(&list, store, log, id, domain, &tally, error) :
          ifxUndoAddLast(&list, store, log, domain, &tally, error)))
        return IFX_EXIT_ERROR;
    return ifxUndoWrite(&list, store, &tally, error);
}

const ifxCommand ifxCommandUndo = {
    .name = "undo",
    .positionals = "[ID] [DOMAIN] | --list",
    .summary = "undo what apply wrote, or list it",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_UNDO | IFX_OPTIONS_WRITE | IFX_OPTIONS_LINES,
    .max_positionals = 2,
    .run = ifxUndoRun,
};
