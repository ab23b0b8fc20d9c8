/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-json: plans and groups as one document of JSON, for programs.
 *
 * The JSON of a plan has the same model as its XML (plan-walk.h): the same names, in objects and
 * arrays. An address has the kernel's spelling.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan-named.h"
#include "plan/plan.h"
#include "host/isolation.h"

/* What a line (report-line.h), or an item of a document, is about. All is lent until a function
 * returns, and everything may be NULL. */
typedef struct _ifxReportSubject ifxReportSubject;
struct _ifxReportSubject {
    const char *command;    /* whose result it is */
    const char *host;
    const char *file;       /* the path of the domain's file; NULL: it is a domain of @host */
    const char *name;       /* the domain's; NULL: the file cannot be read */
    const char *uuid;
    const ifxNamed *named;  /* how the user named it, for the commands in the plan */
    const ifxPlan *plan;    /* NULL: it could not be planned */
};

/* A number of a summary. */
typedef struct _ifxReportCount ifxReportCount;
struct _ifxReportCount {
    const char *name;
    guint count;
};

/* A document to which plans or hosts are added. */
typedef struct _ifxReportJson ifxReportJson;

/* {"schema_version":1,"kind":@list,@list:[]}: "plans" or "hosts". */
ifxReportJson *ifxReportJsonNew(const char *list);
void ifxReportJsonFree(ifxReportJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportJson, ifxReportJsonFree)

/* Adds to a list of plans that of @subject; or, with @problem, adds to the list "failed" that there is
 * none because of it. */
void ifxReportJsonAddPlan(ifxReportJson *json,
                          const ifxReportSubject *subject,
                          const char *problem);

/* Adds the numbers of the run: "summary". */
void ifxReportJsonAddSummary(ifxReportJson *json, const ifxReportCount *counts, guint length);

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
