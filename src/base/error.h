/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error: the one error domain of the tool.
 *
 * Every message is one line, in English, without a final newline. It says
 * what was being done, on what, and why it failed; where the user can mend it,
 * also how. It holds raw bytes of domains, devices and files: whoever prints
 * it escapes it first (term.h).
 */

#pragma once

#include <glib.h>

#define IFX_ERROR (ifxErrorQuark())

typedef enum {
    IFX_ERROR_USAGE,        /* the command line does not say what to do */
    IFX_ERROR_FILE,         /* a file can't be read or replaced */
    IFX_ERROR_OUTPUT,       /* standard output can't be written: no use to go on */
    IFX_ERROR_XML,          /* not well-formed, or not what was asked for */
    IFX_ERROR_HOST,         /* a host's topology can't be read */
    IFX_ERROR_CONNECTION,   /* libvirt said no */
    IFX_ERROR_PATCH,        /* a stylesheet or its patch is outside the rules */
    IFX_ERROR_MISMATCH,     /* a self-check failed: the result is not used */
    IFX_ERROR_REFUSED,      /* unsafe or stale: the one domain's status is 3 */
} ifxError;

GQuark ifxErrorQuark(void);

/* The exit statuses that users rely on. */
typedef enum {
    IFX_EXIT_DONE = 0,          /* done, or nothing to do */
    IFX_EXIT_INCOMPLETE = 1,    /* only check, hook and diff --exit-code: not complete,
                                 * refused, changes */
    IFX_EXIT_ERROR = 2,         /* any error */
    IFX_EXIT_REFUSED = 3,       /* something was refused as unsafe */
} ifxExit;

/* The status of a run of which one part ended with @a, another with @b: 2 before 3 before 1. */
ifxExit ifxExitWorse(ifxExit a, ifxExit b);
