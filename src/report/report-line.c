/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-line.h"

#include <json.h>
#include <string.h>

#include "report/report-json-internal.h"

#define IFX_LINE_VERSION 1

struct _ifxReportLine {
    json_object *head;
    json_object *plan;      /* NULL: none */
};

ifxReportLine *
ifxReportLineNew(const char *host,
                 const char *name,
                 const char *uuid,
                 const ifxPlan *plan)
{
    ifxReportLine *line = g_new0(ifxReportLine, 1);
    json_object *domain = json_object_new_object();

    line->head = json_object_new_object();
    json_object_object_add(line->head, "schema_version", json_object_new_int(IFX_LINE_VERSION));
    ifxReportJsonSetEscaped(line->head, "host", host);
    ifxReportJsonSetEscaped(domain, "name", name);
    ifxReportJsonSetEscaped(domain, "uuid", uuid);
    json_object_object_add(line->head, "domain", domain);
    if (plan) {
        line->plan = json_object_new_object();
        ifxReportJsonFillPlan(line->plan, plan);
    }
    return line;
}

void
ifxReportLineFree(ifxReportLine *line)
{
    if (!line)
        return;
    json_object_put(line->head);
    json_object_put(line->plan);
    g_free(line);
}

static char *
ifxReportLineEnd(json_object *object)
{
    char *text = g_strdup_printf("%s\n", json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));

    json_object_put(object);
    return text;
}

char *
ifxReportLineFormatState(const ifxReportLine *line,
                         const char *command,
                         const char *state,
                         const char *transaction)
{
    json_object *object = NULL;

    json_object_deep_copy(line->head, &object, NULL);
    ifxReportJsonSetEscaped(object, "command", command);
    ifxReportJsonSetEscaped(object, "state", state);
    ifxReportJsonSetEscaped(object, "transaction", transaction);
    return ifxReportLineEnd(object);
}

char *
ifxReportLineFormat(const ifxReportLine *line,
                    const char *outcome,
                    const char *transaction,
                    const char *problem)
{
    json_object *object = NULL;

    json_object_deep_copy(line->head, &object, NULL);
    json_object_object_add(object, "outcome", json_object_new_string(outcome));
    json_object_object_add(object, "changed",
                           json_object_new_boolean(strcmp(outcome, "changed") == 0));
    ifxReportJsonSetEscaped(object, "transaction", transaction);
    ifxReportJsonSetEscaped(object, "error", problem);
    if (line->plan)
        json_object_object_add(object, "plan", json_object_get(line->plan));
    return ifxReportLineEnd(object);
}
