/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xml/xml-patch-internal.h"

const xmlNode *
ifxXmlPatchNodeFirstElement(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

static bool
ifxXmlPatchNodeIsNamed(const xmlChar *name,
                       const xmlNs *ns,
                       const char *read_name,
                       const char *read_prefix,
                       const char *read_ns)
{
    return strcmp((const char *) name, read_name) == 0 &&
        g_strcmp0(ns ? (const char *) ns->prefix : NULL, read_prefix) == 0 &&
        g_strcmp0(ns ? (const char *) ns->href : NULL, read_ns) == 0;
}

bool
ifxXmlPatchNodeIsRead(const xmlNode *node,
                      const ifxXmlSaxStart *start)
{
    const xmlAttr *attr = node->properties;
    guint i;

    if (!ifxXmlPatchNodeIsNamed(node->name, node->ns, start->name, start->prefix, start->ns))
        return false;

    for (i = 0; i < start->n_attributes; i++) {
        const ifxXmlSaxAttribute read = ifxXmlSaxGetAttribute(start, i);
        xmlChar *value;
        bool same;

        if (!attr || !ifxXmlPatchNodeIsNamed(attr->name, attr->ns, read.name, read.prefix, read.ns))
            return false;
        value = xmlNodeListGetString(node->doc, attr->children, 1);
        same = ifxXmlSaxHasValue(&read, value ? (const char *) value : "",
                                 value ? strlen((const char *) value) : 0);
        xmlFree(value);
        if (!same)
            return false;
        attr = attr->next;
    }
    return !attr;
}

guint64
ifxXmlPatchNodeDigest(const xmlNode *node)
{
    guint64 digest = IFX_XML_DIGEST_START;
    const xmlNode *child;

    for (child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE && child->content)
            digest = ifxXmlSaxDigest(digest, (const char *) child->content,
                                     strlen((const char *) child->content));
    }
    return digest;
}
