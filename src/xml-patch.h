/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch: an XML patch (RFC 5261) as edits on a document's bytes.
 *
 * Of the RFC's language a closed subset is read:
 *
 *     <diff>                                root, in no namespace
 *       <add sel='PATH' pos='after'>        pos: before, after, prepend; absent: append
 *         elements
 *       </add>
 *     </diff>
 *
 * PATH is that of xml-path.h and matches exactly one element of the original document.
 * Instructions stand in reverse document order of their targets, one a target, so that
 * carrying them out one after the other, as the RFC does, and reading them all against
 * the original, as is done here, come to the same. Anything else is IFX_ERROR_PATCH
 * and names the instruction.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

#include "xml-text.h"

typedef struct _ifxXmlPatch ifxXmlPatch;

/* Reads @doc against @text; lends from both, which must outlive it.
 * Free with ifxXmlPatchFree(). */
ifxXmlPatch *ifxXmlPatchRead(const xmlDoc *doc, const ifxXmlText *text, GError **error);
void ifxXmlPatchFree(ifxXmlPatch *patch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlPatch, ifxXmlPatchFree)

/* The edits (edit.h) that carry the patch out in the document's style: new array. */
GArray *ifxXmlPatchGetEdits(const ifxXmlPatch *patch, GError **error);

/* Is @result, read anew, the original with the patch carried out? Elements, attributes,
 * namespaces and text are compared, white space in text is not. False with
 * IFX_ERROR_MISMATCH: the edits must not be used. */
bool ifxXmlPatchVerify(const ifxXmlPatch *patch, const ifxXmlText *result, GError **error);
