/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/edit-lines.h"

#include <stdbool.h>
#include <string.h>

#include "xml/edit.h"

/* The table for the longest common part has a cell for each pair of lines. */
#define IFX_EDIT_CELLS (4 * 1024 * 1024)

/* A text, and its lines of which some are to be compared. */
typedef struct {
    const char *bytes;
    GArray *starts;         /* gsize: where lines start, and where the last one ends */
    guint from;
    guint past;
} ifxLines;

static ifxLines
ifxLinesSplit(GBytes *text)
{
    gsize length;
    gsize at = 0;
    const char *bytes = g_bytes_get_data(text, &length);
    ifxLines lines = {
        .bytes = bytes ? bytes : "",
        .starts = g_array_new(FALSE, FALSE, sizeof(gsize)),
    };

    while (at < length) {
        const char *end = memchr(lines.bytes + at, '\n', length - at);

        g_array_append_val(lines.starts, at);
        at = end ? (gsize) (end - lines.bytes) + 1 : length;
    }
    g_array_append_val(lines.starts, length);
    lines.past = lines.starts->len - 1;
    return lines;
}

static gsize
ifxLinesStart(const ifxLines *lines,
              guint i)
{
    return g_array_index(lines->starts, gsize, i);
}

static bool
ifxLinesEqual(const ifxLines *one,
              guint i,
              const ifxLines *other,
              guint j)
{
    const gsize length = ifxLinesStart(one, i + 1) - ifxLinesStart(one, i);

    return length == ifxLinesStart(other, j + 1) - ifxLinesStart(other, j) &&
        memcmp(one->bytes + ifxLinesStart(one, i), other->bytes + ifxLinesStart(other, j),
               length) == 0;
}

/* Leaves out the lines that both begin and end with. */
static void
ifxLinesTrim(ifxLines *before,
             ifxLines *after)
{
    while (before->from < before->past && after->from < after->past &&
           ifxLinesEqual(before, before->from, after, after->from)) {
        before->from++;
        after->from++;
    }
    while (before->from < before->past && after->from < after->past &&
           ifxLinesEqual(before, before->past - 1, after, after->past - 1)) {
        before->past--;
        after->past--;
    }
}

/* Lines [i, past_i) of @before become lines [j, past_j) of @after. */
static void
ifxLinesReplace(GArray *edits,
                const ifxLines *before,
                guint i,
                guint past_i,
                const ifxLines *after,
                guint j,
                guint past_j)
{
    const gsize start = ifxLinesStart(before, i);
    const gsize from = ifxLinesStart(after, j);

    if (i < past_i || j < past_j)
        ifxEditsAdd(edits, start, ifxLinesStart(before, past_i) - start,
                    g_strndup(after->bytes + from, ifxLinesStart(after, past_j) - from));
}

/* For each pair of lines how many are common to what follows them. */
static guint *
ifxLinesCompare(const ifxLines *before,
                const ifxLines *after)
{
    const gsize rows = before->past - before->from;
    const gsize columns = after->past - after->from;
    guint *common = g_new0(guint, (rows + 1) * (columns + 1));
    gsize i;
    gsize j;

    for (i = rows; i-- > 0;) {
        for (j = columns; j-- > 0;) {
            const gsize cell = i * (columns + 1) + j;

            common[cell] = ifxLinesEqual(before, before->from + (guint) i,
                                         after, after->from + (guint) j) ?
                common[cell + columns + 2] + 1 : MAX(common[cell + columns + 1], common[cell + 1]);
        }
    }
    return common;
}

static void
ifxLinesWalk(GArray *edits,
             const ifxLines *before,
             const ifxLines *after)
{
    const gsize columns = after->past - after->from;
    g_autofree guint *common = ifxLinesCompare(before, after);
    guint i = before->from;
    guint j = after->from;
    guint first_i = i;
    guint first_j = j;

    while (i < before->past && j < after->past) {
        const gsize cell = (gsize) (i - before->from) * (columns + 1) + (j - after->from);

        if (ifxLinesEqual(before, i, after, j)) {
            ifxLinesReplace(edits, before, first_i, i, after, first_j, j);
            first_i = ++i;
            first_j = ++j;
        } else if (common[cell + columns + 1] >= common[cell + 1]) {
            i++;
        } else {
            j++;
        }
    }
    ifxLinesReplace(edits, before, first_i, before->past, after, first_j, after->past);
}

GArray *
ifxEditsBetween(GBytes *before,
                GBytes *after)
{
    GArray *edits = ifxEditsNew();
    ifxLines old = ifxLinesSplit(before);
    ifxLines new = ifxLinesSplit(after);

    ifxLinesTrim(&old, &new);
    if ((gsize) (old.past - old.from + 1) * (new.past - new.from + 1) <= IFX_EDIT_CELLS)
        ifxLinesWalk(edits, &old, &new);
    else
        ifxLinesReplace(edits, &old, old.from, old.past, &new, new.from, new.past);
    g_array_unref(old.starts);
    g_array_unref(new.starts);
    return edits;
}
