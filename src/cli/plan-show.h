/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-show: a saved plan for people to read, and what became of it.
 */

#pragma once

#include "base/error.h"
#include "cli/session.h"

/* Prints the saved plan @path: what is planned for each domain, and the diff; with --json a line for
 * each domain, whose state is "applied", "stale", "unknown" (the host was not asked), "current", or the
 * result of a domain that the plan does not change. A plan that was applied, or that is no longer
 * what the host would get, is reported on stderr: by the host that the options name, otherwise by
 * the default connection if that is the plan's host. IFX_EXIT_REFUSED if something changed since, IFX_EXIT_INCOMPLETE if the plan refuses
 * something, IFX_EXIT_ERROR with an error. */
ifxExit ifxPlanShow(ifxSession *session, const char *path, GError **error);

/* The command that applies the plan in the file @path, with the connections, the --sysroot, the
 * --stylesheet and the --moved-from of @options. They come from the user, never from the file: a URI can name a command.
 * Free with g_free(). */
char *ifxPlanShowFormatApply(const ifxOptions *options, const char *path);

/* The command that makes a new plan of the domain @name, with the connections and the --moved-from of
 * @options. Free with g_free(). */
char *ifxPlanShowFormatNew(const ifxOptions *options, const char *name);
