/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-approval: what must be the same when a saved plan is applied.
 *
 *     <approval uri=... host-uuid=... libvirt=... sha256=... managed=... prune=... only-needed=...>
 *       <allow>address</allow>
 *       <group number=... fingerprint=.../>
 *       <diff>base64</diff>
 *     </approval>
 *
 * It is the last child of a <plan> (plan-xml.h). sha256 is the sum of the definition without
 * passwords. A fingerprint is the sum of a group's members (address, vendor, device, class). The
 * diff is in base64, because it may hold characters that XML cannot hold.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "plan/plan.h"

/* Where a plan was made. */
typedef struct _ifxPlanOrigin ifxPlanOrigin;
struct _ifxPlanOrigin {
    const char *uri;        /* of the connection */
    const char *host_uuid;  /* NULL: not known */
    const char *libvirt;    /* its version; NULL: not known */
};

/* Adds the approval to @node, the <plan> of @plan, which was made by @policy. @origin is NULL if it
 * was made without a connection: then the plan cannot be applied. */
void ifxPlanApprovalAdd(xmlNode *node,
                        const ifxPlan *plan,
                        const ifxPolicy *policy,
                        const ifxPlanOrigin *origin,
                        const char *diff);

/* The device of a <claim> or <member>: its address "0000:01:00.1", or the name of a member that is
 * no PCI device; NULL if there is neither. Free with g_free(). */
char *ifxPlanApprovalName(const xmlNode *node);

/* Is @fresh the same as @approved? Both are a <plan> with its approval, for one domain. False with
 * IFX_ERROR_REFUSED, which names what differs: the definition, a group, a verdict, or the diff. */
bool ifxPlanApprovalCheck(const xmlNode *approved, const xmlNode *fresh, GError **error);
