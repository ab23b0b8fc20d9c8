/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-diff: a unified diff for people to read.
 */

#pragma once

#include <glib.h>

#include "base/term.h"

/* Appends @diff (diff.h) in colour where @term has it, escaped where it is a terminal. */
void ifxReportDiff(GString *out, const ifxTerm *term, const char *diff);
