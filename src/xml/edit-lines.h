/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit-lines: by which edits one text becomes another, line by line.
 */

#pragma once

#include <glib.h>

/* The edits (edit.h) of whole lines that make @after of @before; as few lines as can be where the
 * texts differ in some thousand lines, else all between the first and the last that differ. Neither
 * text holds a NUL. Free with g_array_unref(). */
GArray *ifxEditsBetween(GBytes *before, GBytes *after);
