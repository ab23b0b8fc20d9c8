/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rewrite: from a plan to a domain's new text.
 */

#pragma once

#include <glib.h>

#include "plan.h"
#include "stylesheet.h"

typedef struct _ifxRewrite ifxRewrite;
struct _ifxRewrite {
    GArray *edits;          /* ifxEdit: none if nothing is to change */
    GBytes *text;           /* the new text; the old one if nothing is to change */
};

/* Plan, @stylesheets (ifxStylesheet), patch, edits, new text; the latter is parsed and
 * compared before it is given. NULL with IFX_ERROR_PATCH or IFX_ERROR_MISMATCH. Where the
 * plan asks for no change no stylesheet is run. Free with ifxRewriteFree(). */
ifxRewrite *ifxRewriteNew(const ifxPlan *plan,
                          const GPtrArray *stylesheets,
                          GError **error);
void ifxRewriteFree(ifxRewrite *rewrite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRewrite, ifxRewriteFree)
