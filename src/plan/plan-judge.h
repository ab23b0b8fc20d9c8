/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-judge: makes plans. It has the evidence gathered, the claims and members judged, and
 * concludes from their verdicts.
 */

#pragma once

#include "plan/plan.h"

/* The plan for @domain. It lends from @domain and @host. Free with ifxPlanFree(). */
ifxPlan *ifxPlanJudge(const ifxDomain *domain,
                      const ifxPlanHost *host,
                      const ifxPolicy *policy);
