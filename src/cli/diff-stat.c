/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/diff-stat.h"

#include <string.h>

#include "base/term.h"

/* At most so many signs are drawn for a file. */
#define IFX_DIFF_STAT_SIGNS 40

typedef struct {
    char *name;             /* escaped */
    guint added;
    guint removed;
} ifxDiffStatFile;

struct _ifxDiffStat {
    GArray *files;          /* ifxDiffStatFile */
};

static void
ifxDiffStatClearFile(gpointer data)
{
    g_free(((ifxDiffStatFile *) data)->name);
}

ifxDiffStat *
ifxDiffStatNew(void)
{
    ifxDiffStat *stat = g_new0(ifxDiffStat, 1);

    stat->files = g_array_new(FALSE, FALSE, sizeof(ifxDiffStatFile));
    g_array_set_clear_func(stat->files, ifxDiffStatClearFile);
    return stat;
}

void
ifxDiffStatFree(ifxDiffStat *stat)
{
    if (!stat)
        return;
    g_array_unref(stat->files);
    g_free(stat);
}

void
ifxDiffStatAdd(ifxDiffStat *stat,
               const char *name,
               const char *diff)
{
    ifxDiffStatFile file = { 0 };
    const char *line = strstr(diff, "\n@@");

    if (!line)
        return;
    /* The lines of a hunk begin after its head; those before the first hunk are names. */
    for (line++; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        file.added += *line == '+' ? 1 : 0;
        file.removed += *line == '-' ? 1 : 0;
    }
    file.name = ifxTermEscape(name, strlen(name), false);
    g_array_append_val(stat->files, file);
}

static void
ifxDiffStatFormatFile(const ifxDiffStatFile *file,
                      int width,
                      GString *out)
{
    const guint total = file->added + file->removed;
    const guint signs = MIN(total, IFX_DIFF_STAT_SIGNS);
    const guint minus = file->removed * signs / MAX(total, 1);
    g_autofree char *added = g_strnfill(signs - minus, '+');
    g_autofree char *removed = g_strnfill(minus, '-');

    g_string_append_printf(out, " %-*s | %u %s%s\n", width, file->name, total, added, removed);
}

void
ifxDiffStatFormat(const ifxDiffStat *stat,
                  GString *out)
{
    const guint count = stat->files->len;
    guint added = 0;
    guint removed = 0;
    gsize width = 0;
    guint i;

    for (i = 0; i < count; i++)
        width = MAX(width, strlen(g_array_index(stat->files, ifxDiffStatFile, i).name));
    for (i = 0; i < count; i++) {
        const ifxDiffStatFile *file = &g_array_index(stat->files, ifxDiffStatFile, i);

        ifxDiffStatFormatFile(file, (int) width, out);
        added += file->added;
        removed += file->removed;
    }
    if (count > 0)
        g_string_append_printf(out, " %u file%s changed, %u insertion%s(+), %u deletion%s(-)\n",
                               count, count == 1 ? "" : "s", added, added == 1 ? "" : "s",
                               removed, removed == 1 ? "" : "s");
}
