/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch-internal: what the files of a patch share with each other, and xml-style with them.
 *
 * xml-patch-verify reads the whole result, xml-patch-local what was inserted. Both compare it with
 * the nodes of the patch by xml-patch-node.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "xml/xml-patch.h"
#include "xml/xml-text-internal.h"

/* The instructions that insert elements, in the order of the insertions in the result: several
 * can be at one place. New array of instructions that @patch lends; free it with
 * g_ptr_array_unref(). */
GPtrArray *ifxXmlPatchEditsListInsertions(const ifxXmlPatch *patch);

/* @node itself or the first element among its next siblings; NULL if there is none. */
const xmlNode *ifxXmlPatchNodeFirstElement(const xmlNode *node);

/* Is @start the start tag of the inserted element @node, with its attributes in their order?
 * Namespace declarations show in the names. */
bool ifxXmlPatchNodeIsRead(const xmlNode *node, const ifxXmlSaxStart *start);

/* The digest (ifxXmlSaxDigest()) that the text of the inserted element @node must have. */
guint64 ifxXmlPatchNodeDigest(const xmlNode *node);

/* xml-style writes elements and attributes in the document's own style, which is detected around
 * one of its elements. */
typedef struct _ifxXmlStyle ifxXmlStyle;
struct _ifxXmlStyle {
    bool single_line;       /* the element does not begin its line: write no line breaks */
    const char *newline;    /* "\n" or "\r\n": a constant */
    char *indent;           /* white space before the element */
    char *unit;             /* what its children have more */
    char quote;
    bool ascii;             /* characters outside ASCII are written as references */
};

/* The style at @element. Clear with ifxXmlStyleClear(). */
void ifxXmlStyleDetect(ifxXmlStyle *style, const ifxXmlText *text, guint element);
void ifxXmlStyleClear(ifxXmlStyle *style);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxXmlStyle, ifxXmlStyleClear)

/* Appends a line break, the indentation and @depth units; nothing if it is a single line. */
void ifxXmlStyleBreak(const ifxXmlStyle *style, guint depth, GString *out);

/* Appends the element @node, with its children indented by @depth + 1 units. White space between
 * elements is the style's, not the node's. Only namespaces that names in @node use are declared.
 * False with IFX_ERROR_PATCH for what an insertion can't hold (xml-patch.h). */
bool ifxXmlStyleWrite(const ifxXmlStyle *style,
                      const xmlNode *node,
                      guint depth,
                      GString *out,
                      GError **error);

/* Appends " name='value'". False with IFX_ERROR_PATCH for a name outside ASCII where the
 * document is in another encoding. */
bool ifxXmlStyleWriteAttribute(const ifxXmlStyle *style,
                               const char *name,
                               const char *value,
                               GString *out,
                               GError **error);

/* Appends @value as it is written between the style's quotes. */
void ifxXmlStyleWriteValue(const ifxXmlStyle *style, const char *value, GString *out);
