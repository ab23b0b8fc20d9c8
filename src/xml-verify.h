/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-verify: is a document another one with elements inserted?
 *
 * The comparison is made on libxml2's reading of both, so that it finds what the
 * byte scanner or an edit got wrong.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "xml-text.h"

/* The element children of @nodes, inserted so that they come right before element
 * @before of the original in document order (its count: at the end), at @depth. */
typedef struct _ifxXmlInsertion ifxXmlInsertion;
struct _ifxXmlInsertion {
    guint before;
    guint depth;
    const xmlNode *nodes;
};

/* @insertions: ifxXmlInsertion in document order. False with IFX_ERROR_MISMATCH at the
 * first element that is not as expected. White space in text is not compared. */
bool ifxXmlVerifyInserted(const ifxXmlText *original,
                          const GArray *insertions,
                          const ifxXmlText *result,
                          GError **error);
