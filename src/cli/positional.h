/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * positional: the words of a command line that name a domain or a file.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/options.h"

/* Does @positional name a file, not a domain? A file is "-", a word with a slash, or a word that
 * ends in ".xml". */
bool ifxPositionalIsFile(const char *positional);

/* Checks that there is something to work on, and that @options name its host: @positionals
 * (NULL-terminated) or --all. False with IFX_ERROR_USAGE. */
bool ifxPositionalsCheck(char **positionals, const ifxOptions *options, GError **error);

/* Checks that all are files with a name. False with IFX_ERROR_USAGE. */
bool ifxPositionalsCheckFiles(char **positionals, GError **error);
