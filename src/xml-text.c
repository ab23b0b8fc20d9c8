/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-text.h"

#include <libxml/parser.h>
#include <string.h>

#include "error.h"

struct _ifxXmlText {
    GBytes *data;
    const char *bytes;
    gsize length;
    char *encoding;         /* NULL for UTF-8 and ASCII */
    ifxXmlTable table;
    GStringChunk *strings;
};

/* One SAX pass, held against the table. */
typedef struct {
    ifxXmlText *text;
    xmlParserCtxtPtr parser;
    guint next;             /* the element whose start tag comes next */
    guint open;
    bool disagree;
    GError *error;
} ifxXmlCheck;

/* FNV-1a: an accident must show, an enemy gains nothing by a collision. */
#define IFX_XML_DIGEST_PRIME G_GUINT64_CONSTANT(0x100000001b3)

static ifxXmlElement *
ifxXmlTextElement(const ifxXmlText *text,
                  guint element)
{
    return &g_array_index(text->table.elements, ifxXmlElement, element);
}

static void
ifxXmlCheckDisagree(ifxXmlCheck *check)
{
    check->disagree = true;
    xmlStopParser(check->parser);
}

static bool
ifxXmlSameName(const char *written,
               gsize length,
               const xmlChar *local,
               const xmlChar *prefix)
{
    const gsize n = prefix ? strlen((const char *) prefix) : 0;

    if (prefix) {
        if (length <= n || memcmp(written, prefix, n) != 0 || written[n] != ':')
            return false;
        written += n + 1;
        length -= n + 1;
    }
    return strncmp(written, (const char *) local, length) == 0 && local[length] == '\0';
}

static bool
ifxXmlIsNamespaceDeclaration(const char *name,
                             gsize length)
{
    return length >= 5 && memcmp(name, "xmlns", 5) == 0 && (length == 5 || name[5] == ':');
}

/* @sax is libxml2's array of five pointers an attribute: local name, prefix,
 * URI, start and end of the value. */
static bool
ifxXmlCheckAttributes(ifxXmlText *text,
                      const ifxXmlElement *element,
                      guint n_namespaces,
                      guint n_attributes,
                      const xmlChar **sax)
{
    guint seen = 0;
    guint i;

    if (element->n_attributes != n_namespaces + n_attributes)
        return false;

    for (i = 0; i < element->n_attributes; i++) {
        ifxXmlAttribute *attribute = &g_array_index(text->table.attributes, ifxXmlAttribute,
                                                    element->attributes + i);
        const char *name = text->bytes + attribute->name;
        const char *value;

        attribute->decoded = text->bytes + attribute->value;
        attribute->decoded_length = attribute->raw_length;
        if (ifxXmlIsNamespaceDeclaration(name, attribute->name_length))
            continue;

        if (seen == n_attributes ||
            !ifxXmlSameName(name, attribute->name_length, sax[seen * 5], sax[seen * 5 + 1]))
            return false;

        value = (const char *) sax[seen * 5 + 3];
        attribute->decoded_length = (gsize) ((const char *) sax[seen * 5 + 4] - value);
        if (attribute->decoded_length != attribute->raw_length ||
            memcmp(attribute->decoded, value, attribute->raw_length) != 0) {
            attribute->decoded = g_string_chunk_insert_len(text->strings, value,
                                                           (gssize) attribute->decoded_length);
        }
        seen++;
    }
    return seen == n_attributes;
}

static void
ifxXmlCheckStart(void *opaque,
                 const xmlChar *local,
                 const xmlChar *prefix,
                 const xmlChar *ns,
                 int n_namespaces,
                 const xmlChar **namespaces G_GNUC_UNUSED,
                 int n_attributes,
                 int n_defaulted G_GNUC_UNUSED,
                 const xmlChar **attributes)
{
    ifxXmlCheck *check = opaque;
    ifxXmlText *text = check->text;
    ifxXmlElement *element;

    if (check->disagree)
        return;
    if (check->next == text->table.elements->len) {
        ifxXmlCheckDisagree(check);
        return;
    }

    element = ifxXmlTextElement(text, check->next);
    if (element->parent != check->open ||
        !ifxXmlSameName(text->bytes + element->start + 1, element->name_length, local, prefix) ||
        !ifxXmlCheckAttributes(text, element, (guint) n_namespaces, (guint) n_attributes,
                               attributes)) {
        ifxXmlCheckDisagree(check);
        return;
    }

    element->ns = ns ? g_string_chunk_insert_const(text->strings, (const char *) ns) : NULL;
    element->digest = IFX_XML_DIGEST_START;
    check->open = check->next++;
}

static void
ifxXmlCheckEnd(void *opaque,
               const xmlChar *local G_GNUC_UNUSED,
               const xmlChar *prefix G_GNUC_UNUSED,
               const xmlChar *ns G_GNUC_UNUSED)
{
    ifxXmlCheck *check = opaque;

    if (!check->disagree)
        check->open = ifxXmlTextElement(check->text, check->open)->parent;
}

guint64
ifxXmlDigest(guint64 digest,
             const char *bytes,
             gsize length)
{
    gsize i;

    for (i = 0; i < length; i++) {
        if ((guchar) bytes[i] > ' ')
            digest = (digest ^ (guchar) bytes[i]) * IFX_XML_DIGEST_PRIME;
    }
    return digest;
}

static void
ifxXmlCheckDigest(ifxXmlCheck *check,
                  const char *bytes,
                  gsize length)
{
    guint64 *digest;

    if (check->disagree || check->open == IFX_XML_NONE)
        return;

    digest = &ifxXmlTextElement(check->text, check->open)->digest;
    *digest = ifxXmlDigest(*digest, bytes, length);
}

static void
ifxXmlCheckCharacters(void *opaque,
                      const xmlChar *bytes,
                      int length)
{
    ifxXmlCheckDigest(opaque, (const char *) bytes, (gsize) length);
}

static void
ifxXmlCheckComment(void *opaque,
                   const xmlChar *comment)
{
    ifxXmlCheckDigest(opaque, "!", 1);
    ifxXmlCheckDigest(opaque, (const char *) comment, strlen((const char *) comment));
}

static void
ifxXmlCheckInstruction(void *opaque,
                       const xmlChar *target,
                       const xmlChar *data)
{
    ifxXmlCheckDigest(opaque, "?", 1);
    ifxXmlCheckDigest(opaque, (const char *) target, strlen((const char *) target));
    if (data)
        ifxXmlCheckDigest(opaque, (const char *) data, strlen((const char *) data));
}

/* The scanner lets no DOCTYPE through: what libxml2 takes for one is something
 * else in ASCII, so the encoding is none that the table can hold. */
static void
ifxXmlCheckDoctype(void *opaque,
                   const xmlChar *name G_GNUC_UNUSED,
                   const xmlChar *public_id G_GNUC_UNUSED,
                   const xmlChar *system_id G_GNUC_UNUSED)
{
    ifxXmlCheckDisagree(opaque);
}

static void
ifxXmlCheckError(void *opaque,
                 xmlErrorPtr problem)
{
    ifxXmlCheck *check = opaque;

    if (problem->level < XML_ERR_FATAL || check->error || check->disagree)
        return;

    g_set_error(&check->error, IFX_ERROR, IFX_ERROR_XML, "line %d: %s",
                problem->line, problem->message ? g_strchomp(problem->message) : "not well-formed");
}

static bool
ifxXmlIsUtf8Name(const char *encoding)
{
    return g_ascii_strcasecmp(encoding, "UTF-8") == 0 ||
        g_ascii_strcasecmp(encoding, "US-ASCII") == 0 ||
        g_ascii_strcasecmp(encoding, "ASCII") == 0;
}

static bool
ifxXmlTextCheck(ifxXmlText *text,
                GError **error)
{
    ifxXmlCheck check = {
        .text = text,
        .open = IFX_XML_NONE,
        .parser = xmlNewParserCtxt(),
    };
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = ifxXmlCheckDoctype,
        .startElementNs = ifxXmlCheckStart,
        .endElementNs = ifxXmlCheckEnd,
        .characters = ifxXmlCheckCharacters,
        /* The same function, or libxml2 examines all white space before it decides. */
        .ignorableWhitespace = ifxXmlCheckCharacters,
        .cdataBlock = ifxXmlCheckCharacters,
        .comment = ifxXmlCheckComment,
        .processingInstruction = ifxXmlCheckInstruction,
        .serror = ifxXmlCheckError,
    };

    *check.parser->sax = handler;
    check.parser->userData = &check;
    xmlFreeDoc(xmlCtxtReadMemory(check.parser, text->bytes, (int) text->length,
                                 NULL, NULL, XML_PARSE_NONET));

    if (check.parser->encoding && !ifxXmlIsUtf8Name((const char *) check.parser->encoding))
        text->encoding = g_strdup((const char *) check.parser->encoding);
    if (!check.error && !check.disagree && !check.parser->wellFormed)
        g_set_error(&check.error, IFX_ERROR, IFX_ERROR_XML, "not well-formed XML");
    check.disagree |= check.next != text->table.elements->len;
    xmlFreeParserCtxt(check.parser);

    if (check.error) {
        g_propagate_error(error, check.error);
        return false;
    }
    if (check.disagree) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "element %u is read differently by libxml2 and by the byte scanner; "
                    "save the document as UTF-8 and try again", check.next + 1);
        return false;
    }
    return true;
}

/* What can be told from the bytes alone, in words that help. */
static bool
ifxXmlTextCheckBytes(const ifxXmlText *text,
                     GError **error)
{
    const char *nul;

    if (text->length == 0) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML, "it is empty");
        return false;
    }
    if (text->length > G_MAXINT) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML, "it is larger than 2 GiB");
        return false;
    }
    if (text->length >= 2 &&
        (memcmp(text->bytes, "\xff\xfe", 2) == 0 || memcmp(text->bytes, "\xfe\xff", 2) == 0 ||
         memcmp(text->bytes, "<\0", 2) == 0 || memcmp(text->bytes, "\0<", 2) == 0)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "it is in UTF-16 or UTF-32; convert it to UTF-8 first");
        return false;
    }
    nul = memchr(text->bytes, '\0', text->length);
    if (nul) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "it is binary: there is a NUL byte at offset %" G_GSIZE_FORMAT,
                    (gsize) (nul - text->bytes));
        return false;
    }
    return true;
}

ifxXmlText *
ifxXmlTextParse(GBytes *bytes,
                GError **error)
{
    g_autoptr(ifxXmlText) text = g_new0(ifxXmlText, 1);
    g_autoptr(GError) scan_error = NULL;

    text->data = g_bytes_ref(bytes);
    text->bytes = g_bytes_get_data(bytes, &text->length);
    text->strings = g_string_chunk_new(512);
    ifxXmlTableInit(&text->table, text->length);

    if (!ifxXmlTextCheckBytes(text, error))
        return NULL;

    /* libxml2's words are the better ones for what is not well-formed, but a
     * DOCTYPE must not reach it. */
    if (!ifxXmlTableScan(&text->table, text->bytes, text->length, &scan_error)) {
        if (memmem(text->bytes, text->length, "<!DOCTYPE", 9) ||
            ifxXmlTextCheck(text, error))
            g_propagate_error(error, g_steal_pointer(&scan_error));
        return NULL;
    }
    if (!ifxXmlTextCheck(text, error))
        return NULL;

    return g_steal_pointer(&text);
}

void
ifxXmlTextFree(ifxXmlText *text)
{
    if (!text)
        return;
    ifxXmlTableClear(&text->table);
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

bool
ifxXmlTextIsUtf8(const ifxXmlText *text)
{
    return !text->encoding;
}

guint
ifxXmlTextGetCount(const ifxXmlText *text)
{
    return text->table.elements->len;
}

const ifxXmlElement *
ifxXmlTextGetElement(const ifxXmlText *text,
                     guint element)
{
    return ifxXmlTextElement(text, element);
}

const ifxXmlAttribute *
ifxXmlTextGetAttributes(const ifxXmlText *text,
                        const ifxXmlElement *element)
{
    return element->n_attributes == 0 ? NULL :
        &g_array_index(text->table.attributes, ifxXmlAttribute, element->attributes);
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
    const ifxXmlElement *e = ifxXmlTextElement(text, element);

    return !e->ns && strlen(name) == e->name_length &&
        memcmp(text->bytes + e->start + 1, name, e->name_length) == 0;
}

guint
ifxXmlTextNextChild(const ifxXmlText *text,
                    guint parent,
                    guint after,
                    const char *name)
{
    const guint past = ifxXmlTextElement(text, parent)->past;
    guint i = after == IFX_XML_NONE ? parent + 1 : ifxXmlTextElement(text, after)->past;

    while (i < past) {
        if (ifxXmlTextIsNamed(text, i, name))
            return i;
        i = ifxXmlTextElement(text, i)->past;
    }
    return IFX_XML_NONE;
}

const char *
ifxXmlTextGetAttribute(ifxXmlText *text,
                       guint element,
                       const char *name)
{
    const ifxXmlElement *e = ifxXmlTextElement(text, element);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, e);
    const gsize length = strlen(name);
    guint i;

    for (i = 0; i < e->n_attributes; i++) {
        if (attributes[i].name_length == length &&
            memcmp(text->bytes + attributes[i].name, name, length) == 0)
            return g_string_chunk_insert_len(text->strings, attributes[i].decoded,
                                             (gssize) attributes[i].decoded_length);
    }
    return NULL;
}

char *
ifxXmlTextDupContent(const ifxXmlText *text,
                     guint element)
{
    const ifxXmlElement *e = ifxXmlTextElement(text, element);
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

    /* References, CDATA, comments, other encodings: libxml2 reads the element once more. */
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
