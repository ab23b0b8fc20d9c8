/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-files.h"

#include <string.h>

#include "base/pci-driver.h"
#include "base/sysfs.h"

static int
ifxUsePciCompareNames(gconstpointer a,
                      gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
ifxUsePciClear(gpointer data)
{
    ifxUsePci *device = data;

    g_free(device->driver);
}

GPtrArray *
ifxUsePciListNames(const char *sysroot,
                   GHashTable *only)
{
    g_autofree char *path = g_build_filename(sysroot, IFX_USE_PCI_DEVICES, NULL);
    g_autoptr(GDir) folder = only ? g_dir_open(path, 0, NULL) : NULL;
    GPtrArray *names;
    GHashTableIter iter;
    gpointer address;

    if (!folder)
        return ifxSysfsList(path, NULL);
    names = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_iter_init(&iter, only);
    while (g_hash_table_iter_next(&iter, &address, NULL)) {
        char spelled[IFX_PCI_ADDRESS_LENGTH];

        if (ifxSysfsExists(path, ifxPciAddressFormat(address, spelled)))
            g_ptr_array_add(names, g_strdup(spelled));
    }
    g_ptr_array_sort(names, ifxUsePciCompareNames);
    return names;
}

GArray *
ifxUsePciList(const char *sysroot,
              GHashTable *only,
              bool (*match)(guint32 class_code))
{
    g_autofree char *path = g_build_filename(sysroot, IFX_USE_PCI_DEVICES, NULL);
    g_autoptr(GPtrArray) names = ifxUsePciListNames(sysroot, only);
    GArray *devices = NULL;
    guint i;

    if (names->len == 0)
        return NULL;

    devices = g_array_new(FALSE, FALSE, sizeof(ifxUsePci));
    g_array_set_clear_func(devices, ifxUsePciClear);
    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(path, names->pdata[i], NULL);
        ifxUsePci device = { .driver = NULL };
        guint64 code;

        if (!ifxPciAddressParse(names->pdata[i], &device.address) ||
            !ifxSysfsReadNumber(dir, "class", 0xffffff, &code) || !match((guint32) code))
            continue;
        device.driver = ifxSysfsReadLink(dir, "driver");
        device.host_driver = device.driver && !ifxSysfsExists(dir, "vfio-dev") &&
            ifxPciDriverIsOfHost(ifxPciDriverGet(device.driver));
        g_array_append_val(devices, device);
    }
    return devices;
}

char *
ifxUsePciId(const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];

    return g_strconcat("pci/", ifxPciAddressFormat(address, spelled), NULL);
}

char *
ifxUsePciResolve(const char *dir,
                 const char *name)
{
    g_autofree char *path = ifxSysfsResolve(dir, name);
    const char *device = path ? strstr(path, "/sys/devices/") : NULL;

    return device ? g_strdup(device + strlen("/sys")) : NULL;
}
