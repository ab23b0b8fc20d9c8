/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file-replace: a file gets a new text, whole or not at all.
 *
 * The text is written to a temporary beside the file, synced, and renamed over it; then
 * the folder is synced. Whoever opens the file sees the old text or the new one, also after
 * a crash. Mode, owner, group and extended attributes (access control list, security
 * label) are those of the old file; what can't be kept is an error. Other hard links keep
 * the old text.
 *
 * The temporary is called .virt-iommufix-HEX, and is gone when a call returns. An O_TMPFILE
 * would have no name, but only rename() replaces a file and it wants one; so it would need
 * a second way for the many file systems without it, and win nothing: signals are blocked
 * while the temporary is there, so that only SIGKILL or a loss of power leaves it behind.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* Is @path, links followed, a regular file? A pipe, device or folder is
 * IFX_ERROR_FILE, and is not opened. */
bool ifxFileReplaceCheck(const char *path, GError **error);

/* Replaces the text of @path by @text. A symbolic link stays, what it points to is replaced.
 * IFX_ERROR_REFUSED if the file does not hold @old (what it was read as), or changes while
 * it is replaced (inode, size, times); IFX_ERROR_FILE for all else. Both name @path and
 * leave the file alone, but when the folder can't be synced at the very end: then the
 * message says that the file was replaced. */
bool ifxFileReplace(const char *path, GBytes *old, GBytes *text, GError **error);
