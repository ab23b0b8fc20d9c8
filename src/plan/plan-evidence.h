/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-evidence: what uses a device of the host, or may use it.
 */

#pragma once

#include "plan/plan-index.h"

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

/* For which domain evidence is found. */
typedef struct _ifxPlanAsker ifxPlanAsker;
struct _ifxPlanAsker {
    const ifxDomain *domain;
    ifxPlanIndex *index;    /* its claims */
    const GPtrArray *needs; /* what it needs of the host: ids from ifxUseNeedFind(); NULL: nothing */
};

/* The evidence for the domain of @asker: what its own QEMU holds is no evidence, but its own disk is.
 * @asker is NULL for any domain. Free with ifxPlanEvidenceFree(). */
ifxPlanEvidence *ifxPlanEvidenceFindFor(const ifxPlanAsker *asker,
                                        const ifxPlanHost *host,
                                        const ifxDevice *device);
void ifxPlanEvidenceFree(ifxPlanEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanEvidence, ifxPlanEvidenceFree)

/* Adds a piece to @list, which is made where it is NULL. Takes over @chain (NULL: none) and @step, its
 * last step (NULL: none). */
void ifxPlanEvidenceAdd(GPtrArray **list,
                        ifxReason reason,
                        ifxLift lift,
                        GPtrArray *chain,
                        char *step);

/* Makes of @unasked, which is not NULL, a piece of evidence: for a verdict that follows from it. */
void ifxPlanEvidenceAddUnasked(ifxPlanEvidence *evidence);
