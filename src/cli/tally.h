/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tally: the results of a run, counted; and which addresses of --allow-member had an effect.
 */

#pragma once

#include <glib.h>

#include "base/error.h"
#include "plan/plan.h"
#include "report/report-json.h"

typedef struct _ifxTally ifxTally;
struct _ifxTally {
    guint results[IFX_RESULT_SKIPPED + 1];
    guint stopped;          /* of IFX_RESULT_COMPLETE: those that will not start */
    guint lacking;          /* of IFX_RESULT_COMPLETE: those that would start without a member */
    guint failed;
    bool quiet;             /* the user wants no summary */
    bool planned;           /* domains were planned: some may be complete */
    guint left;             /* those to change that the user declined */
    guint nothing;          /* those in which undo finds nothing to undo */
};

/* Counts the result of @plan. */
void ifxTallyAddPlan(ifxTally *tally, const ifxPlan *plan);

/* "8 domains: 2 to change, 5 complete, 1 refused, 0 failed". @change is the word for the 2. Of
 * several domains these four are always there; what else there is, only where it is not 0. Free with
 * g_free(). */
char *ifxTallyFormat(const ifxTally *tally, const char *change);

/* Prints that with a full stop and @tail on stderr. */
void ifxTallySummarize(const ifxTally *tally, const char *change, const char *tail);

/* The same numbers for --json, also those that are 0. */
#define IFX_TALLY_COUNTS 11
void ifxTallyList(const ifxTally *tally, ifxReportCount counts[IFX_TALLY_COUNTS]);

/* Prints the message of @problem, which a domain failed or was refused with, and counts it. */
void ifxTallyAddProblem(ifxTally *tally, const GError *problem);

/* The number of all domains, including those that failed. */
guint ifxTallyTotal(const ifxTally *tally);

/* 2 if a domain failed, otherwise 3 if one was refused, otherwise 0. */
ifxExit ifxTallyStatus(const ifxTally *tally);

/* Which addresses of --allow-member and --give had an effect. One without is reported: it may be
 * mistyped. */
typedef struct _ifxAllowance ifxAllowance;

/* Lends from @policy. */
ifxAllowance *ifxAllowanceNew(const ifxPolicy *policy);
void ifxAllowanceFree(ifxAllowance *allowance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxAllowance, ifxAllowanceFree)

/* Marks those that lift a refusal in @plan, and those given that it has. */
void ifxAllowanceMark(ifxAllowance *allowance, const ifxPlan *plan);

/* Reports on stderr those that had no effect in any plan. */
void ifxAllowanceNote(const ifxAllowance *allowance);
