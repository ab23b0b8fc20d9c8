/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit: a change of a text as places, bytes removed and bytes inserted.
 *
 * Whatever is shown, written or redefined is made of edits on the original
 * bytes; what no edit names stays as it is.
 */

#pragma once

#include <glib.h>

typedef struct _ifxEdit ifxEdit;
struct _ifxEdit {
    gsize offset;
    gsize removed;
    char *inserted;         /* owned */
};

/* A GArray of ifxEdit in order of offset, no two of which overlap; edits at the same
 * offset take effect in their order. Free with g_array_unref(). */
GArray *ifxEditsNew(void);

/* Appends an edit; @inserted is taken over. */
void ifxEditsAdd(GArray *edits, gsize offset, gsize removed, char *inserted);

/* The new text. Free with g_bytes_unref(). */
GBytes *ifxEditsApply(const GArray *edits, const char *bytes, gsize length);
