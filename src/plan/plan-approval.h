/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-approval: what a plan that is kept must find again when it is applied.
 *
 *     <approval uri=... libvirt=... sha256=... managed=... prune=... only-needed=...>
 *       <allow>address</allow>
 *       <group number=... fingerprint=.../>
 *       <diff>base64</diff>
 *     </approval>
 *
 * as the last child of a <plan> (plan-xml.h). sha256 is that of the definition without passwords, a
 * fingerprint that of a group's members (address, vendor, device, class); the diff is in base64,
 * since it may hold what XML can't.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "plan/plan.h"

/* Adds it to @node, the <plan> of @plan, which @policy made. @uri NULL: it is of no connection, and
 * can't be applied; @libvirt: that one's version, NULL: not known. */
void ifxPlanApprovalAdd(xmlNode *node,
                        const ifxPlan *plan,
                        const ifxPolicy *policy,
                        const char *uri,
                        const char *libvirt,
                        const char *diff);

/* What a <claim> or <member> is about: "0000:01:00.1", or the name of what has no address; NULL if
 * it has neither. Free with g_free(). */
char *ifxPlanApprovalName(const xmlNode *node);

/* Is @fresh, a <plan> with its approval, what @approved is? False with IFX_ERROR_REFUSED that says
 * what is not: the definition, a group, a verdict, or the diff. Both are of one domain. */
bool ifxPlanApprovalCheck(const xmlNode *approved, const xmlNode *fresh, GError **error);
