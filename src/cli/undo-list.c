/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/undo-list.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"
#include "cli/line.h"
#include "write/undo.h"

GPtrArray *
ifxUndoListRead(const ifxStore *store,
                GPtrArray *problems,
                GError **error)
{
    GPtrArray *log = ifxStoreLogRead(store, problems, error);
    guint i;

    for (i = 0; i < problems->len; i++)
        ifxTermNote("%s", ((const ifxLogProblem *) problems->pdata[i])->message);
    return log;
}

/* Removes the entries that are not of the session's hosts. */
static void
ifxUndoListKeepConnected(const ifxSession *session,
                         GPtrArray *log)
{
    guint i;

    for (i = log->len; i > 0; i--) {
        const ifxRecord *record = ((const ifxLogEntry *) log->pdata[i - 1])->record;

        if (!ifxSessionFindHost(session, record->uri, record->host_uuid))
            g_ptr_array_remove_index(log, i - 1);
    }
}

/* Where @entry stands, in words; a constant. Without an answer of the default connection it is
 * unknown. */
static const char *
ifxUndoListDescribe(ifxSession *session,
                     const ifxStore *store,
                     const ifxLogEntry *entry)
{
    const bool needs = ifxUndoNeedsHost(entry);
    ifxHost *host = needs && (session->hosts->len > 0 || ifxSessionOpenHosts(session, NULL)) ?
        ifxSessionFindHost(session, entry->record->uri, entry->record->host_uuid) : NULL;

    return ifxUndoStateToString(ifxUndoFindState(store, entry, host));
}

static void
ifxUndoListAddRow(struct libscols_table *table,
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
ifxUndoListFormat(GString *out,
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
        ifxUndoListAddRow(table, log->pdata[i], states->pdata[i]);
    if (scols_print_table_to_string(table, &text) == 0 && text && *text)
        g_string_append_printf(out, "%s\n", text);
    free(text);
    scols_unref_table(table);
}

static bool
ifxUndoListWriteLine(ifxSession *session,
                const ifxLogEntry *entry,
                const char *state,
                GError **error)
{
    const ifxRecord *record = entry->record;
    const ifxReportSubject subject = {
        .command = record->command,
        .host = record->uri,
        .name = record->name,
        .uuid = record->uuid,
    };
    g_autoptr(ifxReportLine) line = ifxReportLineNew("transaction", &subject);

    ifxReportLineSet(line, "state", state);
    ifxReportLineSet(line, "transaction", entry->transaction);
    return ifxLineWrite(session, line, error);
}

ifxExit
ifxUndoList(ifxSession *session,
            GError **error)
{
    g_autoptr(ifxStore) store = ifxStoreOpen(false, error);
    g_autoptr(GPtrArray) states = g_ptr_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GPtrArray) log = NULL;
    guint i;

    if (!store || (session->options.connect && !ifxSessionOpenHosts(session, error)))
        return IFX_EXIT_ERROR;
    log = ifxUndoListRead(store, problems, error);
    if (!log)
        return IFX_EXIT_ERROR;
    if (session->options.connect)
        ifxUndoListKeepConnected(session, log);
    for (i = 0; i < log->len; i++) {
        const char *state = ifxUndoListDescribe(session, store, log->pdata[i]);

        g_ptr_array_add(states, (char *) state);
        if (session->options.json && !ifxUndoListWriteLine(session, log->pdata[i], state, error))
            return IFX_EXIT_ERROR;
    }
    if (log->len == 0 && problems->len == 0)
        ifxTermNote("nothing was written%s", session->options.connect ? " to this host" : "");
    if (!session->options.json && log->len > 0) {
        ifxUndoListFormat(out, log, states);
        if (!ifxOutputWrite(&session->out, out->str, out->len, error))
            return IFX_EXIT_ERROR;
    }
    return problems->len == 0 ? IFX_EXIT_DONE : IFX_EXIT_ERROR;
}
