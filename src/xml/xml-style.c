/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch-internal.h"

#include <string.h>

#include "base/error.h"

#define IFX_XML_DEFAULT_UNIT "  "

/* The white space between the line's start and @offset; NULL if there is anything else. */
static char *
ifxXmlStyleIndentAt(const char *bytes,
                    gsize offset)
{
    gsize start = offset;

    while (start > 0 && (bytes[start - 1] == ' ' || bytes[start - 1] == '\t'))
        start--;
    if (start == 0 || bytes[start - 1] != '\n')
        return NULL;
    return g_strndup(bytes + start, offset - start);
}

static char *
ifxXmlStyleIndentOf(const ifxXmlText *text,
                    guint element)
{
    if (element == IFX_XML_NONE)
        return NULL;
    return ifxXmlStyleIndentAt(ifxXmlTextGetBytes(text, NULL),
                               ifxXmlTextGetElement(text, element)->start);
}

/* @inner without the prefix @outer; NULL if it has no such prefix or is equal to it. */
static char *
ifxXmlStyleDifference(const char *outer,
                      const char *inner)
{
    if (!outer || !inner || !g_str_has_prefix(inner, outer) || strlen(inner) == strlen(outer))
        return NULL;
    return g_strdup(inner + strlen(outer));
}

static char *
ifxXmlStyleUnit(const ifxXmlText *text,
                guint element,
                const char *indent)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    g_autofree char *outer = ifxXmlStyleIndentOf(text, e->parent);
    g_autofree char *inner = NULL;
    char *unit = ifxXmlStyleDifference(outer, indent);

    /* The root is at the start of the document, so it has no indentation. */
    if (!unit && e->parent == 0)
        unit = ifxXmlStyleDifference("", indent);
    if (!unit && e->past > element + 1) {
        inner = ifxXmlStyleIndentOf(text, element + 1);
        unit = ifxXmlStyleDifference(indent, inner);
    }
    return unit ? unit : g_strdup(IFX_XML_DEFAULT_UNIT);
}

static char
ifxXmlStyleQuote(const ifxXmlText *text,
                 guint element)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    guint i;

    if (e->n_attributes > 0)
        return ifxXmlTextGetAttributes(text, e)->quote;
    for (i = 0; i < ifxXmlTextGetCount(text); i++) {
        e = ifxXmlTextGetElement(text, i);
        if (e->n_attributes > 0)
            return ifxXmlTextGetAttributes(text, e)->quote;
    }
    return '\'';
}

void
ifxXmlStyleDetect(ifxXmlStyle *style,
                  const ifxXmlText *text,
                  guint element)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    const char *line = memchr(bytes, '\n', length);
    const gsize start = ifxXmlTextGetElement(text, element)->start;

    style->newline = line && line > bytes && line[-1] == '\r' ? "\r\n" : "\n";
    style->indent = ifxXmlStyleIndentAt(bytes, start);
    style->single_line = !style->indent;
    style->unit = ifxXmlStyleUnit(text, element, style->indent ? style->indent : "");
    style->quote = ifxXmlStyleQuote(text, element);
    style->ascii = !ifxXmlTextIsUtf8(text);
}

void
ifxXmlStyleClear(ifxXmlStyle *style)
{
    g_clear_pointer(&style->indent, g_free);
    g_clear_pointer(&style->unit, g_free);
}

void
ifxXmlStyleBreak(const ifxXmlStyle *style,
                 guint depth,
                 GString *out)
{
    guint i;

    if (style->single_line)
        return;
    g_string_append(out, style->newline);
    g_string_append(out, style->indent);
    for (i = 0; i < depth; i++)
        g_string_append(out, style->unit);
}

/* Characters that a parser would not read back as they are become references. */
static void
ifxXmlStyleWriteText(const ifxXmlStyle *style,
                     const xmlChar *text,
                     char quote,
                     GString *out)
{
    const char *at;

    for (at = (const char *) text; at && *at; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);

        if (c == '&')
            g_string_append(out, "&amp;");
        else if (c == '<')
            g_string_append(out, "&lt;");
        else if (c == '>')
            g_string_append(out, "&gt;");
        else if (c == '"' && quote == '"')
            g_string_append(out, "&quot;");
        else if (c == '\'' && quote == '\'')
            g_string_append(out, "&apos;");
        else if ((c < ' ' && quote) || c == '\r' || (c >= 0x7f && style->ascii))
            g_string_append_printf(out, "&#x%x;", c);
        else
            g_string_append_unichar(out, c);
    }
}

static void
ifxXmlStyleWriteQuoted(const ifxXmlStyle *style,
                       const xmlChar *value,
                       GString *out)
{
    g_string_append_printf(out, "=%c", style->quote);
    ifxXmlStyleWriteText(style, value, style->quote, out);
    g_string_append_c(out, style->quote);
}

static bool
ifxXmlStyleWriteName(const ifxXmlStyle *style,
                     const xmlNs *ns,
                     const xmlChar *name,
                     GString *out,
                     GError **error)
{
    g_autofree char *full = ns && ns->prefix ?
        g_strdup_printf("%s:%s", ns->prefix, name) : g_strdup((const char *) name);

    if (style->ascii && !g_str_is_ascii(full))
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "the name '%s' cannot be written into a document that is not in UTF-8",
                           full);
    g_string_append(out, full);
    return true;
}

/* Has an element around @node, up to @top, declared the prefix of @ns as @ns? @top is inserted
 * where there is no default namespace. */
static bool
ifxXmlStyleInScope(const xmlNode *node,
                   const xmlNode *top,
                   const xmlNs *ns)
{
    const xmlNode *outer = node;

    while (outer != top) {
        const xmlAttr *attr;

        outer = outer->parent;
        if (!outer->ns && !ns->prefix)
            return !*ns->href;
        if (outer->ns && xmlStrEqual(outer->ns->prefix, ns->prefix))
            return xmlStrEqual(outer->ns->href, ns->href);
        for (attr = outer->properties; attr; attr = attr->next) {
            if (attr->ns && xmlStrEqual(attr->ns->prefix, ns->prefix))
                return xmlStrEqual(attr->ns->href, ns->href);
        }
    }
    return (!ns->prefix && !*ns->href) || xmlStrEqual(ns->prefix, BAD_CAST "xml");
}

static void
ifxXmlStyleDeclare(const ifxXmlStyle *style,
                   const xmlNs *ns,
                   GString *out)
{
    g_string_append(out, " xmlns");
    if (ns->prefix)
        g_string_append_printf(out, ":%s", ns->prefix);
    ifxXmlStyleWriteQuoted(style, ns->href, out);
}

static bool
ifxXmlStyleWriteAttributes(const ifxXmlStyle *style,
                           const xmlNode *node,
                           const xmlNode *top,
                           GString *out,
                           GError **error)
{
    /* xmlns='' is declared for no namespace, if an outer element has a default one. */
    const xmlNs none = { .href = BAD_CAST "" };
    const xmlNs *ns = node->ns ? node->ns : &none;
    const xmlAttr *attr;
    const xmlAttr *before;

    if (!ifxXmlStyleInScope(node, top, ns))
        ifxXmlStyleDeclare(style, ns, out);

    for (attr = node->properties; attr; attr = attr->next) {
        xmlChar *value;

        if (attr->ns && attr->ns != node->ns && !ifxXmlStyleInScope(node, top, attr->ns)) {
            for (before = node->properties; before != attr; before = before->next) {
                if (before->ns == attr->ns)
                    break;
            }
            if (before == attr)
                ifxXmlStyleDeclare(style, attr->ns, out);
        }
        g_string_append_c(out, ' ');
        if (!ifxXmlStyleWriteName(style, attr->ns, attr->name, out, error))
            return false;
        value = xmlNodeListGetString(node->doc, attr->children, 1);
        ifxXmlStyleWriteQuoted(style, value, out);
        xmlFree(value);
    }
    return true;
}

static bool
ifxXmlStyleIsText(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* If there is text between the children, white space has a meaning. */
static bool
ifxXmlStyleIsMixed(const xmlNode *node)
{
    const xmlNode *child;

    for (child = node->children; child; child = child->next) {
        if (ifxXmlStyleIsText(child) && !xmlIsBlankNode(child))
            return true;
    }
    return false;
}

static bool
ifxXmlStyleWriteNode(const ifxXmlStyle *style,
                     const xmlNode *node,
                     const xmlNode *top,
                     guint depth,
                     bool mixed,
                     GString *out,
                     GError **error)
{
    const xmlNode *child;
    bool empty = true;

    if (ifxXmlStyleIsText(node)) {
        ifxXmlStyleWriteText(style, node->content, '\0', out);
        return true;
    }
    if (node->type != XML_ELEMENT_NODE)
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "only elements and text can be inserted, "
                           "not comments or processing instructions");

    mixed = mixed || ifxXmlStyleIsMixed(node);
    g_string_append_c(out, '<');
    if (!ifxXmlStyleWriteName(style, node->ns, node->name, out, error) ||
        !ifxXmlStyleWriteAttributes(style, node, top, out, error))
        return false;

    for (child = node->children; child; child = child->next) {
        if (!mixed && ifxXmlStyleIsText(child))
            continue;
        if (empty)
            g_string_append_c(out, '>');
        empty = false;
        if (!mixed)
            ifxXmlStyleBreak(style, depth + 1, out);
        if (!ifxXmlStyleWriteNode(style, child, top, depth + 1, mixed, out, error))
            return false;
    }
    if (empty) {
        g_string_append(out, "/>");
        return true;
    }

    if (!mixed)
        ifxXmlStyleBreak(style, depth, out);
    g_string_append(out, "</");
    if (!ifxXmlStyleWriteName(style, node->ns, node->name, out, error))
        return false;
    g_string_append_c(out, '>');
    return true;
}

void
ifxXmlStyleWriteValue(const ifxXmlStyle *style,
                      const char *value,
                      GString *out)
{
    ifxXmlStyleWriteText(style, BAD_CAST value, style->quote, out);
}

bool
ifxXmlStyleWriteAttribute(const ifxXmlStyle *style,
                          const char *name,
                          const char *value,
                          GString *out,
                          GError **error)
{
    g_string_append_c(out, ' ');
    if (!ifxXmlStyleWriteName(style, NULL, BAD_CAST name, out, error))
        return false;
    ifxXmlStyleWriteQuoted(style, BAD_CAST value, out);
    return true;
}

bool
ifxXmlStyleWrite(const ifxXmlStyle *style,
                 const xmlNode *node,
                 guint depth,
                 GString *out,
                 GError **error)
{
    return ifxXmlStyleWriteNode(style, node, node, depth, false, out, error);
}
