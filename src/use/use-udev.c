/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-files.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_UDEV_DATA "run/udev/data"
#define IFX_UDEV_MAX (256 * 1024)

static char *
ifxUseUdevProperty(const char *line,
                   const char *name)
{
    return g_str_has_prefix(line, name) ? g_strdup(line + strlen(name)) : NULL;
}

ifxUseUdev *
ifxUseUdevLoad(const char *sysroot,
               char kind,
               const char *number)
{
    g_autofree char *dir = g_build_filename(sysroot, IFX_UDEV_DATA, NULL);
    g_autofree char *name = g_strdup_printf("%c%s", kind, number);
    g_autofree char *text = strchr(name, '/') ? NULL :
        ifxSysfsReadAll(dir, name, IFX_UDEV_MAX, NULL);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    ifxUseUdev *udev;
    guint i;

    if (!lines)
        return NULL;
    udev = g_new0(ifxUseUdev, 1);
    udev->links = g_ptr_array_new_with_free_func(g_free);
    for (i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "S:"))
            g_ptr_array_add(udev->links, g_strconcat("/dev/", lines[i] + 2, NULL));
        if (!udev->fs_type)
            udev->fs_type = ifxUseUdevProperty(lines[i], "E:ID_FS_TYPE=");
        if (!udev->fs_label)
            udev->fs_label = ifxUseUdevProperty(lines[i], "E:ID_FS_LABEL=");
    }
    return udev;
}

void
ifxUseUdevFree(ifxUseUdev *udev)
{
    if (!udev)
        return;
    g_ptr_array_unref(udev->links);
    g_free(udev->fs_type);
    g_free(udev->fs_label);
    g_free(udev);
}
