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
void ifxPlanEvidenceFree(ifxPlanEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanEvidence, ifxPlanEvidenceFree)

/* Makes of @unasked, which is not NULL, a piece of evidence: for a verdict that follows from it. */
void ifxPlanEvidenceAddUnasked(ifxPlanEvidence *evidence);

/* The evidence on each device that @domain claims, and on each member of the groups of which the
 * guest gets a device or may get one by @policy; new, from const ifxDevice * to ifxPlanEvidence. Bridges are not in it: none
 * is judged by its use. What the domain's own QEMU holds is no evidence, but the domain's own disk
 * is. Empty if libvirt's QEMU driver does not run the domain. Free with g_hash_table_unref(). */
GHashTable *ifxPlanEvidenceGather(const ifxDomain *domain,
                                  const ifxPlanHost *host,
                                  const ifxPolicy *policy);
