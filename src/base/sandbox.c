/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

/* The first byte that the child writes. */
#define IFX_SANDBOX_RESULT 'r'
#define IFX_SANDBOX_ERROR 'e'

/* The field of /proc/PID/statm (proc(5)). */
#define IFX_STATM_DATA 5

/* What the process has in data and stack now, 0 if /proc does not show it. */
static gsize
ifxSandboxMemoryInUse(void)
{
    g_autofree char *statm = NULL;
    g_auto(GStrv) pages = NULL;

    if (!g_file_get_contents("/proc/self/statm", &statm, NULL, NULL))
        return 0;
    pages = g_strsplit(statm, " ", -1);
    if (g_strv_length(pages) <= IFX_STATM_DATA)
        return 0;
    return (gsize) g_ascii_strtoull(pages[IFX_STATM_DATA], NULL, 10) *
        (gsize) sysconf(_SC_PAGESIZE);
}

static void
ifxSandboxConfine(const ifxSandboxLimits *limits,
                  gsize memory_in_use)
{
    const struct rlimit none = { 0, 0 };
    const rlim_t bytes = memory_in_use + limits->memory;
    const struct rlimit memory = { bytes, bytes };
    const struct rlimit seconds = { limits->seconds, limits->seconds };

    setrlimit(RLIMIT_DATA, &memory);
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &none);
    setrlimit(RLIMIT_NOFILE, &none);
    /* A library may print while it dies: those are not the tool's messages. */
    close(STDERR_FILENO);
}

static void G_GNUC_NORETURN
ifxSandboxChild(ifxSandboxFunc func,
                void *opaque,
                int fd)
{
    GError *error = NULL;
    GBytes *bytes = func(opaque, &error);
    const char mark = error ? IFX_SANDBOX_ERROR : IFX_SANDBOX_RESULT;
    gsize length = error ? strlen(error->message) : 0;
    const char *result = error ? error->message : g_bytes_get_data(bytes, &length);

    _exit(ifxFileWriteAll(fd, &mark, 1) && ifxFileWriteAll(fd, result, length) ? 0 : 1);
}

static bool
ifxSandboxCollect(int fd,
                  const ifxSandboxLimits *limits,
                  GByteArray *output,
                  GError **error)
{
    const gint64 deadline = g_get_monotonic_time() + limits->seconds * G_USEC_PER_SEC;
    char buffer[16384];

    for (;;) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        const gint64 left = deadline - g_get_monotonic_time();
        gssize n;

        if (left <= 0)
            return ifxErrorSet(error, IFX_ERROR_PATCH, "it ran longer than %u seconds",
                               limits->seconds);
        if (poll(&ready, 1, (int) (left / 1000) + 1) <= 0)
            continue;
        n = read(fd, buffer, sizeof(buffer));
        if (n == 0)
            return true;
        if (n < 0)
            continue;
        g_byte_array_append(output, (const guint8 *) buffer, (guint) n);
        if (output->len > limits->output + 1)
            return ifxErrorSet(error, IFX_ERROR_PATCH,
                               "its result is larger than %" G_GSIZE_FORMAT " MiB",
                               limits->output >> 20);
    }
}

static GBytes *
ifxSandboxGetResult(int status,
                    GByteArray *output,
                    const ifxSandboxLimits *limits,
                    GError **error)
{
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "it ran longer than %u seconds", limits->seconds);
        return NULL;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || output->len == 0) {
        ifxErrorSet(error, IFX_ERROR_PATCH,
                    "it failed; it may need more than %" G_GSIZE_FORMAT " MiB of memory",
                    limits->memory >> 20);
        return NULL;
    }
    if (*output->data == IFX_SANDBOX_ERROR) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "%.*s", (int) output->len - 1,
                    (const char *) output->data + 1);
        return NULL;
    }
    return g_bytes_new(output->data + 1, output->len - 1);
}

GBytes *
ifxSandboxRun(ifxSandboxFunc func,
              void *opaque,
              const ifxSandboxLimits *limits,
              GError **error)
{
    g_autoptr(GByteArray) output = g_byte_array_new();
    const gsize memory_in_use = ifxSandboxMemoryInUse();
    int ends[2];
    int status = 0;
    bool collected;
    pid_t child;
    pid_t ended;

    if (pipe2(ends, O_CLOEXEC) < 0) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "cannot make a pipe: %s", g_strerror(errno));
        return NULL;
    }
    child = fork();
    if (child < 0) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "cannot start a process: %s", g_strerror(errno));
        close(ends[0]);
        close(ends[1]);
        return NULL;
    }
    if (child == 0) {
        close(ends[0]);
        ifxSandboxConfine(limits, memory_in_use);
        ifxSandboxChild(func, opaque, ends[1]);
    }

    close(ends[1]);
    collected = ifxSandboxCollect(ends[0], limits, output, error);
    close(ends[0]);
    if (!collected)
        kill(child, SIGKILL);
    do {
        ended = waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    return collected ? ifxSandboxGetResult(status, output, limits, error) : NULL;
}
