/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-xml: plans as an XML document, the form that stylesheets read.
 *
 * The document is described by xslt/plan.rng; its root <plans> holds a <plan> for each
 * domain. It is in no namespace, so that nothing of it can come into the scope of what
 * a stylesheet writes.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

#include "plan/plan.h"

/* An empty <plans>. Free with xmlFreeDoc(). */
xmlDoc *ifxPlanXmlNew(void);

/* Appends @plan to @doc; keeps nothing of it. Its <plan>, lent by @doc. */
xmlNode *ifxPlanXmlAdd(xmlDoc *doc, const ifxPlan *plan);

/* The document as indented text, for appending to @out. */
void ifxPlanXmlFormat(const xmlDoc *doc, GString *out);
