/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-evidence: what uses a device of the host, or may use it.
 */

#pragma once

#include "plan/plan.h"

/* What is known about the use of a device. */
typedef struct _ifxPlanEvidence ifxPlanEvidence;
struct _ifxPlanEvidence {
    GPtrArray *pieces;      /* ifxEvidence: every reason not to take the device, and what is worth
                             * a report; NULL: nothing */
    bool complete;          /* would every use of the device have been seen? Always true for a class
                             * or driver by which the host cannot need the device */
};

/* The evidence for any domain: definitions that claim the device are not in it. Free with
 * ifxPlanEvidenceFree(). */
ifxPlanEvidence *ifxPlanEvidenceFind(const ifxPlanHost *host, const ifxDevice *device);
void ifxPlanEvidenceFree(ifxPlanEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanEvidence, ifxPlanEvidenceFree)
