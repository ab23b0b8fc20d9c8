/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-node: what is behind a device number.
 *
 * A device node is its number. Its name can be any: mknod(1), a container's /dev, a renamed node.
 * /sys/dev/block/MAJOR:MINOR and /sys/dev/char/MAJOR:MINOR lead to the device in sysfs (Linux
 * Documentation/ABI/testing/sysfs-dev), and DEVNAME in its uevent is the name that the kernel gives
 * the node below /dev: "sda", "dri/card0", "bus/usb/001/004" (drivers/base/core.c, dev_uevent()).
 * By this name the other loaders know their things.
 *
 * A device that no loader added becomes a thing if it hangs on a PCI device: ng0n2, nvme0, sg0,
 * ttyS1, ptp0, mei0. Its path leads through the PCI device. A character device of an NVMe disk with
 * several controllers is in the folder of the subsystem (drivers/nvme/host/multipath.c), as the
 * disk is. A device that hangs on none is nothing: mem, null, ptmx, pts, tun, kvm, fuse.
 *
 *     node/ng0n2  sound/snd/controlC0  input/input/event3  input/hidraw0
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

/* "bus/usb/001/004"; NULL: the kernel gives it no node. */
static char *
ifxUseNodeReadName(const char *dir)
{
    g_autofree char *text = ifxSysfsReadAll(dir, "uevent", IFX_SYSFS_LINE_MAX, NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    guint i;

    for (i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "DEVNAME=") && lines[i][strlen("DEVNAME=")])
            return g_strdup(lines[i] + strlen("DEVNAME="));
    }
    return NULL;
}

/* Sound and input have kinds of their own, because use-process treats them as no use. So has hidraw
 * of a keyboard or a game controller, which is the same device in another form; that of another
 * device, such as a power supply, has no input beside it. */
static const char *
ifxUseNodeKind(const char *dir)
{
    g_autofree char *subsystem = ifxSysfsReadLink(dir, "subsystem");

    if (g_strcmp0(subsystem, "hidraw") == 0)
        return ifxSysfsExists(dir, "device/input") ? "input" : "node";
    if (g_strcmp0(subsystem, "sound") == 0)
        return "sound";
    return g_strcmp0(subsystem, "input") == 0 ? "input" : "node";
}

/* The node @name of the device at @path in sysfs, and at @dir. */
static const char *
ifxUseNodeAdd(ifxUseGraph *graph,
              const char *dir,
              const char *path,
              const char *name)
{
    const bool shared = strstr(path, "/nvme-subsystem/") != NULL;
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(path);
    g_autofree char *id = NULL;

    if (devices->len == 0 && !shared)
        return NULL;
    id = g_strconcat(ifxUseNodeKind(dir), "/", name, NULL);
    ifxUseGraphAddThing(graph, id, name);
    if (shared)
        ifxUseBlockAddControllers(dir, id, graph);
    else
        ifxUseGraphAddPath(graph, id, path);
    return ifxUseGraphLookup(graph, id);
}

const char *
ifxUseNodeFindName(const ifxUseGraph *graph,
                   const char *name)
{
    /* Where domains name it, /dev/bus/usb/001/004 is usb/001/004. */
    return ifxUseGraphLookup(graph, g_str_has_prefix(name, "/dev/bus/usb/") ?
                             name + strlen("/dev/bus/") : name);
}

const char *
ifxUseNodeFind(const char *sysroot,
               ifxUseGraph *graph,
               const char *number)
{
    const char *id = ifxUseGraphLookup(graph, number);
    g_autofree char *dir = g_strconcat(sysroot, "/sys", number, NULL);
    g_autofree char *path = id ? NULL : ifxUsePciResolve(dir, "");
    g_autofree char *name = path ? ifxUseNodeReadName(dir) : NULL;
    g_autofree char *file = NULL;

    if (!path)
        return id;
    if (!name)
        name = g_path_get_basename(path);
    file = g_strconcat("/dev/", name, NULL);
    id = ifxUseNodeFindName(graph, file);
    return id ? id : ifxUseNodeAdd(graph, dir, path, name);
}
