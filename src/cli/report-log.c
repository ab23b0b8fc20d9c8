/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/report-log.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/term.h"

static void
ifxReportLogLine(struct libscols_table *table,
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

void
ifxReportLog(GString *out,
             const GPtrArray *entries,
             const GPtrArray *states)
{
    static const char *const columns[] = { "TRANSACTION", "COMMAND", "DOMAIN", "HOST", "STATE" };
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(columns); i++)
        scols_table_new_column(table, columns[i], 0, 0);
    for (i = 0; i < entries->len; i++)
        ifxReportLogLine(table, entries->pdata[i], states->pdata[i]);
    if (scols_print_table_to_string(table, &text) == 0 && text && *text)
        g_string_append_printf(out, "%s\n", text);
    free(text);
    scols_unref_table(table);
}
