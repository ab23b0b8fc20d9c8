/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-describe: the <plan> of a saved plan (plan-file.h) in words, for who approves it.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

/* Appends what is planned for the domain: what is wrong with its claims, its groups with each member
 * (name, class, driver, what becomes of it, why, and what uses it), and its notes. The text is
 * escaped and fits @width columns, unless that is 0. The words are those in the document; where it
 * has none, its codes. */
void ifxPlanDescribe(const xmlNode *plan, guint width, GString *out);
