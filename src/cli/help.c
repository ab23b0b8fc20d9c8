/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/help.h"

#include <string.h>

/* The column in which @line goes on. */
static gsize
ifxHelpGetColumn(const char *line,
                 guint width)
{
    const gsize indent = strspn(line, " ");
    const char *gap = strstr(line + indent, "  ");
    const gsize hang = indent > 0 ? MIN(indent + 2, width / 2) : 0;
    const gsize column = gap ? (gsize) (gap - line) + strspn(gap, " ") : hang;

    return column <= width / 2 ? column : hang;
}

static void
ifxHelpWrapLine(GString *out,
                const char *line,
                guint width)
{
    const gsize column = ifxHelpGetColumn(line, width);
    const char *rest = line;
    const char *words = line + MIN(column, strlen(line));   /* the first that may move */
    gsize indent = 0;

    while (indent + (gsize) g_utf8_strlen(rest, -1) > width) {
        const char *end = g_utf8_offset_to_pointer(rest, (glong) (width - indent));

        while (end > words && *end != ' ')
            end--;
        if (end <= words)
            end = strchr(words, ' ');
        if (!end)
            break;
        g_string_append_len(out, rest, end - rest);
        g_string_append_printf(out, "\n%*s", (int) column, "");
        rest = end + 1;
        words = rest;
        indent = column;
    }
    g_string_append(out, rest);
}

char *
ifxHelpWrap(const char *help,
            guint width)
{
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; lines[i]; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        if (width == 0)
            g_string_append(out, lines[i]);
        else
            ifxHelpWrapLine(out, lines[i], width);
    }
    return g_string_free(out, FALSE);
}
