/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-kept: is all of one document still there in another?
 *
 * For what libvirt makes of a definition: it may add elements and attributes, and it drops
 * without a word what it does not know.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml-text.h"

/* Has @after each element of @before, in the same order and below the same parent, with each of
 * its attributes and, where there is nothing but text in it, that text? False with
 * IFX_ERROR_MISMATCH that names the first that is gone. */
bool ifxXmlIsKept(ifxXmlText *before, ifxXmlText *after, GError **error);
