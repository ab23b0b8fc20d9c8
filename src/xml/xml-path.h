/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-path: naming one element of a document.
 *
 * A path is what libxml2's xmlGetNodePath writes and what an XML patch (RFC
 * 5261) may select by: /domain/devices/hostdev[2]. A step is a name in no
 * namespace; [n] counts from 1 among the siblings of that name and may be left
 * out only where there is one such sibling.
 */

#pragma once

#include <glib.h>

#include "xml/xml-text.h"

/* The path of @element. Free with g_free(). */
char *ifxXmlPathFormat(const ifxXmlText *text, guint element);

/* The element that @path of @length bytes names; IFX_XML_NONE with
 * IFX_ERROR_PATCH if it is no such path, or matches nothing or several things. */
guint ifxXmlPathResolve(const ifxXmlText *text,
                        const char *path,
                        gsize length,
                        GError **error);
