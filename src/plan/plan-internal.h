/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-internal: what plan-judge shares with plan-claims, plan-members, plan-give, plan-place and
 * plan-notes. It calls them; they use plan, plan-index, plan-carry and plan-evidence, and the first
 * two use plan-give.
 */

#pragma once

#include "plan/plan-evidence.h"

/* What the verdicts follow from. */
typedef struct _ifxPlanBasis ifxPlanBasis;
struct _ifxPlanBasis {
    const ifxPlanHost *host;
    const ifxPolicy *policy;
    const ifxPlanIndex *index;
    GHashTable *evidence;   /* ifxDevice to ifxPlanEvidence, for every device that is judged by its
                             * use; from ifxPlanGatherEvidence() */
    bool unclear;           /* ifxPlanMovedIsUnclear() */
};

/* Adds a verdict on each claim of the domain to @plan. */
void ifxPlanClaimsJudge(ifxPlan *plan, const ifxPlanBasis *basis);

/* Does the claim name a kind of device that @device is not? An interface is a network device, an NVMe
 * disk is a controller for NVMe. */
bool ifxPlanClaimsIsOtherKind(const ifxClaim *claim, const ifxDevice *device);

/* plan-moved: claims of devices that moved. */

/* Can the claims of the domain be of before the cards moved as well as of now, and does @policy allow
 * none of their new addresses? In a run with several domains it may do so for another one. */
bool ifxPlanMovedIsUnclear(const ifxDomain *domain,
                           const ifxPlanHost *host,
                           const ifxPolicy *policy);

/* Is it known which device the claim means, and can its address be rewritten? False: @judged has the
 * verdict and the reason. */
bool ifxPlanMovedJudge(ifxPlanClaim *judged, const ifxPlanBasis *basis);

/* Adds a verdict on each member to @group, which is one of @plan's, and concludes from them whether
 * it is complete and starts. The plan's claims must be judged before. */
void ifxPlanMembersJudge(const ifxPlan *plan, ifxPlanGroup *group, const ifxPlanBasis *basis);

/* Takes back what was to be added and disappears anyway, when another member that is added loses its
 * driver. All groups must be judged before. */
void ifxPlanMembersJudgeCarried(ifxPlan *plan);

/* plan-give: which devices the guest gets that it would otherwise only declare. */

/* Does the policy give @device to the guest? */
bool ifxPlanGiveWants(const ifxPlanBasis *basis, const ifxDevice *device);

/* Refuses @member, which is given, where the guest cannot have it; decides what its <driver> needs.
 * The plan's claims must be judged before. */
void ifxPlanGiveMember(const ifxPlan *plan, const ifxPlanGroup *group, ifxPlanMember *member);

/* plan-place: where in the guest. */

/* Finds the guest addresses of all that is given: beside a function of the same card that is function
 * 0 of a slot, with nothing else in it, under its number on the host where that is free. All groups
 * must be judged before. */
void ifxPlanPlaceAll(ifxPlan *plan);

/* Adds the notes to @plan:
 *  - an interface on a hostdev network gets one of the network's devices when the domain starts
 *    (networkAllocatePort, libvirt src/network/bridge_driver.c), so any of their groups may have
 *    to be whole;
 *  - a domain with <teaming> is made to migrate, and its placeholders migrate with it: there they
 *    name devices of the destination;
 *  - the domain's devices moved, and an address stays as it is because of a network, a new device
 *    or an earlier run;
 *  - another domain could not be read, so its claims are unknown. The plan's claims must be judged
 *    before. */
void ifxPlanNotesAdd(ifxPlan *plan, const ifxPlanHost *host);
