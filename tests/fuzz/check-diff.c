/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xml/diff.h"
#include "xml/edit.h"
#include "fuzz.h"

/* A unified diff that is carried out as patch does it, but without any slack. */
typedef struct {
    const char *diff;
    const char *old;
    gsize length;
    gsize at;               /* in old */
    gsize line;             /* the number of the line there, from 1 */
    GString *out;
    char kind;              /* of the last line */
    bool open;              /* it was the old text's last line, and had no newline */
    guint64 old_left;       /* of the hunk */
    guint64 new_left;
} ifxFuzzDiff;

/* The old line at hand, without its newline. */
static gsize
ifxFuzzLine(const ifxFuzzDiff *d,
            bool *newline)
{
    const char *end = memchr(d->old + d->at, '\n', d->length - d->at);

    *newline = end != NULL;
    return end ? (gsize) (end - d->old) - d->at : d->length - d->at;
}

static void
ifxFuzzCopyTo(ifxFuzzDiff *d,
              gsize line)
{
    while (d->line < line) {
        bool newline;
        const gsize length = ifxFuzzLine(d, &newline) + 1;

        ifxFuzzExpect(newline);
        g_string_append_len(d->out, d->old + d->at, (gssize) length);
        d->at += length;
        d->line++;
    }
}

static guint64
ifxFuzzNumber(const char **at)
{
    char *end;
    const guint64 number = g_ascii_strtoull(*at, &end, 10);

    ifxFuzzExpect(end != *at);
    *at = end;
    return number;
}

static guint64
ifxFuzzCountIn(const char **at)
{
    if (**at != ',')
        return 1;
    ++*at;
    return ifxFuzzNumber(at);
}

/* "@@ -A,B +C,D @@" */
static void
ifxFuzzHunk(ifxFuzzDiff *d,
            const char *at)
{
    guint64 from;

    ifxFuzzExpect(d->old_left == 0 && d->new_left == 0 && g_str_has_prefix(at, "@@ -"));
    at += strlen("@@ -");
    from = ifxFuzzNumber(&at);
    d->old_left = ifxFuzzCountIn(&at);
    ifxFuzzExpect(g_str_has_prefix(at, " +"));
    at += strlen(" +");
    (void) ifxFuzzNumber(&at);
    d->new_left = ifxFuzzCountIn(&at);
    ifxFuzzExpect(g_str_has_prefix(at, " @@\n"));
    if (d->old_left == 0)
        from++;
    ifxFuzzExpect(from >= d->line);
    ifxFuzzCopyTo(d, from);
}

static void
ifxFuzzTakeLine(ifxFuzzDiff *d,
                const char *text,
                gsize length)
{
    const char kind = *text;

    if (kind == '\\') {
        ifxFuzzExpect(d->open == (d->kind != '+'));
        if (d->kind != '-')
            g_string_truncate(d->out, d->out->len - 1);
        d->open = false;
        d->kind = kind;
        return;
    }

    ifxFuzzExpect(!d->open);
    if (kind != '+') {
        bool newline;
        const gsize had = ifxFuzzLine(d, &newline);

        ifxFuzzExpect((kind == ' ' || kind == '-') && d->old_left-- > 0);
        ifxFuzzExpect(had == length - 1 && memcmp(d->old + d->at, text + 1, had) == 0);
        d->open = !newline;
        d->at += had + newline;
        d->line++;
    }
    if (kind != '-') {
        ifxFuzzExpect(d->new_left-- > 0);
        g_string_append_len(d->out, text + 1, (gssize) length - 1);
        g_string_append_c(d->out, '\n');
    }
    d->kind = kind;
}

void
ifxFuzzCheckDiff(const GArray *edits,
                 const char *bytes,
                 gsize length,
                 GBytes *result)
{
    g_autoptr(GString) diff = g_string_new(NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    ifxFuzzDiff d = { .old = bytes, .length = length, .line = 1, .out = out };
    const char *at;
    const char *end;

    ifxDiffWrite(edits, bytes, length, "d.xml", diff);
    at = diff->str;
    if (diff->len > 0) {
        const char *header = "--- d.xml\n+++ d.xml\n";

        ifxFuzzExpect(g_str_has_prefix(at, header));
        at += strlen(header);
    }
    for (; *at; at = end + 1) {
        end = strchr(at, '\n');
        ifxFuzzExpect(end);
        if (d.old_left == 0 && d.new_left == 0 && *at != '\\')
            ifxFuzzHunk(&d, at);
        else
            ifxFuzzTakeLine(&d, at, (gsize) (end - at));
    }
    ifxFuzzExpect(d.old_left == 0 && d.new_left == 0 && !d.open);
    g_string_append_len(out, bytes + d.at, (gssize) (length - d.at));
    ifxFuzzExpect(out->len == g_bytes_get_size(result) &&
                  memcmp(out->str, g_bytes_get_data(result, NULL), out->len) == 0);
}
