/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff-lines: what differs between two texts, line by line, as a unified diff (diff.h).
 */

#pragma once

#include <glib.h>

/* Appends the diff from @before to @after to @out; nothing if they are the same. @name is in both
 * header lines. It is the shortest one for texts that differ in some thousand lines; beyond that all
 * lines in between are replaced. */
void ifxDiffLinesWrite(const char *before, const char *after, const char *name, GString *out);
