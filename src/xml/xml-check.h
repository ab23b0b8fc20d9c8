/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-check: the table that the scanner made of a document, held against libxml2's
 * reading of the same bytes.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-sax.h"
#include "xml/xml-table.h"

/* Reads @bytes by @sax and fills in what the scanner left open in @table: values,
 * names, digests; names live as long as @sax, other new strings go to @strings. @encoding is
 * that of ifxXmlSaxParse(). False with
 * IFX_ERROR_XML when the document is not well-formed, with IFX_ERROR_MISMATCH when it is,
 * but not as the table has it. */
bool ifxXmlCheckTable(ifxXmlTable *table,
                      ifxXmlSax *sax,
                      const char *bytes,
                      gsize length,
                      GStringChunk *strings,
                      char **encoding,
                      GError **error);
