/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-filesystem: which thing a mounted file system is on, and what lies on disks.
 *
 * A mounted virtiofs or 9p names no block device: its source is the tag of a virtio device, which is
 * virtio/NAME. /sys/fs/virtiofs/N/tag and its link "device" show the tag of virtiofs (Linux
 * Documentation/ABI/testing/sysfs-fs-virtiofs, since Linux 6.9; before that only a single device can
 * be told), the attribute mount_tag of the virtio device that of 9p (net/9p/trans_virtio.c,
 * p9_mount_tag_show()).
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_FS_BTRFS "sys/fs/btrfs"
#define IFX_FS_VIRTIO "sys/bus/virtio/devices"
#define IFX_FS_VIRTIOFS "sys/fs/virtiofs"

/* Names that no tag has. */
#define IFX_FS_VIRTIOFS_ONE "virtiofs//one"
#define IFX_FS_VIRTIOFS_MANY "virtiofs//many"

/* "of-btrfs/sda": the file system of several devices of which the block device is one. */
static char *
ifxUseFilesystemAlias(const char *block)
{
    return g_strconcat("of-btrfs/", block, NULL);
}

static void
ifxUseFilesystemAddBtrfs(ifxUseGraph *graph,
                         const char *folder,
                         const char *uuid)
{
    g_autofree char *dir = g_build_filename(folder, uuid, "devices", NULL);
    g_autoptr(GPtrArray) devices = ifxSysfsList(dir, NULL);
    g_autofree char *id = g_strconcat("btrfs/", uuid, NULL);
    guint i;

    if (devices->len < 2)
        return;
    ifxUseGraphAddThing(graph, id, "btrfs");
    for (i = 0; i < devices->len; i++) {
        g_autofree char *block = ifxUseBlockId(devices->pdata[i]);
        g_autofree char *alias = ifxUseFilesystemAlias(devices->pdata[i]);

        ifxUseGraphAddBelow(graph, id, block);
        ifxUseGraphAddAlias(graph, alias, id);
    }
}

static void
ifxUseFilesystemAddVirtio(ifxUseGraph *graph,
                          const char *folder,
                          const char *name)
{
    g_autofree char *dir = g_build_filename(folder, name, NULL);
    g_autofree char *driver = ifxSysfsReadLink(dir, "driver");
    g_autofree char *path = ifxUsePciResolve(dir, "");
    g_autofree char *id = g_strconcat("virtio/", name, NULL);
    g_autofree char *tag = NULL;
    g_autofree char *alias = NULL;

    if (g_strcmp0(driver, "virtiofs") == 0) {
        /* Of which tag it is the only device; another one makes it ambiguous. */
        if (ifxUseGraphLookup(graph, IFX_FS_VIRTIOFS_ONE))
            ifxUseGraphAddThing(graph, IFX_FS_VIRTIOFS_MANY, "virtiofs");
        ifxUseGraphAddAlias(graph, IFX_FS_VIRTIOFS_ONE, id);
    } else if (g_strcmp0(driver, "9pnet_virtio") == 0) {
        tag = ifxSysfsReadLine(dir, "mount_tag");
        alias = g_strconcat("9p/", tag, NULL);
        ifxUseGraphAddAlias(graph, alias, id);
    } else {
        return;
    }
    ifxUseGraphAddThing(graph, id, name);
    ifxUseGraphAddPath(graph, id, path);
}

static void
ifxUseFilesystemAddVirtiofsTag(ifxUseGraph *graph,
                               const char *folder,
                               const char *number)
{
    g_autofree char *dir = g_build_filename(folder, number, NULL);
    g_autofree char *tag = ifxSysfsReadLine(dir, "tag");
    g_autofree char *device = ifxSysfsReadLink(dir, "device");
    g_autofree char *alias = g_strconcat("virtiofs/", tag, NULL);
    g_autofree char *id = g_strconcat("virtio/", device, NULL);

    if (tag && device)
        ifxUseGraphAddAlias(graph, alias, id);
}

/* The virtio device whose tag is mounted. */
static const char *
ifxUseFilesystemFindTag(const ifxUseGraph *graph,
                        const ifxUseMount *mount)
{
    g_autofree char *alias = g_strconcat(mount->fs_type, "/", mount->source, NULL);
    const char *id = ifxUseGraphLookup(graph, alias);

    if (!id && strcmp(mount->fs_type, "virtiofs") == 0 &&
        !ifxUseGraphLookup(graph, IFX_FS_VIRTIOFS_MANY))
        id = ifxUseGraphLookup(graph, IFX_FS_VIRTIOFS_ONE);
    return id;
}

void
ifxUseFilesystemLoad(const char *sysroot,
                     ifxUseGraph *graph)
{
    ifxUseLoadEach(sysroot, IFX_FS_BTRFS, graph, ifxUseFilesystemAddBtrfs);
    ifxUseLoadEach(sysroot, IFX_FS_VIRTIO, graph, ifxUseFilesystemAddVirtio);
    ifxUseLoadEach(sysroot, IFX_FS_VIRTIOFS, graph, ifxUseFilesystemAddVirtiofsTag);
}

/* "tank/home" is in the pool tank. */
static const char *
ifxUseFilesystemFindZfs(ifxUseGraph *graph,
                        const char *source)
{
    g_autofree char *pool = g_strndup(source, strcspn(source, "/@#"));
    g_autofree char *id = g_strconcat("zfs/", pool, NULL);
    g_autofree char *label = g_strdup_printf("%s (zfs)", pool);

    ifxUseGraphAddThing(graph, id, label);
    return ifxUseGraphLookup(graph, id);
}

/* "/dev/sda:/dev/sdb" */
static const char *
ifxUseFilesystemFindBcachefs(ifxUseGraph *graph,
                             const char *source)
{
    g_auto(GStrv) files = g_strsplit(source, ":", -1);
    g_autofree char *id = g_strconcat("bcachefs", files[0] + strlen("/dev"), NULL);
    guint i;

    ifxUseGraphAddThing(graph, id, "bcachefs");
    for (i = 0; files[i]; i++) {
        const char *block = ifxUseGraphLookup(graph, files[i]);

        if (block)
            ifxUseGraphAddBelow(graph, id, block);
    }
    return ifxUseGraphLookup(graph, id);
}

const char *
ifxUseFilesystemFind(ifxUseGraph *graph,
                     const ifxUseMount *mount)
{
    g_autofree char *node = g_strconcat("/dev/block/", mount->number, NULL);
    g_autofree char *alias = NULL;
    const char *several;
    const char *id = ifxUseGraphLookup(graph, node);

    if (!id && strcmp(mount->fs_type, "zfs") == 0)
        return ifxUseFilesystemFindZfs(graph, mount->source);
    if (!id && (strcmp(mount->fs_type, "virtiofs") == 0 || strcmp(mount->fs_type, "9p") == 0))
        return ifxUseFilesystemFindTag(graph, mount);
    if (!id && g_str_has_prefix(mount->source, "/dev/"))
        id = strstr(mount->source, ":/dev/") ? ifxUseFilesystemFindBcachefs(graph, mount->source) :
            ifxUseGraphLookup(graph, mount->source);
    if (!id || !g_str_has_prefix(id, "block/"))
        return id;
    alias = ifxUseFilesystemAlias(id + strlen("block/"));
    several = ifxUseGraphLookup(graph, alias);
    return several ? several : id;
}

/* The kernel lists each mounted file system here, in whatever namespace it is mounted. */
static void
ifxUseFilesystemAddUnlisted(const char *sysroot,
                            ifxUseGraph *graph,
                            GHashTable *mounted)
{
    static const char *const kinds[] = { "ext4", "xfs", "f2fs", "erofs", "nilfs2" };
    g_autofree char *btrfs = g_build_filename(sysroot, IFX_FS_BTRFS, NULL);
    g_autoptr(GPtrArray) uuids = ifxSysfsList(btrfs, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    guint i;
    guint j;

    for (i = 0; i < G_N_ELEMENTS(kinds) + uuids->len; i++) {
        g_autofree char *folder = i < G_N_ELEMENTS(kinds) ?
            g_build_filename(sysroot, "sys/fs", kinds[i], NULL) :
            g_build_filename(btrfs, uuids->pdata[i - G_N_ELEMENTS(kinds)], "devices", NULL);
        g_autoptr(GPtrArray) entries = ifxSysfsList(folder, NULL);

        for (j = 0; j < entries->len; j++)
            g_ptr_array_add(names, g_strdup(entries->pdata[j]));
    }
    for (i = 0; i < names->len; i++) {
        g_autofree char *block = ifxUseBlockId(names->pdata[i]);
        g_autofree char *alias = ifxUseFilesystemAlias(names->pdata[i]);
        const char *id = ifxUseGraphLookup(graph, alias);

        if (!id)
            id = ifxUseGraphLookup(graph, block);
        if (id && g_hash_table_add(mounted, (gpointer) id))
            ifxUseGraphAddUse(graph, id, IFX_USE_MOUNTED, false,
                              "mounted, mount point not visible");
    }
}

/* Signatures of parts of something larger. */
static const char *
ifxUseFilesystemDescribeMember(const char *fs_type)
{
    static const struct {
        const char *type;
        const char *words;
    } members[] = {
        { "LVM2_member", "member of LVM" },
        { "LVM1_member", "member of LVM" },
        { "linux_raid_member", "member of a RAID" },
        { "zfs_member", "member of ZFS" },
        { "ceph_bluestore", "disk of Ceph" },
        { "bcache", "part of bcache" },
        { "bcachefs", "part of bcachefs" },
        { "drbd", "part of DRBD" },
        { "mpath_member", "path of multipath" },
        { "VMFS", "VMFS" },
        { "VMFS_volume_member", "member of VMFS" },
        { "stratis", "part of Stratis" },
        { "DM_snapshot_cow", "part of a snapshot" },
        { "vdo", "part of VDO" },
    };
    guint i;

    for (i = 0; fs_type && i < G_N_ELEMENTS(members); i++) {
        if (strcmp(members[i].type, fs_type) == 0)
            return members[i].words;
    }
    return fs_type && g_str_has_suffix(fs_type, "_raid_member") ? "member of a RAID" : NULL;
}

static const char *
ifxUseFilesystemDescribeUnmounted(const char *dir,
                                  const ifxUseUdev *udev)
{
    const char *words = udev ? ifxUseFilesystemDescribeMember(udev->fs_type) : NULL;

    if (words)
        return words;
    if (ifxSysfsExists(dir, "dm") || ifxSysfsExists(dir, "md") || ifxSysfsExists(dir, "bcache"))
        return "assembled, not mounted";
    return udev ? NULL : "content unknown";
}

static void
ifxUseFilesystemAddUnmounted(const char *sysroot,
                             const char *dir,
                             const char *id,
                             ifxUseGraph *graph,
                             GHashTable *mounted)
{
    g_autofree char *number = ifxSysfsReadLine(dir, "dev");
    g_autoptr(ifxUseUdev) udev = number ? ifxUseUdevLoad(sysroot, 'b', number) : NULL;
    const char *words;
    guint64 size;

    if (udev && udev->fs_label && g_strcmp0(udev->fs_type, "zfs_member") == 0) {
        g_autofree char *pool = g_strconcat("zfs/", udev->fs_label, NULL);
        const char *known = ifxUseGraphLookup(graph, pool);

        if (known && g_hash_table_contains(mounted, known)) {
            ifxUseGraphAddBelow(graph, known, id);
            return;
        }
    }
    /* A path of an NVMe disk has no number; a card reader without a card has no size. */
    if (!number || ifxUseGraphIsCarrier(graph, id) ||
        (ifxSysfsReadNumber(dir, "size", G_MAXUINT64, &size) && size == 0))
        return;
    words = ifxUseFilesystemDescribeUnmounted(dir, udev);
    if (words)
        ifxUseGraphAddUse(graph, id, IFX_USE_UNCLEAR, false, words);
}

void
ifxUseFilesystemAddUnseen(const char *sysroot,
                          ifxUseGraph *graph,
                          GHashTable *mounted)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_USE_BLOCK_FOLDER, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    ifxUseFilesystemAddUnlisted(sysroot, graph, mounted);
    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *id = ifxUseBlockId(names->pdata[i]);

        ifxUseFilesystemAddUnmounted(sysroot, dir, id, graph, mounted);
    }
}
