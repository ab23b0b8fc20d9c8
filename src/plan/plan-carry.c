/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-carry.h"

const ifxDevice *
ifxPlanCarryFindClaimed(const ifxDomain *domain,
                        const ifxTopology *topology,
                        const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    guint i;
    guint j;

    for (i = 0; domain && i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        const ifxDevice *claimed = ifxTopologyGetDevice(topology, &claim->address);

        if (claimed && ifxDeviceGoesWith(claimed, &device->address))
            return claimed;
        for (j = 0; claimed && functions && j < functions->len; j++) {
            if (ifxPciAddressEqual(&g_array_index(functions, ifxPciAddress, j), &claim->address))
                return claimed;
        }
    }
    return NULL;
}

const ifxClaim *
ifxPlanCarryLookupClaim(const ifxPlan *plan,
                        const ifxTopology *topology,
                        const ifxDevice *device)
{
    guint i;

    if (!device->is_virtual && !device->is_carried)
        return NULL;
    for (i = 0; i < plan->claims->len; i++) {
        const ifxClaim *claim = g_array_index(plan->claims, ifxPlanClaim, i).claim;
        const ifxDevice *claimed = ifxTopologyGetDevice(topology, &claim->address);

        if (claimed && ifxDeviceGoesWith(device, &claim->address) && !ifxDeviceIsOnVfio(claimed))
            return claim;
    }
    return NULL;
}
