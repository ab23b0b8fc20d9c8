/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-text: a document as its bytes and a table of its elements.
 *
 * The document is read twice. libxml2's SAX parser decides whether it is well-formed and what
 * names and values mean. A scanner finds where the bytes of each element are. Both must agree on
 * every element and attribute, otherwise the document is refused. There is no tree: all code that
 * needs the document works on the table.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* No element. */
#define IFX_XML_NONE G_MAXUINT

/* An attribute. Namespace declarations are attributes too. */
typedef struct _ifxXmlAttribute ifxXmlAttribute;
struct _ifxXmlAttribute {
    gsize name;             /* offset of its name */
    gsize value;            /* offset of its value, after the quote */
    gsize raw_length;       /* of the value as written */
    guint name_length;
    char quote;             /* ' or " */
    /* As libxml2 reads it: */
    const char *decoded;    /* the value, in UTF-8 and not NUL-terminated */
    gsize decoded_length;
    const char *local;      /* the name without the prefix; NULL for a declaration */
    const char *prefix;     /* NULL for none; for a declaration: the one it declares */
    const char *ns;         /* namespace URI; NULL for none and for a declaration */
};

/* An element. Elements are in document order: the descendants of element i are
 * i + 1 ... past - 1, and its next sibling, if it has one, is past. */
typedef struct _ifxXmlElement ifxXmlElement;
struct _ifxXmlElement {
    guint parent;           /* IFX_XML_NONE for the root */
    guint past;
    guint depth;            /* 0 for the root */
    guint attributes;       /* index of its first attribute */
    guint n_attributes;
    guint name_length;
    gsize start;            /* offset of <; its name follows */
    gsize content;          /* offset after the > of the start tag */
    gsize content_end;      /* offset of the < of the end tag; of an empty-element tag: end */
    gsize end;              /* offset after the element */
    bool empty_tag;         /* <name/> */
    /* As libxml2 reads it: */
    const char *local;      /* the name without the prefix */
    const char *prefix;     /* NULL for none */
    const char *ns;         /* namespace URI, NULL for none */
    guint64 digest;         /* of its own text, comments and PIs, without white space */
};

/* No domain is larger: libvirt's own protocol passes at most 4 MiB of XML
 * (REMOTE_STRING_MAX in libvirt src/remote/remote_protocol.x). */
#define IFX_XML_DOMAIN_MAX (16 * 1024 * 1024)

typedef struct _ifxXmlText ifxXmlText;

/* Reads @bytes; the document keeps a reference to them. NULL with IFX_ERROR_XML if they are
 * empty, binary, UTF-16 or not well-formed, or hold a DOCTYPE; with IFX_ERROR_MISMATCH if the two
 * readings differ. Free with ifxXmlTextFree(). */
ifxXmlText *ifxXmlTextParse(GBytes *bytes, GError **error);
void ifxXmlTextFree(ifxXmlText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlText, ifxXmlTextFree)

/* What these functions return lives as long as @text. */

const char *ifxXmlTextGetBytes(const ifxXmlText *text, gsize *length);
GBytes *ifxXmlTextGetData(const ifxXmlText *text);

/* False for a document in another encoding than UTF-8: what is inserted
 * there must be written in ASCII. */
bool ifxXmlTextIsUtf8(const ifxXmlText *text);

guint ifxXmlTextGetCount(const ifxXmlText *text);
const ifxXmlElement *ifxXmlTextGetElement(const ifxXmlText *text, guint element);
const ifxXmlAttribute *ifxXmlTextGetAttributes(const ifxXmlText *text,
                                               const ifxXmlElement *element);

/* The element's name as written (not NUL-terminated). */
const char *ifxXmlTextGetName(const ifxXmlText *text,
                              const ifxXmlElement *element,
                              gsize *length);

/* Is @element called @name, in no namespace? libvirt's own elements are in none. */
bool ifxXmlTextIsNamed(const ifxXmlText *text, guint element, const char *name);

/* The first child of @parent with that name that comes after the child @after
 * (IFX_XML_NONE: the first of all); IFX_XML_NONE if there is none. */
guint ifxXmlTextNextChild(const ifxXmlText *text,
                          guint parent,
                          guint after,
                          const char *name);

/* The value of the attribute as UTF-8; NULL if it is absent. As in xmlGetProp, which libvirt
 * uses, an attribute of that name in a namespace counts too, and the first one is taken. */
const char *ifxXmlTextGetAttribute(ifxXmlText *text,
                                   guint element,
                                   const char *name);

/* The attribute of that name in no namespace; NULL if it is absent. Never a namespace
 * declaration. */
const ifxXmlAttribute *ifxXmlTextFindAttribute(const ifxXmlText *text,
                                               guint element,
                                               const char *name);

/* The element's own text as UTF-8 with references resolved; NULL if it has element children.
 * Free with g_free(). */
char *ifxXmlTextDupContent(const ifxXmlText *text, guint element);

/* A path names one element, as libxml2's xmlGetNodePath writes it and as an XML patch (RFC
 * 5261) may select it: /domain/devices/hostdev[2]. A step is a name in no namespace. [n] counts
 * from 1 among the siblings of that name; it may be absent only where there is one such
 * sibling. */

/* The path of @element. If a step is in a namespace, the path is for people to read: the step has
 * the name as written, with its prefix, and ifxXmlPathResolve() does not take it. Free with
 * g_free(). */
char *ifxXmlPathFormat(const ifxXmlText *text, guint element);

/* The element that @path of @length bytes names. IFX_XML_NONE with IFX_ERROR_PATCH if it is no
 * such path, or matches no element or several. */
guint ifxXmlPathResolve(const ifxXmlText *text,
                        const char *path,
                        gsize length,
                        GError **error);
