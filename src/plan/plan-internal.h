/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-internal: what the files that make plans share. plan-judge calls the others, and all of
 * them use plan.
 */

#pragma once

#include "plan/plan-evidence.h"

/* A plan without claims, groups and notes, as for a domain that is skipped. */
ifxPlan *ifxPlanNew(const ifxDomain *domain);

/* Appends a group without members, which the domain claims by the device @claimed. Lent until
 * the next group is added. */
ifxPlanGroup *ifxPlanAddGroup(ifxPlan *plan, const ifxGroup *group, const ifxPciAddress *claimed);

/* What the verdicts follow from. */
typedef struct _ifxPlanBasis ifxPlanBasis;
struct _ifxPlanBasis {
    const ifxPlanHost *host;
    const ifxPolicy *policy;
    GHashTable *evidence;   /* const ifxDevice * to ifxPlanEvidence: every device that is judged
                             * by its use, see ifxPlanEvidenceGather() */
};

/* The evidence on each device that @domain claims, and on each member of the groups of which it
 * is given a device; bridges are left out, because none is judged by its use. What the domain's
 * own QEMU holds counts for nothing; its own disk does count. Empty for a domain that is not
 * QEMU's. Maps as ifxPlanBasis says. Free with g_hash_table_unref(). */
GHashTable *ifxPlanEvidenceGather(const ifxDomain *domain, const ifxPlanHost *host);

/* Fills @plan's claims from its domain's. */
void ifxPlanClaimsJudge(ifxPlan *plan, const ifxPlanBasis *basis);

/* Fills the members of @group, one of @plan's. The plan's claims are judged already. */
void ifxPlanMembersJudge(const ifxPlan *plan, ifxPlanGroup *group, const ifxPlanBasis *basis);

/* Sets @plan's notes:
 *  - an interface on a hostdev network gets one of the network's devices when the domain
 *    starts (networkAllocatePort, libvirt src/network/bridge_driver.c), so that any of their
 *    groups may have to be whole;
 *  - with <teaming> the domain is made to migrate, and its placeholders travel with it: they
 *    name the destination's devices then;
 *  - another domain could not be read, so that nobody knows what it claims. */
void ifxPlanNotesAdd(ifxPlan *plan, const ifxPlanHost *host);
