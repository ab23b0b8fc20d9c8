/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-show: a plan that was kept, for people to read, and what moved since.
 */

#pragma once

#include "cli/session.h"

/* Prints the plan file @path: of each domain what is planned, and the diff. What is another thing
 * by now is said on stderr, where the host can be asked: the one that the options name, else each
 * plan's connection. IFX_EXIT_ERROR with an error if the file can't be read or printed. */
ifxExit ifxPlanShow(ifxSession *session, const char *path, GError **error);
