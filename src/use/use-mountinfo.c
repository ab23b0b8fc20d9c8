/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-files.h"

#include <libmount.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/sysfs.h"

#define IFX_MOUNTINFO_MAX (64 * 1024 * 1024)
#define IFX_SWAPS_MAX (1024 * 1024)

static void
ifxUseMountinfoClear(gpointer data)
{
    ifxUseMount *mount = data;

    g_free(mount->target);
    g_free(mount->source);
    g_free(mount->fs_type);
    g_free(mount->number);
    g_free(mount->root);
}

/* Lets libmount go on after a line that it cannot read. */
static int
ifxUseMountinfoSkipLine(struct libmnt_table *table,
                        const char *path G_GNUC_UNUSED,
                        int line G_GNUC_UNUSED)
{
    *(bool *) mnt_table_get_userdata(table) = false;
    return 1;
}

static GArray *
ifxUseMountinfoList(struct libmnt_table *table)
{
    GArray *mounts = g_array_new(FALSE, FALSE, sizeof(ifxUseMount));
    struct libmnt_iter *each = mnt_new_iter(MNT_ITER_FORWARD);
    struct libmnt_fs *fs;

    g_array_set_clear_func(mounts, ifxUseMountinfoClear);
    while (mnt_table_next_fs(table, each, &fs) == 0) {
        const char *source = mnt_fs_get_source(fs);
        const dev_t device = mnt_fs_get_devno(fs);
        const ifxUseMount mount = {
            .target = g_strdup(mnt_fs_get_target(fs)),
            .source = g_strdup(source ? source : "none"),
            .fs_type = g_strdup(mnt_fs_get_fstype(fs)),
            .number = g_strdup_printf("%u:%u", major(device), minor(device)),
            .root = g_strdup(mnt_fs_get_root(fs)),
        };

        g_array_append_val(mounts, mount);
    }
    mnt_free_iter(each);
    return mounts;
}

GArray *
ifxUseMountinfoLoad(const char *proc,
                    const char *pid,
                    bool *sound)
{
    g_autofree char *dir = g_build_filename(proc, pid, NULL);
    g_autofree char *text = NULL;
    struct libmnt_table *table;
    GArray *mounts;
    gsize length = 0;
    FILE *stream;

    /* libmount itself would wait for the other end of a FIFO. */
    text = ifxSysfsReadAll(dir, "mountinfo", IFX_MOUNTINFO_MAX, &length);
    /* libmount takes a file for an fstab by its first line. */
    if (text && length > 0 && !g_ascii_isdigit(*text)) {
        *sound = false;
        return NULL;
    }
    stream = text && length > 0 ? fmemopen(text, length, "r") : NULL;
    if (!stream)
        return NULL;

    table = mnt_new_table();
    mnt_table_set_userdata(table, sound);
    mnt_table_set_parser_errcb(table, ifxUseMountinfoSkipLine);
    if (mnt_table_parse_stream(table, stream, "mountinfo") != 0)
        *sound = false;
    fclose(stream);
    mounts = ifxUseMountinfoList(table);
    mnt_unref_table(table);
    return mounts;
}

const ifxUseMount *
ifxUseMountinfoFind(const GArray *mounts,
                    const char *path)
{
    const ifxUseMount *holder = NULL;
    gsize longest = 0;
    guint i;

    for (i = 0; i < mounts->len; i++) {
        const ifxUseMount *mount = &g_array_index(mounts, ifxUseMount, i);
        const gsize length = strcmp(mount->target, "/") == 0 ? 0 : strlen(mount->target);

        /* Of several mounts at one place the last one covers the others. */
        if (length >= longest && strncmp(path, mount->target, length) == 0 &&
            path[length] == '/') {
            holder = mount;
            longest = length;
        }
    }
    return holder;
}

static void
ifxUseMountinfoClearSwap(gpointer data)
{
    g_free(((ifxUseSwap *) data)->path);
}

GArray *
ifxUseMountinfoLoadSwap(const char *proc)
{
    g_autofree char *text = ifxSysfsReadAll(proc, "swaps", IFX_SWAPS_MAX, NULL);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    GArray *spaces;
    guint i;

    if (!lines && ifxSysfsExists(proc, "swaps"))
        return NULL;
    spaces = g_array_new(FALSE, FALSE, sizeof(ifxUseSwap));
    g_array_set_clear_func(spaces, ifxUseMountinfoClearSwap);

    /* The first line is "Filename Type Size ..."; a blank is written in octal (seq_file_path()). */
    for (i = 1; lines && lines[0] && lines[i]; i++) {
        const gsize length = strcspn(lines[i], " \t");
        const char *type = lines[i] + length + strspn(lines[i] + length, " \t");
        g_autofree char *path = g_strndup(lines[i], length);
        const ifxUseSwap swap = {
            .path = *path == '/' ? g_strcompress(path) : NULL,
            .file = g_str_has_prefix(type, "file"),
        };

        if (swap.path)
            g_array_append_val(spaces, swap);
    }
    return spaces;
}
