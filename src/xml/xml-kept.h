/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-kept: is all of one document still there in another?
 *
 * For what libvirt makes of a definition: it may add elements and attributes, and it drops
 * without a word what it does not know. Names are compared by namespace, not by prefix; white
 * space around text, and text beside elements, is not compared.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-text.h"

/* Has @after each element of @before below the same parent, with each of its attributes and, where
 * there is nothing but text in it, that text? Siblings of one name are in the same order; those of
 * several names need not be, for libvirt writes a domain's devices kind by kind, whatever their
 * order was. False with IFX_ERROR_MISMATCH that names the first that is gone. */
bool ifxXmlIsKept(const ifxXmlText *before, const ifxXmlText *after, GError **error);

/* The same for the element @one of @before and @other of @after with all that is in them; where
 * they stand does not matter. On false @gone, unless it is NULL, is the element of @before that
 * is gone: @one itself if its own name, attributes or text are not kept. */
bool ifxXmlIsElementKept(const ifxXmlText *before,
                         guint one,
                         const ifxXmlText *after,
                         guint other,
                         guint *gone);
