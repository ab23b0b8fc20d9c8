/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-bus: SCSI hosts and USB devices, by the names that domains give them. None of them is a use.
 *
 *     scsi_host/host0   each entry of /sys/class/scsi_host
 *     usb/1-4           each USB device of /sys/bus/usb/devices; also usb/001/004 (bus and device
 *                       number) and usb/046d:c31c (vendor and product; the first one of several)
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

static void
ifxUseBusAddScsiHosts(const char *sysroot,
                      ifxUseGraph *graph)
{
    g_autofree char *folder = g_build_filename(sysroot, "sys/class/scsi_host", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *id = g_strconcat("scsi_host/", names->pdata[i], NULL);
        g_autofree char *path = ifxUsePciResolve(folder, names->pdata[i]);

        ifxUseGraphAddThing(graph, id, names->pdata[i]);
        ifxUseGraphAddPath(graph, id, path);
    }
}

static void
ifxUseBusAddUsbNames(const char *dir,
                     const char *id,
                     ifxUseGraph *graph)
{
    g_autofree char *vendor = ifxSysfsReadLine(dir, "idVendor");
    g_autofree char *product = ifxSysfsReadLine(dir, "idProduct");
    guint64 bus;
    guint64 device;

    if (vendor && product) {
        g_autofree char *kind = g_strdup_printf("usb/%s:%s", vendor, product);

        ifxUseGraphAddAlias(graph, kind, id);
    }
    if (ifxSysfsReadDecimal(dir, "busnum", 999, &bus) &&
        ifxSysfsReadDecimal(dir, "devnum", 999, &device)) {
        g_autofree char *place = g_strdup_printf("usb/%03u/%03u", (guint) bus, (guint) device);

        ifxUseGraphAddAlias(graph, place, id);
    }
}

/* Devices, "1-4.2"; not their interfaces, "1-4.2:1.0", and not root hubs, "usb1". */
static void
ifxUseBusAddUsb(const char *sysroot,
                ifxUseGraph *graph)
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
        ifxUseGraphAddThing(graph, id, label);
        ifxUseGraphAddPath(graph, id, path);
        ifxUseBusAddUsbNames(dir, id, graph);
    }
}

static bool
ifxUseBusLoad(const char *sysroot,
              ifxUseGraph *graph)
{
    ifxUseBusAddScsiHosts(sysroot, graph);
    ifxUseBusAddUsb(sysroot, graph);
    return true;
}

const ifxUseLoader ifxUseLoaderBus = {
    .name = "bus",
    .load = ifxUseBusLoad,
};
