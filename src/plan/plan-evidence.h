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
    bool unasked_final;     /* root on the host itself would see no more */
    char *unasked;          /* why a use of the device need not have been seen, "nothing shows what
                             * processes have open" (plan-questions.h); NULL: it would have been
                             * seen */
};

/* The evidence for any domain: definitions that claim the device are not in it. Free with
 * ifxPlanEvidenceFree(). */
ifxPlanEvidence *ifxPlanEvidenceFind(const ifxPlanHost *host, const ifxDevice *device);

/* The evidence for @domain, which needs the things @needs of the host (ids from ifxUseNeedFind();
 * NULL: none). What the domain's own QEMU holds is no evidence, but the domain's own disk is. Both
 * are NULL for any domain. Free with ifxPlanEvidenceFree(). */
ifxPlanEvidence *ifxPlanEvidenceFindFor(const ifxDomain *domain,
                                        const GPtrArray *needs,
                                        const ifxPlanHost *host,
                                        const ifxDevice *device);
void ifxPlanEvidenceFree(ifxPlanEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanEvidence, ifxPlanEvidenceFree)

/* Makes of @unasked, which is not NULL, a piece of evidence: for a verdict that follows from it. */
void ifxPlanEvidenceAddUnasked(ifxPlanEvidence *evidence);
