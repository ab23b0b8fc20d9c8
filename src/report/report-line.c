/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-line.h"

#include "report/report-json-internal.h"

struct _ifxReportLine {
    json_object *object;
    json_object *plan;      /* NULL: none */
};

ifxReportLine *
ifxReportLineNew(const char *kind,
                 const ifxReportSubject *subject)
{
    ifxReportLine *line = g_new0(ifxReportLine, 1);

    line->object = ifxReportJsonNewHead(kind);
    ifxReportJsonSetSubject(line->object, subject);
    if (subject->plan) {
        line->plan = json_object_new_object();
        ifxReportJsonSetPlan(line->plan, subject);
    }
    return line;
}

void
ifxReportLineFree(ifxReportLine *line)
{
    if (!line)
        return;
    json_object_put(line->object);
    json_object_put(line->plan);
    g_free(line);
}

void
ifxReportLineSet(ifxReportLine *line,
                 const char *name,
                 const char *value)
{
    ifxReportJsonSet(line->object, name, value);
}

void
ifxReportLineSetBoolean(ifxReportLine *line,
                        const char *name,
                        bool value)
{
    json_object_object_add(line->object, name, json_object_new_boolean(value));
}

void
ifxReportLineSetList(ifxReportLine *line,
                     const char *name,
                     const GPtrArray *strings)
{
    json_object *list = json_object_new_array();
    guint i;

    for (i = 0; i < strings->len; i++)
        json_object_array_add(list, ifxReportJsonNewString(strings->pdata[i]));
    json_object_object_add(line->object, name, list);
}

void
ifxReportLineSetSummary(ifxReportLine *line,
                        const ifxReportCount *counts,
                        guint length)
{
    json_object_object_add(line->object, "summary", ifxReportJsonNewCounts(counts, length));
}

void
ifxReportLineSetBytes(ifxReportLine *line,
                      const char *name,
                      const char *bytes,
                      gsize length)
{
    g_autofree char *encoded = NULL;
    g_autofree char *other_name = NULL;

    if (g_utf8_validate(bytes, (gssize) length, NULL)) {
        json_object_object_add(line->object, name,
                               json_object_new_string_len(bytes, (int) length));
        return;
    }
    encoded = g_base64_encode((const guchar *) bytes, length);
    other_name = g_strconcat(name, "-base64", NULL);
    json_object_object_add(line->object, other_name, json_object_new_string(encoded));
}

void
ifxReportLineSetOutcome(ifxReportLine *line,
                        const char *outcome,
                        int changed)
{
    ifxReportJsonSet(line->object, "outcome", outcome);
    json_object_object_add(line->object, "changed",
                           changed < 0 ? NULL : json_object_new_boolean(changed > 0));
}

char *
ifxReportLineFormat(const ifxReportLine *line)
{
    const int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

    if (line->plan)
        json_object_object_add(line->object, "plan", json_object_get(line->plan));
    return g_strdup_printf("%s\n", json_object_to_json_string_ext(line->object, flags));
}
