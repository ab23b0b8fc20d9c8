/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-internal: what plan-judge shares with plan-claims, plan-members and plan-notes. It calls
 * them; they use plan and plan-evidence, and none uses another.
 */

#pragma once

#include "plan/plan-evidence.h"

/* What the verdicts follow from. */
typedef struct _ifxPlanBasis ifxPlanBasis;
struct _ifxPlanBasis {
    const ifxPlanHost *host;
    const ifxPolicy *policy;
    GHashTable *evidence;   /* ifxDevice to ifxPlanEvidence, for every device that is judged by its
                             * use; from ifxPlanEvidenceGather() */
};

/* Adds a verdict on each claim of the domain to @plan. */
void ifxPlanClaimsJudge(ifxPlan *plan, const ifxPlanBasis *basis);

/* Adds a verdict on each member to @group, which is one of @plan's, and concludes from them whether
 * it is complete and starts. The plan's claims must be judged before. */
void ifxPlanMembersJudge(const ifxPlan *plan, ifxPlanGroup *group, const ifxPlanBasis *basis);

/* Takes back what was to be added and disappears anyway, when another member that is added loses its
 * driver. All groups must be judged before. */
void ifxPlanMembersJudgeCarried(ifxPlan *plan);

/* The claim of the device with which @device disappears when libvirt takes that from its driver; NULL:
 * none. Lent. */
const ifxClaim *ifxPlanLookupCarrier(const ifxPlan *plan,
                                     const ifxTopology *topology,
                                     const ifxDevice *device);

/* Adds the notes to @plan:
 *  - an interface on a hostdev network gets one of the network's devices when the domain starts
 *    (networkAllocatePort, libvirt src/network/bridge_driver.c), so any of their groups may have
 *    to be whole;
 *  - a domain with <teaming> is made to migrate, and its placeholders migrate with it: there they
 *    name devices of the destination;
 *  - another domain could not be read, so its claims are unknown. The plan's claims must be judged
 *    before. */
void ifxPlanNotesAdd(ifxPlan *plan, const ifxPlanHost *host);
