/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/device.h"

#include "base/pci-class.h"
#include "base/pci-driver.h"
#include "base/sysfs.h"

ifxDevice *
ifxDeviceNew(const ifxPciAddress *address)
{
    ifxDevice *device = g_rc_box_new0(ifxDevice);

    device->address = *address;
    device->group = IFX_GROUP_NONE;
    return device;
}

ifxDevice *
ifxDeviceRef(ifxDevice *device)
{
    return g_rc_box_acquire(device);
}

static void
ifxDeviceClear(gpointer opaque)
{
    ifxDevice *device = opaque;

    g_free(device->driver);
    g_free(device->vendor);
    g_free(device->product);
    g_clear_pointer(&device->virtual_functions, g_array_unref);
}

void
ifxDeviceUnref(ifxDevice *device)
{
    if (device)
        g_rc_box_release_full(device, ifxDeviceClear);
}

bool
ifxDeviceIsBridge(const ifxDevice *device)
{
    guint subclass;

    if (device->header != IFX_HEADER_UNKNOWN)
        return device->header != IFX_HEADER_ENDPOINT;
    if (!device->has_class)
        return false;

    subclass = IFX_PCI_SUBCLASS(device->class_code);
    return subclass == IFX_PCI_CLASS_PCI_BRIDGE || subclass == IFX_PCI_CLASS_CARDBUS_BRIDGE;
}

bool
ifxDeviceIsChipset(const ifxDevice *device)
{
    if (!device->has_class)
        return false;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_HOST_BRIDGE:
    case IFX_PCI_CLASS_ISA_BRIDGE:
    case IFX_PCI_CLASS_SMBUS:
    case IFX_PCI_CLASS_OTHER_MEMORY:
        return true;
    default:
        return false;
    }
}

static bool
ifxDeviceIsOn(const ifxDevice *device,
              ifxPciDriver driver)
{
    return device->driver_state == IFX_DRIVER_BOUND && ifxPciDriverGet(device->driver) == driver;
}

bool
ifxDeviceIsOnVfio(const ifxDevice *device)
{
    return (device->driver_state == IFX_DRIVER_BOUND && device->serves_vfio) ||
        ifxDeviceIsOn(device, IFX_PCI_DRIVER_VFIO);
}

bool
ifxDeviceIsOnStub(const ifxDevice *device)
{
    return ifxDeviceIsOn(device, IFX_PCI_DRIVER_STUB);
}

bool
ifxDeviceIsOnUserspaceDriver(const ifxDevice *device)
{
    return ifxDeviceIsOn(device, IFX_PCI_DRIVER_USERSPACE);
}

void
ifxDeviceSetPath(ifxDevice *device,
                 const char *path)
{
    g_autoptr(GArray) functions = ifxSysfsPciAncestors(path);
    guint i;

    for (i = functions->len; i > 0 && !device->is_carried; i--) {
        device->carrier = g_array_index(functions, ifxPciAddress, i - 1);
        device->is_carried = device->carrier.domain != device->address.domain;
    }
}

bool
ifxDeviceGoesWith(const ifxDevice *device,
                  const ifxPciAddress *address)
{
    return (device->is_virtual && ifxPciAddressEqual(&device->physical_function, address)) ||
        (device->is_carried && ifxPciAddressEqual(&device->carrier, address));
}
