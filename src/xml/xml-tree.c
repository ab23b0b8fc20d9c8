/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-tree.h"

#include <libxml/parser.h>

#include "base/error.h"

xmlDoc *
ifxXmlTreeParse(const ifxXmlText *text,
                GError **error)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    xmlDoc *tree = xmlReadMemory(bytes, (int) length, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA |
                                 XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (!tree)
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML, "libxml2 can't make a tree of it");
    return tree;
}

static xmlNode *
ifxXmlTreeFind(const ifxXmlText *text,
               guint element,
               const xmlDoc *tree)
{
    const guint parent = ifxXmlTextGetElement(text, element)->parent;
    xmlNode *node;
    guint i;

    if (parent == IFX_XML_NONE)
        return xmlDocGetRootElement((xmlDoc *) tree);
    node = xmlFirstElementChild(ifxXmlTreeFind(text, parent, tree));
    for (i = parent + 1; i != element; i = ifxXmlTextGetElement(text, i)->past)
        node = xmlNextElementSibling(node);
    return node;
}

/* What no XML patch can insert. */
static void
ifxXmlTreeStrip(xmlNode *node)
{
    xmlNode *child = node->children;

    while (child) {
        xmlNode *next = child->next;

        if (child->type == XML_COMMENT_NODE || child->type == XML_PI_NODE) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        } else if (child->type == XML_ELEMENT_NODE) {
            ifxXmlTreeStrip(child);
        }
        child = next;
    }
}

void
ifxXmlTreeCopy(const ifxXmlText *text,
               guint element,
               const xmlDoc *tree,
               xmlNode *parent)
{
    xmlNode *copy = xmlDocCopyNode(ifxXmlTreeFind(text, element, tree), parent->doc, 1);

    ifxXmlTreeStrip(copy);
    xmlAddChild(parent, copy);
}
