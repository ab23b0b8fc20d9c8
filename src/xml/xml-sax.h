/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-sax: libxml2's reading of a document, element by element.
 *
 * It decides whether a document is well-formed, and what names, values and text mean.
 * No tree is built.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* libxml2's parser. Names, prefixes and URIs live as long as it, and where two are equal, in
 * one document or in several that it read, they are one pointer; values don't. */
typedef struct _ifxXmlSax ifxXmlSax;

/* Free with ifxXmlSaxFree(). */
ifxXmlSax *ifxXmlSaxNew(void);
void ifxXmlSaxFree(ifxXmlSax *sax);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlSax, ifxXmlSaxFree)

/* A start tag. Lives until the callback that gets it returns. */
typedef struct _ifxXmlSaxStart ifxXmlSaxStart;
struct _ifxXmlSaxStart {
    guint element;              /* its place in document order, from 0 */
    guint parent;               /* that of its parent; of the root: G_MAXUINT */
    guint depth;                /* 0 for the root */
    const char *name;           /* without the prefix */
    const char *prefix;         /* NULL for none */
    const char *ns;             /* namespace URI, NULL for none */
    guint n_namespaces;         /* declarations, in the tag's order */
    guint n_attributes;         /* without the declarations, in the tag's order */
    const unsigned char *const *namespaces; /* libxml2's: see the functions below */
    const unsigned char *const *attributes;
};

/* One of the declarations. */
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

/* What to do with elements. The reading ends where one of them returns false; then it
 * has set the error. */
typedef struct _ifxXmlSaxHandler ifxXmlSaxHandler;
struct _ifxXmlSaxHandler {
    bool (*start)(void *opaque, const ifxXmlSaxStart *start, GError **error);
    /* @digest: of the element's own text, comments and PIs. */
    bool (*end)(void *opaque, guint element, guint64 digest, GError **error);
};

/* Reads @bytes, at most G_MAXINT of them. @encoding, where it is not NULL, is set to the
 * document's (free with g_free()), and left alone for UTF-8. False with the error of
 * @handler, or with IFX_ERROR_XML when the document is not well-formed, or with
 * IFX_ERROR_MISMATCH for a DOCTYPE. */
bool ifxXmlSaxParse(ifxXmlSax *sax,
                    const char *bytes,
                    gsize length,
                    const ifxXmlSaxHandler *handler,
                    void *opaque,
                    char **encoding,
                    GError **error);

/* Is @written, of @length bytes, the name @prefix:@name (@name, where @prefix is NULL)? */
bool ifxXmlSaxIsNamed(const char *written,
                      gsize length,
                      const char *name,
                      const char *prefix);

/* The digest of an element's text: start with IFX_XML_DIGEST_START; white space and
 * control characters don't count. */
#define IFX_XML_DIGEST_START G_GUINT64_CONSTANT(0xcbf29ce484222325)
guint64 ifxXmlDigest(guint64 digest, const char *bytes, gsize length);
