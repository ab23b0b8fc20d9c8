/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/edit.h"

#include <string.h>

static void
ifxEditClear(gpointer edit)
{
    g_free(((ifxEdit *) edit)->inserted);
}

GArray *
ifxEditsNew(void)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(ifxEdit));

    g_array_set_clear_func(edits, ifxEditClear);
    return edits;
}

void
ifxEditsAdd(GArray *edits,
            gsize offset,
            gsize removed,
            char *inserted)
{
    ifxEdit edit = { .offset = offset, .removed = removed, .inserted = inserted };

    g_array_append_val(edits, edit);
}

GBytes *
ifxEditsApply(const GArray *edits,
              const char *bytes,
              gsize length)
{
    GByteArray *result = g_byte_array_sized_new((guint) length + 1024);
    gsize at = 0;
    guint i;

    for (i = 0; i < edits->len; i++) {
        const ifxEdit *edit = &g_array_index(edits, ifxEdit, i);

        g_byte_array_append(result, (const guint8 *) bytes + at, (guint) (edit->offset - at));
        g_byte_array_append(result, (const guint8 *) edit->inserted,
                            (guint) strlen(edit->inserted));
        at = edit->offset + edit->removed;
    }
    g_byte_array_append(result, (const guint8 *) bytes + at, (guint) (length - at));
    return g_byte_array_free_to_bytes(result);
}
