/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * change-summary: what a change does, for the list before the question.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

typedef struct _ifxChangeSummary ifxChangeSummary;
struct _ifxChangeSummary {
    char *label;            /* what the user calls the domain */
    GPtrArray *devices;     /* char *: what the host loses while the guest runs, each with its name,
                             * class, driver and use */
    guint used;             /* how many of them the host is seen to use */
    GPtrArray *others;      /* char *: what else the change does, or overrides */
};

/* What @plan does, which was made by @policy. Free with ifxChangeSummaryFree(). */
ifxChangeSummary *ifxChangeSummaryNew(const char *label,
                                      const ifxPlan *plan,
                                      const ifxPolicy *policy);

/* The same for a change without a plan: it does @does. */
ifxChangeSummary *ifxChangeSummaryNewWords(const char *label, const char *does);

void ifxChangeSummaryFree(ifxChangeSummary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxChangeSummary, ifxChangeSummaryFree)

/* Prints it on stderr: a line for each device on a terminal, otherwise one line for all. */
void ifxChangeSummaryPrint(const ifxChangeSummary *summary);
