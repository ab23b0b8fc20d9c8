/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * line: the lines that a run with --json prints, one for each domain and one at the end.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/session.h"
#include "cli/tally.h"
#include "cli/target.h"
#include "plan/plan-file.h"
#include "report/report-line.h"

/* What a line about @target is about: with @plan, which is that of @target or another one of the same
 * domain. Lends from both. */
ifxReportSubject ifxLineSubject(const ifxSession *session,
                                const ifxTarget *target,
                                const ifxPlan *plan);

/* What a line about a domain of @host is about that could not be read; @key names it. Lends. */
ifxReportSubject ifxLineSubjectFailed(const ifxSession *session,
                                      const ifxHost *host,
                                      const char *key);

/* A line about the domain of @target. Without a change its outcome is that of @plan; @change: there
 * would be one. */
ifxReportLine *ifxLineNew(const ifxSession *session, const ifxTarget *target, bool change);

/* A line about a domain of a saved plan: its result and its diff. @file: the path of the saved plan;
 * NULL: the line does not have it. */
ifxReportLine *ifxLineNewSaved(const ifxSession *session,
                               const ifxPlanFileEntry *entry,
                               const char *file);

/* The outcome of a domain for which nothing is to be written. A constant. */
const char *ifxLineOutcome(const ifxPlan *plan);

/* Each of these prints a line. False with IFX_ERROR_OUTPUT. */

bool ifxLineWrite(const ifxSession *session, const ifxReportLine *line, GError **error);

/* Of a domain, with @diff, which would change it; "" is none. */
bool ifxLineWriteDiff(const ifxSession *session,
                      const ifxTarget *target,
                      const GString *diff,
                      GError **error);

/* Of a domain that was refused or failed with @problem. */
bool ifxLineWriteProblem(const ifxSession *session,
                         const ifxReportSubject *subject,
                         const GError *problem,
                         GError **error);

/* The last one of a run: {"schema_version":1,"kind":"summary","command":...,
 * "summary":{"domains":8,"change":2,"complete":4,...}}; all numbers are there. */
bool ifxLineWriteSummary(const ifxSession *session, const ifxTally *tally, GError **error);
