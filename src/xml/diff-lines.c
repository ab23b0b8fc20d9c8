/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/diff-lines.h"

#include <stdbool.h>
#include <string.h>

#include "xml/diff.h"
#include "xml/edit.h"

/* The most pairs of lines that are compared. */
#define IFX_DIFF_LINES_PAIRS (8 * 1024 * 1024)

typedef struct {
    const char *text;
    GArray *starts;         /* gsize: of each line; the last is the end of the text */
    guint from;             /* the lines that differ: from this one on, and before past */
    guint past;
} ifxDiffLinesSide;

static ifxDiffLinesSide
ifxDiffLinesSplit(const char *text)
{
    ifxDiffLinesSide side = { .text = text, .starts = g_array_new(FALSE, FALSE, sizeof(gsize)) };
    const gsize length = strlen(text);
    gsize at = 0;

    while (at < length) {
        const char *end = strchr(text + at, '\n');

        g_array_append_val(side.starts, at);
        at = end ? (gsize) (end - text) + 1 : length;
    }
    side.past = side.starts->len;
    g_array_append_val(side.starts, length);
    return side;
}

static gsize
ifxDiffLinesStart(const ifxDiffLinesSide *side,
                  guint line)
{
    return g_array_index(side->starts, gsize, line);
}

static bool
ifxDiffLinesIsSame(const ifxDiffLinesSide *before,
                   guint one,
                   const ifxDiffLinesSide *after,
                   guint other)
{
    const gsize start = ifxDiffLinesStart(before, one);
    const gsize other_start = ifxDiffLinesStart(after, other);
    const gsize length = ifxDiffLinesStart(before, one + 1) - start;

    return length == ifxDiffLinesStart(after, other + 1) - other_start &&
        memcmp(before->text + start, after->text + other_start, length) == 0;
}

/* Leaves out what both begin and end with. */
static void
ifxDiffLinesTrim(ifxDiffLinesSide *before,
                 ifxDiffLinesSide *after)
{
    while (before->from < before->past && after->from < after->past &&
           ifxDiffLinesIsSame(before, before->from, after, after->from)) {
        before->from++;
        after->from++;
    }
    while (before->past > before->from && after->past > after->from &&
           ifxDiffLinesIsSame(before, before->past - 1, after, after->past - 1)) {
        before->past--;
        after->past--;
    }
}

/* Replaces the lines of @before from @one on and before @one_past by those of @after. */
static void
ifxDiffLinesReplace(GArray *edits,
                    const ifxDiffLinesSide *before,
                    guint one,
                    guint one_past,
                    const ifxDiffLinesSide *after,
                    guint other,
                    guint other_past)
{
    const gsize offset = ifxDiffLinesStart(before, one);
    const gsize start = ifxDiffLinesStart(after, other);

    if (one < one_past || other < other_past)
        ifxEditsAdd(edits, offset, ifxDiffLinesStart(before, one_past) - offset,
                    g_strndup(after->text + start,
                              ifxDiffLinesStart(after, other_past) - start));
}

/* The length of the longest common subsequence of the lines from each pair on, row by row. */
static guint *
ifxDiffLinesMeasure(const ifxDiffLinesSide *before,
                    const ifxDiffLinesSide *after)
{
    const guint rows = before->past - before->from;
    const guint columns = after->past - after->from;
    guint *lengths = g_new0(guint, (gsize) (rows + 1) * (columns + 1));
    guint i;
    guint j;

    for (i = rows; i > 0; i--) {
        guint *row = lengths + (gsize) (i - 1) * (columns + 1);
        const guint *next = row + columns + 1;

        for (j = columns; j > 0; j--)
            row[j - 1] = ifxDiffLinesIsSame(before, before->from + i - 1, after,
                                            after->from + j - 1) ?
                next[j] + 1 : MAX(next[j - 1], row[j]);
    }
    return lengths;
}

static void
ifxDiffLinesFind(GArray *edits,
                 const ifxDiffLinesSide *before,
                 const ifxDiffLinesSide *after)
{
    const guint columns = after->past - after->from;
    g_autofree guint *lengths = ifxDiffLinesMeasure(before, after);
    guint one = before->from;
    guint other = after->from;
    guint one_last = one;
    guint other_last = other;

    while (one < before->past && other < after->past) {
        const guint *row = lengths + (gsize) (one - before->from) * (columns + 1) +
            (other - after->from);

        if (ifxDiffLinesIsSame(before, one, after, other)) {
            ifxDiffLinesReplace(edits, before, one_last, one, after, other_last, other);
            one_last = ++one;
            other_last = ++other;
        } else if (row[columns + 1] >= row[1]) {
            one++;
        } else {
            other++;
        }
    }
    ifxDiffLinesReplace(edits, before, one_last, before->past, after, other_last, after->past);
}

void
ifxDiffLinesWrite(const char *before,
                  const char *after,
                  const char *name,
                  GString *out)
{
    ifxDiffLinesSide one = ifxDiffLinesSplit(before);
    ifxDiffLinesSide other = ifxDiffLinesSplit(after);
    g_autoptr(GArray) edits = ifxEditsNew();

    ifxDiffLinesTrim(&one, &other);
    if ((guint64) (one.past - one.from) * (other.past - other.from) > IFX_DIFF_LINES_PAIRS)
        ifxDiffLinesReplace(edits, &one, one.from, one.past, &other, other.from, other.past);
    else
        ifxDiffLinesFind(edits, &one, &other);
    ifxDiffWrite(edits, before, strlen(before), name, out);
    g_array_unref(one.starts);
    g_array_unref(other.starts);
}
