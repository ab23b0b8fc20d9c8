/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file-replace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define IFX_REPLACE_CHUNK (64 * 1024)
#define IFX_REPLACE_ACL "system.posix_acl_access"

/* Checksums of the old text, wrong for the new one. The kernel makes new ones. */
static const char *const ifxReplaceSums[] = { "security.evm", "security.ima" };

typedef struct {
    const char *path;       /* as the user wrote it */
    char *real_path;        /* cut off at its last slash */
    const char *name;       /* in its folder; lent from real_path */
    int folder;
    int old_fd;
    int new_fd;
    struct stat status;     /* of the old file */
    char temporary[48];     /* "" if there is none now */
} ifxReplace;

static void
ifxReplaceClear(ifxReplace *replace)
{
    if (replace->temporary[0])
        unlinkat(replace->folder, replace->temporary, 0);
    if (replace->new_fd >= 0)
        close(replace->new_fd);
    if (replace->old_fd >= 0)
        close(replace->old_fd);
    if (replace->folder >= 0)
        close(replace->folder);
    free(replace->real_path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxReplace, ifxReplaceClear)

/* "cannot replace PATH: DOING: MESSAGE OF ERRNO". Always false. */
static bool
ifxReplaceFail(const char *path,
               const char *doing,
               GError **error)
{
    const int why = errno;

    ifxErrorSet(error, IFX_ERROR_FILE, "cannot replace %s: %s%s%s", path, doing,
                *doing ? ": " : "", g_strerror(why));
    return false;
}

static bool
ifxReplaceFailStale(const char *path,
                    GError **error)
{
    return ifxErrorRefuse(error, path,
                          "it changed after it was read. Run the same command again");
}

static bool
ifxReplaceCheckMode(const char *path,
                    mode_t mode,
                    GError **error)
{
    if (S_ISREG(mode))
        return true;
    return ifxErrorSet(error, IFX_ERROR_FILE, "cannot replace %s: it is %s", path,
                       S_ISDIR(mode) ? "a directory" : "not a regular file");
}

bool
ifxFileReplaceCheck(const char *path,
                    GError **error)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return ifxReplaceFail(path, "", error);
    return ifxReplaceCheckMode(path, status.st_mode, error);
}

/* O_NONBLOCK: a pipe in the place of the file must not block. A file without write
 * permission is left alone, although its folder would allow to replace it. */
static bool
ifxReplaceOpen(ifxReplace *replace,
               GError **error)
{
    char *slash;

    replace->real_path = realpath(replace->path, NULL);
    if (!replace->real_path)
        return ifxReplaceFail(replace->path, "", error);
    slash = strrchr(replace->real_path, '/');
    replace->name = slash + 1;
    if (slash == replace->real_path) {
        replace->folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } else {
        *slash = '\0';
        replace->folder = open(replace->real_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (replace->folder < 0)
        return ifxReplaceFail(replace->path, "cannot open its folder", error);
    replace->old_fd = openat(replace->folder, replace->name,
                             O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (replace->old_fd < 0 || fstat(replace->old_fd, &replace->status) < 0)
        return ifxReplaceFail(replace->path, "", error);
    if (!ifxReplaceCheckMode(replace->path, replace->status.st_mode, error))
        return false;
    if (faccessat(replace->folder, replace->name, W_OK, AT_EACCESS) < 0)
        return ifxReplaceFail(replace->path, "", error);
    return true;
}

/* Does the file still hold @old? */
static bool
ifxReplaceCompare(const ifxReplace *replace,
                  GBytes *old,
                  GError **error)
{
    g_autofree char *chunk = g_malloc(IFX_REPLACE_CHUNK);
    gsize length;
    const char *bytes = g_bytes_get_data(old, &length);
    gsize at = 0;

    for (;;) {
        const ssize_t got = read(replace->old_fd, chunk, IFX_REPLACE_CHUNK);

        if (got < 0)
            return ifxReplaceFail(replace->path, "", error);
        if (got == 0)
            break;
        if ((gsize) got > length - at || memcmp(chunk, bytes + at, (gsize) got) != 0)
            return ifxReplaceFailStale(replace->path, error);
        at += (gsize) got;
    }
    return at == length || ifxReplaceFailStale(replace->path, error);
}

static bool
ifxReplaceCreate(ifxReplace *replace,
                 GError **error)
{
    do {
        guint64 number;

        if (getrandom(&number, sizeof(number), 0) != sizeof(number))
            return ifxReplaceFail(replace->path, "cannot get a random number", error);
        snprintf(replace->temporary, sizeof(replace->temporary),
                 ".virt-iommufix-%016" G_GINT64_MODIFIER "x", number);
        replace->new_fd = openat(replace->folder, replace->temporary,
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    } while (replace->new_fd < 0 && errno == EEXIST);

    if (replace->new_fd >= 0)
        return true;
    replace->temporary[0] = '\0';
    return ifxReplaceFail(replace->path, "cannot make a file beside it", error);
}

static bool
ifxReplaceWrite(const ifxReplace *replace,
                GBytes *text,
                GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);

    return ifxFileWriteAll(replace->new_fd, bytes, length) ||
        ifxReplaceFail(replace->path, "", error);
}

static bool
ifxReplaceMustKeepAttribute(const char *name)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxReplaceSums); i++) {
        if (strcmp(name, ifxReplaceSums[i]) == 0)
            return false;
    }
    return true;
}

/* An attribute that the new file already has is not set: the folder may have given the right
 * label where this process may not set one. */
static bool
ifxReplaceKeepAttribute(const ifxReplace *replace,
                        const char *name,
                        GError **error)
{
    g_autofree char *doing = g_strdup_printf("cannot keep its extended attribute %s", name);
    g_autofree char *value = g_malloc(XATTR_SIZE_MAX);
    g_autofree char *present = g_malloc(XATTR_SIZE_MAX);
    const ssize_t length = fgetxattr(replace->old_fd, name, value, XATTR_SIZE_MAX);

    if (length < 0)
        return ifxReplaceFail(replace->path, doing, error);
    if (fgetxattr(replace->new_fd, name, present, XATTR_SIZE_MAX) == length &&
        memcmp(present, value, (gsize) length) == 0)
        return true;
    if (fsetxattr(replace->new_fd, name, value, (gsize) length, 0) < 0)
        return ifxReplaceFail(replace->path, doing, error);
    return true;
}

/* The access control list that the folder gave by default goes first: it could admit others. */
static bool
ifxReplaceKeepAttributes(const ifxReplace *replace,
                         GError **error)
{
    g_autofree char *names = g_malloc(XATTR_LIST_MAX);
    const ssize_t length = flistxattr(replace->old_fd, names, XATTR_LIST_MAX);
    const char *name;

    if (fremovexattr(replace->new_fd, IFX_REPLACE_ACL) < 0 && errno != ENODATA &&
        errno != EOPNOTSUPP)
        return ifxReplaceFail(replace->path, "cannot keep its access control list", error);
    if (length < 0)
        return errno == EOPNOTSUPP ||
            ifxReplaceFail(replace->path, "cannot read its extended attributes", error);
    for (name = names; name < names + length; name += strlen(name) + 1) {
        if (ifxReplaceMustKeepAttribute(name) && !ifxReplaceKeepAttribute(replace, name, error))
            return false;
    }
    return true;
}

/* The mode comes last, because a change of owner clears bits of it. */
static bool
ifxReplaceKeepStatus(const ifxReplace *replace,
                     GError **error)
{
    const struct stat *status = &replace->status;
    struct stat now;

    if (fstat(replace->new_fd, &now) < 0)
        return ifxReplaceFail(replace->path, "", error);
    if ((now.st_uid != status->st_uid || now.st_gid != status->st_gid) &&
        fchown(replace->new_fd, status->st_uid, status->st_gid) < 0)
        return ifxReplaceFail(replace->path, "cannot keep its owner and group", error);
    if (!ifxReplaceKeepAttributes(replace, error))
        return false;
    if (fchmod(replace->new_fd, status->st_mode & 07777) < 0)
        return ifxReplaceFail(replace->path, "cannot keep its mode", error);
    return true;
}

static bool
ifxReplaceSameTime(const struct timespec *a,
                   const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Is the file the one that was compared, untouched? */
static bool
ifxReplaceCheckFresh(const ifxReplace *replace,
                     GError **error)
{
    const struct stat *then = &replace->status;
    struct stat now;

    if (fstatat(replace->folder, replace->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
        now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
        now.st_size == then->st_size && ifxReplaceSameTime(&now.st_mtim, &then->st_mtim) &&
        ifxReplaceSameTime(&now.st_ctim, &then->st_ctim))
        return true;
    return ifxReplaceFailStale(replace->path, error);
}

/* A file system that can't sync folders reports EINVAL. */
static bool
ifxReplaceRename(ifxReplace *replace,
                 GError **error)
{
    if (renameat(replace->folder, replace->temporary, replace->folder, replace->name) < 0)
        return ifxReplaceFail(replace->path, "", error);
    replace->temporary[0] = '\0';
    if (fsync(replace->folder) < 0 && errno != EINVAL)
        return ifxErrorSet(error, IFX_ERROR_FILE,
                           "%s was replaced, but its folder cannot be synced to disk: %s",
                           replace->path, g_strerror(errno));
    return true;
}

/* Some file systems write late, and report a failure only when the file is closed. */
static bool
ifxReplaceSync(ifxReplace *replace,
               GError **error)
{
    int fd = replace->new_fd;

    if (fsync(fd) < 0)
        return ifxReplaceFail(replace->path, "", error);
    replace->new_fd = -1;
    return close(fd) == 0 || ifxReplaceFail(replace->path, "", error);
}

static bool
ifxReplaceRun(const char *path,
              GBytes *old,
              GBytes *text,
              GError **error)
{
    g_auto(ifxReplace) replace = { .path = path, .folder = -1, .old_fd = -1, .new_fd = -1 };

    return ifxReplaceOpen(&replace, error) &&
        ifxReplaceCompare(&replace, old, error) &&
        ifxReplaceCreate(&replace, error) &&
        ifxReplaceWrite(&replace, text, error) &&
        ifxReplaceKeepStatus(&replace, error) &&
        ifxReplaceSync(&replace, error) &&
        ifxReplaceCheckFresh(&replace, error) &&
        ifxReplaceRename(&replace, error);
}

/* SIGXFSZ would end the process; without it the write fails and the error is reported. */
bool
ifxFileReplace(const char *path,
               GBytes *old,
               GBytes *text,
               GError **error)
{
    const struct sigaction ignore = { .sa_handler = SIG_IGN };
    struct sigaction file_size;
    sigset_t all;
    sigset_t before;
    bool done;

    sigfillset(&all);
    sigaction(SIGXFSZ, &ignore, &file_size);
    sigprocmask(SIG_SETMASK, &all, &before);
    done = ifxReplaceRun(path, old, text, error);
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGXFSZ, &file_size, NULL);
    return done;
}
