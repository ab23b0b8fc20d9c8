/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * positional: what a word of the command line names, a domain or a file.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/options.h"

/* Is it a file? "-", anything with a slash, anything in .xml. */
bool ifxPositionalIsFile(const char *positional);

/* Do @options say of each of @positionals, NULL-terminated, which host it is meant for, and are
 * there some, or --all? False with IFX_ERROR_USAGE. */
bool ifxPositionalsCheck(const ifxOptions *options, char **positionals, GError **error);

/* Are they all files that have a name? False with IFX_ERROR_USAGE. */
bool ifxPositionalsCheckFiles(char **positionals, GError **error);
