/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-index: the claims of a domain by what a plan asks of them, so that a question about a device
 * takes the same time however many claims there are.
 */

#pragma once

#include "plan/plan.h"

typedef struct _ifxPlanIndex ifxPlanIndex;

/* Lends from @domain and @topology. Free with ifxPlanIndexFree(). */
ifxPlanIndex *ifxPlanIndexNew(const ifxDomain *domain,
                              const ifxTopology *topology,
                              const ifxPolicy *policy);
void ifxPlanIndexFree(ifxPlanIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanIndex, ifxPlanIndexFree)

/* Does libvirt detach the device for a placeholder? QEMU can then open it by hand, because libvirt
 * does not name a placeholder's device to QEMU. */
bool ifxPlanIndexIsDetached(const ifxPlanIndex *index, const ifxPciAddress *address);

/* Does the domain claim a function of the card at @address that the host does not have? */
bool ifxPlanIndexHasGone(const ifxPlanIndex *index, const ifxPciAddress *address);

/* Does the guest get a function of the card at @address, where the policy gives it whole cards? */
bool ifxPlanIndexHasCard(const ifxPlanIndex *index, const ifxPciAddress *address);

/* The first claim of the device at @address; lent by the domain. NULL: there is none. */
const ifxClaim *ifxPlanIndexLookupClaim(ifxPlanIndex *index, const ifxPciAddress *address);

/* The first claim of a device that disappears when the device at @address loses its driver, as the
 * claimed device reports that (ifxDeviceGoesWith()); lent by the domain. NULL: there is none. */
const ifxClaim *ifxPlanIndexLookupCarried(const ifxPlanIndex *index, const ifxPciAddress *address);
