/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-block: the host's block devices: disks, partitions, dm, md, bcache, loop.
 *
 * Each entry of /sys/class/block is block/NAME, "dm-0 (luks)". Its other names are /dev/NAME,
 * /dev/mapper/NAME, udev's links, and its number, /dev/block/8:1. A partition sits on its disk. A
 * device that is made of others sits on these (slaves/, bd_link_disk_holder() in Linux
 * block/holder.c). A disk sits on its controller, an NVMe disk with several controllers on each of
 * them (Linux drivers/nvme/host/multipath.c: its folder is that of the subsystem, which links to
 * the controllers).
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

char *
ifxUseBlockId(const char *name)
{
    return g_strconcat("block/", name, NULL);
}

/* The UUID of a dm device begins with a word for the program that made it (lvm2 libdm, cryptsetup,
 * multipath-tools, kpartx). */
static const char *
ifxUseBlockDmKind(const char *uuid)
{
    if (g_str_has_prefix(uuid, "CRYPT-LUKS"))
        return "luks";
    if (g_str_has_prefix(uuid, "CRYPT-"))
        return "crypt";
    if (g_str_has_prefix(uuid, "LVM-"))
        return "lvm";
    if (g_str_has_prefix(uuid, "mpath-"))
        return "multipath";
    return strstr(uuid, "-mpath-") && g_str_has_prefix(uuid, "part") ? "partition" : "dm";
}

/* "luks", "raid1"; NULL: the name is enough. */
static char *
ifxUseBlockKind(const char *dir)
{
    g_autofree char *uuid = ifxSysfsReadLine(dir, "dm/uuid");
    char *level;

    if (uuid)
        return g_strdup(ifxUseBlockDmKind(uuid));
    level = ifxSysfsReadLine(dir, "md/level");
    if (level && *level)
        return level;
    g_free(level);
    return NULL;
}

/* The kernel writes a slash in a name, "cciss/c0d0", as an exclamation mark. */
static void
ifxUseBlockAddNames(const char *sysroot,
                    const char *dir,
                    const char *name,
                    const char *id,
                    ifxUseGraph *graph)
{
    g_autofree char *file = g_strdelimit(g_strconcat("/dev/", name, NULL), "!", '/');
    g_autofree char *mapped = ifxSysfsReadLine(dir, "dm/name");
    g_autofree char *number = ifxSysfsReadLine(dir, "dev");
    g_autoptr(ifxUseUdev) udev = number ? ifxUseUdevLoad(sysroot, 'b', number) : NULL;
    guint i;

    ifxUseGraphAddAlias(graph, file, id);
    if (mapped && *mapped) {
        g_autofree char *mapper = g_strconcat("/dev/mapper/", mapped, NULL);

        ifxUseGraphAddAlias(graph, mapper, id);
    }
    if (number && *number) {
        g_autofree char *node = g_strconcat("/dev/block/", number, NULL);

        ifxUseGraphAddAlias(graph, node, id);
    }
    for (i = 0; udev && i < udev->links->len; i++)
        ifxUseGraphAddAlias(graph, udev->links->pdata[i], id);
}

/* "nvme0", a link to a controller; not "nvme0n1". */
static bool
ifxUseBlockIsController(const char *name)
{
    return g_str_has_prefix(name, "nvme") && name[strlen("nvme")] &&
        name[strlen("nvme") + strspn(name + strlen("nvme"), "0123456789")] == '\0';
}

void
ifxUseBlockAddControllers(const char *dir,
                          const char *id,
                          ifxUseGraph *graph)
{
    g_autofree char *real = ifxSysfsResolve(dir, ".");
    g_autofree char *subsystem = real ? g_path_get_dirname(real) : NULL;
    g_autoptr(GPtrArray) names = subsystem ? ifxSysfsList(subsystem, NULL) : g_ptr_array_new();
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = ifxUseBlockIsController(names->pdata[i]) ?
            ifxUsePciResolve(subsystem, names->pdata[i]) : NULL;

        ifxUseGraphAddPath(graph, id, path);
    }
}

static void
ifxUseBlockAddBelow(const char *dir,
                    const char *id,
                    ifxUseGraph *graph)
{
    g_autofree char *path = ifxUsePciResolve(dir, ".");
    g_autofree char *slaves_dir = g_build_filename(dir, "slaves", NULL);
    g_autoptr(GPtrArray) slaves = ifxSysfsList(slaves_dir, NULL);
    guint i;

    for (i = 0; i < slaves->len; i++) {
        g_autofree char *slave = ifxUseBlockId(slaves->pdata[i]);

        ifxUseGraphAddBelow(graph, id, slave);
    }
    if (!path)
        return;
    if (ifxSysfsExists(dir, "partition")) {
        g_autofree char *above = g_path_get_dirname(path);
        g_autofree char *name = g_path_get_basename(above);
        g_autofree char *disk = ifxUseBlockId(name);

        ifxUseGraphAddBelow(graph, id, disk);
    } else if (strstr(path, "/nvme-subsystem/")) {
        ifxUseBlockAddControllers(dir, id, graph);
    } else {
        ifxUseGraphAddPath(graph, id, path);
    }
}

/* A disk that ATA over Ethernet brings has no PCI device, and needs no address either. It sits on
 * interfaces of the host's own namespace, "eth0,eth1" (aoedisk_show_netif(), Linux
 * drivers/block/aoe/aoeblk.c; read, not run). */
static void
ifxUseBlockAddInterfaces(const char *dir,
                         const char *name,
                         const char *id,
                         ifxUseGraph *graph)
{
    g_autofree char *text = g_str_has_prefix(name, "etherd!") ? ifxSysfsReadLine(dir, "netif") :
        NULL;
    g_auto(GStrv) names = g_strsplit(text ? text : "", ",", -1);
    guint i;

    for (i = 0; names[i]; i++) {
        g_autofree char *below = g_strconcat("net/", names[i], NULL);

        ifxUseGraphAddBelow(graph, id, below);
    }
}

static bool
ifxUseBlockLoad(const char *sysroot,
                ifxUseGraph *graph)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_USE_BLOCK_FOLDER, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *dir = g_build_filename(folder, name, NULL);
        g_autofree char *id = ifxUseBlockId(name);
        g_autofree char *kind = ifxUseBlockKind(dir);
        g_autofree char *label = kind ? g_strdup_printf("%s (%s)", name, kind) : NULL;

        ifxUseGraphAddThing(graph, id, label ? label : name);
        ifxUseBlockAddNames(sysroot, dir, name, id, graph);
        ifxUseBlockAddBelow(dir, id, graph);
        ifxUseBlockAddInterfaces(dir, name, id, graph);
    }
    return true;
}

const ifxUseLoader ifxUseLoaderBlock = {
    .name = "block",
    .load = ifxUseBlockLoad,
};
