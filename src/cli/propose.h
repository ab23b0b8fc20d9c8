/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * propose: from a domain that was visited to what is to be written of it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/walk.h"
#include "cli/write-job.h"

/* What was proposed in a run. */
typedef struct _ifxProposals ifxProposals;
struct _ifxProposals {
    GPtrArray *jobs;        /* ifxWriteJob */
    GPtrArray *remarks;     /* char *: a line for each job, for the last screen */
};

void ifxProposalsInit(ifxProposals *proposals);
void ifxProposalsClear(ifxProposals *proposals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxProposals, ifxProposalsClear)

/* Says what is to be said of @target by @plan, which is the target's or one that was made anew from
 * its domain; where something is to change, shows the diff on stdout (not with --json) and adds
 * a job. False with IFX_ERROR_REFUSED for a transient domain, with other errors where something
 * fails; and then nothing is added. */
bool ifxProposeTarget(ifxProposals *proposals,
                      ifxSession *session,
                      const ifxTarget *target,
                      const ifxPlan *plan,
                      GError **error);

/* Reads @state, and refuses a domain that is transient with IFX_ERROR_REFUSED. */
bool ifxProposeReadState(ifxConnection *connection,
                         const char *label,
                         const char *uuid,
                         ifxDomainState *state,
                         GError **error);

/* Adds a job for @proposal the same way; takes over it and @line, also on failure. @edits are what
 * it makes of its text before, @words what to say of it on the last screen. The diff is not shown
 * to who was asked about each of its hunks. */
bool ifxProposeAdd(ifxProposals *proposals,
                   ifxSession *session,
                   ifxProposal *proposal,
                   const GArray *edits,
                   const char *diff_name,
                   ifxReportLine *line,
                   const char *words,
                   GError **error);

/* The last screen: lists what is to be written. Is it agreed to? By --yes, or by a person at the
 * terminal. */
bool ifxProposalsAgree(const ifxProposals *proposals, const ifxSession *session);
