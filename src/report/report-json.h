/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-json: plans and groups as JSON, for programs.
 *
 * The JSON of a plan has the same model as its XML (plan-walk.h): the same names, in objects and
 * arrays. An address has the kernel's spelling.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"
#include "host/isolation.h"

/* A document to which plans or hosts are added. */
typedef struct _ifxReportJson ifxReportJson;

/* {"version":1,@list:[]}: "plans" or "hosts". */
ifxReportJson *ifxReportJsonNew(const char *list);
void ifxReportJsonFree(ifxReportJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportJson, ifxReportJsonFree)

/* Adds to a list of plans. */
void ifxReportJsonAddPlan(ifxReportJson *json, const ifxPlan *plan);

/* Adds to a list of hosts: {"name":...,"groups":[...]}; @groups and @claims as for
 * ifxReportGroups(). A member has the same evidence as in a plan. "use-known" is false where
 * missing evidence does not prove that the host does not use the member.
 *
 * With @isolation, which may be NULL, a member also has "why": {"rule":WORD,"apart":true,
 * "with":{"address":...},"cause":{"address":...},"text":...}, a group "explained", and the host
 * "ports". The man page lists the words. */
void ifxReportJsonAddHost(ifxReportJson *json,
                          const char *name,
                          const ifxPlanHost *host,
                          const GPtrArray *groups,
                          GHashTable *claims,
                          const ifxIsolation *isolation);

/* Appends the document to @out, indented, with a final newline. */
void ifxReportJsonFormat(const ifxReportJson *json, GString *out);

/* The result of one domain, as a line of JSON:
 *
 *     {"schema_version":1,"host":URI,"domain":{"name":...,"uuid":...},"outcome":WORD,
 *      "changed":true,"transaction":ID,"error":...,"plan":{...}}
 *
 * The outcome is "changed", "would-change" (of a dry run), "unchanged", "refused", "failed" or "not-done". "transaction" is there
 * if something was recorded, "error" is what stderr reports. The plan is as in a document above; a
 * line for a domain that could not be planned, or for an undo, has none. */
typedef struct _ifxReportLine ifxReportLine;

/* All arguments are lent until it returns; @uuid and @plan may be NULL. Free with
 * ifxReportLineFree(). */
ifxReportLine *ifxReportLineNew(const char *host,
                                const char *name,
                                const char *uuid,
                                const ifxPlan *plan);
void ifxReportLineFree(ifxReportLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportLine, ifxReportLineFree)

/* Adds "diff" to the line, after "changed"; of a dry run. */
void ifxReportLineSetDiff(ifxReportLine *line, const char *diff);

/* A line of undo --list: {"schema_version":1,"host":...,"domain":{...},"command":...,"state":...,
 * "transaction":...}, with its newline. Free with g_free(). */
char *ifxReportLineFormatState(const ifxReportLine *line,
                               const char *command,
                               const char *state,
                               const char *transaction);

/* The line, with its newline; @changed: has libvirt another definition now (1), not (0), or is that
 * unknown (-1), which is null in the line? @transaction and @problem may be NULL. Free with
 * g_free(). */
char *ifxReportLineFormat(const ifxReportLine *line,
                          const char *outcome,
                          int changed,
                          const char *transaction,
                          const char *problem);
