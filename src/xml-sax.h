/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-sax: libxml2's reading of a document, held against the table of its bytes.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml-table.h"

/* Parses @bytes and fills in what the scanner left open in @table: values, namespaces,
 * digests; new strings go to @strings. @encoding is set to the document's (free with
 * g_free()), and left alone for UTF-8. False with IFX_ERROR_XML when the document is not
 * well-formed, with IFX_ERROR_MISMATCH when it is, but not as the table has it. */
bool ifxXmlSaxCheck(ifxXmlTable *table,
                    const char *bytes,
                    gsize length,
                    GStringChunk *strings,
                    char **encoding,
                    GError **error);

/* The digest of an element's text: start with IFX_XML_DIGEST_START; white space and
 * control characters don't count. */
#define IFX_XML_DIGEST_START G_GUINT64_CONSTANT(0xcbf29ce484222325)
guint64 ifxXmlDigest(guint64 digest, const char *bytes, gsize length);
