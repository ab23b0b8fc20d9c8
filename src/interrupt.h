/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interrupt: Ctrl-C while something is written: the piece in hand is brought to its end.
 */

#pragma once

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP stay pending, and a write into a closed pipe fails
 * (SIGPIPE stays pending, too). For a process of one thread. */
void ifxInterruptHold(void);

/* Is one of the first three pending? */
bool ifxInterruptCame(void);
