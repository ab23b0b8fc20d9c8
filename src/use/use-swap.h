/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-swap: where the host swaps to.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxSwap ifxSwap;
struct _ifxSwap {
    char *path;
    bool file;              /* a file, not a block device */
};

/* Reads PROC/swaps (proc(5)): new array of ifxSwap, which frees them; empty if there is no such
 * file, as in a kernel without swap. False if it can't be read. libmount reads such a file too,
 * but only by its name. */
bool ifxSwapLoad(const char *proc, GArray **spaces);
