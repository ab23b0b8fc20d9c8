/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff: edits as a unified diff.
 *
 * The form is the one that diff -u writes and patch and git apply read: POSIX "diff
 * -u", three lines of context, "\ No newline at end of file", a name quoted as a C
 * string when it holds control characters, quotes or backslashes, and followed by a tab when
 * it holds a space.
 */

#pragma once

#include <glib.h>

/* Appends to @out the diff of @bytes against what @edits (edit.h) make of them;
 * nothing if they change nothing. @name stands in both header lines. */
void ifxDiffWrite(const GArray *edits,
                  const char *bytes,
                  gsize length,
                  const char *name,
                  GString *out);

/* The name under which patch -p0, run in @directory, finds @path: relative to it, or, for
 * a file outside of it, to the root folder, because patch takes no name with "..".
 * In a @directory that is no absolute path, one that was deleted, nothing is.
 * @outside says so. Free with g_free(). */
char *ifxDiffName(const char *path, const char *directory, gboolean *outside);

/* The name under which a domain's diff stands: NAME.xml, as the file that virsh dumpxml would be
 * sent to; with @host, where there are several, in a folder that is named like it. Free with
 * g_free(). */
char *ifxDiffDomainName(const char *host, const char *name);
