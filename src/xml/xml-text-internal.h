/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-text-internal: the two readings of a document, and their comparison.
 *
 * xml-table scans the bytes once and stores every element, start tag and attribute with its
 * offsets. It knows no names, entities or encodings and does not judge. It relies on one thing:
 * <, >, quotes, ] and - are the bytes that they are in ASCII.
 *
 * xml-sax reads the document with libxml2, element by element. This reading decides whether the
 * document is well-formed, and what names, values and text mean.
 *
 * xml-check compares the table with libxml2's reading: each name and value, and in UTF-8 also
 * where each start tag and each element ends.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "xml/xml-text.h"

/* Is it a namespace declaration, xmlns or xmlns:prefix? @bytes: of the document. */
static inline bool
ifxXmlAttributeIsDeclaration(const ifxXmlAttribute *attribute,
                             const char *bytes)
{
    const char *name = bytes + attribute->name;

    return attribute->name_length >= 5 && memcmp(name, "xmlns", 5) == 0 &&
        (attribute->name_length == 5 || name[5] == ':');
}

typedef struct _ifxXmlTable ifxXmlTable;
struct _ifxXmlTable {
    ifxXmlElement *elements;
    guint n_elements;
    guint element_room;         /* elements that the memory can hold */
    ifxXmlAttribute *attributes;
    guint n_attributes;
    guint attribute_room;
    bool excessive;             /* the scan ended at a limit: do not give this to libxml2 */
};

/* libxml2's time grows with the square of an element's attributes, and it searches all
 * namespaces in scope for each element. */
#define IFX_XML_ATTRIBUTES_MAX 1024
#define IFX_XML_NAMESPACES_MAX 1024

/* An empty table with room for what a document of @length bytes is likely to hold. */
void ifxXmlTableInit(ifxXmlTable *table, gsize length);
void ifxXmlTableClear(ifxXmlTable *table);

/* Fills @table. False with IFX_ERROR_XML for a DOCTYPE (a libvirt domain has none, and entities
 * would hide text from the scanner), for bytes that can't be split into tags, and for more than
 * the limits above. After a failure the table holds what came before. */
bool ifxXmlTableScan(ifxXmlTable *table,
                     const char *bytes,
                     gsize length,
                     GError **error);

/* libxml2's parser. Names, prefixes and URIs live as long as the parser. Two equal ones are one
 * pointer, in all documents that the parser reads. Values are not. */
typedef struct _ifxXmlSax ifxXmlSax;

/* Free with ifxXmlSaxFree(). */
ifxXmlSax *ifxXmlSaxNew(void);
void ifxXmlSaxFree(ifxXmlSax *sax);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlSax, ifxXmlSaxFree)

/* An offset in a document that is not in UTF-8: libxml2 does not count its bytes. */
#define IFX_XML_SAX_UNKNOWN G_MAXSIZE

/* A start tag. Lives until the callback that gets it returns. */
typedef struct _ifxXmlSaxStart ifxXmlSaxStart;
struct _ifxXmlSaxStart {
    guint element;              /* its index in document order, from 0 */
    guint parent;               /* the index of its parent; IFX_XML_NONE for the root */
    guint depth;                /* 0 for the root */
    gsize offset;               /* of the > or /> that ends it; IFX_XML_SAX_UNKNOWN */
    const char *name;           /* without the prefix */
    const char *prefix;         /* NULL for none */
    const char *ns;             /* namespace URI, NULL for none */
    guint n_namespaces;         /* declarations, in the tag's order */
    guint n_attributes;         /* without the declarations, in the tag's order */
    const unsigned char *const *namespaces; /* libxml2's: use the two functions below */
    const unsigned char *const *attributes;
};

/* A namespace declaration. */
typedef struct _ifxXmlSaxNamespace ifxXmlSaxNamespace;
struct _ifxXmlSaxNamespace {
    const char *prefix;         /* NULL for the default namespace */
    const char *uri;
};

typedef struct _ifxXmlSaxAttribute ifxXmlSaxAttribute;
struct _ifxXmlSaxAttribute {
    const char *name;           /* without the prefix */
    const char *prefix;         /* NULL for none */
    const char *ns;             /* NULL for none */
    const char *value;          /* UTF-8, references resolved, not NUL-terminated */
    gsize length;
};

static inline ifxXmlSaxNamespace
ifxXmlSaxGetNamespace(const ifxXmlSaxStart *start,
                      guint i)
{
    const unsigned char *const *pair = start->namespaces + 2 * i;

    return (ifxXmlSaxNamespace) { (const char *) pair[0], (const char *) pair[1] };
}

static inline ifxXmlSaxAttribute
ifxXmlSaxGetAttribute(const ifxXmlSaxStart *start,
                      guint i)
{
    const unsigned char *const *five = start->attributes + 5 * i;

    return (ifxXmlSaxAttribute) {
        .name = (const char *) five[0],
        .prefix = (const char *) five[1],
        .ns = (const char *) five[2],
        .value = (const char *) five[3],
        .length = (gsize) (five[4] - five[3]),
    };
}

/* Is that the value of the attribute? */
static inline bool
ifxXmlSaxHasValue(const ifxXmlSaxAttribute *attribute,
                  const char *value,
                  gsize length)
{
    return attribute->length == length && memcmp(attribute->value, value, length) == 0;
}

/* Callbacks for elements. A callback that returns false has set the error and ends the reading. */
typedef struct _ifxXmlSaxHandler ifxXmlSaxHandler;
struct _ifxXmlSaxHandler {
    bool (*start)(void *opaque, const ifxXmlSaxStart *start, GError **error);
    /* @digest: of the element's own text, comments and PIs. @offset: after the element;
     * IFX_XML_SAX_UNKNOWN. */
    bool (*end)(void *opaque, guint element, guint64 digest, gsize offset, GError **error);
};

/* Reads @bytes, at most G_MAXINT of them. Sets @encoding (unless NULL) to the encoding of the
 * document, to be freed with g_free(), except for UTF-8: then it leaves @encoding alone. False
 * with the error of @handler, with IFX_ERROR_XML if the document is not well-formed, or with
 * IFX_ERROR_MISMATCH for a DOCTYPE. */
bool ifxXmlSaxParse(ifxXmlSax *sax,
                    const char *bytes,
                    gsize length,
                    const ifxXmlSaxHandler *handler,
                    void *opaque,
                    char **encoding,
                    GError **error);

/* Is @written, of @length bytes, the name @prefix:@name (@name if @prefix is NULL)? */
bool ifxXmlSaxIsNamed(const char *written,
                      gsize length,
                      const char *name,
                      const char *prefix);

/* Continues the digest of an element's text, which starts with IFX_XML_DIGEST_START. White space
 * and control characters don't count. */
#define IFX_XML_DIGEST_START G_GUINT64_CONSTANT(0xcbf29ce484222325)
guint64 ifxXmlSaxDigest(guint64 digest, const char *bytes, gsize length);

/* Reads @bytes with @sax, compares each element with @table and completes the table: values,
 * names, digests. Names live as long as @sax. Other new strings go to @strings. @encoding is as in
 * ifxXmlSaxParse(). False with IFX_ERROR_XML if the document is not well-formed, with
 * IFX_ERROR_MISMATCH if it differs from the table. */
bool ifxXmlCheckTable(ifxXmlTable *table,
                      ifxXmlSax *sax,
                      const char *bytes,
                      gsize length,
                      GStringChunk *strings,
                      char **encoding,
                      GError **error);

/* The children of an element that have one name: what xml-path counts, once for each name. */
typedef struct _ifxXmlNamesakes ifxXmlNamesakes;
struct _ifxXmlNamesakes {
    guint parent;
    const char *name;       /* as written, in the bytes of the document */
    gsize length;
    const char *ns;         /* NULL for none */
    GArray *elements;       /* guint, in document order */
};

GHashTable *ifxXmlPathNewNamesakes(void);

/* The table of ifxXmlPathNewNamesakes(), which ifxXmlPathFormat() and ifxXmlPathResolve() fill. Lent by
 * @text. */
GHashTable *ifxXmlTextGetNamesakes(const ifxXmlText *text);

/* The parser that read @text. Another document that is read with it can be compared by pointers,
 * because equal names are one pointer. Lent by @text. */
ifxXmlSax *ifxXmlTextGetSax(const ifxXmlText *text);
