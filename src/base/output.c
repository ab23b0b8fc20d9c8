/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/output.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/pager.h"

bool
ifxOutputWrite(const ifxOutput *output,
               const char *text,
               gsize length,
               GError **error)
{
    FILE *stream = output->term.stream;

    if (output->pages)
        ifxPagerStart();
    if ((length == 0 || fwrite(text, 1, length, stream) == length) && fflush(stream) == 0)
        return true;
    if (errno == EPIPE && output->ends_by_pipe)
        ifxInterruptEndByPipe();
    return ifxErrorSet(error, IFX_ERROR_OUTPUT, "cannot write to standard output: %s",
                       g_strerror(errno));
}

bool
ifxOutputWriteDocument(const ifxOutput *output,
                       const char *text,
                       gsize length,
                       GError **error)
{
    g_autofree char *safe = NULL;

    if (!output->term.terminal)
        return ifxOutputWrite(output, text, length, error);
    safe = ifxTermEscape(text, length, true);
    return ifxOutputWrite(output, safe, strlen(safe), error);
}

bool
ifxOutputWriteDiff(const ifxOutput *output,
                   const GString *diff,
                   GError **error)
{
    const ifxTerm *term = &output->term;
    g_autoptr(GString) shown = NULL;

    if (!term->terminal && !term->color)
        return ifxOutputWrite(output, diff->str, diff->len, error);
    shown = g_string_sized_new(diff->len * 2);
    ifxOutputFormatDiff(shown, term, diff->str);
    return ifxOutputWrite(output, shown->str, shown->len, error);
}

static ifxStyle
ifxOutputDiffStyle(const char *line)
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
ifxOutputFormatDiff(GString *out,
                    const ifxTerm *term,
                    const char *diff)
{
    const char *at = diff;

    while (*at) {
        const gsize length = strcspn(at, "\n");
        const ifxStyle style = ifxOutputDiffStyle(at);
        g_autofree char *safe = term->terminal ? ifxTermEscape(at, length, true) :
            g_strndup(at, length);

        g_string_append_printf(out, "%s%s%s\n", ifxTermStart(term, style), safe,
                               ifxTermEnd(term, style));
        at += length + (at[length] == '\n');
    }
}
