/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-claims: the verdict on each device that a domain declares.
 */

#pragma once

#include "plan/plan.h"

/* Fills @plan's claims from its domain's. */
void ifxPlanJudgeClaims(ifxPlan *plan, const ifxPlanHost *host, const ifxPolicy *policy);

/* The claim of that device, whatever its verdict, since libvirt takes no device that is
 * declared twice; lent. NULL if there is none. */
const ifxClaim *ifxPlanLookupClaim(const ifxPlan *plan, const ifxPciAddress *address);
