/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What documents (report-json.h) and lines (report-line.h) of JSON share.
 */

#pragma once

#include <json.h>

#include "report/report-json.h"

/* Rises when what programs rely on changes. schema/virt-iommufix.schema.json describes it. */
#define IFX_JSON_VERSION 1

/* {"schema_version":1,"kind":@kind}. The caller owns it. */
json_object *ifxReportJsonNewHead(const char *kind);

/* A string, in which bytes that are no UTF-8 become \\xHH. The caller owns it. */
json_object *ifxReportJsonNewString(const char *value);

/* Adds such a string; NULL adds nothing. */
void ifxReportJsonSet(json_object *object, const char *name, const char *value);

/* Adds what a line or an item of a document is about, without the plan. */
void ifxReportJsonSetSubject(json_object *object, const ifxReportSubject *subject);

/* Adds all of the subject's plan, if it has one. */
void ifxReportJsonSetPlan(json_object *object, const ifxReportSubject *subject);

/* {NAME:NUMBER,...}. The caller owns it. */
json_object *ifxReportJsonNewCounts(const ifxReportCount *counts, guint length);
