/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file: reading whole files, of which any may be hostile.
 */

#pragma once

#include <glib.h>

/* The bytes of @path, "-" being standard input; of at most @max bytes. A pipe is read
 * to its end; a directory or device is refused. NULL with IFX_ERROR_FILE, which names
 * @path. Free with g_bytes_unref(). */
GBytes *ifxFileRead(const char *path, gsize max, GError **error);

/* @path from the root, with links resolved; as it is if it leads nowhere. Free with
 * g_free(). */
char *ifxFileRealPath(const char *path);
