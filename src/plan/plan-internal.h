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
                             * use; from ifxPlanGatherEvidence() */
};

/* Adds a verdict on each claim of the domain to @plan. */
void ifxPlanClaimsJudge(ifxPlan *plan, const ifxPlanBasis *basis);

/* Adds a verdict on each member to @group, which is one of @plan's, and concludes from them whether
 * it is complete and starts. The plan's claims must be judged before. */
void ifxPlanMembersJudge(const ifxPlan *plan, ifxPlanGroup *group, const ifxPlanBasis *basis);

/* Takes back what was to be added and disappears anyway, when another member that is added loses its
 * driver. All groups must be judged before. */
void ifxPlanMembersJudgeCarried(ifxPlan *plan);

/* plan-give: which devices the guest gets that it would otherwise only declare. */

/* Does @policy give @device to the guest? */
bool ifxPlanGiveWants(const ifxDomain *domain, const ifxPolicy *policy, const ifxDevice *device);

/* Refuses @member, which is given, where the guest cannot have it; decides what its <driver> needs.
 * The plan's claims must be judged before. */
void ifxPlanGiveMember(const ifxPlan *plan, const ifxGroup *group, ifxPlanMember *member);

/* Finds the guest addresses of all that is given: beside a function of the same card that is function
 * 0 of a slot, with nothing else in it, under its number on the host where that is free. All groups
 * must be judged before. */
void ifxPlanGivePlaces(ifxPlan *plan);

/* Adds the notes to @plan:
 *  - an interface on a hostdev network gets one of the network's devices when the domain starts
 *    (networkAllocatePort, libvirt src/network/bridge_driver.c), so any of their groups may have
 *    to be whole;
 *  - a domain with <teaming> is made to migrate, and its placeholders migrate with it: there they
 *    name devices of the destination;
 *  - another domain could not be read, so its claims are unknown. The plan's claims must be judged
 *    before. */
void ifxPlanNotesAdd(ifxPlan *plan, const ifxPlanHost *host);
