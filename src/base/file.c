/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
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

/* A file that is to be written. */
typedef struct {
    const char *path;       /* as the user wrote it */
    char *name;             /* in its folder */
    int folder;
    int fd;                 /* of the temporary file */
    char temporary[48];     /* "" if there is none now */
    int old_fd;             /* -1: no file is replaced */
    struct stat old;        /* of the old file */
    sigset_t signals;       /* what was blocked before */
    struct sigaction file_size;     /* what SIGXFSZ did before */
} ifxFileNext;

/* SIGXFSZ would end the process; without it the write fails and the error is reported. */
static ifxFileNext
ifxFileNextInit(const char *path)
{
    const struct sigaction ignore = { .sa_handler = SIG_IGN };
    ifxFileNext next = { .path = path, .folder = -1, .fd = -1, .old_fd = -1 };
    sigset_t all;

    sigfillset(&all);
    sigaction(SIGXFSZ, &ignore, &next.file_size);
    sigprocmask(SIG_SETMASK, &all, &next.signals);
    return next;
}

static void
ifxFileNextClear(ifxFileNext *next)
{
    if (next->temporary[0])
        unlinkat(next->folder, next->temporary, 0);
    if (next->fd >= 0)
        close(next->fd);
    if (next->old_fd >= 0)
        close(next->old_fd);
    if (next->folder >= 0)
        close(next->folder);
    g_free(next->name);
    sigprocmask(SIG_SETMASK, &next->signals, NULL);
    sigaction(SIGXFSZ, &next->file_size, NULL);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxFileNext, ifxFileNextClear)

/* "cannot write PATH: DOING: MESSAGE OF ERRNO". Always false. */
static bool
ifxFileNextFail(const ifxFileNext *next,
                const char *doing,
                GError **error)
{
    const int why = errno;

    if (why == EEXIST)
        return ifxErrorSet(error, IFX_ERROR_FILE, "%s already exists and is not overwritten",
                           next->path);
    return ifxErrorSet(error, IFX_ERROR_FILE, "cannot write %s: %s%s%s", next->path, doing,
                       *doing ? ": " : "", g_strerror(why));
}

bool
ifxFileCheckAbsent(const char *path,
                   GError **error)
{
    const ifxFileNext next = { .path = path };
    struct stat status;

    if (lstat(path, &status) < 0)
        return true;
    errno = EEXIST;
    return ifxFileNextFail(&next, "", error);
}

/* @target is the path with links resolved, where they are to be. */
static bool
ifxFileNextOpenFolder(ifxFileNext *next,
                      const char *target,
                      GError **error)
{
    g_autofree char *folder = g_path_get_dirname(target);

    next->name = g_path_get_basename(target);
    next->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return next->folder >= 0 || ifxFileNextFail(next, "cannot open its folder", error);
}

static bool
ifxFileNextCreate(ifxFileNext *next,
                  GError **error)
{
    do {
        g_snprintf(next->temporary, sizeof(next->temporary), ".virt-iommufix-%08x%08x",
                   g_random_int(), g_random_int());
        next->fd = openat(next->folder, next->temporary,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    } while (next->fd < 0 && errno == EEXIST);

    if (next->fd >= 0)
        return true;
    next->temporary[0] = '\0';
    return ifxFileNextFail(next, "cannot make a file beside it", error);
}

/* A file system without modes may give more than @mode. */
static bool
ifxFileNextSetMode(const ifxFileNext *next,
                   mode_t mode,
                   GError **error)
{
    struct stat now;

    return fchmod(next->fd, mode) == 0 ||
        (fstat(next->fd, &now) == 0 && (now.st_mode & mode) == mode) ||
        ifxFileNextFail(next, "cannot set its mode", error);
}

/* Some file systems write late, and report a failure only when the file is closed. */
static bool
ifxFileNextWrite(ifxFileNext *next,
                 const char *text,
                 gsize length,
                 GError **error)
{
    int fd = next->fd;

    if (!ifxFileWriteAll(fd, text, length) || fsync(fd) < 0)
        return ifxFileNextFail(next, "", error);
    next->fd = -1;
    return close(fd) == 0 || ifxFileNextFail(next, "", error);
}

/* Gives the temporary file the name, which must be free. -1 with errno. */
static int
ifxFileNextLink(ifxFileNext *next)
{
    int fd;

    /* Unlike rename(), link() fails if the file exists. */
    if (linkat(next->folder, next->temporary, next->folder, next->name, 0) == 0) {
        unlinkat(next->folder, next->temporary, 0);
        return 0;
    }
    if (errno != EPERM && errno != ENOSYS && errno != EOPNOTSUPP)
        return -1;
    /* vfat, exfat and many FUSE file systems have no links: an empty file keeps the name. */
    fd = openat(next->folder, next->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    close(fd);
    return renameat(next->folder, next->temporary, next->folder, next->name);
}

/* A file system that can't sync folders reports EINVAL. */
static bool
ifxFileNextName(ifxFileNext *next,
                ifxFileWriteMode how,
                GError **error)
{
    if ((how == IFX_FILE_NEW ? ifxFileNextLink(next) :
         renameat(next->folder, next->temporary, next->folder, next->name)) < 0)
        return ifxFileNextFail(next, "", error);
    next->temporary[0] = '\0';
    if (fsync(next->folder) == 0 || errno == EINVAL)
        return true;
    if (next->old_fd >= 0)
        return ifxErrorSet(error, IFX_ERROR_FILE,
                           "%s was replaced, but its folder cannot be synced to disk: %s",
                           next->path, g_strerror(errno));
    ifxFileNextFail(next, "its folder cannot be synced to disk", error);
    unlinkat(next->folder, next->name, 0);
    return false;
}

bool
ifxFileWrite(const char *path,
             const char *text,
             gsize length,
             mode_t mode,
             ifxFileWriteMode how,
             GError **error)
{
    g_auto(ifxFileNext) next = ifxFileNextInit(path);

    return ifxFileNextOpenFolder(&next, path, error) &&
        ifxFileNextCreate(&next, error) &&
        ifxFileNextSetMode(&next, mode, error) &&
        ifxFileNextWrite(&next, text, length, error) &&
        ifxFileNextName(&next, how, error);
}

static bool
ifxFileReplaceCheckMode(const char *path,
                        mode_t mode,
                        GError **error)
{
    if (S_ISREG(mode))
        return true;
    return ifxErrorSet(error, IFX_ERROR_FILE, "cannot write %s: it is %s", path,
                       S_ISDIR(mode) ? "a directory" : "not a regular file");
}

bool
ifxFileReplaceCheck(const char *path,
                    GError **error)
{
    const ifxFileNext next = { .path = path };
    struct stat status;

    if (stat(path, &status) < 0)
        return ifxFileNextFail(&next, "", error);
    return ifxFileReplaceCheckMode(path, status.st_mode, error);
}

/* O_NONBLOCK: a pipe in the place of the file must not block. A file without write
 * permission is left alone, although its folder would allow to replace it. */
static bool
ifxFileReplaceOpen(ifxFileNext *next,
                   GError **error)
{
    g_autofree char *target = ifxFileRealPath(next->path);

    if (!ifxFileNextOpenFolder(next, target, error))
        return false;
    next->old_fd = openat(next->folder, next->name,
                          O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (next->old_fd < 0 || fstat(next->old_fd, &next->old) < 0)
        return ifxFileNextFail(next, "", error);
    if (!ifxFileReplaceCheckMode(next->path, next->old.st_mode, error))
        return false;
    return faccessat(next->folder, next->name, W_OK, AT_EACCESS) == 0 ||
        ifxFileNextFail(next, "", error);
}

static bool
ifxFileReplaceFailStale(const ifxFileNext *next,
                        GError **error)
{
    return ifxErrorRefuse(error, next->path,
                          "it changed after it was read. Run the same command again");
}

/* Does the file still hold @old? */
static bool
ifxFileReplaceCompare(const ifxFileNext *next,
                      GBytes *old,
                      GError **error)
{
    g_autofree char *chunk = g_malloc(IFX_FILE_CHUNK);
    gsize length;
    const char *bytes = g_bytes_get_data(old, &length);
    gsize at = 0;

    for (;;) {
        const ssize_t got = read(next->old_fd, chunk, IFX_FILE_CHUNK);

        if (got < 0)
            return ifxFileNextFail(next, "", error);
        if (got == 0)
            break;
        if ((gsize) got > length - at || memcmp(chunk, bytes + at, (gsize) got) != 0)
            return ifxFileReplaceFailStale(next, error);
        at += (gsize) got;
    }
    return at == length || ifxFileReplaceFailStale(next, error);
}

/* The mode comes last, because a change of owner clears bits of it. */
static bool
ifxFileReplaceKeepStatus(const ifxFileNext *next,
                         GError **error)
{
    const struct stat *old = &next->old;
    struct stat now;

    if (fstat(next->fd, &now) < 0)
        return ifxFileNextFail(next, "", error);
    if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(next->fd, old->st_uid, old->st_gid) < 0)
        return ifxFileNextFail(next, "cannot keep its owner and group", error);
    return fchmod(next->fd, old->st_mode & 07777) == 0 ||
        ifxFileNextFail(next, "cannot keep its mode", error);
}

/* An attribute of @fd that @other has not, or has with another value; NULL: there is none. Free with
 * g_free(). */
static char *
ifxFileReplaceFindLost(int fd,
                       int other)
{
    g_autofree char *names = g_malloc(XATTR_LIST_MAX);
    g_autofree char *value = g_malloc(XATTR_SIZE_MAX);
    g_autofree char *present = g_malloc(XATTR_SIZE_MAX);
    const ssize_t all = flistxattr(fd, names, XATTR_LIST_MAX);
    const char *name;

    if (all < 0)
        return errno == EOPNOTSUPP ? NULL : g_strdup("that cannot be read");
    for (name = names; name < names + all; name += strlen(name) + 1) {
        const ssize_t length = fgetxattr(fd, name, value, XATTR_SIZE_MAX);

        /* Checksums of a text; the kernel makes new ones. */
        if (strcmp(name, "security.evm") == 0 || strcmp(name, "security.ima") == 0)
            continue;
        if (length < 0 || fgetxattr(other, name, present, XATTR_SIZE_MAX) != length ||
            memcmp(present, value, (gsize) length) != 0)
            return g_strdup(name);
    }
    return NULL;
}

/* The folder may give a new file attributes of its own: an access control list could admit others. */
static bool
ifxFileReplaceCheckAttributes(const ifxFileNext *next,
                              const char *command,
                              GError **error)
{
    g_autofree char *lost = ifxFileReplaceFindLost(next->old_fd, next->fd);

    if (!lost)
        lost = ifxFileReplaceFindLost(next->fd, next->old_fd);
    if (!lost)
        return true;
    return ifxErrorRefuse(error, next->path, "a new file would differ in its extended attribute %s. "
                          "To write into the old one: %s", lost, command);
}

/* Is the file the one that was compared, untouched? */
static bool
ifxFileReplaceCheckFresh(const ifxFileNext *next,
                         GError **error)
{
    const struct stat *then = &next->old;
    struct stat now;

    if (fstatat(next->folder, next->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
        now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
        now.st_size == then->st_size && now.st_ctim.tv_sec == then->st_ctim.tv_sec &&
        now.st_ctim.tv_nsec == then->st_ctim.tv_nsec)
        return true;
    return ifxFileReplaceFailStale(next, error);
}

/* Nobody can read the text before the new file is known to have the rights of the old one. */
bool
ifxFileReplace(const char *path,
               GBytes *old,
               GBytes *text,
               const char *command,
               GError **error)
{
    g_auto(ifxFileNext) next = ifxFileNextInit(path);
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);

    return ifxFileReplaceOpen(&next, error) &&
        ifxFileReplaceCompare(&next, old, error) &&
        ifxFileNextCreate(&next, error) &&
        ifxFileReplaceKeepStatus(&next, error) &&
        ifxFileReplaceCheckAttributes(&next, command, error) &&
        ifxFileNextWrite(&next, bytes, length, error) &&
        ifxFileReplaceCheckFresh(&next, error) &&
        ifxFileNextName(&next, IFX_FILE_OVERWRITE, error);
}
