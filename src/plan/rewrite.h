/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rewrite: makes a domain's new text from a plan, or from a patch.
 */

#pragma once

#include <glib.h>

#include "plan/plan.h"
#include "xml/stylesheet.h"
#include "xml/xml-patch.h"

typedef struct _ifxRewrite ifxRewrite;
struct _ifxRewrite {
    GArray *edits;          /* ifxEdit: none if nothing is to change */
    GBytes *text;           /* the new text; the old one if nothing is to change */
    ifxXmlPatch *patch;     /* makes the new text; lends from the domain and @docs; NULL: none */
    GPtrArray *docs;        /* the documents from which the patch lends */
};

/* Makes the new text: @stylesheets (ifxStylesheet) make patches from the plan, and their edits make
 * the text. The text is parsed again and compared with what the patch asks for. NULL with
 * IFX_ERROR_PATCH or IFX_ERROR_MISMATCH. If the plan asks for no change, no stylesheet runs. The
 * plan's domain must outlive the rewrite. Free with ifxRewriteFree(). */
ifxRewrite *ifxRewriteNew(const ifxPlan *plan,
                          const GPtrArray *stylesheets,
                          GError **error);

/* The same for a diff that is shown: the text itself goes nowhere. Where
 * ifxXmlPatchLocalVerify() is enough, the text is not parsed again. */
ifxRewrite *ifxRewriteNewPreview(const ifxPlan *plan,
                                 const GPtrArray *stylesheets,
                                 GError **error);
void ifxRewriteFree(ifxRewrite *rewrite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRewrite, ifxRewriteFree)

/* What @patch, the text of an XML patch, makes of @text, which must outlive it; the result is
 * parsed and compared as above. NULL with IFX_ERROR_PATCH or IFX_ERROR_MISMATCH. Free with
 * ifxRewriteFree(). */
ifxRewrite *ifxRewriteFromPatch(const ifxXmlText *text, const char *patch, GError **error);

/* The same from bytes and to bytes. NULL also with IFX_ERROR_XML, for @bytes. */
GBytes *ifxRewriteByPatch(GBytes *bytes, const char *patch, GError **error);
