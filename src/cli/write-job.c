/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/write-job.h"

static void
ifxWriteJobFree(gpointer pointer)
{
    ifxWriteJob *job = pointer;

    ifxProposalFree(job->proposal);
    ifxReportLineFree(job->line);
    g_free(job);
}

GPtrArray *
ifxWriteJobsNew(void)
{
    return g_ptr_array_new_with_free_func(ifxWriteJobFree);
}

void
ifxWriteJobsAdd(GPtrArray *jobs,
                ifxProposal *proposal,
                ifxReportLine *line)
{
    ifxWriteJob *job = g_new0(ifxWriteJob, 1);

    job->proposal = proposal;
    job->line = line;
    g_ptr_array_add(jobs, job);
}
