/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit: a change of a text: where, how many bytes are removed, what is inserted.
 *
 * Everything that is shown, written or redefined is made from edits of the original bytes. Bytes
 * that no edit names stay as they are.
 */

#pragma once

#include <glib.h>

typedef struct _ifxEdit ifxEdit;
struct _ifxEdit {
    gsize offset;
    gsize removed;          /* bytes */
    char *inserted;         /* owned */
};

/* A GArray of ifxEdit in order of offset. Edits do not overlap; edits at the same offset take
 * effect in their order. Free with g_array_unref(). */
GArray *ifxEditsNew(void);

/* Appends an edit and takes ownership of @inserted. */
void ifxEditsAdd(GArray *edits, gsize offset, gsize removed, char *inserted);

/* The new text. Free with g_bytes_unref(). */
GBytes *ifxEditsApply(const GArray *edits, const char *bytes, gsize length);
