/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox: a computation in a process of its own that can open nothing and ends in time.
 *
 * The kernel holds the limits (setrlimit(2)), not the code that runs within them: no file
 * or socket can be opened, none can grow, memory and time are bounded, and a crash is an
 * error like any other.
 */

#pragma once

#include <glib.h>

typedef struct _ifxSandboxLimits ifxSandboxLimits;
struct _ifxSandboxLimits {
    guint seconds;
    gsize memory;           /* bytes beyond what the calling process has */
    gsize output;           /* bytes of the result */
};

/* What runs inside: the result, to be freed with g_bytes_unref(), or NULL with an error,
 * of which the message alone gets out. It shares nothing but the memory it was given. */
typedef GBytes *(*ifxSandboxFunc)(void *opaque, GError **error);

/* The result of @func with @opaque. NULL with IFX_ERROR_PATCH: the message of @func, or
 * which limit was met. Free with g_bytes_unref(). */
GBytes *ifxSandboxRun(ifxSandboxFunc func,
                      void *opaque,
                      const ifxSandboxLimits *limits,
                      GError **error);
