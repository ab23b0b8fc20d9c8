/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-text.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/error.h"
#include "xml/xml-text-internal.h"

struct _ifxXmlText {
    GBytes *data;
    const char *bytes;
    gsize length;
    char *encoding;         /* NULL for UTF-8 */
    ifxXmlTable table;
    GStringChunk *strings;
    ifxXmlSax *sax;
    GHashTable *namesakes;  /* of xml-path */
};

/* Errors that the bytes alone show, with more helpful messages than libxml2's. */
static bool
ifxXmlTextCheckBytes(const ifxXmlText *text,
                     GError **error)
{
    /* XML 1.0, appendix F: a byte order mark, or "<", "<?xm" in EBCDIC. */
    static const struct {
        const char *bytes;
        gsize length;
        const char *encoding;
    } starts[] = {
        { "\xff\xfe", 2, "UTF-16 or UTF-32" },
        { "\xfe\xff", 2, "UTF-16 or UTF-32" },
        { "<\0", 2, "UTF-16 or UTF-32" },
        { "\0<", 2, "UTF-16 or UTF-32" },
        { "\0\0\xfe\xff", 4, "UTF-16 or UTF-32" },
        { "\0\0\0<", 4, "UTF-16 or UTF-32" },
        { "\x4c\x6f\xa7\x94", 4, "EBCDIC" },
    };
    const char *nul;
    guint i;

    if (text->length == 0)
        return ifxErrorSet(error, IFX_ERROR_XML, "it is empty");
    if (text->length > G_MAXINT)
        return ifxErrorSet(error, IFX_ERROR_XML, "it is larger than 2 GiB");
    for (i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (text->length >= starts[i].length &&
            memcmp(text->bytes, starts[i].bytes, starts[i].length) == 0) {
            return ifxErrorSet(error, IFX_ERROR_XML, "it is in %s; convert it to UTF-8 first",
                               starts[i].encoding);
        }
    }
    nul = memchr(text->bytes, '\0', text->length);
    if (nul)
        return ifxErrorSet(error, IFX_ERROR_XML,
                           "it is binary: there is a NUL byte at offset %" G_GSIZE_FORMAT,
                           (gsize) (nul - text->bytes));
    return true;
}

ifxXmlText *
ifxXmlTextParse(GBytes *bytes,
                GError **error)
{
    g_autoptr(ifxXmlText) text = g_new0(ifxXmlText, 1);
    g_autoptr(GError) scan_error = NULL;
    g_autoptr(GError) sax_error = NULL;
    bool scanned;

    text->data = g_bytes_ref(bytes);
    text->bytes = g_bytes_get_data(bytes, &text->length);
    text->strings = g_string_chunk_new(512);
    text->sax = ifxXmlSaxNew();
    text->namesakes = ifxXmlPathNewNamesakes();
    ifxXmlTableInit(&text->table, text->length);

    if (!ifxXmlTextCheckBytes(text, error))
        return NULL;

    /* For malformed input, report libxml2's error: it is more precise. A DOCTYPE stops libxml2 at
     * once. */
    scanned = ifxXmlTableScan(&text->table, text->bytes, text->length, &scan_error);
    if (!text->table.excessive &&
        !ifxXmlCheckTable(&text->table, text->sax, text->bytes, text->length, text->strings,
                          &text->encoding, &sax_error)) {
        if (scanned || g_error_matches(sax_error, IFX_ERROR, IFX_ERROR_XML)) {
            g_propagate_error(error, g_steal_pointer(&sax_error));
            return NULL;
        }
    }
    if (!scanned) {
        g_propagate_error(error, g_steal_pointer(&scan_error));
        return NULL;
    }
    return g_steal_pointer(&text);
}

void
ifxXmlTextFree(ifxXmlText *text)
{
    if (!text)
        return;
    ifxXmlTableClear(&text->table);
    ifxXmlSaxFree(text->sax);
    g_hash_table_unref(text->namesakes);
    g_string_chunk_free(text->strings);
    g_bytes_unref(text->data);
    g_free(text->encoding);
    g_free(text);
}

const char *
ifxXmlTextGetBytes(const ifxXmlText *text,
                   gsize *length)
{
    if (length)
        *length = text->length;
    return text->bytes;
}

GBytes *
ifxXmlTextGetData(const ifxXmlText *text)
{
    return text->data;
}

ifxXmlSax *
ifxXmlTextGetSax(const ifxXmlText *text)
{
    return text->sax;
}

GHashTable *
ifxXmlTextGetNamesakes(const ifxXmlText *text)
{
    return text->namesakes;
}

bool
ifxXmlTextIsUtf8(const ifxXmlText *text)
{
    return !text->encoding;
}

guint
ifxXmlTextGetCount(const ifxXmlText *text)
{
    return text->table.n_elements;
}

const ifxXmlElement *
ifxXmlTextGetElement(const ifxXmlText *text,
                     guint element)
{
    return &text->table.elements[element];
}

const ifxXmlAttribute *
ifxXmlTextGetAttributes(const ifxXmlText *text,
                        const ifxXmlElement *element)
{
    return element->n_attributes == 0 ? NULL :
        &text->table.attributes[element->attributes];
}

const char *
ifxXmlTextGetName(const ifxXmlText *text,
                  const ifxXmlElement *element,
                  gsize *length)
{
    *length = element->name_length;
    return text->bytes + element->start + 1;
}

bool
ifxXmlTextIsNamed(const ifxXmlText *text,
                  guint element,
                  const char *name)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);

    return !e->ns && strlen(name) == e->name_length &&
        memcmp(text->bytes + e->start + 1, name, e->name_length) == 0;
}

guint
ifxXmlTextNextChild(const ifxXmlText *text,
                    guint parent,
                    guint after,
                    const char *name)
{
    const guint past = ifxXmlTextGetElement(text, parent)->past;
    guint i = after == IFX_XML_NONE ? parent + 1 : ifxXmlTextGetElement(text, after)->past;

    while (i < past) {
        if (ifxXmlTextIsNamed(text, i, name))
            return i;
        i = ifxXmlTextGetElement(text, i)->past;
    }
    return IFX_XML_NONE;
}

const char *
ifxXmlTextGetAttribute(ifxXmlText *text,
                       guint element,
                       const char *name)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, e);
    const gsize length = strlen(name);
    guint i;

    for (i = 0; i < e->n_attributes; i++) {
        const char *end = text->bytes + attributes[i].name + attributes[i].name_length;
        const bool prefixed = attributes[i].ns && attributes[i].name_length > length &&
            end[-1 - (gssize) length] == ':';

        if ((prefixed || attributes[i].name_length == length) &&
            memcmp(end - length, name, length) == 0)
            return g_string_chunk_insert_len(text->strings, attributes[i].decoded,
                                             (gssize) attributes[i].decoded_length);
    }
    return NULL;
}

const ifxXmlAttribute *
ifxXmlTextFindAttribute(const ifxXmlText *text,
                        guint element,
                        const char *name)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, e);
    const gsize length = strlen(name);
    guint i;

    if (strcmp(name, "xmlns") == 0)
        return NULL;
    for (i = 0; i < e->n_attributes; i++) {
        if (attributes[i].name_length == length &&
            memcmp(text->bytes + attributes[i].name, name, length) == 0)
            return &attributes[i];
    }
    return NULL;
}

char *
ifxXmlTextDupContent(const ifxXmlText *text,
                     guint element)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    const gsize length = e->content_end - e->content;
    const char *raw = text->bytes + e->content;
    xmlDocPtr doc;
    xmlChar *content;
    char *copy;

    if (e->past != element + 1)
        return NULL;
    if (e->empty_tag)
        return g_strdup("");
    if (!text->encoding && !memchr(raw, '&', length) && !memchr(raw, '<', length))
        return g_strndup(raw, length);

    /* For references, CDATA, comments and other encodings libxml2 reads the element again. */
    doc = xmlReadMemory(text->bytes + e->start, (int) (e->end - e->start), NULL, text->encoding,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!doc)
        return g_strdup("");
    content = xmlNodeGetContent(xmlDocGetRootElement(doc));
    copy = g_strdup((const char *) content);
    xmlFree(content);
    xmlFreeDoc(doc);
    return copy;
}
