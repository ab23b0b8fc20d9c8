/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-doc: documents as libxml2's trees: node devices, captures, plan files; parts of domains.
 *
 * Names are compared without namespaces, as libvirt does.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "xml/xml-text.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* Reads a document whose root must be called @root. A DOCTYPE is an error, and libxml2's own
 * limits apply. NULL with IFX_ERROR_XML, in one line. Free with xmlFreeDoc(). */
xmlDoc *ifxXmlDocRead(const char *xml, gsize length, const char *root, GError **error);

/* Is it an element of that name? */
bool ifxXmlDocIs(const xmlNode *node, const char *name);

/* The first child element of that name; NULL if there is none. Lent by the document. */
const xmlNode *ifxXmlDocChild(const xmlNode *parent, const char *name);

/* The first <capability type='TYPE'> of @parent; NULL if there is none. Lent by the document. */
const xmlNode *ifxXmlDocCapability(const xmlNode *parent, const char *type);

/* The text in @node, stripped. Free with g_free(). */
char *ifxXmlDocContent(const xmlNode *node);

/* The text of the first child of that name, stripped; NULL if there is none. Free with
 * g_free(). */
char *ifxXmlDocText(const xmlNode *parent, const char *name);

/* The value of an attribute; NULL if there is none. Free with g_free(). */
char *ifxXmlDocAttribute(const xmlNode *node, const char *name);

/* Reads a C number, 0x1f or 31. False for anything else, for NULL, and for a number above @max. */
bool ifxXmlDocNumber(const char *text, guint64 max, guint64 *number);

/* The tree of @text. NULL with IFX_ERROR_XML if memory is short. Free with xmlFreeDoc(). */
xmlDoc *ifxXmlDocFromText(const ifxXmlText *text, GError **error);

/* Appends to @parent a copy of @element of @text, whose tree is @tree: all of it except comments
 * and processing instructions, with the namespaces that its names use. */
void ifxXmlDocCopyElement(const ifxXmlText *text,
                          guint element,
                          const xmlDoc *tree,
                          xmlNode *parent);
