/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shim: preloaded into the tool, counts its calls of libvirt and its changes of files, and at
 * chosen ones kills it, lets the call fail, or runs a command.
 *
 *     SHIM_CALLS   which calls count: patterns for fnmatch() with spaces between; "*" if unset.
 *                  The names are those of the wrappers below; 64-bit variants have the plain name
 *     SHIM_UNDER   file calls count below this folder alone, or on it
 *     SHIM_AT      numbers from 1 on with commas between: "7", "3,20"; "7+": all from the 7th on
 *     SHIM_DO      kill           SIGKILL before the call
 *                  kill-after     after the call, before it returns
 *                  interrupt      SIGINT before the call
 *                  fail ENOSPC    a call that is about a file fails so; also EROFS, EIO, EACCES, EPERM
 *                  fail libvirt   a call of libvirt fails, in libvirt's own words
 *                  run COMMAND    by sh, before the call, which is made when it has ended
 *     SHIM_LOG     a file to which a line is added for each call that counts: its number, its name,
 *                  what it is about
 *
 * Opening a file counts if it may change one; reading never does.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <libvirt/libvirt.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The next definition of a function of ours. */
#define SHIM_REAL(name) ((__typeof__(&name)) shimNext(#name))

static int shim_count;

/* No command that we or the tool run is to be counted. */
__attribute__((constructor)) static void
shimStart(void)
{
    unsetenv("LD_PRELOAD");
}

static void *
shimNext(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);

    if (!function)
        abort();
    return function;
}

static bool
shimDoes(const char *what)
{
    const char *todo = getenv("SHIM_DO");

    return todo && strncmp(todo, what, strlen(what)) == 0;
}

static bool
shimIsChosen(const char *name)
{
    const char *patterns = getenv("SHIM_CALLS");
    char *list = strdup(patterns ? patterns : "*");
    char *rest = list;
    const char *pattern;
    bool chosen = false;

    while ((pattern = strtok_r(rest, " ", &rest)))
        chosen = chosen || fnmatch(pattern, name, 0) == 0;
    free(list);
    return chosen;
}

static bool
shimIsDue(int number)
{
    const char *at = getenv("SHIM_AT");

    while (at && *at) {
        char *end;
        const long one = strtol(at, &end, 10);

        if (one == number || (*end == '+' && number >= one))
            return true;
        at = strchr(end, ',');
        at = at ? at + 1 : NULL;
    }
    return false;
}

static void
shimLog(int number,
        const char *name,
        const char *what)
{
    const char *path = getenv("SHIM_LOG");
    char line[PATH_MAX + 128];
    int length;
    int fd;

    if (!path)
        return;
    length = snprintf(line, sizeof(line), "%d %s %s\n", number, name, what ? what : "-");
    fd = (int) syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || syscall(SYS_write, fd, line, (size_t) length) != length)
        abort();
    syscall(SYS_close, fd);
}

static void
shimRun(void)
{
    const int saved = errno;

    if (system(getenv("SHIM_DO") + strlen("run ")) < 0)
        abort();
    errno = saved;
}

/* Counts a call. Is it one at which something is to be done? */
static bool
shimCount(const char *name,
          const char *what)
{
    int number;

    if (!shimIsChosen(name))
        return false;
    number = __atomic_add_fetch(&shim_count, 1, __ATOMIC_SEQ_CST);
    shimLog(number, name, what);
    if (!shimIsDue(number))
        return false;
    if (strcmp(getenv("SHIM_DO"), "kill") == 0)
        raise(SIGKILL);
    if (shimDoes("interrupt"))
        kill(getpid(), SIGINT);   /* the call may be in a thread that blocks it */
    if (shimDoes("run "))
        shimRun();
    return true;
}

static void
shimAfter(bool due)
{
    if (due && shimDoes("kill-after"))
        raise(SIGKILL);
}

/* Sets errno. */
static bool
shimFileFails(bool due)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {
        { "fail ENOSPC", ENOSPC }, { "fail EROFS", EROFS }, { "fail EIO", EIO },
        { "fail EACCES", EACCES }, { "fail EPERM", EPERM },
    };
    size_t i;

    for (i = 0; due && i < sizeof(codes) / sizeof(*codes); i++) {
        if (shimDoes(codes[i].name)) {
            errno = codes[i].code;
            return true;
        }
    }
    return false;
}

/* ---- libvirt: to fail, it is asked for what can't be */

static const char *
shimDomainName(virDomainPtr domain)
{
    return domain ? virDomainGetName(domain) : NULL;
}

/* The name of the domain in @xml. */
static const char *
shimXmlName(const char *xml)
{
    static char name[128];
    const char *start = xml ? strstr(xml, "<name>") : NULL;

    if (!start || sscanf(start, "<name>%127[^<]", name) != 1)
        return NULL;
    return name;
}

#define SHIM_LIBVIRT(type, name, what, parameters, good, bad) \
    type name parameters \
    { \
        const bool due = shimCount(#name, what); \
        type value; \
        value = due && shimDoes("fail libvirt") ? SHIM_REAL(name) bad : SHIM_REAL(name) good; \
        shimAfter(due); \
        return value; \
    }

#define SHIM_NO_FLAG (1u << 30)

SHIM_LIBVIRT(virConnectPtr, virConnectOpenAuth, uri,
             (const char *uri, virConnectAuthPtr auth, unsigned int flags),
             (uri, auth, flags), ("qemu+unix:///system?socket=/nonexistent", auth, flags))
SHIM_LIBVIRT(int, virConnectListAllDomains, NULL,
             (virConnectPtr conn, virDomainPtr **domains, unsigned int flags),
             (conn, domains, flags), (conn, domains, SHIM_NO_FLAG))
SHIM_LIBVIRT(virDomainPtr, virDomainLookupByID, NULL, (virConnectPtr conn, int id),
             (conn, id), (conn, INT_MAX))
SHIM_LIBVIRT(virDomainPtr, virDomainLookupByName, key, (virConnectPtr conn, const char *key),
             (conn, key), (conn, "nonexistent"))
SHIM_LIBVIRT(virDomainPtr, virDomainLookupByUUIDString, key,
             (virConnectPtr conn, const char *key),
             (conn, key), (conn, "00000000-0000-0000-0000-000000000001"))
SHIM_LIBVIRT(char *, virDomainGetXMLDesc, shimDomainName(domain),
             (virDomainPtr domain, unsigned int flags),
             (domain, flags), (domain, SHIM_NO_FLAG))
SHIM_LIBVIRT(virDomainPtr, virDomainDefineXML, shimXmlName(xml),
             (virConnectPtr conn, const char *xml),
             (conn, xml), (conn, "<domain/>"))
SHIM_LIBVIRT(virDomainPtr, virDomainDefineXMLFlags, shimXmlName(xml),
             (virConnectPtr conn, const char *xml, unsigned int flags),
             (conn, xml, flags), (conn, "<domain/>", 0))

/* ---- files */

/* The path of @name in @folder (AT_FDCWD; a folder's or, without @name, a file's descriptor). */
static const char *
shimPath(int folder,
         const char *name,
         char *path,
         size_t size)
{
    char fd[64];
    ssize_t length;

    if (name && *name == '/') {
        snprintf(path, size, "%s", name);
        return path;
    }
    snprintf(fd, sizeof(fd), folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
    length = readlink(fd, path, size - 1);
    if (length < 0)
        length = 0;
    path[length] = '\0';
    if (name)
        snprintf(path + length, size - (size_t) length, "/%s", name);
    return path;
}

static bool
shimCountFile(const char *call,
              int folder,
              const char *name)
{
    const int saved = errno;
    const char *under = getenv("SHIM_UNDER");
    char path[PATH_MAX];
    size_t length;
    bool due;

    shimPath(folder, name, path, sizeof(path));
    length = under ? strlen(under) : 0;
    if (!under || strncmp(path, under, length) != 0 || (path[length] && path[length] != '/')) {
        errno = saved;
        return false;
    }
    /* A folder that is there is not made. */
    due = (strcmp(call, "mkdir") != 0 || access(path, F_OK) < 0) && shimCount(call, path);
    errno = saved;
    return due;
}

#define SHIM_FILE(type, name, call, folder, path, parameters, arguments) \
    type name parameters \
    { \
        const bool due = shimCountFile(call, folder, path); \
        type value; \
        if (shimFileFails(due)) \
            return -1; \
        value = SHIM_REAL(name) arguments; \
        shimAfter(due); \
        return value; \
    }

SHIM_FILE(ssize_t, write, "write", fd, NULL, (int fd, const void *bytes, size_t length),
          (fd, bytes, length))
SHIM_FILE(ssize_t, pwrite, "write", fd, NULL,
          (int fd, const void *bytes, size_t length, off_t offset), (fd, bytes, length, offset))
SHIM_FILE(ssize_t, pwrite64, "write", fd, NULL,
          (int fd, const void *bytes, size_t length, off64_t offset), (fd, bytes, length, offset))
SHIM_FILE(int, ftruncate, "ftruncate", fd, NULL, (int fd, off_t length), (fd, length))
SHIM_FILE(int, ftruncate64, "ftruncate", fd, NULL, (int fd, off64_t length), (fd, length))
SHIM_FILE(int, fsync, "fsync", fd, NULL, (int fd), (fd))
SHIM_FILE(int, fdatasync, "fsync", fd, NULL, (int fd), (fd))
SHIM_FILE(int, mkdir, "mkdir", AT_FDCWD, path, (const char *path, mode_t mode), (path, mode))
SHIM_FILE(int, mkdirat, "mkdir", folder, path, (int folder, const char *path, mode_t mode),
          (folder, path, mode))
SHIM_FILE(int, unlink, "unlink", AT_FDCWD, path, (const char *path), (path))
SHIM_FILE(int, unlinkat, "unlink", folder, path, (int folder, const char *path, int flags),
          (folder, path, flags))
SHIM_FILE(int, rmdir, "unlink", AT_FDCWD, path, (const char *path), (path))
SHIM_FILE(int, rename, "rename", AT_FDCWD, to, (const char *from, const char *to), (from, to))
SHIM_FILE(int, renameat, "rename", to_folder, to,
          (int from_folder, const char *from, int to_folder, const char *to),
          (from_folder, from, to_folder, to))
SHIM_FILE(int, renameat2, "rename", to_folder, to,
          (int from_folder, const char *from, int to_folder, const char *to, unsigned int flags),
          (from_folder, from, to_folder, to, flags))
SHIM_FILE(int, link, "link", AT_FDCWD, to, (const char *from, const char *to), (from, to))
SHIM_FILE(int, linkat, "link", to_folder, to,
          (int from_folder, const char *from, int to_folder, const char *to, int flags),
          (from_folder, from, to_folder, to, flags))

static int
shimOpen(const char *function,
         int folder,
         const char *path,
         int flags,
         mode_t mode)
{
    int (*real)(int, const char *, int, ...) = (int (*)(int, const char *, int, ...))
        shimNext(function);
    const bool changes = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
    const bool due = changes && shimCountFile("open", folder, path);
    int fd;

    if (shimFileFails(due))
        return -1;
    fd = real(folder, path, flags, mode);
    shimAfter(due);
    return fd;
}

#define SHIM_MODE(mode, flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
        va_list arguments; \
        va_start(arguments, flags); \
        mode = va_arg(arguments, mode_t); \
        va_end(arguments); \
    }

#define SHIM_OPEN(name, real) \
    int name(const char *path, int flags, ...) \
    { \
        SHIM_MODE(mode, flags) \
        return shimOpen(real, AT_FDCWD, path, flags, mode); \
    }

#define SHIM_OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        SHIM_MODE(mode, flags) \
        return shimOpen(#name, folder, path, flags, mode); \
    }

SHIM_OPEN(open, "openat")
SHIM_OPEN(open64, "openat64")
SHIM_OPENAT(openat)
SHIM_OPENAT(openat64)

int
creat(const char *path,
      mode_t mode)
{
    return shimOpen("openat", AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
