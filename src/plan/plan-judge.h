/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-judge: the making of plans. Evidence, claims and members are judged in files of their
 * own; this one puts their verdicts together.
 */

#pragma once

#include "plan/plan.h"

/* The plan for @domain, which lends from @domain and @host. Free with ifxPlanFree(). */
ifxPlan *ifxPlanJudge(const ifxDomain *domain,
                      const ifxPlanHost *host,
                      const ifxPolicy *policy);
