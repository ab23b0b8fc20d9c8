/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-carry.h"

/* The one of two claims of a domain that comes first; NULL: neither. Each can be NULL. */
static const ifxClaim *
ifxPlanCarryFirst(const ifxClaim *one,
                  const ifxClaim *other)
{
    if (!one || !other)
        return one ? one : other;
    return one < other ? one : other;
}

const ifxDevice *
ifxPlanCarryFindClaimed(ifxPlanIndex *index,
                        const ifxTopology *topology,
                        const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    const ifxClaim *first = ifxPlanIndexLookupCarried(index, &device->address);
    guint i;

    for (i = 0; functions && i < functions->len; i++) {
        const ifxPciAddress *address = &g_array_index(functions, ifxPciAddress, i);

        if (ifxTopologyGetDevice(topology, address))
            first = ifxPlanCarryFirst(first, ifxPlanIndexLookupClaim(index, address));
    }
    return first ? ifxTopologyGetDevice(topology, &first->address) : NULL;
}

/* The claim of the device at @address, if that is on the host and libvirt takes it from a driver. */
static const ifxClaim *
ifxPlanCarryLookupTaken(const ifxPlan *plan,
                        const ifxTopology *topology,
                        const ifxPciAddress *address)
{
    const ifxDevice *claimed = ifxTopologyGetDevice(topology, address);

    return claimed && !ifxDeviceIsOnVfio(claimed) ? ifxPlanLookupClaim(plan, address) : NULL;
}

const ifxClaim *
ifxPlanCarryLookupClaim(const ifxPlan *plan,
                        const ifxTopology *topology,
                        const ifxDevice *device)
{
    const ifxClaim *physical = device->is_virtual ?
        ifxPlanCarryLookupTaken(plan, topology, &device->physical_function) : NULL;
    const ifxClaim *carrier = device->is_carried ?
        ifxPlanCarryLookupTaken(plan, topology, &device->carrier) : NULL;

    return ifxPlanCarryFirst(physical, carrier);
}
