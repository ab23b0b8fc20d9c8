/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-evidence: who needs a device of the host, or may need it.
 */

#pragma once

#include "plan/plan.h"

/* What was found out about a device. */
typedef struct _ifxPlanEvidence ifxPlanEvidence;
struct _ifxPlanEvidence {
    GPtrArray *pieces;      /* ifxEvidence: all that speaks against taking the device, or is worth
                             * a word; NULL: nothing */
    bool complete;          /* could every use of the device have been seen? Drivers and classes
                             * of which the host makes no use that hurts need no look */
};

/* For any domain, so without the definitions that claim the device. Free with
 * ifxPlanEvidenceFree(). */
ifxPlanEvidence *ifxPlanEvidenceFind(const ifxPlanHost *host, const ifxDevice *device);
void ifxPlanEvidenceFree(ifxPlanEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanEvidence, ifxPlanEvidenceFree)
