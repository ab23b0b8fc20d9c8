/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write-run: what was decided on goes to libvirt, domain by domain.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "redefine.h"
#include "report-line.h"
#include "session.h"
#include "tally.h"

/* A domain that is to be written. */
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

/* Writes the jobs as one transaction of @store, in their order, under its lock. A domain that
 * fails is said on stderr and does not stop the others; @tally, where each counts as a change,
 * is corrected. SIGINT stops after the domain in hand; a connection that breaks is opened anew,
 * and if that fails its other domains are left. What was not done is said. @id (NULL: not
 * wanted) is set to the transaction's where something was kept (free with g_free()). False with
 * an error before anything was written, and with IFX_ERROR_OUTPUT. */
bool ifxWriteRun(ifxSession *session,
                 ifxStore *store,
                 const GPtrArray *jobs,
                 ifxTally *tally,
                 char **id,
                 GError **error);
