/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file-new: a file that was not there before, whole or not at all.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* Is there nothing of that name? IFX_ERROR_FILE if there is: no file is overwritten. */
bool ifxFileCheckNew(const char *path, GError **error);

/* Makes @path with mode 0600, by a temporary beside it that is synced and linked. False with
 * IFX_ERROR_FILE, which names @path, and nothing is left behind; also if there is such a file. */
bool ifxFileMakeNew(const char *path, const char *text, gsize length, GError **error);
