/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-verify: is a document another one with a patch carried out?
 *
 * The comparison is made on libxml2's reading of both, so that it finds what the
 * byte scanner or an edit got wrong.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml-patch.h"

/* Is @result, read anew, the patch's document with the patch carried out? Elements,
 * attributes, namespaces and text are compared, white space in text is not. False with
 * IFX_ERROR_MISMATCH at the first element that is not as expected: the edits must not be
 * used. */
bool ifxXmlPatchVerify(const ifxXmlPatch *patch, const ifxXmlText *result, GError **error);
