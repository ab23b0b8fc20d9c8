/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write-job: a domain that is to be written, and what came of it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/redefine.h"
#include "report/report-line.h"

typedef struct _ifxWriteJob ifxWriteJob;
struct _ifxWriteJob {
    ifxProposal *proposal;
    ifxReportLine *line;    /* with --json; NULL: without */
    bool done;              /* it was written; set by ifxWriteRun() */
};

/* The jobs: an array that frees them. Free with g_ptr_array_unref(). */
GPtrArray *ifxWriteJobsNew(void);

/* Takes over @proposal and @line. */
void ifxWriteJobsAdd(GPtrArray *jobs, ifxProposal *proposal, ifxReportLine *line);
