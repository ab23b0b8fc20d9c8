/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-drift: what changed on a host since a capture, for people and for programs.
 */

#pragma once

#include <glib.h>

#include "base/term.h"
#include "host/drift.h"

/* Where a drift comes from; all is lent until a function returns. */
typedef struct _ifxReportDriftSource ifxReportDriftSource;
struct _ifxReportDriftSource {
    const char *host;       /* the name of the host */
    const char *old;        /* the path of the capture */
    const char *options;    /* those that name the host, for commands: " -c URI"; NULL: none can,
                             * because the host has no domains */
    guint devices;          /* how many the host has now */
};

/* Appends a block for each kind of change and for each domain that is hit, with what to do next, and
 * at the end one line with the numbers. Lines fit the terminal. */
void ifxReportDrift(GString *out,
                    const ifxTerm *term,
                    const ifxReportDriftSource *source,
                    const ifxDrift *drift);

/* Appends the same as one document of JSON, kind "drift". */
void ifxReportDriftJson(GString *out, const ifxReportDriftSource *source, const ifxDrift *drift);

/* The command that shows what to do for @owner. NULL: there is none, as for a network. Free with
 * g_free(). */
char *ifxReportDriftNext(const ifxReportDriftSource *source, const ifxDriftOwner *owner);
