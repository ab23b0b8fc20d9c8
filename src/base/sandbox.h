/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox: a computation in a child process (child.h) that can open nothing and ends in time.
 *
 * The kernel enforces the limits (setrlimit(2)), not the code that runs in the child: it can open
 * no file or socket, and no file can grow. Memory and time are bounded, and a crash is an error
 * like any other.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxSandboxLimits ifxSandboxLimits;
struct _ifxSandboxLimits {
    guint seconds;
    gsize memory;           /* bytes beyond what the calling process has */
    gsize output;           /* bytes of the result */
    bool opens_files;       /* the child can open files until it calls ifxSandboxCloseFiles() */
};

/* Runs in the child: returns the result, to be freed with g_bytes_unref(), or NULL with an error;
 * only its message reaches the caller. It shares nothing except the memory it was given. */
typedef GBytes *(*ifxSandboxFunc)(void *opaque, GError **error);

/* The result of @func with @opaque. NULL with IFX_ERROR_PATCH and the message of @func, or the
 * limit that was reached. Free with g_bytes_unref(). */
GBytes *ifxSandboxRun(ifxSandboxFunc func,
                      void *opaque,
                      const ifxSandboxLimits *limits,
                      GError **error);

/* For @func: from now on this process can open nothing. */
void ifxSandboxCloseFiles(void);
