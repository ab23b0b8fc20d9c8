/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch-edits: a patch as edits on the document's bytes.
 */

#pragma once

#include <glib.h>

#include "xml/xml-patch.h"

/* The edits (edit.h) that carry the patch out in the document's own hand: its indentation,
 * line ending and quotes. An element that is removed takes its line along where it has one
 * of its own. New array. NULL with IFX_ERROR_PATCH for what an insertion can't hold
 * (see ifxXmlStyleWrite()). */
GArray *ifxXmlPatchGetEdits(const ifxXmlPatch *patch, GError **error);

/* The instructions that insert elements, in the order in which the insertions stand in
 * the result: several can be at one place. Lent from @patch;
 * free the array with g_ptr_array_unref(). */
GPtrArray *ifxXmlPatchGetInsertions(const ifxXmlPatch *patch);
