/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/progress.h"

#include <stdio.h>
#include <unistd.h>

void
ifxProgressBegin(ifxProgress *progress,
                 guint total)
{
    progress->begun = g_get_monotonic_time();
    progress->total = total;
    progress->terminal = total > 1 && isatty(STDERR_FILENO);
    progress->shown = false;
}

void
ifxProgressShow(ifxProgress *progress,
                guint done)
{
    if (!progress->terminal || g_get_monotonic_time() - progress->begun < G_USEC_PER_SEC)
        return;
    fflush(stdout);
    fprintf(stderr, "\r%u of %u\033[K", done, progress->total);
    progress->shown = true;
}

void
ifxProgressHide(ifxProgress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
