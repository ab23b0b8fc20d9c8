/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * progress: how far a long run is, on a terminal.
 *
 * "57 of 200" on the last line of stderr, from the second second on. Whatever else is printed must
 * be preceded by ifxProgressHide().
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxProgress ifxProgress;
struct _ifxProgress {
    gint64 begun;           /* in microseconds of the monotonic clock */
    guint total;
    bool terminal;
    bool shown;
};

void ifxProgressBegin(ifxProgress *progress, guint total);

/* @done are done. Nothing in the first second, or where stderr is no terminal. */
void ifxProgressShow(ifxProgress *progress, guint done);
void ifxProgressHide(ifxProgress *progress);
