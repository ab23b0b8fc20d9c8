/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-evidence: who needs a device that a plan would take from the host.
 */

#pragma once

#include "plan/plan.h"

/* All that speaks against taking @device for @plan's domain, or is worth a word: array of
 * ifxEvidence, or NULL if there is nothing. What the domain's own QEMU holds counts for nothing;
 * its own disk does count. @plan NULL: for any domain, without the definitions that claim it.
 * Free with g_ptr_array_unref(). */
GPtrArray *ifxPlanFindEvidence(const ifxPlan *plan,
                               const ifxPlanHost *host,
                               const ifxDevice *device);

/* Could what the host does with the device have been seen at all? Drivers and classes of which
 * the host makes no use that hurts need no look. */
bool ifxPlanUseIsKnown(const ifxPlanHost *host, const ifxDevice *device);
