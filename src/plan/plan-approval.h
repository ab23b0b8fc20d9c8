/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-approval: what must be the same when a saved plan is applied.
 *
 *     <approval uri=... host-uuid=... libvirt=... sha256=... managed=... prune=... only-needed=...
 *               give-card=... moved-from=... digest=...>
 *       <allow>address</allow>
 *       <give>address</give>
 *       <group number=... fingerprint=.../>
 *       <diff encoding=...>text</diff>
 *     </approval>
 *
 * It is the last child of a <plan> (plan-xml.h). sha256 is the sum of the definition without
 * passwords. moved-from is the sum of the host's devices before its cards moved. A fingerprint is the sum of a group's members (address, vendor, device, class). The
 * diff is text, for people who read the file; if it holds what XML cannot hold as it is (bytes that
 * are no UTF-8, control characters, carriage returns), it is in base64, and the encoding says so. The
 * digest is that of all
 * that is approved: the options, the result, each claim and member with verdict, reason and evidence
 * (plan-text.h), the fingerprints, the definition, the diff.
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

/* The diff in @plan, a <plan> with its approval. Free with g_string_free(). */
GString *ifxPlanApprovalGetDiff(const xmlNode *plan);

/* Is the digest in @plan, a <plan> with its approval, that of what it holds? If not, it was changed
 * after it was made. The digest protects nobody who can write the file: it finds mistakes. */
bool ifxPlanApprovalIsIntact(const xmlNode *plan);

/* Is @fresh the same as @approved? Both are a <plan> with its approval, for one domain. False with
 * IFX_ERROR_REFUSED; then @difference gets a unified diff of the two, not escaped. */
bool ifxPlanApprovalCheck(const xmlNode *approved,
                          const xmlNode *fresh,
                          GString *difference,
                          GError **error);
