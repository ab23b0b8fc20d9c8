/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-sax.h"

#include <libxml/parser.h>
#include <string.h>

#include "error.h"

/* One SAX pass, held against the table. */
typedef struct {
    ifxXmlTable *table;
    const char *bytes;
    GStringChunk *strings;
    xmlParserCtxtPtr parser;
    guint next;             /* the element whose start tag comes next */
    guint open;
    bool disagree;
    GError *error;
} ifxXmlCheck;

/* FNV-1a: an accident must show, an enemy gains nothing by a collision. */
#define IFX_XML_DIGEST_PRIME G_GUINT64_CONSTANT(0x100000001b3)

static ifxXmlElement *
ifxXmlCheckElement(const ifxXmlCheck *check,
                   guint element)
{
    return &g_array_index(check->table->elements, ifxXmlElement, element);
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
ifxXmlCheckAttributes(const ifxXmlCheck *check,
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
        ifxXmlAttribute *attribute = &g_array_index(check->table->attributes, ifxXmlAttribute,
                                                    element->attributes + i);
        const char *name = check->bytes + attribute->name;
        const char *value;
        const char *ns;

        attribute->decoded = check->bytes + attribute->value;
        attribute->decoded_length = attribute->raw_length;
        attribute->ns = NULL;
        if (ifxXmlIsNamespaceDeclaration(name, attribute->name_length))
            continue;

        if (seen == n_attributes ||
            !ifxXmlSameName(name, attribute->name_length, sax[seen * 5], sax[seen * 5 + 1]))
            return false;

        ns = (const char *) sax[seen * 5 + 2];
        attribute->ns = ns ? g_string_chunk_insert_const(check->strings, ns) : NULL;
        value = (const char *) sax[seen * 5 + 3];
        attribute->decoded_length = (gsize) ((const char *) sax[seen * 5 + 4] - value);
        if (attribute->decoded_length != attribute->raw_length ||
            memcmp(attribute->decoded, value, attribute->raw_length) != 0) {
            attribute->decoded = g_string_chunk_insert_len(check->strings, value,
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
    ifxXmlElement *element;

    if (check->disagree)
        return;
    if (check->next == check->table->elements->len) {
        ifxXmlCheckDisagree(check);
        return;
    }

    element = ifxXmlCheckElement(check, check->next);
    if (element->parent != check->open ||
        !ifxXmlSameName(check->bytes + element->start + 1, element->name_length, local, prefix) ||
        !ifxXmlCheckAttributes(check, element, (guint) n_namespaces, (guint) n_attributes,
                               attributes)) {
        ifxXmlCheckDisagree(check);
        return;
    }

    element->ns = ns ? g_string_chunk_insert_const(check->strings, (const char *) ns) : NULL;
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
        check->open = ifxXmlCheckElement(check, check->open)->parent;
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

    digest = &ifxXmlCheckElement(check, check->open)->digest;
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
    g_autofree char *message = NULL;

    if (problem->level < XML_ERR_FATAL || check->error || check->disagree)
        return;

    message = g_strstrip(g_strdup(problem->message ? problem->message : "not well-formed"));
    g_set_error(&check->error, IFX_ERROR, IFX_ERROR_XML, "line %d: %s",
                problem->line, g_strdelimit(message, "\r\n", ' '));
}

/* libxml2 writes it down in one of two places. */
static const char *
ifxXmlCheckEncoding(const ifxXmlCheck *check)
{
    if (check->parser->encoding)
        return (const char *) check->parser->encoding;
    return check->parser->input ? (const char *) check->parser->input->encoding : NULL;
}

bool
ifxXmlSaxCheck(ifxXmlTable *table,
               const char *bytes,
               gsize length,
               GStringChunk *strings,
               char **encoding,
               GError **error)
{
    ifxXmlCheck check = {
        .table = table,
        .bytes = bytes,
        .strings = strings,
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
    const char *declared;

    *check.parser->sax = handler;
    check.parser->userData = &check;
    /* Without NOENT an & in an attribute comes as &#38;. There is no DOCTYPE, so there are
     * no other entities. */
    xmlFreeDoc(xmlCtxtReadMemory(check.parser, bytes, (int) length, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOENT));

    declared = ifxXmlCheckEncoding(&check);
    if (declared && g_ascii_strcasecmp(declared, "UTF-8") != 0)
        *encoding = g_strdup(declared);
    if (!check.error && !check.disagree && !check.parser->wellFormed)
        g_set_error(&check.error, IFX_ERROR, IFX_ERROR_XML, "not well-formed XML");
    check.disagree |= check.next != table->elements->len;
    xmlFreeParserCtxt(check.parser);

    if (check.error) {
        g_propagate_error(error, check.error);
        return false;
    }
    if (check.disagree) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH,
                    "element %u is read differently by libxml2 and by the byte scanner; "
                    "save the document as UTF-8 and try again", check.next + 1);
        return false;
    }
    return true;
}
