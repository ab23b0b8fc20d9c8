/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/hook.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define IFX_HOOK_FOLDER "etc/libvirt/hooks"
#define IFX_HOOK_NAME "virt-iommufix"
#define IFX_HOOK_MAX (64 * 1024)
#define IFX_HOOK_MODE 0755

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

/* Is @path a file of the tool's own, or missing? @bytes is what is in it, or NULL, @mode its mode.
 * False with an error for anything else. */
static bool
ifxHookFileLook(const char *path,
                GBytes **bytes,
                mode_t *mode,
                GError **error)
{
    g_autoptr(GBytes) text = NULL;
    GStatBuf status;

    *bytes = NULL;
    if (g_lstat(path, &status) != 0)
        return errno == ENOENT || ifxHookFileFail("look at", path, error);
    text = S_ISREG(status.st_mode) ? ifxFileRead(path, IFX_HOOK_MAX, NULL) : NULL;
    if (text && g_bytes_get_size(text) > strlen(IFX_HOOK_MARK) &&
        memcmp(g_bytes_get_data(text, NULL), IFX_HOOK_MARK, strlen(IFX_HOOK_MARK)) == 0) {
        *bytes = g_steal_pointer(&text);
        *mode = status.st_mode & 07777;
        return true;
    }
    return ifxErrorSet(error, IFX_ERROR_FILE,
                       "%s was not written by hook --install, so it stays as it is. "
                       "Move it away first",
                       path);
}

/* Who except for root and the caller can change the file or folder, in words; NULL: nobody. An
 * entry of a folder with the sticky bit can be renamed only by its owner. An access control list can
 * be behind the bits of the group. Free with g_free(). */
static char *
ifxHookFileFindWriter(const char *path)
{
    GStatBuf status;
    const struct passwd *owner;
    bool shared;

    if (g_stat(path, &status) != 0)
        return g_strdup(g_strerror(errno));
    if (status.st_uid != 0 && status.st_uid != geteuid()) {
        owner = getpwuid(status.st_uid);
        return owner ? g_strdup_printf("it belongs to %s", owner->pw_name) :
            g_strdup_printf("it belongs to user %u", status.st_uid);
    }
    shared = (status.st_mode & S_IWGRP) &&
        ((status.st_gid != 0 && status.st_gid != getegid()) ||
         getxattr(path, "system.posix_acl_access", NULL, 0) > 0);
    if ((shared || (status.st_mode & S_IWOTH)) &&
        !(S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX)))
        return g_strdup_printf("its mode is %04o", status.st_mode & 07777);
    return NULL;
}

bool
ifxHookFileCheckTool(const char *tool,
                     const char *copy,
                     GError **error)
{
    g_autofree char *path = g_strdup(tool);
    bool root = false;

    while (!root) {
        g_autofree char *why = ifxHookFileFindWriter(path);
        char *above;

        if (why)
            return ifxErrorRefuse(error, tool, "libvirt would run it as root, but others can change "
                                  "%s: %s. Install the tool in /usr/bin: %s", path, why, copy);
        root = strcmp(path, "/") == 0;
        above = g_path_get_dirname(path);
        g_free(path);
        path = above;
    }
    return true;
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
    /* What is above 128 is a signal (sh(1)): the tool crashed, or was killed. */
    g_string_append(text, fail_closed ? "[ $? -eq 0 ]\n" :
                    "case $? in\n1 | 129 | 1[3-9][0-9] | 2[0-9][0-9]) exit 1 ;;\nesac\n");
    return g_string_free(text, FALSE);
}

bool
ifxHookFileInstall(const char *path,
                   const char *const *arguments,
                   bool fail_closed,
                   bool dry,
                   ifxHookFileOutcome *outcome,
                   GError **error)
{
    g_autofree char *text = ifxHookFileText(arguments, fail_closed);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GBytes) wanted = g_bytes_new_static(text, strlen(text));
    g_autoptr(GBytes) bytes = NULL;
    mode_t mode = 0;

    if (!ifxHookFileLook(path, &bytes, &mode, error))
        return false;
    *outcome = !bytes ? IFX_HOOK_FILE_INSTALLED :
        mode == IFX_HOOK_MODE && g_bytes_equal(bytes, wanted) ? IFX_HOOK_FILE_UNCHANGED :
        IFX_HOOK_FILE_REPLACED;
    if (dry || *outcome == IFX_HOOK_FILE_UNCHANGED)
        return true;
    if (g_mkdir_with_parents(folder, 0755) != 0)
        return ifxHookFileFail("make", folder, error);
    return ifxFileWrite(path, text, strlen(text), IFX_HOOK_MODE, IFX_FILE_OVERWRITE, error);
}

bool
ifxHookFileUninstall(const char *path,
                     bool dry,
                     ifxHookFileOutcome *outcome,
                     GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    mode_t mode;

    if (!ifxHookFileLook(path, &bytes, &mode, error))
        return false;
    *outcome = bytes ? IFX_HOOK_FILE_REMOVED : IFX_HOOK_FILE_UNCHANGED;
    return dry || !bytes || g_unlink(path) == 0 || ifxHookFileFail("remove", path, error);
}
