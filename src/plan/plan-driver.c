/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-driver.h"

#include <string.h>

bool
ifxDriverIsVfio(const ifxDevice *device)
{
    return device->driver_state == IFX_DRIVER_BOUND && strstr(device->driver, "vfio");
}

bool
ifxDriverIsStub(const ifxDevice *device)
{
    return device->driver_state == IFX_DRIVER_BOUND && strcmp(device->driver, "pci-stub") == 0;
}

bool
ifxDriverIsUserspace(const ifxDevice *device)
{
    return device->driver_state == IFX_DRIVER_BOUND &&
        (strcmp(device->driver, "uio_pci_generic") == 0 || strcmp(device->driver, "igb_uio") == 0);
}

ifxStarts
ifxDriverStarts(const ifxDevice *device)
{
    if (device->driver_state == IFX_DRIVER_UNKNOWN)
        return IFX_STARTS_UNKNOWN;
    if (device->driver_state == IFX_DRIVER_NONE || ifxDriverIsVfio(device) ||
        ifxDriverIsStub(device) || strcmp(device->driver, "pcieport") == 0)
        return IFX_STARTS_YES;
    return IFX_STARTS_NO;
}
