/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file: whole files are read and written.
 *
 * Any file that is read may be hostile. A file is written whole or not at all: the text goes to a
 * temporary file in the same folder, which is synced and gets the name; then the folder is synced. A
 * reader sees the old text or the new one, also after a crash.
 *
 * The temporary file is called .virt-iommufix-HEX, and is gone when the call returns. An O_TMPFILE
 * would have no name, but only rename() replaces a file, and rename() needs a name. So O_TMPFILE
 * would need a second way for the many file systems without it, and win nothing: signals are
 * blocked while the temporary file exists, so only SIGKILL or a loss of power leaves it over.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

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

typedef enum {
    IFX_FILE_NEW,           /* an existing file is an error */
    IFX_FILE_OVERWRITE,     /* an existing file or link is replaced */
} ifxFileWriteMode;

/* Writes @path with the permissions @mode, whatever the umask. False with IFX_ERROR_FILE, which
 * names @path, and then nothing has changed. */
bool ifxFileWrite(const char *path,
                  const char *text,
                  gsize length,
                  mode_t mode,
                  ifxFileWriteMode how,
                  GError **error);

/* Is @path, links followed, a regular file? A pipe, device or folder is IFX_ERROR_FILE, and is
 * not opened. */
bool ifxFileReplaceCheck(const char *path, GError **error);

/* Replaces the text of @path with @text. A symbolic link stays, and the file that it points to is
 * replaced. Mode, owner and group are those of the old file; other hard links keep the old text.
 *
 * IFX_ERROR_REFUSED if
 *  - the file does not hold @old (the text that was read), or changes during the call (inode, size,
 *    times);
 *  - the new file would not have the extended attributes of the old one, such as its access control
 *    list or its security label, or would have others. The message ends with @command, which writes
 *    into the old file.
 * IFX_ERROR_FILE for all other errors. All name @path and leave the file alone, with one exception:
 * if the folder can't be synced at the very end, the message reports that the file was replaced. */
bool ifxFileReplace(const char *path,
                    GBytes *old,
                    GBytes *text,
                    const char *command,
                    GError **error);
