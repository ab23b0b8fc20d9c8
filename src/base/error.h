/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error: the one error domain of the tool, and its exit status.
 *
 * Every message is one line, in English, without a final newline. It reports
 * what was being done, on what, and why it failed, and where the user can fix it,
 * also how. It holds raw bytes of domains, devices and files: code that prints
 * it must escape it first (term.h).
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#define IFX_ERROR (ifxErrorQuark())

typedef enum {
    IFX_ERROR_USAGE,        /* the command line is wrong or incomplete */
    IFX_ERROR_FILE,         /* a file can't be read or written */
    IFX_ERROR_OUTPUT,       /* standard output can't be written: the run must end */
    IFX_ERROR_XML,          /* not well-formed, or not the document that is needed */
    IFX_ERROR_HOST,         /* a host's topology can't be read */
    IFX_ERROR_CONNECTION,   /* libvirt reported an error */
    IFX_ERROR_PATCH,        /* a stylesheet or its patch breaks the rules */
    IFX_ERROR_MISMATCH,     /* a self-check failed: the result is not used */
    IFX_ERROR_QUIT,         /* the user ended the dialogue: nothing is to be written */
    IFX_ERROR_REFUSED,      /* unsafe or stale: the exit status for this domain is 3 */
} ifxError;

GQuark ifxErrorQuark(void);

/* Sets @error (unless NULL) to a message of the domain IFX_ERROR. Always false, so that a function
 * can return it. */
bool ifxErrorSet(GError **error, ifxError code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same with IFX_ERROR_REFUSED and the message "LABEL: refused: FORMAT". */
bool ifxErrorRefuse(GError **error, const char *label, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* "LABEL: refused: WHY". @label names the domain or file. Free with g_free(). */
char *ifxErrorFormatRefused(const char *label, const char *why);

/* The exit statuses that users rely on. */
typedef enum {
    IFX_EXIT_DONE = 0,          /* done, or nothing to do */
    IFX_EXIT_INCOMPLETE = 1,    /* only check, hook, plan show, diff --exit-code and groups
                                 * --compare: incomplete, refused, changes */
    IFX_EXIT_ERROR = 2,         /* any error */
    IFX_EXIT_REFUSED = 3,       /* something was refused as unsafe */
} ifxExit;

/* The exit status of a run whose parts ended with @a and @b: 2 before 3 before 1. */
ifxExit ifxExitWorse(ifxExit a, ifxExit b);
