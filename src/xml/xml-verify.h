/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-verify: is a document another one with a patch carried out?
 *
 * The result is read by libxml2 (xml-sax.h) and compared while it is read with its
 * reading of the original, so that the comparison finds what the byte scanner or an edit
 * got wrong.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-patch.h"

/* Is @result the patch's document with the patch carried out (xml-expect.h)? Elements,
 * attributes, namespaces and text are compared, white space in text is not. False with
 * IFX_ERROR_MISMATCH at the first element that is not as expected, or with IFX_ERROR_XML
 * when it is not well-formed: the edits must not be used. */
bool ifxXmlPatchVerify(const ifxXmlPatch *patch, GBytes *result, GError **error);
