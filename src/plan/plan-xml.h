/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-xml: plans as an XML document, the form that stylesheets read.
 *
 * xslt/plan.rng describes the document. Its root <plans> has a <plan> for each domain. It is in no
 * namespace, so that a stylesheet cannot copy one into what it writes.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "plan/plan.h"

/* An empty <plans>. Free with xmlFreeDoc(). */
xmlDoc *ifxPlanXmlNew(void);

/* Appends @plan to @doc, which keeps no pointer to it. @words: with a sentence and a remedy beside
 * each code, for people and reports. The new <plan>, lent by @doc. */
xmlNode *ifxPlanXmlAdd(xmlDoc *doc, const ifxPlan *plan, bool words);

/* The same with only what is to change: what the built-in stylesheets make their patches of. From all
 * of the plan they make the same. A tenth of it, where little is to change. */
xmlNode *ifxPlanXmlAddChanges(xmlDoc *doc, const ifxPlan *plan);

/* Appends the document to @out, as indented text. */
void ifxPlanXmlFormat(const xmlDoc *doc, GString *out);
