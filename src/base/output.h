/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * output: the results of a run, on standard output.
 *
 * Each write is flushed, so that a reader of a pipe gets every domain as soon as it is done.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/term.h"

typedef struct _ifxOutput ifxOutput;
struct _ifxOutput {
    ifxTerm term;
    bool ends_by_pipe;      /* when nobody reads the pipe any more, the tool ends without a message
                             * (interrupt.h) */
    bool pages;             /* a pager shows them (pager.h), from the first write on */
};

/* Writes @text, in which everything that came from elsewhere is escaped already. False with
 * IFX_ERROR_OUTPUT, as the two below. */
bool ifxOutputWrite(const ifxOutput *output, const char *text, gsize length, GError **error);

/* Writes XML or JSON: byte for byte into a file or pipe, escaped on a terminal. */
bool ifxOutputWriteDocument(const ifxOutput *output,
                            const char *text,
                            gsize length,
                            GError **error);

/* Writes a unified diff (diff.h): byte for byte into a file or pipe, so that patch can use it;
 * escaped and in colour on a terminal. */
bool ifxOutputWriteDiff(const ifxOutput *output, const GString *diff, GError **error);

/* Appends @diff in colour where @term has it, escaped where it is a terminal. */
void ifxOutputFormatDiff(GString *out, const ifxTerm *term, const char *diff);
