/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-style: writing elements and attributes into a document in the document's own hand.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "xml/xml-text.h"

/* How a document is written around one of its elements. */
typedef struct _ifxXmlStyle ifxXmlStyle;
struct _ifxXmlStyle {
    bool single_line;           /* the element does not begin its line: break none */
    const char *newline;    /* "\n" or "\r\n": a constant */
    char *indent;           /* white space before the element */
    char *unit;             /* what its children have more */
    char quote;
    bool ascii;             /* what is not ASCII is written as a reference */
};

/* The style at @element. Clear with ifxXmlStyleClear(). */
void ifxXmlStyleDetect(ifxXmlStyle *style, const ifxXmlText *text, guint element);
void ifxXmlStyleClear(ifxXmlStyle *style);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxXmlStyle, ifxXmlStyleClear)

/* Appends a line break and @depth units behind the indentation; nothing when inline. */
void ifxXmlStyleBreak(const ifxXmlStyle *style, guint depth, GString *out);

/* Appends @node, an element, its children indented by @depth + 1 units; white space
 * between elements is the style's, not the node's. Only the namespaces that names of
 * @node use are declared. False with IFX_ERROR_PATCH for what an insertion can't hold:
 * a name outside ASCII where the document is in another encoding, entity references,
 * processing instructions. */
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

/* Appends @value as it stands between the style's quotes. */
void ifxXmlStyleWriteValue(const ifxXmlStyle *style, const char *value, GString *out);
