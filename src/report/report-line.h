/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-line: what a run did, as lines of JSON, for programs: a line for each domain, and a last
 * line with the numbers of the run.
 *
 *     {"schema_version":1,"kind":"domain","command":"apply","host":URI,
 *      "domain":{"name":...,"uuid":...},"outcome":WORD,"changed":true,"transaction":ID,"plan":{...}}
 *
 * schema/virt-iommufix.schema.json describes all kinds of lines. Strings are exact, except for bytes
 * that are no UTF-8: they are written as \\xHH.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "report/report-json.h"

typedef struct _ifxReportLine ifxReportLine;

ifxReportLine *ifxReportLineNew(const char *kind, const ifxReportSubject *subject);
void ifxReportLineFree(ifxReportLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportLine, ifxReportLineFree)

/* Each adds a value, after those that the line has; a plan stays the last. NULL adds nothing. */
void ifxReportLineSet(ifxReportLine *line, const char *name, const char *value);
void ifxReportLineSetBoolean(ifxReportLine *line, const char *name, bool value);
void ifxReportLineSetList(ifxReportLine *line, const char *name, const GPtrArray *strings);
void ifxReportLineSetSummary(ifxReportLine *line, const ifxReportCount *counts, guint length);

/* Adds a diff or a document: @name with the text, or, if the bytes are no UTF-8, @name-base64. */
void ifxReportLineSetBytes(ifxReportLine *line, const char *name, const char *bytes, gsize length);

/* The outcome of a domain is "changed", "would-change", "unchanged", "refused", "failed" or
 * "not-done". @changed: has the domain another definition now, or would it have (1), not (0), or is
 * that unknown (-1), which is null in the line? */
void ifxReportLineSetOutcome(ifxReportLine *line, const char *outcome, int changed);

/* The line, with its newline. Free with g_free(). */
char *ifxReportLineFormat(const ifxReportLine *line);
