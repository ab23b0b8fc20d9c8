/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-gather: the evidence on every device that a plan judges.
 */

#pragma once

#include "plan/plan-evidence.h"

/* The evidence on each device that @domain claims, and on each member of the groups of which the
 * guest gets a device or may get one by @policy; new, from const ifxDevice * to ifxPlanEvidence.
 * Bridges are not in it: none is judged by its use. Empty if libvirt's QEMU driver does not run the
 * domain. Free with g_hash_table_unref(). */
GHashTable *ifxPlanGatherEvidence(const ifxDomain *domain,
                                  const ifxPlanHost *host,
                                  const ifxPolicy *policy);
