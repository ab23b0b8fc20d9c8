/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-compare: does one document still hold everything that another one holds?
 *
 * For comparing a definition with what libvirt makes of it: libvirt may add elements and
 * attributes, and drops what it does not know without a message. Names are compared by
 * namespace, not by prefix. White space around text, and text beside elements, are not compared.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-text.h"

/* Does @after have each element of @before below the same parent, with all its attributes and,
 * if the element holds only text, with that text? Each element is found once. Siblings may be in
 * another order: libvirt writes a domain's devices kind by kind, and sorts the controllers that it
 * added itself only when it parses its own text (virDomainControllerInsert, libvirt
 * src/conf/domain_conf.c).
 * False with IFX_ERROR_MISMATCH, which names the first element that is missing. */
bool ifxXmlCompare(const ifxXmlText *before, const ifxXmlText *after, GError **error);

/* The same for the element @one of @before and the element @other of @after, with everything in
 * them. Their places do not matter. If false, @missing (unless NULL) is the element of @before
 * that is missing: @one itself if its own name, attributes or text differ. */
bool ifxXmlCompareElements(const ifxXmlText *before,
                           guint one,
                           const ifxXmlText *after,
                           guint other,
                           guint *missing);
