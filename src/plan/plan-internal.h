/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-internal: what the files that make plans share. plan-judge calls the others, and all of
 * them use plan.
 */

#pragma once

#include "plan/plan.h"

/* A plan without claims, groups, arguments and notes, as for a domain that is skipped. */
ifxPlan *ifxPlanNew(const ifxDomain *domain);

/* Appends a group without members, which the domain claims by the device @claimed. Lent until
 * the next group is added. */
ifxPlanGroup *ifxPlanAddGroup(ifxPlan *plan, const ifxGroup *group, const ifxPciAddress *claimed);

/* Sets @plan's needs. */
void ifxPlanFindNeeds(ifxPlan *plan, const ifxPlanHost *host);

/* Fills @plan's claims from its domain's. */
void ifxPlanJudgeClaims(ifxPlan *plan, const ifxPlanHost *host, const ifxPolicy *policy);

/* Sets @plan's arguments from its domain's. Claims are judged already. */
void ifxPlanJudgeArguments(ifxPlan *plan, const ifxTopology *topology);

/* Does the domain pass a device of this group so? Arguments are judged already. */
bool ifxPlanArgumentsHold(const ifxPlan *plan, int group);

/* The verdict on a member of @group. The plan's claims are judged already. */
ifxPlanMember ifxPlanJudgeMember(const ifxPlan *plan,
                                 const ifxPlanHost *host,
                                 const ifxGroup *group,
                                 const ifxMember *member,
                                 const ifxPolicy *policy);

/* Sets @plan's notes:
 *  - an interface on a hostdev network gets one of the network's devices when the domain
 *    starts (networkAllocatePort, libvirt src/network/bridge_driver.c), so that any of their
 *    groups may have to be whole;
 *  - with <teaming> the domain is made to migrate, and its placeholders travel with it: they
 *    name the destination's devices then;
 *  - another domain could not be read, so that nobody knows what it claims. */
void ifxPlanAddNotes(ifxPlan *plan, const ifxPlanHost *host);
