/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-gather: the evidence on every device that a plan judges.
 */

#pragma once

#include "plan/plan-evidence.h"

/* The evidence on each device that @domain claims, and on each member of the groups of which the
 * guest gets a device or may get one by @policy; @index is of its claims. New, from
 * const ifxDevice * to ifxPlanEvidence; free with g_hash_table_unref(). Bridges are not in it: none is
 * judged by its use. Empty if libvirt's QEMU driver does not run the domain. */
GHashTable *ifxPlanGatherEvidence(const ifxDomain *domain,
                                  ifxPlanIndex *index,
                                  const ifxPlanHost *host,
                                  const ifxPolicy *policy);
