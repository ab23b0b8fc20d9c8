/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-text: the <plan> of a plan document (plan-xml.h) as lines of text.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* The device of a <claim> or <member>: its address "0000:01:00.1", or the name of a member that is
 * no PCI device; NULL if there is neither. Free with g_free(). */
char *ifxPlanTextName(const xmlNode *node);

/* Appends claims and members of @plan with verdict, reason and evidence; not escaped. It is what two
 * plans of one host have in common as long as nothing happens there: without process IDs, and
 * without evidence that refuses nothing, such as another domain that runs now. */
void ifxPlanTextAppend(const xmlNode *plan, GString *out);
