/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interrupt: signals during a run: the change that is being written is completed before Ctrl-C
 * ends the tool.
 */

#pragma once

#include <stdbool.h>

/* For the rest of the run, a write to a closed pipe or socket fails instead of ending the process.
 * Otherwise libvirt's client would end it when its daemon dies. True if SIGPIPE was not ignored
 * before. */
bool ifxInterruptIgnorePipe(void);

/* Ends the process as SIGPIPE does by default, unless signals are held. */
void ifxInterruptEndByPipe(void);

/* From now on SIGINT, SIGTERM and SIGHUP stay pending. For a process with one thread. */
void ifxInterruptHold(void);

/* Is SIGINT, SIGTERM or SIGHUP pending? */
bool ifxInterruptIsPending(void);
