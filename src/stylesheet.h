/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stylesheet: XSLT 1.0, in a sandbox. The one file that calls libxslt.
 *
 * While it transforms, a stylesheet reads and writes no file and sees no network:
 * document() fails too, which xsltproc's --nonet and --nowrite do not ensure.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

typedef struct _ifxStylesheet ifxStylesheet;

/* The stylesheet that the tool carries: xslt/complete-groups.xsl. NULL with
 * IFX_ERROR_PATCH if libxslt can't compile it. Free with ifxStylesheetFree(). */
ifxStylesheet *ifxStylesheetNew(GError **error);
void ifxStylesheetFree(ifxStylesheet *stylesheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxStylesheet, ifxStylesheetFree)

/* What it makes of @doc: a new document, to be freed with xmlFreeDoc(). NULL with
 * IFX_ERROR_PATCH, in the words of the stylesheet or of libxslt. */
xmlDoc *ifxStylesheetApply(const ifxStylesheet *stylesheet, xmlDoc *doc, GError **error);
