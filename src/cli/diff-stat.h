/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diff-stat: how many lines diffs add and remove, as git diff --stat prints it.
 */

#pragma once

#include <glib.h>

typedef struct _ifxDiffStat ifxDiffStat;

/* Free with ifxDiffStatFree(). */
ifxDiffStat *ifxDiffStatNew(void);
void ifxDiffStatFree(ifxDiffStat *stat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDiffStat, ifxDiffStatFree)

/* Adds the unified diff of one file, which the output calls @name; an empty one is left out. */
void ifxDiffStatAdd(ifxDiffStat *stat, const char *name, const char *diff);

/* Appends a line for each file and one with the sums; escaped. Nothing if there is no file. */
void ifxDiffStatFormat(const ifxDiffStat *stat, GString *out);
