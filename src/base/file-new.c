/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file-new.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static bool
ifxFileNewFail(const char *path,
               int code,
               GError **error)
{
    g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "cannot write %s: %s", path, code == EEXIST ?
                "there is such a file, and none is overwritten" : g_strerror(code));
    return false;
}

bool
ifxFileCheckNew(const char *path,
                GError **error)
{
    struct stat status;

    return lstat(path, &status) < 0 || ifxFileNewFail(path, EEXIST, error);
}

/* 0, or an errno. */
static int
ifxFileNewFill(int fd,
               const char *text,
               gsize length)
{
    while (length > 0) {
        const ssize_t written = write(fd, text, length);

        if (written < 0 && errno != EINTR)
            return errno;
        text += MAX(written, 0);
        length -= (gsize) MAX(written, 0);
    }
    return fsync(fd) < 0 ? errno : 0;
}

bool
ifxFileMakeNew(const char *path,
               const char *text,
               gsize length,
               GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *temporary = g_build_filename(folder, ".virt-iommufix-XXXXXX", NULL);
    const int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    int code = fd < 0 ? errno : 0;

    if (fd < 0)
        return ifxFileNewFail(path, code, error);
    code = ifxFileNewFill(fd, text, length);
    if (close(fd) < 0 && code == 0)
        code = errno;
    /* Unlike rename() it fails where there is such a file. */
    if (code == 0 && link(temporary, path) < 0)
        code = errno;
    unlink(temporary);
    return code == 0 || ifxFileNewFail(path, code, error);
}
