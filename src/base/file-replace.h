/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file-replace: a file gets a new text, whole or not at all.
 *
 * The text is written to a temporary file beside the old one, synced, and renamed over it; then
 * the folder is synced. A reader sees the old text or the new one, also after a crash. Mode,
 * owner, group and extended attributes (access control list, security label) are those of the
 * old file. If one of them can't be kept, that is an error. Other hard links keep the old text.
 *
 * The temporary file is called .virt-iommufix-HEX, and is gone when the call returns. An O_TMPFILE
 * would have no name, but only rename() replaces a file, and rename() needs a name. So O_TMPFILE
 * would need a second way for the many file systems without it, and win nothing: signals are
 * blocked while the temporary file exists, so only SIGKILL or a loss of power leaves it over.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* Is @path, links followed, a regular file? A pipe, device or folder is IFX_ERROR_FILE, and is
 * not opened. */
bool ifxFileReplaceCheck(const char *path, GError **error);

/* Replaces the text of @path with @text. A symbolic link stays, and the file that it points to is
 * replaced. IFX_ERROR_REFUSED if the file does not hold @old (the text that was read), or changes
 * during the call (inode, size, times). IFX_ERROR_FILE for all other errors. Both name @path and
 * leave the file alone, with one exception: if the folder can't be synced at the very end, the
 * message reports that the file was replaced. */
bool ifxFileReplace(const char *path, GBytes *old, GBytes *text, GError **error);
