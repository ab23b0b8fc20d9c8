/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-bus.h"

#include <string.h>

#include "base/sysfs.h"
#include "use/use-pci.h"

static void
ifxUseBusAddScsiHosts(const char *sysroot,
                      ifxUseGraph *use)
{
    g_autofree char *folder = g_build_filename(sysroot, "sys/class/scsi_host", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *id = g_strconcat("scsi_host/", names->pdata[i], NULL);
        g_autofree char *path = ifxUsePciResolve(folder, names->pdata[i]);

        ifxUseGraphAddThing(use, id, names->pdata[i]);
        if (path)
            ifxUseGraphAddPath(use, id, path);
    }
}

static void
ifxUseBusAddUsbNames(const char *dir,
                     const char *id,
                     ifxUseGraph *use)
{
    g_autofree char *vendor = ifxSysfsReadLine(dir, "idVendor");
    g_autofree char *product = ifxSysfsReadLine(dir, "idProduct");
    guint64 bus;
    guint64 device;

    if (vendor && product) {
        g_autofree char *kind = g_strdup_printf("usb/%s:%s", vendor, product);

        ifxUseGraphAddAlias(use, kind, id);
    }
    if (ifxSysfsReadDecimal(dir, "busnum", 999, &bus) &&
        ifxSysfsReadDecimal(dir, "devnum", 999, &device)) {
        g_autofree char *place = g_strdup_printf("usb/%03u/%03u", (guint) bus, (guint) device);

        ifxUseGraphAddAlias(use, place, id);
    }
}

/* Devices, "1-4.2", not their interfaces, "1-4.2:1.0", nor the controllers' own, "usb1". */
static void
ifxUseBusAddUsb(const char *sysroot,
                ifxUseGraph *use)
{
    g_autofree char *folder = g_build_filename(sysroot, "sys/bus/usb/devices", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *id = g_strconcat("usb/", name, NULL);
        g_autofree char *label = g_strconcat("usb ", name, NULL);
        g_autofree char *path = ifxUsePciResolve(folder, name);
        g_autofree char *dir = g_build_filename(folder, name, NULL);

        if (!path || !g_ascii_isdigit(*name) || strchr(name, ':'))
            continue;
        ifxUseGraphAddThing(use, id, label);
        ifxUseGraphAddPath(use, id, path);
        ifxUseBusAddUsbNames(dir, id, use);
    }
}

void
ifxUseBusLoad(const char *sysroot,
              ifxUseGraph *use)
{
    ifxUseBusAddScsiHosts(sysroot, use);
    ifxUseBusAddUsb(sysroot, use);
}
