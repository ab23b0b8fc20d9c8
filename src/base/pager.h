/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pager: long output on a terminal goes through a pager, as git's does (git-config(1), core.pager).
 *
 * Which one: the first that is set of VIRT_IOMMUFIX_PAGER and PAGER, in words as a shell reads them
 * but without its other syntax; otherwise less, which stays away where the output fits the screen
 * (LESS=FRX, if LESS is not set). Empty or "cat": none.
 */

#pragma once

/* From now on the pager shows what goes to standard output, and to standard error if that is a
 * terminal. Does nothing where no pager is wanted or can be started, and if it was called before.
 * Standard output must be a terminal. */
void ifxPagerStart(void);

/* How many columns the terminal has that the pager took from standard error; 0: it took none. */
unsigned int ifxPagerGetWidth(void);

/* Ends the output and waits until the user has left the pager, if there is one. A SIGINT, SIGTERM or
 * SIGHUP waits in the same way before it ends the process: the terminal must not have two readers. */
void ifxPagerFinish(void);
