/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-tree: elements of a document as libxml2's nodes, to be put into another one.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

#include "xml/xml-text.h"

/* The document as a tree. NULL with IFX_ERROR_XML if there is no room for it.
 * Free with xmlFreeDoc(). */
xmlDoc *ifxXmlTreeParse(const ifxXmlText *text, GError **error);

/* Makes a copy of @element of @text, whose tree is @tree, the last child of @parent: all that is
 * in it but comments and processing instructions, with the namespaces that its names use. */
void ifxXmlTreeCopy(const ifxXmlText *text,
                    guint element,
                    const xmlDoc *tree,
                    xmlNode *parent);
