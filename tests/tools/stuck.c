/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stuck: preloaded into the tool, makes it wait for ever where a file server that is gone would,
 * and shows what goes to the system log.
 *
 *   STUCK_AT    opening a file whose path ends in this waits for ever, and no signal but SIGKILL
 *               ends it
 *   STUCK_CRASH (not empty) opening it kills the process instead, as a fault of its own would
 *   STUCK_LOG   each line for the system log is appended to this file
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <unistd.h>

static void
stuckLook(const char *path)
{
    const char *at = getenv("STUCK_AT");
    const size_t length = strlen(path);
    sigset_t all;

    if (!at || length < strlen(at) || strcmp(path + length - strlen(at), at) != 0)
        return;
    if (getenv("STUCK_CRASH"))
        raise(SIGSEGV);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (;;)
        pause();
}

static mode_t
stuckMode(int flags,
          va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define STUCK_OPEN(name) \
    int \
    name(const char *path, int flags, ...) \
    { \
        int (*next)(const char *, int, ...) = \
            (int (*)(const char *, int, ...)) dlsym(RTLD_NEXT, #name); \
        va_list arguments; \
        mode_t mode; \
        va_start(arguments, flags); \
        mode = stuckMode(flags, arguments); \
        va_end(arguments); \
        stuckLook(path); \
        return next(path, flags, mode); \
    }

#define STUCK_OPENAT(name) \
    int \
    name(int folder, const char *path, int flags, ...) \
    { \
        int (*next)(int, const char *, int, ...) = \
            (int (*)(int, const char *, int, ...)) dlsym(RTLD_NEXT, #name); \
        va_list arguments; \
        mode_t mode; \
        va_start(arguments, flags); \
        mode = stuckMode(flags, arguments); \
        va_end(arguments); \
        stuckLook(path); \
        return next(folder, path, flags, mode); \
    }

STUCK_OPEN(open)
STUCK_OPEN(open64)
STUCK_OPENAT(openat)
STUCK_OPENAT(openat64)

static void
stuckLog(const char *format,
         va_list arguments)
{
    const char *path = getenv("STUCK_LOG");
    FILE *log = path ? fopen(path, "a") : NULL;

    if (!log)
        return;
    vfprintf(log, format, arguments);
    fputc('\n', log);
    fclose(log);
}

void
syslog(int priority __attribute__((unused)),
       const char *format,
       ...)
{
    va_list arguments;

    va_start(arguments, format);
    stuckLog(format, arguments);
    va_end(arguments);
}

/* What syslog() is with _FORTIFY_SOURCE. */
void
__syslog_chk(int priority __attribute__((unused)),
             int flag __attribute__((unused)),
             const char *format,
             ...)
{
    va_list arguments;

    va_start(arguments, format);
    stuckLog(format, arguments);
    va_end(arguments);
}
