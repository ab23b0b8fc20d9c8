/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tally: how many domains of a run came out how, and which of --allow-member's addresses helped.
 */

#pragma once

#include <glib.h>

#include "base/error.h"
#include "plan/plan.h"

typedef struct _ifxTally ifxTally;
struct _ifxTally {
    guint results[IFX_RESULT_SKIPPED + 1];
    guint failed;
    guint left;             /* of those to change: that the user declined */
};

/* "8 domains: 2 to change, 5 complete, 1 refused." and @tail, on stderr. @change is what
 * is said of the 2. */
void ifxTallySummarize(const ifxTally *tally, const char *change, const char *tail);

/* Prints the message of @problem, which a domain failed or was refused with, and counts it. */
void ifxTallyAddProblem(ifxTally *tally, const GError *problem);

/* All domains, those that failed too. */
guint ifxTallyTotal(const ifxTally *tally);

/* 2 if a domain failed, else 3 if one was refused, else 0. */
ifxExit ifxTallyStatus(const ifxTally *tally);

/* Which addresses of --allow-member were of use. One that lifts nothing is reported: it may be
 * mistyped. */
typedef struct _ifxAllowance ifxAllowance;

/* @allowed: set of ifxPciAddress, which must live as long. */
ifxAllowance *ifxAllowanceNew(GHashTable *allowed);
void ifxAllowanceFree(ifxAllowance *allowance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxAllowance, ifxAllowanceFree)

/* Looks which of them lift something in @plan. */
void ifxAllowanceMark(ifxAllowance *allowance, const ifxPlan *plan);

/* Says on stderr which lifted nothing in any plan. */
void ifxAllowanceNote(const ifxAllowance *allowance);
