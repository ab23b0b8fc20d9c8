/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff: edits as a unified diff.
 *
 * The form is the one that diff -u writes and that patch and git apply read: POSIX "diff -u",
 * three lines of context, "\ No newline at end of file". A name that holds control characters,
 * quotes or backslashes is quoted as a C string. A tab follows a name that holds a space.
 */

#pragma once

#include <glib.h>

/* Appends to @out the diff between @bytes and what @edits (edit.h) make of them. Appends nothing
 * if the edits change nothing. @name is in both header lines. */
void ifxDiffWrite(const GArray *edits,
                  const char *bytes,
                  gsize length,
                  const char *name,
                  GString *out);

/* The name by which patch -p0, run in @directory, finds @path: relative to @directory. For a file
 * outside of it, the name is relative to the root folder, because patch takes no name with "..",
 * and @outside is set. A @directory that is no absolute path (it was deleted) contains no file.
 * Free with g_free(). */
char *ifxDiffName(const char *path, const char *directory, gboolean *outside);

/* The name in the diff of a domain: NAME.xml, as the file that virsh dumpxml would be
 * redirected to. With @host, where there are several hosts, the file is in a folder named after
 * the host. Free with g_free(). */
char *ifxDiffDomainName(const char *host, const char *name);
