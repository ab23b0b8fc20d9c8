/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/libvirt-state.h"

#include <string.h>

#include "base/file.h"

#define IFX_LIBVIRT_MARK "AUTO-GENERATED"

static const char *const ifxLibvirtFolders[] = {
    "/etc/libvirt", "/run/libvirt", "/var/run/libvirt", "/var/lib/libvirt",
};

static bool
ifxLibvirtIsBelow(const char *path,
                  const char *folder)
{
    const gsize length = strlen(folder);

    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

const char *
ifxLibvirtStateFolder(const char *path)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxLibvirtFolders); i++) {
        const char *folder = ifxLibvirtFolders[i];
        g_autofree char *real_folder = ifxFileRealPath(folder);

        if (ifxLibvirtIsBelow(path, folder) || ifxLibvirtIsBelow(path, real_folder))
            return folder;
    }
    return NULL;
}

bool
ifxLibvirtStateIsMarked(const char *head,
                        gsize length)
{
    return memmem(head, length, IFX_LIBVIRT_MARK, strlen(IFX_LIBVIRT_MARK)) != NULL;
}
