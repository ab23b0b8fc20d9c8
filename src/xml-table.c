/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-table.h"

#include <string.h>

#include "error.h"

typedef struct {
    const char *bytes;
    gsize length;
    gsize at;
    guint open;             /* the element whose content @at is in */
    guint depth;
    ifxXmlTable *table;
} ifxXmlScan;

void
ifxXmlTableInit(ifxXmlTable *table,
                gsize length)
{
    /* libvirt's dumps have an element each 40 bytes, and as many attributes. */
    const guint guess = (guint) MIN(length / 40 + 8, 4096);

    table->elements = g_array_sized_new(FALSE, FALSE, sizeof(ifxXmlElement), guess);
    table->attributes = g_array_sized_new(FALSE, FALSE, sizeof(ifxXmlAttribute), guess);
}

void
ifxXmlTableClear(ifxXmlTable *table)
{
    g_clear_pointer(&table->elements, g_array_unref);
    g_clear_pointer(&table->attributes, g_array_unref);
}

static guint
ifxXmlScanLine(const ifxXmlScan *scan)
{
    guint line = 1;
    gsize i;

    for (i = 0; i < scan->at && i < scan->length; i++)
        line += scan->bytes[i] == '\n';
    return line;
}

static bool
ifxXmlScanFail(const ifxXmlScan *scan,
               const char *what,
               GError **error)
{
    g_set_error(error, IFX_ERROR, IFX_ERROR_XML, "line %u: %s",
                ifxXmlScanLine(scan), what);
    return false;
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
ifxXmlIs(guint8 kind,
         char c)
{
    return ifxXmlByteKinds[(guchar) c] & kind;
}

static inline char
ifxXmlScanPeek(const ifxXmlScan *scan)
{
    return scan->at < scan->length ? scan->bytes[scan->at] : '\0';
}

static void
ifxXmlScanSkipSpace(ifxXmlScan *scan)
{
    while (scan->at < scan->length && ifxXmlIs(IFX_XML_SPACE, scan->bytes[scan->at]))
        scan->at++;
}

/* Moves behind the next @terminator. */
static bool
ifxXmlScanSkipPast(ifxXmlScan *scan,
                   const char *terminator,
                   const char *what,
                   GError **error)
{
    const gsize n = strlen(terminator);
    const char *found = memmem(scan->bytes + scan->at, scan->length - scan->at,
                               terminator, n);

    if (!found)
        return ifxXmlScanFail(scan, what, error);
    scan->at = (gsize) (found - scan->bytes) + n;
    return true;
}

static guint
ifxXmlScanName(ifxXmlScan *scan)
{
    const gsize start = scan->at;

    while (scan->at < scan->length && !ifxXmlIs(IFX_XML_NAME_END, scan->bytes[scan->at]))
        scan->at++;
    return (guint) (scan->at - start);
}

static bool
ifxXmlScanAttribute(ifxXmlScan *scan,
                    GError **error)
{
    ifxXmlAttribute attribute = { .name = scan->at };
    const char *close;

    attribute.name_length = ifxXmlScanName(scan);
    ifxXmlScanSkipSpace(scan);
    if (attribute.name_length == 0 || ifxXmlScanPeek(scan) != '=')
        return ifxXmlScanFail(scan, "a start tag is broken", error);
    scan->at++;

    ifxXmlScanSkipSpace(scan);
    attribute.quote = ifxXmlScanPeek(scan);
    if (attribute.quote != '\'' && attribute.quote != '"')
        return ifxXmlScanFail(scan, "the value of an attribute is not quoted", error);
    attribute.value = ++scan->at;

    close = memchr(scan->bytes + scan->at, attribute.quote, scan->length - scan->at);
    if (!close)
        return ifxXmlScanFail(scan, "the value of an attribute does not end", error);
    attribute.raw_length = (gsize) (close - scan->bytes) - attribute.value;
    scan->at = attribute.value + attribute.raw_length + 1;

    g_array_append_val(scan->table->attributes, attribute);
    return true;
}

static bool
ifxXmlScanStartTag(ifxXmlScan *scan,
                   GError **error)
{
    GArray *elements = scan->table->elements;
    ifxXmlElement element = {
        .parent = scan->open,
        .depth = scan->depth,
        .attributes = scan->table->attributes->len,
        .start = scan->at++,
    };

    element.name_length = ifxXmlScanName(scan);
    if (element.name_length == 0)
        return ifxXmlScanFail(scan, "a < is not followed by a name", error);

    for (;;) {
        ifxXmlScanSkipSpace(scan);
        if (ifxXmlScanPeek(scan) == '/' || ifxXmlScanPeek(scan) == '>')
            break;
        if (!ifxXmlScanAttribute(scan, error))
            return false;
    }
    element.n_attributes = scan->table->attributes->len - element.attributes;

    element.empty_tag = ifxXmlScanPeek(scan) == '/';
    scan->at += element.empty_tag;
    if (ifxXmlScanPeek(scan) != '>')
        return ifxXmlScanFail(scan, "a start tag is broken", error);
    element.content = ++scan->at;

    if (element.empty_tag) {
        element.past = elements->len + 1;
        element.content_end = element.end = element.content;
    } else {
        scan->open = elements->len;
        scan->depth++;
    }
    g_array_append_val(elements, element);
    return true;
}

static bool
ifxXmlScanEndTag(ifxXmlScan *scan,
                 GError **error)
{
    const gsize start = scan->at;
    ifxXmlElement *element;

    if (scan->open == IFX_XML_NONE)
        return ifxXmlScanFail(scan, "an end tag has no start tag", error);
    if (!ifxXmlScanSkipPast(scan, ">", "an end tag does not end", error))
        return false;

    element = &g_array_index(scan->table->elements, ifxXmlElement, scan->open);
    element->content_end = start;
    element->end = scan->at;
    element->past = scan->table->elements->len;
    scan->open = element->parent;
    scan->depth--;
    return true;
}

/* At a <: whatever it opens. */
static bool
ifxXmlScanMarkup(ifxXmlScan *scan,
                 GError **error)
{
    const char *rest = scan->bytes + scan->at;
    const gsize left = scan->length - scan->at;

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
        return ifxXmlScanFail(scan, "there is a DOCTYPE: libvirt's XML has none, take it out", error);
    return ifxXmlScanFail(scan, "a <! is neither comment nor CDATA", error);
}

bool
ifxXmlTableScan(ifxXmlTable *table,
                const char *bytes,
                gsize length,
                GError **error)
{
    ifxXmlScan scan = {
        .bytes = bytes,
        .length = length,
        .open = IFX_XML_NONE,
        .table = table,
    };

    for (;;) {
        const char *next = memchr(bytes + scan.at, '<', length - scan.at);

        if (!next)
            break;
        scan.at = (gsize) (next - bytes);
        if (!ifxXmlScanMarkup(&scan, error))
            return false;
    }

    scan.at = length;
    if (scan.open != IFX_XML_NONE)
        return ifxXmlScanFail(&scan, "the document ends inside an element", error);
    return true;
}
