/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-carry: which devices disappear with which, when libvirt takes a device from its driver
 * (ifxDeviceGoesWith()).
 */

#pragma once

#include "plan/plan-index.h"

/* The first device that the domain claims and that disappears when @device loses its driver; lent by
 * @topology. NULL: none. A virtual function and its physical one name each other; one name is
 * enough. */
const ifxDevice *ifxPlanCarryFindClaimed(ifxPlanIndex *index,
                                         const ifxTopology *topology,
                                         const ifxDevice *device);

/* The claim of the device with which @device disappears when libvirt takes that from its driver; lent
 * by @plan. NULL: none. */
const ifxClaim *ifxPlanCarryLookupClaim(const ifxPlan *plan,
                                        const ifxTopology *topology,
                                        const ifxDevice *device);
