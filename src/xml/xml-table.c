/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-text-internal.h"

#include <string.h>

#include "base/error.h"

typedef struct {
    const char *bytes;
    const char *end;
    const char *at;
    guint open;             /* the element whose content @at is in */
    guint depth;
    guint namespaces;       /* declarations in scope */
    ifxXmlTable *table;
} ifxXmlScan;

void
ifxXmlTableInit(ifxXmlTable *table,
                gsize length)
{
    /* libvirt's dumps have about an element in 50 bytes and an attribute in 22. */
    const guint guess = (guint) MIN(length / 20 + 8, 8192);

    *table = (ifxXmlTable) { .element_room = guess / 2, .attribute_room = guess };
    table->elements = g_new(ifxXmlElement, table->element_room);
    table->attributes = g_new(ifxXmlAttribute, table->attribute_room);
}

void
ifxXmlTableClear(ifxXmlTable *table)
{
    g_clear_pointer(&table->elements, g_free);
    g_clear_pointer(&table->attributes, g_free);
}

/* Room for the next element; the caller raises n_elements to keep it. */
static ifxXmlElement *
ifxXmlTableNextElement(ifxXmlTable *table)
{
    if (table->n_elements == table->element_room) {
        table->element_room *= 2;
        table->elements = g_renew(ifxXmlElement, table->elements, table->element_room);
    }
    return &table->elements[table->n_elements];
}

static ifxXmlAttribute *
ifxXmlTableNextAttribute(ifxXmlTable *table)
{
    if (table->n_attributes == table->attribute_room) {
        table->attribute_room *= 2;
        table->attributes = g_renew(ifxXmlAttribute, table->attributes, table->attribute_room);
    }
    return &table->attributes[table->n_attributes];
}

static guint
ifxXmlScanLine(const ifxXmlScan *scan)
{
    guint line = 1;
    const char *at;

    for (at = scan->bytes; at < scan->at; at++)
        line += *at == '\n';
    return line;
}

static bool
ifxXmlScanFail(const ifxXmlScan *scan,
               const char *what,
               GError **error)
{
    return ifxErrorSet(error, IFX_ERROR_XML, "line %u: %s", ifxXmlScanLine(scan), what);
}

enum {
    IFX_XML_SPACE = 1 << 0,
    IFX_XML_NAME_END = 1 << 1,
};

static const guint8 ifxXmlByteKinds[256] = {
    [' '] = IFX_XML_SPACE | IFX_XML_NAME_END,
    ['\n'] = IFX_XML_SPACE | IFX_XML_NAME_END,
    ['\t'] = IFX_XML_SPACE | IFX_XML_NAME_END,
    ['\r'] = IFX_XML_SPACE | IFX_XML_NAME_END,
    ['='] = IFX_XML_NAME_END,
    ['/'] = IFX_XML_NAME_END,
    ['>'] = IFX_XML_NAME_END,
    ['<'] = IFX_XML_NAME_END,
    ['\''] = IFX_XML_NAME_END,
    ['"'] = IFX_XML_NAME_END,
};

static inline bool
ifxXmlByteIs(guint8 kind,
             char c)
{
    return ifxXmlByteKinds[(guchar) c] & kind;
}

static inline gsize
ifxXmlScanOffset(const ifxXmlScan *scan)
{
    return (gsize) (scan->at - scan->bytes);
}

static inline char
ifxXmlScanPeek(const ifxXmlScan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static inline void
ifxXmlScanSkipSpace(ifxXmlScan *scan)
{
    const char *at = scan->at;

    while (at < scan->end && ifxXmlByteIs(IFX_XML_SPACE, *at))
        at++;
    scan->at = at;
}

/* Moves past the next @terminator. */
static bool
ifxXmlScanSkipPast(ifxXmlScan *scan,
                   const char *terminator,
                   const char *what,
                   GError **error)
{
    const gsize n = strlen(terminator);
    const char *found = memmem(scan->at, (gsize) (scan->end - scan->at), terminator, n);

    if (!found)
        return ifxXmlScanFail(scan, what, error);
    scan->at = found + n;
    return true;
}

static inline guint
ifxXmlScanName(ifxXmlScan *scan)
{
    const char *start = scan->at;
    const char *at = start;

    while (at < scan->end && !ifxXmlByteIs(IFX_XML_NAME_END, *at))
        at++;
    scan->at = at;
    return (guint) (at - start);
}

static bool
ifxXmlScanAttribute(ifxXmlScan *scan,
                    GError **error)
{
    ifxXmlAttribute *attribute = ifxXmlTableNextAttribute(scan->table);
    const char *close;

    attribute->name = ifxXmlScanOffset(scan);
    attribute->name_length = ifxXmlScanName(scan);
    ifxXmlScanSkipSpace(scan);
    if (attribute->name_length == 0 || ifxXmlScanPeek(scan) != '=')
        return ifxXmlScanFail(scan, "a start tag is broken", error);
    scan->at++;

    ifxXmlScanSkipSpace(scan);
    attribute->quote = ifxXmlScanPeek(scan);
    if (attribute->quote != '\'' && attribute->quote != '"')
        return ifxXmlScanFail(scan, "the value of an attribute is not quoted", error);
    scan->at++;

    close = memchr(scan->at, attribute->quote, (gsize) (scan->end - scan->at));
    if (!close)
        return ifxXmlScanFail(scan, "the value of an attribute does not end", error);
    attribute->value = ifxXmlScanOffset(scan);
    attribute->raw_length = (gsize) (close - scan->at);
    scan->at = close + 1;
    scan->table->n_attributes++;
    return true;
}

static guint
ifxXmlScanCountNamespaces(const ifxXmlScan *scan,
                          const ifxXmlElement *element)
{
    guint n = 0;
    guint i;

    for (i = 0; i < element->n_attributes; i++)
        n += ifxXmlAttributeIsDeclaration(&scan->table->attributes[element->attributes + i],
                                          scan->bytes);
    return n;
}

static bool
ifxXmlScanCheckLimits(ifxXmlScan *scan,
                      const ifxXmlElement *element,
                      GError **error)
{
    const guint declared = ifxXmlScanCountNamespaces(scan, element);

    scan->namespaces += element->empty_tag ? 0 : declared;
    scan->table->excessive = element->n_attributes > IFX_XML_ATTRIBUTES_MAX ||
        scan->namespaces > IFX_XML_NAMESPACES_MAX;
    if (element->n_attributes > IFX_XML_ATTRIBUTES_MAX)
        return ifxXmlScanFail(scan, "an element has more than "
                              G_STRINGIFY(IFX_XML_ATTRIBUTES_MAX) " attributes", error);
    if (scan->namespaces > IFX_XML_NAMESPACES_MAX)
        return ifxXmlScanFail(scan, "an element is in the scope of more than "
                              G_STRINGIFY(IFX_XML_NAMESPACES_MAX) " namespaces", error);
    return true;
}

static bool
ifxXmlScanStartTag(ifxXmlScan *scan,
                   GError **error)
{
    ifxXmlTable *table = scan->table;
    ifxXmlElement *element = ifxXmlTableNextElement(table);

    element->parent = scan->open;
    element->depth = scan->depth;
    element->attributes = table->n_attributes;
    element->start = ifxXmlScanOffset(scan);
    scan->at++;
    element->name_length = ifxXmlScanName(scan);
    if (element->name_length == 0)
        return ifxXmlScanFail(scan, "a < is not followed by a name", error);

    for (;;) {
        ifxXmlScanSkipSpace(scan);
        if (ifxXmlScanPeek(scan) == '/' || ifxXmlScanPeek(scan) == '>')
            break;
        if (!ifxXmlScanAttribute(scan, error))
            return false;
    }
    element->n_attributes = table->n_attributes - element->attributes;

    element->empty_tag = ifxXmlScanPeek(scan) == '/';
    if (element->n_attributes > 0 && !ifxXmlScanCheckLimits(scan, element, error))
        return false;
    scan->at += element->empty_tag;
    if (ifxXmlScanPeek(scan) != '>')
        return ifxXmlScanFail(scan, "a start tag is broken", error);
    scan->at++;
    element->content = ifxXmlScanOffset(scan);

    if (element->empty_tag) {
        element->past = table->n_elements + 1;
        element->content_end = element->end = element->content;
    } else {
        /* xml-check looks at it even where the end tag is not found. */
        element->end = 0;
        scan->open = table->n_elements;
        scan->depth++;
    }
    table->n_elements++;
    return true;
}

static bool
ifxXmlScanEndTag(ifxXmlScan *scan,
                 GError **error)
{
    const gsize start = ifxXmlScanOffset(scan);
    ifxXmlElement *element;

    if (scan->open == IFX_XML_NONE)
        return ifxXmlScanFail(scan, "an end tag has no start tag", error);
    if (!ifxXmlScanSkipPast(scan, ">", "an end tag does not end", error))
        return false;

    element = &scan->table->elements[scan->open];
    element->content_end = start;
    element->end = ifxXmlScanOffset(scan);
    element->past = scan->table->n_elements;
    if (scan->namespaces > 0)
        scan->namespaces -= ifxXmlScanCountNamespaces(scan, element);
    scan->open = element->parent;
    scan->depth--;
    return true;
}

/* Reads what the < at this place opens. */
static bool
ifxXmlScanMarkup(ifxXmlScan *scan,
                 GError **error)
{
    const char *rest = scan->at;
    const gsize left = (gsize) (scan->end - scan->at);

    if (left >= 2 && rest[1] == '/')
        return ifxXmlScanEndTag(scan, error);
    if (left >= 2 && rest[1] == '?')
        return ifxXmlScanSkipPast(scan, "?>", "a processing instruction does not end", error);
    if (left < 2 || rest[1] != '!')
        return ifxXmlScanStartTag(scan, error);

    if (left >= 4 && memcmp(rest, "<!--", 4) == 0) {
        scan->at += 4;
        return ifxXmlScanSkipPast(scan, "-->", "a comment does not end", error);
    }
    if (left >= 9 && memcmp(rest, "<![CDATA[", 9) == 0) {
        scan->at += 9;
        return ifxXmlScanSkipPast(scan, "]]>", "a CDATA section does not end", error);
    }
    if (left >= 9 && memcmp(rest, "<!DOCTYPE", 9) == 0)
        return ifxXmlScanFail(scan, "there is a DOCTYPE, which libvirt's XML never has: remove it",
                              error);
    return ifxXmlScanFail(scan, "a <! starts neither a comment nor a CDATA section", error);
}

bool
ifxXmlTableScan(ifxXmlTable *table,
                const char *bytes,
                gsize length,
                GError **error)
{
    ifxXmlScan scan = {
        .bytes = bytes,
        .end = bytes + length,
        .at = bytes,
        .open = IFX_XML_NONE,
        .table = table,
    };

    for (;;) {
        const char *next = memchr(scan.at, '<', (gsize) (scan.end - scan.at));

        if (!next)
            break;
        scan.at = next;
        if (!ifxXmlScanMarkup(&scan, error))
            return false;
    }

    scan.at = scan.end;
    if (scan.open != IFX_XML_NONE)
        return ifxXmlScanFail(&scan, "the document ends inside an element", error);
    return true;
}
