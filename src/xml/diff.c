/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/diff.h"

#include <stdbool.h>
#include <string.h>

#include "xml/edit.h"

#define IFX_DIFF_CONTEXT 3

/* Whole lines of the old text, and the lines that replace them. */
typedef struct {
    gsize old_start;        /* offsets */
    gsize old_end;
    GString *text;          /* owned */
} ifxDiffChange;

typedef struct {
    const char *bytes;
    gsize length;
    GString *out;
    gsize line_offset;      /* of the line line_number (from 0) */
    gsize line_number;
    gssize shift;           /* new lines minus old lines so far */
} ifxDiff;

static void
ifxDiffChangeClear(gpointer change)
{
    g_string_free(((ifxDiffChange *) change)->text, TRUE);
}

static gsize
ifxDiffLineStart(const ifxDiff *diff,
                 gsize offset)
{
    while (offset > 0 && diff->bytes[offset - 1] != '\n')
        offset--;
    return offset;
}

/* The end of the line that @offset is in. */
static gsize
ifxDiffLineEnd(const ifxDiff *diff,
               gsize offset)
{
    const char *end = memchr(diff->bytes + offset, '\n', diff->length - offset);

    return end ? (gsize) (end - diff->bytes) + 1 : diff->length;
}

static gsize
ifxDiffFirstLine(const char *text,
                 gsize length)
{
    const char *end = memchr(text, '\n', length);

    return end ? (gsize) (end - text) + 1 : length;
}

static gsize
ifxDiffLastLine(const char *text,
                gsize length)
{
    gsize start = length;

    while (start > 0 && (start == length || text[start - 1] != '\n'))
        start--;
    return length - start;
}

/* Removes the first and last lines that are the same in both texts. */
static void
ifxDiffTrim(const ifxDiff *diff,
            ifxDiffChange *change)
{
    for (;;) {
        const gsize line = ifxDiffFirstLine(change->text->str, change->text->len);

        if (change->old_start == change->old_end || line == 0 ||
            ifxDiffFirstLine(diff->bytes + change->old_start,
                             change->old_end - change->old_start) != line ||
            memcmp(diff->bytes + change->old_start, change->text->str, line) != 0)
            break;
        change->old_start += line;
        g_string_erase(change->text, 0, (gssize) line);
    }
    for (;;) {
        const gsize line = ifxDiffLastLine(change->text->str, change->text->len);

        if (change->old_start == change->old_end || line == 0 ||
            ifxDiffLastLine(diff->bytes + change->old_start,
                            change->old_end - change->old_start) != line ||
            memcmp(diff->bytes + change->old_end - line,
                   change->text->str + change->text->len - line, line) != 0)
            break;
        change->old_end -= line;
        g_string_truncate(change->text, change->text->len - line);
    }
}

/* An edit at the end of a last line without a line break is in that line. */
static bool
ifxDiffSharesLine(const ifxDiff *diff,
                  const ifxDiffChange *change,
                  const ifxEdit *edit)
{
    return edit->offset < change->old_end ||
        (edit->offset > 0 && edit->offset == change->old_end &&
         diff->bytes[edit->offset - 1] != '\n');
}

/* Edits that share a line become one change. */
static GArray *
ifxDiffCollect(const ifxDiff *diff,
               const GArray *edits)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(ifxDiffChange));
    guint i = 0;
    guint j;

    g_array_set_clear_func(changes, ifxDiffChangeClear);
    while (i < edits->len) {
        const ifxEdit *edit = &g_array_index(edits, ifxEdit, i);
        ifxDiffChange change = {
            .old_start = ifxDiffLineStart(diff, edit->offset),
            .text = g_string_new(NULL),
        };
        gsize at = change.old_start;

        do {
            g_string_append_len(change.text, diff->bytes + at, (gssize) (edit->offset - at));
            g_string_append(change.text, edit->inserted);
            at = edit->offset + edit->removed;
            change.old_end = ifxDiffLineEnd(diff, at);
            i++;
            edit = i < edits->len ? &g_array_index(edits, ifxEdit, i) : NULL;
        } while (edit && ifxDiffSharesLine(diff, &change, edit));

        g_string_append_len(change.text, diff->bytes + at, (gssize) (change.old_end - at));
        ifxDiffTrim(diff, &change);
        if (change.old_start != change.old_end || change.text->len > 0)
            g_array_append_val(changes, change);
        else
            ifxDiffChangeClear(&change);
    }

    for (j = 1; j < changes->len; j++)
        g_assert(g_array_index(changes, ifxDiffChange, j - 1).old_end <=
                 g_array_index(changes, ifxDiffChange, j).old_start);
    return changes;
}

/* Appends each line of @text after @mark. Returns the number of lines. */
static gsize
ifxDiffLines(GString *out,
             char mark,
             const char *text,
             gsize length)
{
    gsize lines = 0;

    while (length > 0) {
        const gsize line = ifxDiffFirstLine(text, length);

        g_string_append_c(out, mark);
        g_string_append_len(out, text, (gssize) line);
        if (text[line - 1] != '\n')
            g_string_append(out, "\n\\ No newline at end of file\n");
        text += line;
        length -= line;
        lines++;
    }
    return lines;
}

static gsize
ifxDiffContextStart(const ifxDiff *diff,
                    gsize offset,
                    gsize floor)
{
    guint i;

    for (i = 0; i < IFX_DIFF_CONTEXT && offset > floor; i++)
        offset = ifxDiffLineStart(diff, offset - 1);
    return offset;
}

static gsize
ifxDiffContextEnd(const ifxDiff *diff,
                  gsize offset)
{
    guint i;

    for (i = 0; i < IFX_DIFF_CONTEXT && offset < diff->length; i++)
        offset = ifxDiffLineEnd(diff, offset);
    return offset;
}

/* "12,7"; "12" for one line; the line before for no lines. */
static void
ifxDiffRange(GString *out,
             gsize start,
             gsize count)
{
    g_string_append_printf(out, "%" G_GSIZE_FORMAT, count == 0 ? start : start + 1);
    if (count != 1)
        g_string_append_printf(out, ",%" G_GSIZE_FORMAT, count);
}

/* One hunk of the changes @first ... @past - 1, whose contexts touch. */
static void
ifxDiffHunk(ifxDiff *diff,
            const GArray *changes,
            guint first,
            guint past)
{
    const gsize start = ifxDiffContextStart(
        diff, g_array_index(changes, ifxDiffChange, first).old_start, diff->line_offset);
    const gsize end = ifxDiffContextEnd(
        diff, g_array_index(changes, ifxDiffChange, past - 1).old_end);
    g_autoptr(GString) body = g_string_new(NULL);
    gsize old_lines = 0;
    gsize new_lines = 0;
    gsize at = start;
    gsize same;
    guint i;

    for (; diff->line_offset < start; diff->line_number++)
        diff->line_offset = ifxDiffLineEnd(diff, diff->line_offset);

    for (i = first; i < past; i++) {
        const ifxDiffChange *change = &g_array_index(changes, ifxDiffChange, i);

        same = ifxDiffLines(body, ' ', diff->bytes + at, change->old_start - at);
        old_lines += same + ifxDiffLines(body, '-', diff->bytes + change->old_start,
                                         change->old_end - change->old_start);
        new_lines += same + ifxDiffLines(body, '+', change->text->str, change->text->len);
        at = change->old_end;
    }
    same = ifxDiffLines(body, ' ', diff->bytes + at, end - at);
    old_lines += same;
    new_lines += same;

    g_string_append(diff->out, "@@ -");
    ifxDiffRange(diff->out, diff->line_number, old_lines);
    g_string_append(diff->out, " +");
    ifxDiffRange(diff->out, diff->line_number + (gsize) diff->shift, new_lines);
    g_string_append(diff->out, " @@\n");
    g_string_append_len(diff->out, body->str, (gssize) body->len);

    diff->shift += (gssize) new_lines - (gssize) old_lines;
    diff->line_number += old_lines;
    diff->line_offset = end;
}

static void
ifxDiffHeader(GString *out,
              const char *mark,
              const char *name)
{
    const char *c;
    bool quote = *name == ' ' || g_str_has_suffix(name, " ");

    for (c = name; *c; c++)
        quote |= (guchar) *c < ' ' || *c == 0x7f || *c == '"' || *c == '\\';

    g_string_append_printf(out, "%s ", mark);
    if (quote) {
        g_string_append_c(out, '"');
        for (c = name; *c; c++) {
            if (*c == '"' || *c == '\\')
                g_string_append_printf(out, "\\%c", *c);
            else if ((guchar) *c < ' ' || *c == 0x7f)
                g_string_append_printf(out, "\\%03o", (guchar) *c);
            else
                g_string_append_c(out, *c);
        }
        g_string_append_c(out, '"');
    } else {
        g_string_append(out, name);
        if (strchr(name, ' '))
            g_string_append_c(out, '\t');
    }
    g_string_append_c(out, '\n');
}

void
ifxDiffWrite(const GArray *edits,
             const char *bytes,
             gsize length,
             const char *name,
             GString *out)
{
    ifxDiff diff = { .bytes = bytes, .length = length, .out = out };
    g_autoptr(GArray) changes = ifxDiffCollect(&diff, edits);
    guint first;
    guint past;

    if (changes->len == 0)
        return;

    ifxDiffHeader(out, "---", name);
    ifxDiffHeader(out, "+++", name);
    for (first = 0; first < changes->len; first = past) {
        for (past = first + 1; past < changes->len; past++) {
            const gsize reach = ifxDiffContextEnd(
                &diff, g_array_index(changes, ifxDiffChange, past - 1).old_end);

            if (ifxDiffContextStart(&diff, g_array_index(changes, ifxDiffChange, past).old_start,
                                    0) > reach)
                break;
        }
        ifxDiffHunk(&diff, changes, first, past);
    }
}

char *
ifxDiffName(const char *path,
            const char *directory,
            gboolean *outside)
{
    const bool deleted = !g_path_is_absolute(directory);
    g_autofree char *full = g_canonicalize_filename(path, deleted ? "/" : directory);
    const gsize length = strlen(directory);

    *outside = deleted || !g_str_has_prefix(full, directory) ||
        (length > 1 && full[length] != '/');
    if (*outside || length == 1)
        return g_strdup(full + strspn(full, "/"));
    return g_strdup(full + length + 1);
}

char *
ifxDiffDomainName(const char *host,
                  const char *name)
{
    g_autofree char *safe = g_strdelimit(g_strdup(name), "/", '_');
    g_autofree char *folder = NULL;

    if (!host)
        return g_strdup_printf("%s.xml", safe);
    folder = g_strcanon(g_strdup(host), G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-", '_');
    return g_strdup_printf("%s/%s.xml", folder, safe);
}
