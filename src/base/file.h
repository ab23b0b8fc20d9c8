/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file: reading and making whole files. Any file that is read may be hostile.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* Reads at most @max bytes of @path; "-" is standard input. A pipe is read to its end. A
 * directory or device is refused. NULL with IFX_ERROR_FILE, which names @path. Free with
 * g_bytes_unref(). */
GBytes *ifxFileRead(const char *path, gsize max, GError **error);

/* @path as an absolute path, with links resolved. Returns a copy of @path if it leads nowhere.
 * Free with g_free(). */
char *ifxFileRealPath(const char *path);

/* Writes all of @bytes to @fd. False with errno: some bytes may have been written. */
bool ifxFileWriteAll(int fd, const char *bytes, gsize length);

/* Checks that nothing is called @path. Otherwise IFX_ERROR_FILE: no file is overwritten. */
bool ifxFileCheckAbsent(const char *path, GError **error);

/* Makes the file @path with mode 0600, whole or not at all: writes a temporary file beside it,
 * syncs that and links it. False with IFX_ERROR_FILE, which names @path, and nothing is left
 * over. An existing file is an error. */
bool ifxFileCreate(const char *path, const char *text, gsize length, GError **error);
