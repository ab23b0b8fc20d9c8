/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/device.h"

#include <string.h>

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
    g_clear_pointer(&device->serials, g_ptr_array_unref);
    g_free(device->path);
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

/* "0000:00:01.0/00.0". The bus of VMD's root has no number here, because its domain has none that
 * stays. */
static char *
ifxDeviceFormatPath(const GArray *functions)
{
    GString *place = g_string_new(NULL);
    guint i;

    for (i = 0; i < functions->len; i++) {
        const ifxPciAddress *function = &g_array_index(functions, ifxPciAddress, i);
        char spelled[IFX_PCI_ADDRESS_LENGTH];

        if (i == 0)
            g_string_append(place, ifxPciAddressFormat(function, spelled));
        else
            g_string_append_printf(place, "/%02x.%x", function->slot, function->function);
    }
    return g_string_free(place, FALSE);
}

void
ifxDeviceSetPath(ifxDevice *device,
                 const char *path)
{
    g_autoptr(GArray) functions = ifxSysfsPciAncestors(path);
    guint i;

    if (functions->len > 0 &&
        ifxPciAddressEqual(&g_array_index(functions, ifxPciAddress, functions->len - 1),
                           &device->address)) {
        g_free(device->path);
        device->path = ifxDeviceFormatPath(functions);
    }

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

static int
ifxDeviceCompareSerials(gconstpointer a,
                        gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

bool
ifxDeviceAddSerial(ifxDevice *device,
                   const char *kind,
                   const char *value)
{
    g_autofree char *safe = g_strstrip(g_strdup(value));
    g_autofree char *serial = g_strconcat(kind, ":", safe, NULL);
    bool telling = false;
    const char *c;

    for (c = kind; *c; c++) {
        if (!g_ascii_islower(*c))
            return false;
    }
    for (c = safe; *c; c++) {
        if (!g_ascii_isprint(*c) || (*c == ' ' && c[1] == ' '))
            return false;
        telling |= !strchr("0 -:.", *c);
    }
    if (c == safe || kind[0] == '\0' || !telling)
        return false;
    if (!device->serials)
        device->serials = g_ptr_array_new_with_free_func(g_free);
    if (!g_ptr_array_find_with_equal_func(device->serials, serial, g_str_equal, NULL))
        g_ptr_array_add(device->serials, g_steal_pointer(&serial));
    g_ptr_array_sort(device->serials, ifxDeviceCompareSerials);
    return true;
}
