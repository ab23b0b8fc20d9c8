/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stylesheet: XSLT 1.0, in a sandbox. Only this file calls libxslt.
 *
 * During a transformation a stylesheet reads no file, writes no file and has no network.
 * document() fails too, which xsltproc's --nonet and --nowrite do not ensure. A site's own
 * stylesheet is compiled and run in a process of its own (sandbox.h), within limits on time, depth,
 * memory and output. That process reads what the stylesheet imports and includes, which must be
 * regular files, and can open nothing more when the transformation begins. No entity and no DTD
 * reads a file.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "xml/xml-doc.h"

typedef struct _ifxStylesheet ifxStylesheet;

/* A built-in stylesheet. */
typedef enum {
    IFX_STYLESHEET_COMPLETE_GROUPS,     /* xslt/complete-groups.xsl */
    IFX_STYLESHEET_MANAGED,             /* xslt/managed.xsl */
    IFX_STYLESHEET_GIVE,                /* xslt/give.xsl */
    IFX_STYLESHEET_MOVED,               /* xslt/moved.xsl */
    IFX_STYLESHEET_PRUNE,               /* xslt/prune.xsl */
    IFX_STYLESHEET_REPORT,              /* xslt/report.xsl */
} ifxStylesheetName;

/* Compiles a built-in one. NULL with IFX_ERROR_PATCH if libxslt can't. Free with
 * ifxStylesheetFree(). */
ifxStylesheet *ifxStylesheetNew(ifxStylesheetName name, GError **error);

/* Reads a site's own, from @path, and compiles it once to see whether that works: each
 * transformation compiles it again. NULL with IFX_ERROR_FILE if it can't be read, with
 * IFX_ERROR_PATCH if it can't be compiled. Free with ifxStylesheetFree(). */
ifxStylesheet *ifxStylesheetLoad(const char *path, GError **error);

/* Was it loaded from a file? */
bool ifxStylesheetIsOwn(const ifxStylesheet *stylesheet);

void ifxStylesheetFree(ifxStylesheet *stylesheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxStylesheet, ifxStylesheetFree)

/* Transforms @doc. Returns a new document, to be freed with xmlFreeDoc(). NULL with
 * IFX_ERROR_PATCH and the message of the stylesheet (xsl:message terminate='yes') or of
 * libxslt. Other messages of a site's own stylesheet are printed on stderr, each line once in a
 * run:
 *
 *     virt-iommufix: PATH: LINE */
xmlDoc *ifxStylesheetApply(const ifxStylesheet *stylesheet, xmlDoc *doc, GError **error);

/* Appends @result, which @stylesheet made, as its xsl:output says. False with IFX_ERROR_PATCH if
 * libxslt can't. */
bool ifxStylesheetFormat(const ifxStylesheet *stylesheet,
                         xmlDoc *result,
                         GString *out,
                         GError **error);

/* The texts of the built-in stylesheets, for stylesheet.c alone, and what the page of report.xsl
 * holds beside its own. The build makes them from xslt/, so that the tool never runs with
 * stylesheets of another version. */
extern const char ifxBuiltinCompleteGroups[];
extern const char ifxBuiltinManaged[];
extern const char ifxBuiltinGive[];
extern const char ifxBuiltinMoved[];
extern const char ifxBuiltinPrune[];
extern const char ifxBuiltinReport[];
extern const char ifxBuiltinReportStyle[];
extern const char ifxBuiltinReportScript[];
