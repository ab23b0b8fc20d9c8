/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define IFX_FILE_CHUNK (64 * 1024)

static GBytes *
ifxFileFailReading(const char *path,
                   const char *why,
                   GError **error)
{
    ifxErrorSet(error, IFX_ERROR_FILE, "cannot read %s: %s",
                strcmp(path, "-") == 0 ? "standard input" : path, why);
    return NULL;
}

/* The first read has room for the whole file and one byte more, so that a file
 * of known size costs two reads. */
static GBytes *
ifxFileReadAll(int fd,
               const char *path,
               gsize expected,
               gsize max,
               GError **error)
{
    gsize size = expected + 1;
    gsize length = 0;
    char *bytes = g_malloc(size);

    for (;;) {
        ssize_t got;

        if (length == size) {
            size += MAX(size, IFX_FILE_CHUNK);
            bytes = g_realloc(bytes, size);
        }
        got = read(fd, bytes + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            g_free(bytes);
            return ifxFileFailReading(path, g_strerror(errno), error);
        }
        if (got == 0)
            break;
        length += (gsize) got;
        if (length > max) {
            g_autofree char *why = g_strdup_printf("it is larger than %" G_GSIZE_FORMAT " MiB",
                                                   max >> 20);

            g_free(bytes);
            return ifxFileFailReading(path, why, error);
        }
    }
    return g_bytes_new_take(bytes, length);
}

GBytes *
ifxFileRead(const char *path,
            gsize max,
            GError **error)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    GBytes *bytes = NULL;
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        ifxFileFailReading(path, g_strerror(errno), error);
    else if (S_ISDIR(status.st_mode))
        ifxFileFailReading(path, "it is a directory", error);
    else if (!standard_input && !S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
        ifxFileFailReading(path, "it is neither a file nor a pipe", error);
    else
        bytes = ifxFileReadAll(fd, path,
                               S_ISREG(status.st_mode) ? MIN((gsize) status.st_size, max) : 0,
                               max, error);

    if (!standard_input && fd >= 0)
        close(fd);
    return bytes;
}

char *
ifxFileRealPath(const char *path)
{
    char *resolved = realpath(path, NULL);
    char *copy = g_strdup(resolved ? resolved : path);

    free(resolved);
    return copy;
}

bool
ifxFileWriteAll(int fd,
                const char *bytes,
                gsize length)
{
    while (length > 0) {
        const ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        length -= (gsize) written;
    }
    return true;
}

static bool
ifxFileFailWriting(const char *path,
                   int code,
                   GError **error)
{
    if (code == EEXIST)
        return ifxErrorSet(error, IFX_ERROR_FILE, "%s already exists and is not overwritten", path);
    return ifxErrorSet(error, IFX_ERROR_FILE, "cannot write %s: %s", path, g_strerror(code));
}

bool
ifxFileCheckAbsent(const char *path,
                   GError **error)
{
    struct stat status;

    return lstat(path, &status) < 0 || ifxFileFailWriting(path, EEXIST, error);
}

/* Gives the file @temporary the name @path, which must be free. 0, or why not. */
static int
ifxFileName(const char *temporary,
            const char *path)
{
    int fd;

    /* Unlike rename(), link() fails if the file exists. */
    if (link(temporary, path) == 0)
        return 0;
    if (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP)
        return errno;
    /* vfat, exfat and many FUSE file systems have no links: an empty file keeps the name. */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    return rename(temporary, path) == 0 ? 0 : errno;
}

bool
ifxFileCreate(const char *path,
              const char *text,
              gsize length,
              GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *temporary = g_build_filename(folder, ".virt-iommufix-XXXXXX", NULL);
    const int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    int code = fd < 0 ? errno : 0;

    if (fd < 0)
        return ifxFileFailWriting(path, code, error);
    if (!ifxFileWriteAll(fd, text, length) || fsync(fd) < 0)
        code = errno;
    if (close(fd) < 0 && code == 0)
        code = errno;
    if (code == 0)
        code = ifxFileName(temporary, path);
    unlink(temporary);
    return code == 0 || ifxFileFailWriting(path, code, error);
}
