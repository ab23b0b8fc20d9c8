/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/hook.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

#define IFX_HOOK_FOLDER "etc/libvirt/hooks"
#define IFX_HOOK_NAME "virt-iommufix"
#define IFX_HOOK_MAX (64 * 1024)

/* The first lines, by which the tool recognizes its own file. */
#define IFX_HOOK_MARK \
    "#!/bin/sh\n" \
    "# Written by virt-iommufix hook --install; virt-iommufix hook --uninstall removes it.\n"

char *
ifxHookFilePath(const char *sysroot)
{
    return g_build_filename(sysroot, IFX_HOOK_FOLDER, "qemu.d", IFX_HOOK_NAME, NULL);
}

static bool
ifxHookFileFail(const char *doing,
                const char *path,
                GError **error)
{
    return ifxErrorSet(error, IFX_ERROR_FILE, "cannot %s %s: %s", doing, path,
                       g_strerror(errno));
}

/* Is @path a file of the tool's own, or missing (@found)? False with an error for anything else. */
static bool
ifxHookFileLook(const char *path,
                bool *found,
                GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    GStatBuf status;

    *found = g_lstat(path, &status) == 0;
    if (!*found)
        return errno == ENOENT || ifxHookFileFail("look at", path, error);
    bytes = S_ISREG(status.st_mode) ? ifxFileRead(path, IFX_HOOK_MAX, NULL) : NULL;
    if (bytes && g_bytes_get_size(bytes) > strlen(IFX_HOOK_MARK) &&
        memcmp(g_bytes_get_data(bytes, NULL), IFX_HOOK_MARK, strlen(IFX_HOOK_MARK)) == 0)
        return true;
    return ifxErrorSet(error, IFX_ERROR_FILE,
                       "%s was not written by hook --install, so it stays as it is. "
                       "Move it away first",
                       path);
}

static char *
ifxHookFileText(const char *const *arguments,
                bool fail_closed)
{
    GString *text = g_string_new(IFX_HOOK_MARK);
    guint i;

    g_string_append(text, "case \"$2 $3\" in\n"
                    "'prepare begin' | 'start begin') ;;\n"
                    "*) exit 0 ;;\n"
                    "esac\n");
    for (i = 0; arguments[i]; i++) {
        g_autofree char *quoted = g_shell_quote(arguments[i]);

        g_string_append_printf(text, "%s ", quoted);
    }
    g_string_append(text, "-- \"$@\"\n");
    g_string_append(text, fail_closed ? "[ $? -eq 0 ]\n" : "[ $? -ne 1 ]\n");
    return g_string_free(text, FALSE);
}

bool
ifxHookFileInstall(const char *path,
                   const char *const *arguments,
                   bool fail_closed,
                   bool *replaced,
                   GError **error)
{
    g_autofree char *text = ifxHookFileText(arguments, fail_closed);
    g_autofree char *folder = g_path_get_dirname(path);

    if (!ifxHookFileLook(path, replaced, error))
        return false;
    if (g_mkdir_with_parents(folder, 0755) != 0)
        return ifxHookFileFail("make", folder, error);
    return ifxFileWrite(path, text, strlen(text), 0755, IFX_FILE_OVERWRITE, error);
}

bool
ifxHookFileUninstall(const char *path,
                     bool *removed,
                     GError **error)
{
    if (!ifxHookFileLook(path, removed, error))
        return false;
    return !*removed || g_unlink(path) == 0 || ifxHookFileFail("remove", path, error);
}
