/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-mountinfo.h"

#include <libmount.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#include "base/sysfs.h"

#define IFX_MOUNTINFO_MAX (64 * 1024 * 1024)

static void
ifxMountClear(gpointer data)
{
    ifxMount *mount = data;

    g_free(mount->target);
    g_free(mount->source);
    g_free(mount->fs_type);
    g_free(mount->number);
}

/* Goes on behind a line that it can't read. */
static int
ifxMountInfoOverlook(struct libmnt_table *table,
                     const char *path G_GNUC_UNUSED,
                     int line G_GNUC_UNUSED)
{
    *(bool *) mnt_table_get_userdata(table) = false;
    return 1;
}

static GArray *
ifxMountInfoList(struct libmnt_table *table)
{
    GArray *mounts = g_array_new(FALSE, FALSE, sizeof(ifxMount));
    struct libmnt_iter *each = mnt_new_iter(MNT_ITER_FORWARD);
    struct libmnt_fs *fs;

    g_array_set_clear_func(mounts, ifxMountClear);
    while (mnt_table_next_fs(table, each, &fs) == 0) {
        const char *source = mnt_fs_get_source(fs);
        const dev_t device = mnt_fs_get_devno(fs);
        const ifxMount mount = {
            .target = g_strdup(mnt_fs_get_target(fs)),
            .source = g_strdup(source ? source : "none"),
            .fs_type = g_strdup(mnt_fs_get_fstype(fs)),
            .number = g_strdup_printf("%u:%u", major(device), minor(device)),
        };

        g_array_append_val(mounts, mount);
    }
    mnt_free_iter(each);
    return mounts;
}

GArray *
ifxMountInfoLoad(const char *proc,
                 const char *pid,
                 bool *sound)
{
    g_autofree char *dir = g_build_filename(proc, pid, NULL);
    g_autofree char *text = NULL;
    struct libmnt_table *table;
    GArray *mounts;
    gsize length = 0;
    FILE *stream;

    /* Read first, because libmount would wait for the other end of a FIFO. */
    text = ifxSysfsReadAll(dir, "mountinfo", IFX_MOUNTINFO_MAX, &length);
    /* By its first line libmount would take it for an fstab. */
    if (text && length > 0 && !g_ascii_isdigit(*text)) {
        *sound = false;
        return NULL;
    }
    stream = text && length > 0 ? fmemopen(text, length, "r") : NULL;
    if (!stream)
        return NULL;

    table = mnt_new_table();
    mnt_table_set_userdata(table, sound);
    mnt_table_set_parser_errcb(table, ifxMountInfoOverlook);
    if (mnt_table_parse_stream(table, stream, "mountinfo") != 0)
        *sound = false;
    fclose(stream);
    mounts = ifxMountInfoList(table);
    mnt_unref_table(table);
    return mounts;
}
