/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sandbox.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/child.h"
#include "base/error.h"

/* The first byte of the answer. */
#define IFX_SANDBOX_RESULT 'r'
#define IFX_SANDBOX_ERROR 'e'

/* The field of /proc/PID/statm (proc(5)). */
#define IFX_STATM_DATA 5

typedef struct {
    ifxSandboxFunc func;
    void *opaque;
    const ifxSandboxLimits *limits;
    GBytes *result;
    GError *error;
} ifxSandbox;

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

void
ifxSandboxCloseFiles(void)
{
    const struct rlimit none = { 0, 0 };

    setrlimit(RLIMIT_NOFILE, &none);
}

/* The caller's deadline comes before the limit of processor time, and names the reason. */
static void
ifxSandboxConfine(const ifxSandboxLimits *limits)
{
    const struct rlimit none = { 0, 0 };
    const rlim_t bytes = ifxSandboxMemoryInUse() + limits->memory;
    const struct rlimit memory = { bytes, bytes };
    const struct rlimit seconds = { limits->seconds + 1, limits->seconds + 1 };

    setrlimit(RLIMIT_DATA, &memory);
    setrlimit(RLIMIT_CPU, &seconds);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &none);
    if (!limits->opens_files)
        ifxSandboxCloseFiles();
}

static void
ifxSandboxAsk(void *opaque,
              guint item G_GNUC_UNUSED,
              GString *answer)
{
    const ifxSandbox *sandbox = opaque;
    const ifxSandboxLimits *limits = sandbox->limits;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    const char *result;
    gsize length;

    ifxSandboxConfine(limits);
    bytes = sandbox->func(sandbox->opaque, &error);
    if (bytes && g_bytes_get_size(bytes) > limits->output)
        ifxErrorSet(&error, IFX_ERROR_PATCH, "its result is larger than %" G_GSIZE_FORMAT " MiB",
                    limits->output >> 20);
    if (error) {
        g_string_printf(answer, "%c%s", IFX_SANDBOX_ERROR, error->message);
        return;
    }
    result = g_bytes_get_data(bytes, &length);
    g_string_append_c(answer, IFX_SANDBOX_RESULT);
    g_string_append_len(answer, result, (gssize) length);
}

static void
ifxSandboxTake(void *opaque,
               guint item G_GNUC_UNUSED,
               ifxChildState state,
               const char *answer,
               gsize length)
{
    ifxSandbox *sandbox = opaque;
    const ifxSandboxLimits *limits = sandbox->limits;

    if (state == IFX_CHILD_LATE)
        ifxErrorSet(&sandbox->error, IFX_ERROR_PATCH, "it ran longer than %u seconds",
                    limits->seconds);
    else if (state == IFX_CHILD_FAILED)
        ifxErrorSet(&sandbox->error, IFX_ERROR_PATCH,
                    "it failed; it may need more than %" G_GSIZE_FORMAT " MiB of memory",
                    limits->memory >> 20);
    else if (*answer == IFX_SANDBOX_ERROR)
        ifxErrorSet(&sandbox->error, IFX_ERROR_PATCH, "%s", answer + 1);
    else
        sandbox->result = g_bytes_new(answer + 1, length - 1);
}

GBytes *
ifxSandboxRun(ifxSandboxFunc func,
              void *opaque,
              const ifxSandboxLimits *limits,
              GError **error)
{
    ifxSandbox sandbox = { .func = func, .opaque = opaque, .limits = limits };
    const ifxChildWork work = {
        .ask = ifxSandboxAsk, .take = ifxSandboxTake, .opaque = &sandbox,
        .patience = limits->seconds * 1000, .tries = 1,
    };

    ifxChildRun(&work, 1);
    if (sandbox.error)
        g_propagate_error(error, sandbox.error);
    return sandbox.result;
}
