/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-internal: what the files that make plans share. plan-judge calls plan-evidence,
 * plan-claims, plan-members and plan-notes; these use plan, and none uses another.
 */

#pragma once

#include "plan/plan-evidence.h"

/* A plan without claims, groups and notes, whose result is IFX_RESULT_SKIPPED. Free with
 * ifxPlanFree(). */
ifxPlan *ifxPlanNew(const ifxDomain *domain);

/* Appends a group without members, which the domain claims by the device @claimed. The returned
 * group is lent until the next one is added. */
ifxPlanGroup *ifxPlanAddGroup(ifxPlan *plan, const ifxGroup *group, const ifxPciAddress *claimed);

/* What the verdicts follow from. */
typedef struct _ifxPlanBasis ifxPlanBasis;
struct _ifxPlanBasis {
    const ifxPlanHost *host;
    const ifxPolicy *policy;
    GHashTable *evidence;   /* ifxDevice to ifxPlanEvidence, for every device that is judged by its
                             * use; from ifxPlanEvidenceGather() */
};

/* The evidence on each device that @domain claims, and on each member of the groups of which the
 * guest gets a device; new, from const ifxDevice * to ifxPlanEvidence. Bridges are not in it: none
 * is judged by its use. What the domain's own QEMU holds is no evidence, but the domain's own disk
 * is. Empty if libvirt's QEMU driver does not run the domain. Free with g_hash_table_unref(). */
GHashTable *ifxPlanEvidenceGather(const ifxDomain *domain, const ifxPlanHost *host);

/* Adds a verdict on each claim of the domain to @plan. */
void ifxPlanClaimsJudge(ifxPlan *plan, const ifxPlanBasis *basis);

/* Adds a verdict on each member to @group, which is one of @plan's, and concludes from them whether
 * it is complete and starts. The plan's claims must be judged before. */
void ifxPlanMembersJudge(const ifxPlan *plan, ifxPlanGroup *group, const ifxPlanBasis *basis);

/* Adds the notes to @plan:
 *  - an interface on a hostdev network gets one of the network's devices when the domain starts
 *    (networkAllocatePort, libvirt src/network/bridge_driver.c), so any of their groups may have
 *    to be whole;
 *  - a domain with <teaming> is made to migrate, and its placeholders migrate with it: there they
 *    name devices of the destination;
 *  - another domain could not be read, so its claims are unknown. The plan's claims must be judged
 *    before. */
void ifxPlanNotesAdd(ifxPlan *plan, const ifxPlanHost *host);
