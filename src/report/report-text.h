/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-text: plans and hosts for people to read.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"
#include "base/term.h"

/* Appends what check says of one domain: a line, and for each incomplete group the rule
 * of libvirt's 2019 series with the members that are missing. @label names the domain
 * for the user and is escaped here. */
void ifxReportCheck(GString *out, const ifxTerm *term, const char *label, const ifxPlan *plan);

/* Appends what check says of one group; @full: of all its members, with all evidence. */
void ifxReportGroup(GString *out,
                    const ifxTerm *term,
                    const ifxPlan *plan,
                    const ifxPlanGroup *group,
                    bool full);

/* "it will not start: of group 1 the host keeps 0000:01:00.1", or that it may not, where a driver
 * is not known: as things stand, or once what the plan adds is declared (@carried_out). NULL:
 * nothing of the group is in the way. Free with g_free(). */
char *ifxReportBlocker(const ifxPlanGroup *group, bool carried_out);

/* Sends to stderr, a line for each group, what will still be in the way once what the plan adds is
 * declared. */
void ifxReportBlocked(const char *label, const ifxPlan *plan);

/* Sends to stderr, a line each, why claims and members of the plan are refused or
 * skipped. */
void ifxReportNotes(const char *label, const ifxPlan *plan);

/* Says so on stderr if the host has no IOMMU groups. */
void ifxReportNoGroups(const char *host, const ifxTopology *topology);
