/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-diff.h"

#include <string.h>

static ifxStyle
ifxReportDiffStyle(const char *line)
{
    if (g_str_has_prefix(line, "---") || g_str_has_prefix(line, "+++"))
        return IFX_STYLE_BOLD;

    switch (*line) {
    case '+':
        return IFX_STYLE_GOOD;
    case '-':
        return IFX_STYLE_BAD;
    case '@':
        return IFX_STYLE_NOTE;
    default:
        return IFX_STYLE_PLAIN;
    }
}

void
ifxReportDiff(GString *out,
              const ifxTerm *term,
              const char *diff)
{
    const char *at = diff;

    while (*at) {
        const gsize length = strcspn(at, "\n");
        const ifxStyle style = ifxReportDiffStyle(at);
        g_autofree char *safe = term->terminal ? ifxTermEscape(at, length, true) :
            g_strndup(at, length);

        g_string_append_printf(out, "%s%s%s\n", ifxTermStart(term, style), safe,
                               ifxTermEnd(term, style));
        at += length + (at[length] == '\n');
    }
}
