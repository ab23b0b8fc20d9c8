/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-arguments: what a plan says of the devices that qemu:commandline passes.
 */

#pragma once

#include "plan/plan.h"

/* Sets @plan's arguments from its domain's. Claims are judged already. */
void ifxPlanJudgeArguments(ifxPlan *plan, const ifxTopology *topology);

/* Does the domain pass a device of this group so? Arguments are judged already. */
bool ifxPlanArgumentsHold(const ifxPlan *plan, int group);
