/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stylesheet: XSLT 1.0, in a sandbox. The one file that calls libxslt.
 *
 * While it transforms, a stylesheet reads and writes no file and sees no network:
 * document() fails too, which xsltproc's --nonet and --nowrite do not ensure. A site's own
 * stylesheet runs, besides, in a process that could open nothing (sandbox.h), and
 * within limits on time, depth, memory and output. Import and include work, from files,
 * while it is compiled.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

typedef struct _ifxStylesheet ifxStylesheet;

/* One that the tool carries. */
typedef enum {
    IFX_STYLESHEET_COMPLETE_GROUPS,     /* xslt/complete-groups.xsl */
    IFX_STYLESHEET_MANAGED,             /* xslt/managed.xsl */
    IFX_STYLESHEET_PRUNE,               /* xslt/prune.xsl */
} ifxStylesheetName;

/* Compiles it. NULL with IFX_ERROR_PATCH if libxslt can't. Free with ifxStylesheetFree(). */
ifxStylesheet *ifxStylesheetNew(ifxStylesheetName name, GError **error);

/* A site's own, from @path. NULL with IFX_ERROR_FILE if it can't be read, with
 * IFX_ERROR_PATCH if it can't be compiled. Free with ifxStylesheetFree(). */
ifxStylesheet *ifxStylesheetLoad(const char *path, GError **error);

/* Was it loaded from a file? */
bool ifxStylesheetIsOwn(const ifxStylesheet *stylesheet);

void ifxStylesheetFree(ifxStylesheet *stylesheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxStylesheet, ifxStylesheetFree)

/* What it makes of @doc: a new document, to be freed with xmlFreeDoc(). NULL with
 * IFX_ERROR_PATCH, in the words of the stylesheet (xsl:message terminate='yes') or of libxslt. */
xmlDoc *ifxStylesheetApply(const ifxStylesheet *stylesheet, xmlDoc *doc, GError **error);
