/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interrupt: Ctrl-C while something is written: the piece in hand is brought to its end.
 */

#pragma once

#include <stdbool.h>

/* For the whole run: a write into a closed pipe or socket fails. libvirt's client would else end
 * the process when its daemon dies. True if SIGPIPE was not ignored before. */
bool ifxInterruptIgnorePipe(void);

/* Ends the process as SIGPIPE does by default, unless signals are held. */
void ifxInterruptEndByPipe(void);

/* From now on SIGINT, SIGTERM and SIGHUP stay pending. For a process of one thread. */
void ifxInterruptHold(void);

/* Is one of the first three pending? */
bool ifxInterruptIsPending(void);
