/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-line: what came of one domain, as a line of JSON.
 *
 *     {"schema_version":1,"host":URI,"domain":{"name":...,"uuid":...},"outcome":WORD,
 *      "changed":true,"transaction":ID,"error":...,"plan":{...}}
 *
 * The outcome is "changed", "unchanged", "refused", "failed" or "not-done"; the transaction is
 * there where something was kept; the error is what is said on stderr. The plan has the form of
 * report-json.h; a line for a domain that could not be planned, or for an undo, has none.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

typedef struct _ifxReportLine ifxReportLine;

/* Keeps nothing of what it is given. @uuid and @plan may be NULL. Free with
 * ifxReportLineFree(). */
ifxReportLine *ifxReportLineNew(const char *host,
                                const char *name,
                                const char *uuid,
                                const ifxPlan *plan);
void ifxReportLineFree(ifxReportLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportLine, ifxReportLineFree)

/* For undo --list: {"schema_version":1,"host":...,"domain":{...},"command":...,"state":...,
 * "transaction":...}, with its newline. Free with g_free(). */
char *ifxReportLineFormatState(const ifxReportLine *line,
                               const char *command,
                               const char *state,
                               const char *transaction);

/* The line, with its newline; @transaction and @problem may be NULL. Free with g_free(). */
char *ifxReportLineFormat(const ifxReportLine *line,
                          const char *outcome,
                          const char *transaction,
                          const char *problem);
