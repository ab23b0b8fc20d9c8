/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-json-internal: what report-json and report-line share.
 */

#pragma once

#include <json.h>

#include "plan/plan.h"

/* Adds to @object all that the JSON of @plan has. */
void ifxReportJsonFillPlan(json_object *object, const ifxPlan *plan);

/* Adds @value, where there is one, as a string that is escaped by ifxTermEscape(). */
void ifxReportJsonSetEscaped(json_object *object, const char *name, const char *value);
