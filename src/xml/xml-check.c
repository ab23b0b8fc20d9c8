/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-text-internal.h"

#include <string.h>

#include "base/error.h"

typedef struct {
    ifxXmlTable *table;
    const char *bytes;
    GStringChunk *strings;
    guint read;             /* elements so far */
} ifxXmlCheck;

static ifxXmlElement *
ifxXmlCheckElement(const ifxXmlCheck *check,
                   guint element)
{
    return &check->table->elements[element];
}

static bool
ifxXmlCheckFail(guint element,
                GError **error)
{
    return ifxErrorSet(error, IFX_ERROR_MISMATCH,
                       "libxml2 and the byte scanner read element %u differently; "
                       "save the document as UTF-8 and try again", element + 1);
}

static void
ifxXmlCheckValue(const ifxXmlCheck *check,
                 ifxXmlAttribute *attribute,
                 const char *value,
                 gsize length)
{
    attribute->decoded = check->bytes + attribute->value;
    attribute->decoded_length = length;
    if (length != attribute->raw_length || memcmp(attribute->decoded, value, length) != 0)
        attribute->decoded = g_string_chunk_insert_len(check->strings, value, (gssize) length);
}

/* libxml2 gives declarations and other attributes in two lists, each in the tag's order. */
static bool
ifxXmlCheckAttributes(const ifxXmlCheck *check,
                      const ifxXmlElement *element,
                      const ifxXmlSaxStart *start)
{
    guint attributes = 0;
    guint namespaces = 0;
    guint i;

    if (element->n_attributes != start->n_namespaces + start->n_attributes)
        return false;

    for (i = 0; i < element->n_attributes; i++) {
        ifxXmlAttribute *attribute = &check->table->attributes[element->attributes + i];
        const char *name = check->bytes + attribute->name;

        if (ifxXmlAttributeIsDeclaration(attribute, check->bytes)) {
            ifxXmlSaxNamespace read;

            if (namespaces == start->n_namespaces)
                return false;
            read = ifxXmlSaxGetNamespace(start, namespaces++);
            if (!ifxXmlSaxIsNamed(name, attribute->name_length,
                                  read.prefix ? read.prefix : "xmlns",
                                  read.prefix ? "xmlns" : NULL))
                return false;
            attribute->local = NULL;
            attribute->prefix = read.prefix;
            attribute->ns = NULL;
            ifxXmlCheckValue(check, attribute, read.uri, strlen(read.uri));
        } else {
            ifxXmlSaxAttribute read;

            if (attributes == start->n_attributes)
                return false;
            read = ifxXmlSaxGetAttribute(start, attributes++);
            if (!ifxXmlSaxIsNamed(name, attribute->name_length, read.name, read.prefix))
                return false;
            attribute->local = read.name;
            attribute->prefix = read.prefix;
            attribute->ns = read.ns;
            ifxXmlCheckValue(check, attribute, read.value, read.length);
        }
    }
    return true;
}

static bool
ifxXmlCheckStartOffset(const ifxXmlElement *element,
                       gsize offset)
{
    return offset == IFX_XML_SAX_UNKNOWN ||
        offset + strlen(">") + (element->empty_tag ? strlen("/") : 0) == element->content;
}

static bool
ifxXmlCheckStart(void *opaque,
                 const ifxXmlSaxStart *start,
                 GError **error)
{
    ifxXmlCheck *check = opaque;
    ifxXmlElement *element;

    if (start->element == check->table->n_elements)
        return ifxXmlCheckFail(start->element, error);

    element = ifxXmlCheckElement(check, start->element);
    if (element->parent != start->parent || !ifxXmlCheckStartOffset(element, start->offset) ||
        !ifxXmlSaxIsNamed(check->bytes + element->start + 1, element->name_length,
                          start->name, start->prefix) ||
        !ifxXmlCheckAttributes(check, element, start))
        return ifxXmlCheckFail(start->element, error);

    element->local = start->name;
    element->prefix = start->prefix;
    element->ns = start->ns;
    check->read++;
    return true;
}

static bool
ifxXmlCheckEnd(void *opaque,
               guint element,
               guint64 digest,
               gsize offset,
               GError **error)
{
    ifxXmlElement *ended = ifxXmlCheckElement(opaque, element);

    ended->digest = digest;
    return offset == IFX_XML_SAX_UNKNOWN || offset == ended->end ||
        ifxXmlCheckFail(element, error);
}

bool
ifxXmlCheckTable(ifxXmlTable *table,
                 ifxXmlSax *sax,
                 const char *bytes,
                 gsize length,
                 GStringChunk *strings,
                 char **encoding,
                 GError **error)
{
    static const ifxXmlSaxHandler handler = { ifxXmlCheckStart, ifxXmlCheckEnd };
    ifxXmlCheck check = {
        .table = table,
        .bytes = bytes,
        .strings = strings,
    };

    if (!ifxXmlSaxParse(sax, bytes, length, &handler, &check, encoding, error))
        return false;
    return check.read == table->n_elements || ifxXmlCheckFail(check.read, error);
}
