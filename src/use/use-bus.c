/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-bus: SCSI hosts and USB devices, by the names that domains give them. They are no uses.
 *
 *     scsi_host/host0   each entry of /sys/class/scsi_host
 *     usb/1-4           each USB device of /sys/bus/usb/devices; also usb/001/004 (bus and device
 *                       number) and usb/046d:c31c (vendor and product; the first one of several)
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

static void
ifxUseBusAddScsiHost(ifxUseGraph *graph,
                     const char *dir,
                     const char *name)
{
    g_autofree char *id = g_strconcat("scsi_host/", name, NULL);
    g_autofree char *path = ifxUsePciResolve(dir, name);

    ifxUseGraphAddThing(graph, id, name);
    ifxUseGraphAddPath(graph, id, path);
}

static void
ifxUseBusAddUsbNames(ifxUseGraph *graph,
                     const char *dir,
                     const char *id)
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
ifxUseBusAddUsb(ifxUseGraph *graph,
                const char *dir,
                const char *name)
{
    g_autofree char *id = g_strconcat("usb/", name, NULL);
    g_autofree char *label = g_strconcat("usb ", name, NULL);
    g_autofree char *path = ifxUsePciResolve(dir, name);
    g_autofree char *device = g_build_filename(dir, name, NULL);

    if (!path || !g_ascii_isdigit(*name) || strchr(name, ':'))
        return;
    ifxUseGraphAddThing(graph, id, label);
    ifxUseGraphAddPath(graph, id, path);
    ifxUseBusAddUsbNames(graph, device, id);
}

static bool
ifxUseBusLoad(const char *sysroot,
              ifxUseGraph *graph)
{
    ifxUseLoadEach(sysroot, "sys/class/scsi_host", graph, ifxUseBusAddScsiHost);
    ifxUseLoadEach(sysroot, "sys/bus/usb/devices", graph, ifxUseBusAddUsb);
    return true;
}

const ifxUseLoader ifxUseLoaderBus = {
    .name = "bus",
    .load = ifxUseBusLoad,
};
