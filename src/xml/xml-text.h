/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-text: a document as its bytes and the table of its elements.
 *
 * The document is read twice in parallel: by libxml2's SAX parser, which
 * decides whether it is well-formed and what names and values mean, and by the
 * scanner of xml-table.h, which knows where the bytes are. They must agree on
 * every element and attribute; if they don't, the document is refused. There is
 * no tree: everything that needs the document works on the table.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-sax.h"
#include "xml/xml-table.h"

/* No domain is larger: libvirt's own protocol passes 4 MiB of XML at most
 * (REMOTE_STRING_MAX in libvirt src/remote/remote_protocol.x). */
#define IFX_XML_DOMAIN_MAX (16 * 1024 * 1024)

typedef struct _ifxXmlText ifxXmlText;

/* Reads @bytes, of which the document keeps a reference. NULL with IFX_ERROR_XML
 * when they are empty, binary or UTF-16, hold a DOCTYPE, or are not well-formed, with
 * IFX_ERROR_MISMATCH when the two readings differ. Free with ifxXmlTextFree(). */
ifxXmlText *ifxXmlTextParse(GBytes *bytes, GError **error);
void ifxXmlTextFree(ifxXmlText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlText, ifxXmlTextFree)

/* All of the following lend: what they return lives as long as @text. */

const char *ifxXmlTextGetBytes(const ifxXmlText *text, gsize *length);
GBytes *ifxXmlTextGetData(const ifxXmlText *text);

/* The parser that read it, to read what is to be compared with it: equal names are then
 * one pointer. */
ifxXmlSax *ifxXmlTextGetSax(const ifxXmlText *text);

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
 * (IFX_XML_NONE: from the start); IFX_XML_NONE if there is none. */
guint ifxXmlTextNextChild(const ifxXmlText *text,
                          guint parent,
                          guint after,
                          const char *name);

/* The value of the attribute as UTF-8, NULL if absent. As for xmlGetProp, by which libvirt
 * reads, an attribute of that name in a namespace will do, and the first one counts. */
const char *ifxXmlTextGetAttribute(ifxXmlText *text,
                                   guint element,
                                   const char *name);

/* The attribute in no namespace, NULL if absent. A namespace declaration is none. */
const ifxXmlAttribute *ifxXmlTextFindAttribute(const ifxXmlText *text,
                                               guint element,
                                               const char *name);

/* The element's own text when nothing but text is in it, as UTF-8 with
 * references resolved; NULL if it has element children. Free with g_free(). */
char *ifxXmlTextDupContent(const ifxXmlText *text, guint element);
