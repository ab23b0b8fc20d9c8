/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * child: work that may never end, in a child process that the caller leaves behind.
 *
 * A system call can wait for ever, and no signal ends it: a read of /proc/PID/cmdline while the
 * process waits for a file server with its memory map locked (Linux fs/proc/base.c,
 * get_mm_cmdline()), an open() of a disk whose last path is gone. So the work is done in a child
 * process, and the caller waits only for what the child writes into a pipe. A child that is late is
 * killed, and nobody waits until it is gone: one that asked a loop device on a file of a FUSE server
 * that does not answer stayed in state D (run on Linux 6.18).
 *
 * The work is a row of items. The child takes one after the other and writes an answer for each. If
 * an item is late, the caller goes on with the next one in another child.
 *
 * The child can open whatever the caller can; sandbox.h has one that cannot.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    IFX_CHILD_ANSWERED,
    IFX_CHILD_LATE,         /* the limit was reached */
    IFX_CHILD_FAILED,       /* the child could not be started, or ended without an answer */
} ifxChildState;

typedef struct _ifxChildWork ifxChildWork;
struct _ifxChildWork {
    /* In the child: appends the answer for @item. It can be asked for an item a second time. */
    void (*ask)(void *opaque, guint item, GString *answer);

    /* In the caller: once for each item, in order, when its answer is there. @answer is lent, and
     * empty unless the state is ANSWERED; it ends with a NUL byte that @length does not count. */
    void (*take)(void *opaque, guint item, ifxChildState state, const char *answer, gsize length);

    void *opaque;
    guint patience;         /* how many milliseconds an item may take */
    guint tries;            /* after so many items without an answer the others are given up too */
    bool reads_input;       /* the child keeps standard input; otherwise it has none. It never has
                             * standard output and standard error, so that whoever reads these sees
                             * their end when the caller ends */
};

/* Does the work for the items 0 to @count - 1. It takes at most (@tries + 1) * @patience longer
 * than the work of the items that are answered. */
void ifxChildRun(const ifxChildWork *work, guint count);
