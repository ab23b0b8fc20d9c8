/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-text-internal.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/error.h"
#include "base/libxml.h"

/* Few domains have more elements open at once. */
#define IFX_XML_SAX_DEPTH 32

/* FNV-1a: it must show accidents; an attacker gains nothing from a collision. */
#define IFX_XML_DIGEST_PRIME G_GUINT64_CONSTANT(0x100000001b3)

/* An element whose end tag is still to come. */
typedef struct {
    guint element;
    guint64 digest;
} ifxXmlSaxOpen;

struct _ifxXmlSax {
    xmlParserCtxtPtr parser;
    const ifxXmlSaxHandler *handler;
    void *opaque;
    bool counts;            /* the document is in UTF-8: libxml2 counts its bytes */
    guint count;            /* elements so far */
    ifxXmlSaxOpen *open;
    guint depth;            /* open elements */
    guint room;             /* open elements that the memory can hold */
    GError *error;          /* once it is set, all further events are ignored */
};

ifxXmlSax *
ifxXmlSaxNew(void)
{
    ifxXmlSax *sax = g_new0(ifxXmlSax, 1);

    sax->parser = xmlNewParserCtxt();
    sax->room = IFX_XML_SAX_DEPTH;
    sax->open = g_new(ifxXmlSaxOpen, sax->room);
    return sax;
}

void
ifxXmlSaxFree(ifxXmlSax *sax)
{
    if (!sax)
        return;
    xmlFreeParserCtxt(sax->parser);
    g_free(sax->open);
    g_free(sax);
}

static bool
ifxXmlSaxIsUtf8(const char *encoding)
{
    return !encoding || g_ascii_strcasecmp(encoding, "UTF-8") == 0;
}

/* libxml2's own count, which knows nothing of the scanner's. */
static gsize
ifxXmlSaxGetOffset(const ifxXmlSax *sax)
{
    return sax->counts ? ifxLibxmlGetOffset(sax->parser) : IFX_XML_SAX_UNKNOWN;
}

static void
ifxXmlSaxStartElement(void *opaque,
                      const xmlChar *name,
                      const xmlChar *prefix,
                      const xmlChar *ns,
                      int n_namespaces,
                      const xmlChar **namespaces,
                      int n_attributes,
                      int n_defaulted G_GNUC_UNUSED,
                      const xmlChar **attributes)
{
    ifxXmlSax *sax = opaque;
    ifxXmlSaxStart start = {
        .element = sax->count,
        .parent = sax->depth > 0 ? sax->open[sax->depth - 1].element : G_MAXUINT,
        .depth = sax->depth,
        .name = (const char *) name,
        .prefix = (const char *) prefix,
        .ns = (const char *) ns,
        .n_namespaces = (guint) n_namespaces,
        .n_attributes = (guint) n_attributes,
        .namespaces = namespaces,
        .attributes = attributes,
    };

    if (sax->error)
        return;
    if (sax->depth == sax->room) {
        sax->room += IFX_XML_SAX_DEPTH + sax->depth;
        sax->open = g_renew(ifxXmlSaxOpen, sax->open, sax->room);
    }
    /* The declaration of the encoding comes before the root. */
    if (sax->count == 0)
        sax->counts = ifxXmlSaxIsUtf8(ifxLibxmlGetEncoding(sax->parser));
    start.offset = ifxXmlSaxGetOffset(sax);
    sax->open[sax->depth].element = sax->count++;
    sax->open[sax->depth++].digest = IFX_XML_DIGEST_START;
    if (!sax->handler->start(sax->opaque, &start, &sax->error))
        xmlStopParser(sax->parser);
}

static void
ifxXmlSaxEndElement(void *opaque,
                    const xmlChar *name G_GNUC_UNUSED,
                    const xmlChar *prefix G_GNUC_UNUSED,
                    const xmlChar *ns G_GNUC_UNUSED)
{
    ifxXmlSax *sax = opaque;
    const ifxXmlSaxOpen *open;

    if (sax->error)
        return;
    open = &sax->open[--sax->depth];
    if (!sax->handler->end(sax->opaque, open->element, open->digest, ifxXmlSaxGetOffset(sax),
                           &sax->error))
        xmlStopParser(sax->parser);
}

guint64
ifxXmlSaxDigest(guint64 digest,
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
ifxXmlSaxAddText(ifxXmlSax *sax,
                 const char *bytes,
                 gsize length)
{
    guint64 *digest;

    if (sax->error || sax->depth == 0)
        return;
    digest = &sax->open[sax->depth - 1].digest;
    *digest = ifxXmlSaxDigest(*digest, bytes, length);
}

static void
ifxXmlSaxCharacters(void *opaque,
                    const xmlChar *bytes,
                    int length)
{
    ifxXmlSaxAddText(opaque, (const char *) bytes, (gsize) length);
}

static void
ifxXmlSaxComment(void *opaque,
                 const xmlChar *comment)
{
    ifxXmlSaxAddText(opaque, "!", 1);
    ifxXmlSaxAddText(opaque, (const char *) comment, strlen((const char *) comment));
}

static void
ifxXmlSaxInstruction(void *opaque,
                     const xmlChar *target,
                     const xmlChar *data)
{
    ifxXmlSaxAddText(opaque, "?", 1);
    ifxXmlSaxAddText(opaque, (const char *) target, strlen((const char *) target));
    if (data)
        ifxXmlSaxAddText(opaque, (const char *) data, strlen((const char *) data));
}

/* The scanner lets no DOCTYPE through, so what libxml2 takes for one is something else in
 * ASCII. */
static void
ifxXmlSaxDoctype(void *opaque,
                 const xmlChar *name G_GNUC_UNUSED,
                 const xmlChar *public_id G_GNUC_UNUSED,
                 const xmlChar *system_id G_GNUC_UNUSED)
{
    ifxXmlSax *sax = opaque;

    if (sax->error)
        return;
    ifxErrorSet(&sax->error, IFX_ERROR_MISMATCH,
                "libxml2 finds a DOCTYPE; save the document as UTF-8 without one");
    xmlStopParser(sax->parser);
}

static void
ifxXmlSaxProblem(void *opaque,
                 ifxLibxmlError *problem)
{
    ifxXmlSax *sax = opaque;
    g_autofree char *message = NULL;

    if (problem->level < XML_ERR_FATAL)
        return;

    /* The first error is enough: libxml2 would go on, and copy the rest of the input for each
     * further error. */
    ifxLibxmlStopAtError(sax->parser);
    if (sax->error)
        return;

    message = g_strstrip(g_strdup(problem->message ? problem->message : "not well-formed"));
    ifxErrorSet(&sax->error, IFX_ERROR_XML, "line %d: %s", problem->line,
                g_strdelimit(message, "\r\n", ' '));
}

bool
ifxXmlSaxParse(ifxXmlSax *sax,
               const char *bytes,
               gsize length,
               const ifxXmlSaxHandler *handler,
               void *opaque,
               char **encoding,
               GError **error)
{
    static const xmlSAXHandler callbacks = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = ifxXmlSaxDoctype,
        .startElementNs = ifxXmlSaxStartElement,
        .endElementNs = ifxXmlSaxEndElement,
        .characters = ifxXmlSaxCharacters,
        /* The same function, otherwise libxml2 examines all white space to choose between them. */
        .ignorableWhitespace = ifxXmlSaxCharacters,
        .cdataBlock = ifxXmlSaxCharacters,
        .comment = ifxXmlSaxComment,
        .processingInstruction = ifxXmlSaxInstruction,
        .serror = ifxXmlSaxProblem,
    };
    const char *declared;

    sax->handler = handler;
    sax->opaque = opaque;
    sax->count = 0;
    sax->depth = 0;
    sax->error = NULL;
    *sax->parser->sax = callbacks;
    sax->parser->userData = sax;
    /* Without NOENT, an & in an attribute comes as &#38;. There is no DOCTYPE, so there are
     * no other entities. */
    xmlFreeDoc(xmlCtxtReadMemory(sax->parser, bytes, (int) length, NULL, NULL,
                                 XML_PARSE_NONET | XML_PARSE_NOENT));

    declared = ifxLibxmlGetEncoding(sax->parser);
    if (encoding && !ifxXmlSaxIsUtf8(declared))
        *encoding = g_strdup(declared);
    if (!sax->error && !sax->parser->wellFormed)
        ifxErrorSet(&sax->error, IFX_ERROR_XML, "not well-formed XML");

    if (!sax->error)
        return true;
    g_propagate_error(error, g_steal_pointer(&sax->error));
    return false;
}

bool
ifxXmlSaxIsNamed(const char *written,
                 gsize length,
                 const char *name,
                 const char *prefix)
{
    if (prefix) {
        const gsize n = strlen(prefix);

        if (length <= n || memcmp(written, prefix, n) != 0 || written[n] != ':')
            return false;
        written += n + 1;
        length -= n + 1;
    }
    return strncmp(written, name, length) == 0 && name[length] == '\0';
}
