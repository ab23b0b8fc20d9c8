/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-watchdog: watchdog timers that run: without its device, a timer resets the host.
 *
 * Each entry of /sys/class/watchdog is watchdog/NAME, also /dev/NAME; watchdog0 is /dev/watchdog
 * too (Linux drivers/watchdog/watchdog_dev.c, watchdog_cdev_register()). It is used
 * (IFX_USE_PROCESS, "active") while the timer runs (state, Linux
 * Documentation/ABI/testing/sysfs-class-watchdog), whether or not a process has it open now. A
 * kernel without CONFIG_WATCHDOG_SYSFS has no such file: then only the process is seen.
 *
 * A watchdog hangs on the PCI device that its path leads through. A driver that names no parent
 * (drivers/watchdog/i6300esb.c, esb_probe()) has it in /sys/devices/virtual: then it is each PCI
 * device of the driver by whose name its identity begins, "i6300ESB timer". One that names neither,
 * such as softdog, hangs on none.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_WATCHDOG_CLASS "sys/class/watchdog"
#define IFX_WATCHDOG_DRIVERS "sys/bus/pci/drivers"

/* Does @identity begin with the word or words @driver, whatever their case? */
static bool
ifxUseWatchdogIsDriver(const char *identity,
                       const char *driver)
{
    const gsize length = strlen(driver);

    return g_ascii_strncasecmp(identity, driver, length) == 0 &&
        !g_ascii_isalnum(identity[length]);
}

static void
ifxUseWatchdogAddDevices(ifxUseGraph *graph,
                         const char *id,
                         const char *drivers,
                         const char *driver)
{
    g_autofree char *dir = g_build_filename(drivers, driver, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        ifxPciAddress address;

        if (ifxPciAddressParse(names->pdata[i], &address))
            ifxUseGraphAddDevice(graph, id, &address);
    }
}

static void
ifxUseWatchdogAddDrivers(const char *sysroot,
                         ifxUseGraph *graph,
                         const char *id,
                         const char *dir)
{
    g_autofree char *drivers = g_build_filename(sysroot, IFX_WATCHDOG_DRIVERS, NULL);
    g_autofree char *identity = ifxSysfsReadLine(dir, "identity");
    g_autoptr(GPtrArray) names = ifxSysfsList(drivers, NULL);
    guint i;

    for (i = 0; identity && i < names->len; i++) {
        if (ifxUseWatchdogIsDriver(identity, names->pdata[i]))
            ifxUseWatchdogAddDevices(graph, id, drivers, names->pdata[i]);
    }
}

static void
ifxUseWatchdogAdd(const char *sysroot,
                  ifxUseGraph *graph,
                  const char *dir,
                  const char *name)
{
    g_autofree char *id = g_strconcat("watchdog/", name, NULL);
    g_autofree char *file = g_strconcat("/dev/", name, NULL);
    g_autofree char *state = ifxSysfsReadLine(dir, "state");
    g_autofree char *path = ifxUsePciResolve(dir, "");
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(path ? path : "");

    ifxUseGraphAddThing(graph, id, name);
    ifxUseGraphAddAlias(graph, file, id);
    if (strcmp(name, "watchdog0") == 0)
        ifxUseGraphAddAlias(graph, "/dev/watchdog", id);
    if (devices->len > 0)
        ifxUseGraphAddPath(graph, id, path);
    else
        ifxUseWatchdogAddDrivers(sysroot, graph, id, dir);
    if (g_strcmp0(state, "active") == 0)
        ifxUseGraphAddUse(graph, id, IFX_USE_PROCESS, false, "active");
}

static bool
ifxUseWatchdogLoad(const char *sysroot,
                   ifxUseGraph *graph)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_WATCHDOG_CLASS, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);

        ifxUseWatchdogAdd(sysroot, graph, dir, names->pdata[i]);
    }
    return true;
}

const ifxUseLoader ifxUseLoaderWatchdog = {
    .name = "watchdog",
    .load = ifxUseWatchdogLoad,
};
