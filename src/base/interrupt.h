/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interrupt: signals during a run: the first Ctrl-C ends it after the call in hand, the second at
 * once.
 */

#pragma once

#include <stdbool.h>

/* For the rest of the run, a write to a closed pipe or socket fails instead of ending the process.
 * Otherwise libvirt's client would end it when its daemon dies. True if SIGPIPE was not ignored
 * before. */
bool ifxInterruptIgnorePipe(void);

/* Ends the process as SIGPIPE does by default, unless signals are held. */
void ifxInterruptEndByPipe(void);

/* From now on the first of SIGINT, SIGTERM and SIGHUP is only noted, and reported on stderr; the
 * second ends the process, as it can be ended anywhere. SIGPIPE stays pending. A signal that is
 * ignored stays ignored. Other threads must block all signals. */
void ifxInterruptHold(void);

/* Was one of them noted? */
bool ifxInterruptIsPending(void);
