/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-members: the verdict on each member of a group that a domain claims.
 */

#pragma once

#include "plan/plan.h"

/* Of @group. The plan's claims are judged already. */
ifxPlanMember ifxPlanJudgeMember(const ifxPlan *plan,
                                 const ifxPlanHost *host,
                                 const ifxGroup *group,
                                 const ifxMember *member,
                                 const ifxPolicy *policy);

/* Does the rule of libvirt's 2019 series want the member declared, and is it not? */
bool ifxPlanMemberIsLacking(const ifxPlanMember *member);
