/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch-format: a patch as the text of an XML patch (RFC 5261), to be kept.
 */

#pragma once

#include "xml/xml-patch.h"

/* The document that ifxXmlPatchRead() reads as @patch, in UTF-8. Free with g_free(). */
char *ifxXmlPatchFormat(const ifxXmlPatch *patch);
