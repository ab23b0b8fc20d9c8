/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-table: a document's elements and where their bytes stand.
 *
 * The scanner walks the bytes once and writes down every element, start tag
 * and attribute with its offsets. It knows no names, entities or encodings and
 * does not judge: whether the document is well-formed, and whether the scanner
 * understood it, is for xml-check.h, which holds the table against libxml2's
 * own reading. It relies on <, >, quotes, ] and - being the bytes that ASCII
 * has, and on nothing else.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define IFX_XML_NONE G_MAXUINT

/* One attribute. Namespace declarations are attributes here too. */
typedef struct _ifxXmlAttribute ifxXmlAttribute;
struct _ifxXmlAttribute {
    gsize name;             /* offset of its name */
    gsize value;            /* offset of its value, behind the quote */
    gsize raw_length;       /* of the value as written */
    guint name_length;
    char quote;             /* ' or " */
    /* Filled in by xml-check, as libxml2 reads it: */
    const char *decoded;    /* the value, in UTF-8 and not NUL-terminated */
    gsize decoded_length;
    const char *local;      /* the name without the prefix; of a declaration: NULL */
    const char *prefix;     /* NULL for none; of a declaration: the one it declares */
    const char *ns;         /* namespace URI, NULL for none; of a declaration: NULL */
};

/* Is it a namespace declaration, xmlns or xmlns:prefix? */
static inline bool
ifxXmlAttributeDeclares(const ifxXmlAttribute *attribute,
                        const char *bytes)
{
    const char *name = bytes + attribute->name;

    return attribute->name_length >= 5 && memcmp(name, "xmlns", 5) == 0 &&
        (attribute->name_length == 5 || name[5] == ':');
}

/* One element. Elements stand in document order, so that the descendants of
 * element i are i + 1 ... past - 1, and its next sibling, if any, is past. */
typedef struct _ifxXmlElement ifxXmlElement;
struct _ifxXmlElement {
    guint parent;           /* IFX_XML_NONE for the root */
    guint past;
    guint depth;            /* 0 for the root */
    guint attributes;       /* index of its first attribute */
    guint n_attributes;
    guint name_length;
    gsize start;            /* offset of <; its name follows */
    gsize content;          /* offset behind the start tag's > */
    gsize content_end;      /* offset of the end tag's <; of an empty-element tag: end */
    gsize end;              /* offset behind the element */
    bool empty_tag;         /* <name/> */
    /* Filled in by xml-check, as libxml2 reads it: */
    const char *local;      /* the name without the prefix */
    const char *prefix;     /* NULL for none */
    const char *ns;         /* namespace URI, NULL for none */
    guint64 digest;         /* of its own text, comments and PIs, white space left out */
};

typedef struct _ifxXmlTable ifxXmlTable;
struct _ifxXmlTable {
    ifxXmlElement *elements;
    guint n_elements;
    guint element_room;         /* how many there is memory for */
    ifxXmlAttribute *attributes;
    guint n_attributes;
    guint attribute_room;
    bool excessive;             /* the scan ended at a limit: this is nothing for libxml2 */
};

/* libxml2 takes time with the square of an element's attributes, and looks through all
 * namespaces in scope for each element. */
#define IFX_XML_ATTRIBUTES_MAX 1024
#define IFX_XML_NAMESPACES_MAX 1024

/* Empty, with room for what a document of @length bytes is likely to hold. */
void ifxXmlTableInit(ifxXmlTable *table, gsize length);
void ifxXmlTableClear(ifxXmlTable *table);

/* Fills @table. False with IFX_ERROR_XML for a DOCTYPE (a libvirt domain has
 * none, and entities would hide text from the scanner), for bytes that can't
 * be split into tags, and beyond the limits above. On failure the table holds what came
 * before. */
bool ifxXmlTableScan(ifxXmlTable *table,
                     const char *bytes,
                     gsize length,
                     GError **error);
