/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-doc.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdlib.h>

#include "base/error.h"

#define IFX_XML_DOC_OPTIONS \
    (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT)

/* Called before the content of the DOCTYPE is read, so no entity is ever expanded. */
static void
ifxXmlDocStopAtDoctype(void *opaque,
                       const xmlChar *name G_GNUC_UNUSED,
                       const xmlChar *public_id G_GNUC_UNUSED,
                       const xmlChar *system_id G_GNUC_UNUSED)
{
    xmlParserCtxtPtr parser = opaque;

    *(bool *) parser->_private = true;
    xmlStopParser(parser);
}

xmlDoc *
ifxXmlDocRead(const char *xml,
              gsize length,
              const char *root,
              GError **error)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    g_autoptr(xmlDoc) doc = NULL;
    g_autofree char *message = NULL;
    const xmlError *problem;
    const xmlNode *node;
    bool doctype = false;
    int line;

    parser->_private = &doctype;
    parser->sax->internalSubset = ifxXmlDocStopAtDoctype;
    if (length <= G_MAXINT)
        doc = xmlCtxtReadMemory(parser, xml, (int) length, NULL, NULL, IFX_XML_DOC_OPTIONS);
    problem = xmlCtxtGetLastError(parser);
    message = g_strstrip(g_strdup(problem && problem->message ? problem->message :
                                  length > 0 ? "not XML" : "it is empty"));
    line = problem ? problem->line : 0;
    xmlFreeParserCtxt(parser);

    if (doctype) {
        ifxErrorSet(error, IFX_ERROR_XML,
                    "there is a DOCTYPE, which libvirt's XML never has: remove it");
        return NULL;
    }
    if (!doc) {
        ifxErrorSet(error, IFX_ERROR_XML, "line %d: %s", line, g_strdelimit(message, "\r\n", ' '));
        return NULL;
    }
    node = xmlDocGetRootElement(doc);
    if (!ifxXmlDocIs(node, root)) {
        ifxErrorSet(error, IFX_ERROR_XML, "it holds a <%s>, not a <%s>", (const char *) node->name,
                    root);
        return NULL;
    }
    return g_steal_pointer(&doc);
}

bool
ifxXmlDocIs(const xmlNode *node,
            const char *name)
{
    return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, BAD_CAST name);
}

const xmlNode *
ifxXmlDocChild(const xmlNode *parent,
               const char *name)
{
    const xmlNode *child = parent->children;

    while (child && !ifxXmlDocIs(child, name))
        child = child->next;
    return child;
}

/* What is in @children if that is one piece of text, as nearly always; otherwise NULL. Lent by the
 * document. */
static const char *
ifxXmlDocPlain(const xmlNode *children)
{
    return children && children->type == XML_TEXT_NODE && !children->next ?
        (const char *) children->content : NULL;
}

/* The same of an attribute. NULL if there is none, too. */
static const char *
ifxXmlDocPlainAttribute(const xmlNode *node,
                        const char *name)
{
    const xmlAttr *attribute = xmlHasProp(node, BAD_CAST name);

    return attribute && attribute->type == XML_ATTRIBUTE_NODE ?
        ifxXmlDocPlain(attribute->children) : NULL;
}

static bool
ifxXmlDocHasValue(const xmlNode *node,
                  const char *name,
                  const char *value)
{
    const char *plain = ifxXmlDocPlainAttribute(node, name);
    g_autofree char *text = plain ? NULL : ifxXmlDocAttribute(node, name);

    return g_strcmp0(plain ? plain : text, value) == 0;
}

const xmlNode *
ifxXmlDocCapability(const xmlNode *parent,
                    const char *type)
{
    const xmlNode *child;

    for (child = parent->children; child; child = child->next) {
        if (ifxXmlDocIs(child, "capability") && ifxXmlDocHasValue(child, "type", type))
            return child;
    }
    return NULL;
}

char *
ifxXmlDocContent(const xmlNode *node)
{
    const char *plain = ifxXmlDocPlain(node->children);
    xmlChar *content;
    char *text;

    if (plain)
        return g_strstrip(g_strdup(plain));
    content = xmlNodeGetContent(node);
    text = g_strstrip(g_strdup(content ? (const char *) content : ""));
    xmlFree(content);
    return text;
}

char *
ifxXmlDocText(const xmlNode *parent,
              const char *name)
{
    const xmlNode *child = ifxXmlDocChild(parent, name);

    return child ? ifxXmlDocContent(child) : NULL;
}

char *
ifxXmlDocAttribute(const xmlNode *node,
                   const char *name)
{
    const char *plain = ifxXmlDocPlainAttribute(node, name);
    xmlChar *value;
    char *text;

    if (plain)
        return g_strdup(plain);
    value = xmlGetProp(node, BAD_CAST name);
    text = g_strdup((const char *) value);
    xmlFree(value);
    return text;
}

bool
ifxXmlDocNumber(const char *text,
                guint64 max,
                guint64 *number)
{
    char *end = NULL;

    if (!text || !g_ascii_isdigit(*text))
        return false;
    errno = 0;
    *number = strtoull(text, &end, 0);
    return errno == 0 && *end == '\0' && *number <= max;
}

xmlDoc *
ifxXmlDocFromText(const ifxXmlText *text,
                  GError **error)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    xmlDoc *tree = xmlReadMemory(bytes, (int) length, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA |
                                 XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (!tree)
        ifxErrorSet(error, IFX_ERROR_XML, "libxml2 cannot build a tree from it");
    return tree;
}

static xmlNode *
ifxXmlDocFindElement(const ifxXmlText *text,
                     guint element,
                     const xmlDoc *tree)
{
    const guint parent = ifxXmlTextGetElement(text, element)->parent;
    xmlNode *node;
    guint i;

    if (parent == IFX_XML_NONE)
        return xmlDocGetRootElement((xmlDoc *) tree);
    node = xmlFirstElementChild(ifxXmlDocFindElement(text, parent, tree));
    for (i = parent + 1; i != element; i = ifxXmlTextGetElement(text, i)->past)
        node = xmlNextElementSibling(node);
    return node;
}

/* No XML patch can insert these. */
static void
ifxXmlDocStripComments(xmlNode *node)
{
    xmlNode *child = node->children;

    while (child) {
        xmlNode *next = child->next;

        if (child->type == XML_COMMENT_NODE || child->type == XML_PI_NODE) {
            xmlUnlinkNode(child);
            xmlFreeNode(child);
        } else if (child->type == XML_ELEMENT_NODE) {
            ifxXmlDocStripComments(child);
        }
        child = next;
    }
}

void
ifxXmlDocCopyElement(const ifxXmlText *text,
                     guint element,
                     const xmlDoc *tree,
                     xmlNode *parent)
{
    xmlNode *copy = xmlDocCopyNode(ifxXmlDocFindElement(text, element, tree), parent->doc, 1);

    ifxXmlDocStripComments(copy);
    xmlAddChild(parent, copy);
}
