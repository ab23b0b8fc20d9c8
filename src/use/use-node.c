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
 *
 * A domain names a node by a path, often by one of udev's links. On this host the node there has the
 * number. In a tree of files it has none; DEVNAME and udev's own record of its links tell it.
 */

#include "use/use-internal.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

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

/* Has the character device with that number the path @path? */
static bool
ifxUseNodeHasPath(const char *sysroot,
                  const char *dir,
                  const char *number,
                  const char *path)
{
    g_autofree char *node = g_build_filename(dir, number, NULL);
    g_autofree char *name = ifxUseNodeReadName(node);
    g_autofree char *file = g_strconcat("/dev/", name, NULL);
    g_autoptr(ifxUseUdev) udev = NULL;

    if (name && strcmp(file, path) == 0)
        return true;
    udev = ifxUseUdevLoad(sysroot, 'c', number);
    return udev && g_ptr_array_find_with_equal_func(udev->links, path, g_str_equal, NULL);
}

/* "/dev/char/13:64"; NULL: there is no such character device. */
static char *
ifxUseNodeReadNumber(const char *sysroot,
                     const char *path)
{
    g_autofree char *file = g_strconcat(sysroot, path, NULL);
    g_autofree char *dir = g_build_filename(sysroot, "sys/dev/char", NULL);
    g_autoptr(GPtrArray) numbers = NULL;
    struct stat status;
    guint i;

    if (stat(file, &status) == 0 && S_ISCHR(status.st_mode))
        return g_strdup_printf("/dev/char/%u:%u", major(status.st_rdev), minor(status.st_rdev));
    if (strcmp(sysroot, "/") == 0)
        return NULL;
    numbers = ifxSysfsList(dir, NULL);
    for (i = 0; i < numbers->len; i++) {
        if (ifxUseNodeHasPath(sysroot, dir, numbers->pdata[i], path))
            return g_strconcat("/dev/char/", (const char *) numbers->pdata[i], NULL);
    }
    return NULL;
}

const char *
ifxUseNodeFindPath(ifxUseGraph *graph,
                   const char *path)
{
    g_autofree char *number = graph->sysroot && g_str_has_prefix(path, "/dev/") ?
        ifxUseNodeReadNumber(graph->sysroot, path) : NULL;

    return number ? ifxUseNodeFind(graph->sysroot, graph, number) : NULL;
}
