/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-doc: documents other than domains, as trees: node devices, captures of them, plan files.
 *
 * For the files that read them. Names are compared without namespaces, as libvirt does.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* The document, whose root is called @root. It has no DOCTYPE, and libxml2's own limits hold. NULL
 * with IFX_ERROR_XML, on one line. Free with xmlFreeDoc(). */
xmlDoc *ifxXmlDocRead(const char *xml, gsize length, const char *root, GError **error);

/* Is it an element of that name? */
bool ifxXmlDocIs(const xmlNode *node, const char *name);

/* The first child element of that name; NULL: there is none. Lent by the document. */
const xmlNode *ifxXmlDocChild(const xmlNode *parent, const char *name);

/* The first <capability type='TYPE'> of @parent; NULL: there is none. Lent by the document. */
const xmlNode *ifxXmlDocCapability(const xmlNode *parent, const char *type);

/* The text in @node, stripped. Free with g_free(). */
char *ifxXmlDocContent(const xmlNode *node);

/* The text of the first child of that name, stripped; NULL: there is none. Free with g_free(). */
char *ifxXmlDocText(const xmlNode *parent, const char *name);

/* An attribute's value; NULL: it has none. Free with g_free(). */
char *ifxXmlDocAttribute(const xmlNode *node, const char *name);

/* Reads a C number, 0x1f or 31; false for anything else (NULL too), and for one above @max. */
bool ifxXmlDocNumber(const char *text, guint64 max, guint64 *number);
