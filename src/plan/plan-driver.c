/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include <string.h>

ifxStarts
ifxDriverStarts(const ifxDevice *device)
{
    if (device->driver_state == IFX_DRIVER_UNKNOWN)
        return IFX_STARTS_UNKNOWN;
    if (device->driver_state == IFX_DRIVER_NONE || ifxDeviceIsOnVfio(device) ||
        ifxDeviceIsOnStub(device) || strcmp(device->driver, "pcieport") == 0)
        return IFX_STARTS_YES;
    return IFX_STARTS_NO;
}
