/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-json: plans and groups for programs to read. The one file that calls json-c.
 *
 * A plan's JSON has the model of its XML (plan-xml.h): the same names, in objects and
 * arrays; an address is the kernel's spelling.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"
#include "host/topology.h"

/* A document that grows. */
typedef struct _ifxReportJson ifxReportJson;

/* {"version":1,@list:[]}: "plans" or "hosts". */
ifxReportJson *ifxReportJsonNew(const char *list);
void ifxReportJsonFree(ifxReportJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportJson, ifxReportJsonFree)

/* To a list of plans. */
void ifxReportJsonAddPlan(ifxReportJson *json, const ifxPlan *plan);

/* To a list of hosts: {"name":...,"groups":[...]}; @claims and @shared as for
 * ifxReportGroups(). A member's evidence is that of its plan's, and "use-known" is false where
 * none is no proof. */
void ifxReportJsonAddHost(ifxReportJson *json,
                          const char *name,
                          const ifxPlanHost *host,
                          GHashTable *claims,
                          bool shared);

/* Appends the document to @out, indented, with a final newline. */
void ifxReportJsonFormat(const ifxReportJson *json, GString *out);
