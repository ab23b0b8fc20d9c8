/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-argument: the words for a device that qemu:commandline passes.
 */

#pragma once

#include <stdbool.h>

#include "plan/plan.h"

/* Is it worth a word? Not where its device has a placeholder and nothing of its group is
 * left out. */
bool ifxReportArgumentIsNotable(const ifxPlanArgument *argument);

/* Is one of @plan's? */
bool ifxReportArgumentsAreNotable(const ifxPlan *plan);

/* What it is, why that matters and what to do next, not escaped. Free with g_free(). */
char *ifxReportArgument(const ifxPlanArgument *argument);
