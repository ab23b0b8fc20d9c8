/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-json.h"

#include <string.h>

#include "base/term.h"
#include "report/report-json-internal.h"
#include "plan/plan-evidence.h"
#include "plan/plan-walk.h"
#include "report/report.h"

struct _ifxReportJson {
    ifxPlanSink sink;
    json_object *root;
    GPtrArray *open;        /* json_object: the objects and arrays around the next value, lent by
                             * root */
    bool in_values;         /* the innermost is an IFX_PART_VALUES */
};

static void
ifxReportJsonPut(ifxPlanSink *sink,
                 const char *name,
                 json_object *value)
{
    const ifxReportJson *json = (const ifxReportJson *) sink;
    json_object *innermost = json->open->pdata[json->open->len - 1];

    if (json_object_is_type(innermost, json_type_array))
        json_object_array_add(innermost, value);
    else
        json_object_object_add(innermost, name, value);
}

static void
ifxReportJsonBegin(ifxPlanSink *sink,
                   ifxPartKind kind,
                   const char *name)
{
    ifxReportJson *json = (ifxReportJson *) sink;
    json_object *part;

    if (json->in_values)
        return;
    part = kind == IFX_PART_OBJECT ? json_object_new_object() : json_object_new_array();
    ifxReportJsonPut(sink, name, part);
    g_ptr_array_add(json->open, part);
    json->in_values = kind == IFX_PART_VALUES;
}

/* json-c before 0.18 breaks the line inside of an empty array. */
static int
ifxReportJsonFormatEmpty(json_object *array G_GNUC_UNUSED,
                         struct printbuf *out,
                         int level G_GNUC_UNUSED,
                         int flags G_GNUC_UNUSED)
{
    return printbuf_strappend(out, "[]");
}

static void
ifxReportJsonEnd(ifxPlanSink *sink,
                 ifxPartKind kind)
{
    ifxReportJson *json = (ifxReportJson *) sink;
    json_object *part = json->open->pdata[json->open->len - 1];

    if (json->in_values && kind == IFX_PART_OBJECT)
        return;
    if (json_object_is_type(part, json_type_array) && json_object_array_length(part) == 0)
        json_object_set_serializer(part, ifxReportJsonFormatEmpty, NULL, NULL);
    json->in_values = false;
    g_ptr_array_set_size(json->open, (int) json->open->len - 1);
}

static void
ifxReportJsonPutString(ifxPlanSink *sink,
                       const char *name,
                       const char *value)
{
    ifxReportJsonPut(sink, name, json_object_new_string(value));
}

static void
ifxReportJsonPutNumber(ifxPlanSink *sink,
                       const char *name,
                       guint value)
{
    ifxReportJsonPut(sink, name, json_object_new_int64(value));
}

static void
ifxReportJsonPutBoolean(ifxPlanSink *sink,
                        const char *name,
                        bool value)
{
    ifxReportJsonPut(sink, name, json_object_new_boolean(value));
}

static void
ifxReportJsonPutAddress(ifxPlanSink *sink,
                        const ifxPciAddress *value)
{
    char text[IFX_PCI_ADDRESS_LENGTH];

    ifxReportJsonPutString(sink, "address", ifxPciAddressFormat(value, text));
}

/* A document that is @root, which this takes over; the words are for who named a domain so. */
static ifxReportJson *
ifxReportJsonNewObject(json_object *root,
                       const ifxNamed *named)
{
    ifxReportJson *json = g_new0(ifxReportJson, 1);

    json->sink = (ifxPlanSink) {
        .begin = ifxReportJsonBegin,
        .end = ifxReportJsonEnd,
        .string = ifxReportJsonPutString,
        .number = ifxReportJsonPutNumber,
        .boolean = ifxReportJsonPutBoolean,
        .address = ifxReportJsonPutAddress,
        .describes = true,
        .named = named,
    };
    json->root = root;
    json->open = g_ptr_array_new();
    g_ptr_array_add(json->open, json->root);
    return json;
}

json_object *
ifxReportJsonNewHead(const char *kind)
{
    json_object *head = json_object_new_object();

    json_object_object_add(head, "schema_version", json_object_new_int(IFX_JSON_VERSION));
    json_object_object_add(head, "kind", json_object_new_string(kind));
    return head;
}

ifxReportJson *
ifxReportJsonNew(const char *list)
{
    ifxReportJson *json = ifxReportJsonNewObject(ifxReportJsonNewHead(list), NULL);

    json->sink.begin(&json->sink, IFX_PART_LIST, list);
    return json;
}

void
ifxReportJsonFree(ifxReportJson *json)
{
    if (!json)
        return;
    json_object_put(json->root);
    g_ptr_array_unref(json->open);
    g_free(json);
}

json_object *
ifxReportJsonNewString(const char *value)
{
    const gsize length = strlen(value);
    g_autofree char *valid = g_utf8_validate(value, (gssize) length, NULL) ? NULL :
        ifxTermEscape(value, length, true);

    return json_object_new_string(valid ? valid : value);
}

void
ifxReportJsonSet(json_object *object,
                 const char *name,
                 const char *value)
{
    if (value)
        json_object_object_add(object, name, ifxReportJsonNewString(value));
}

void
ifxReportJsonSetSubject(json_object *object,
                        const ifxReportSubject *subject)
{
    json_object *domain;

    ifxReportJsonSet(object, "command", subject->command);
    ifxReportJsonSet(object, "host", subject->host);
    ifxReportJsonSet(object, "file", subject->file);
    if (!subject->name)
        return;
    domain = json_object_new_object();
    ifxReportJsonSet(domain, "name", subject->name);
    ifxReportJsonSet(domain, "uuid", subject->uuid);
    json_object_object_add(object, "domain", domain);
}

void
ifxReportJsonSetPlan(json_object *object,
                     const ifxReportSubject *subject)
{
    g_autoptr(ifxReportJson) json =
        ifxReportJsonNewObject(json_object_get(object), subject->named);

    if (subject->plan)
        ifxPlanWalk(&json->sink, subject->plan);
}

json_object *
ifxReportJsonNewCounts(const ifxReportCount *counts,
                       guint length)
{
    json_object *object = json_object_new_object();
    guint i;

    for (i = 0; i < length; i++)
        json_object_object_add(object, counts[i].name, json_object_new_int64(counts[i].count));
    return object;
}

void
ifxReportJsonAddSummary(ifxReportJson *json,
                        const ifxReportCount *counts,
                        guint length)
{
    json_object_object_add(json->root, "summary", ifxReportJsonNewCounts(counts, length));
}

void
ifxReportJsonAddPlan(ifxReportJson *json,
                     const ifxReportSubject *subject,
                     const char *problem)
{
    json_object *item = json_object_new_object();
    ifxReportSubject place = *subject;
    json_object *failed;

    place.command = NULL;
    /* The plan names its domain. */
    if (!problem)
        place.name = NULL;
    ifxReportJsonSetSubject(item, &place);
    if (!problem) {
        ifxReportJsonSetPlan(item, subject);
        ifxReportJsonPut(&json->sink, "plan", item);
        return;
    }
    ifxReportJsonSet(item, "error", problem);
    if (!json_object_object_get_ex(json->root, "failed", &failed)) {
        failed = json_object_new_array();
        json_object_object_add(json->root, "failed", failed);
    }
    json_object_array_add(failed, item);
}

static void
ifxReportJsonAddNames(ifxPlanSink *sink,
                      const GPtrArray *names)
{
    guint i;

    sink->begin(sink, IFX_PART_VALUES, "domains");
    for (i = 0; names && i < names->len; i++)
        sink->string(sink, "name", names->pdata[i]);
    sink->end(sink, IFX_PART_VALUES);
}

static void
ifxReportJsonAddUse(ifxPlanSink *sink,
                    const ifxPlanHost *host,
                    const ifxDevice *device)
{
    g_autoptr(ifxPlanEvidence) evidence = ifxPlanEvidenceFind(host, device);

    sink->boolean(sink, "use-known", !evidence->unasked);
    ifxPlanWalkEvidence(sink, evidence->pieces);
}

/* {"address":...} */
static void
ifxReportJsonAddPlace(ifxPlanSink *sink,
                      const char *name,
                      const ifxPciAddress *address)
{
    sink->begin(sink, IFX_PART_OBJECT, name);
    sink->address(sink, address);
    sink->end(sink, IFX_PART_OBJECT);
}

static void
ifxReportJsonAddWhy(ifxPlanSink *sink,
                    const ifxIsolation *isolation,
                    const ifxPciAddress *address)
{
    static const char *const rules[] = {
        [IFX_RULE_UNKNOWN] = "unknown",
        [IFX_RULE_OWN] = "own",
        [IFX_RULE_REQUESTER] = "requester",
        [IFX_RULE_BRIDGE] = "bridge",
        [IFX_RULE_PATH] = "path",
        [IFX_RULE_SLOT] = "slot",
    };
    const ifxIsolationReason reason = ifxIsolationExplain(isolation, address);
    g_autofree char *text = ifxReportWhyMember(&reason, ifxIsolationIsOverridden(isolation));

    sink->begin(sink, IFX_PART_OBJECT, "why");
    sink->string(sink, "rule", rules[reason.rule]);
    sink->boolean(sink, "apart", reason.apart);
    if (reason.rule != IFX_RULE_OWN) {
        ifxReportJsonAddPlace(sink, "with", &reason.with);
        ifxReportJsonAddPlace(sink, "cause", &reason.cause);
    }
    sink->string(sink, "text", text);
    sink->end(sink, IFX_PART_OBJECT);
}

static void
ifxReportJsonAddPorts(ifxPlanSink *sink,
                      const ifxIsolation *isolation)
{
    static const char *const words[] = {
        [IFX_OWN_GROUP_UNKNOWN] = "unknown",
        [IFX_OWN_GROUP_NO] = "no",
        [IFX_OWN_GROUP_YES] = "yes",
    };
    g_autoptr(GArray) ports = ifxIsolationListPorts(isolation);
    guint i;

    sink->begin(sink, IFX_PART_LIST, "ports");
    for (i = 0; i < ports->len; i++) {
        const ifxIsolationPort *port = &g_array_index(ports, ifxIsolationPort, i);
        g_autofree char *text = ifxReportWhyPort(port, ifxIsolationIsOverridden(isolation));

        sink->begin(sink, IFX_PART_OBJECT, "port");
        sink->address(sink, &port->address);
        sink->string(sink, "type", ifxReportWhyPortType(port->type));
        sink->number(sink, "devices", port->devices);
        sink->string(sink, "own-group", words[port->own]);
        sink->string(sink, "text", text);
        sink->end(sink, IFX_PART_OBJECT);
    }
    sink->end(sink, IFX_PART_LIST);
}

static void
ifxReportJsonAddHostGroup(ifxPlanSink *sink,
                          const ifxPlanHost *host,
                          const ifxGroup *group,
                          GHashTable *claims,
                          const ifxIsolation *isolation)
{
    guint i;

    sink->begin(sink, IFX_PART_OBJECT, "group");
    sink->number(sink, "number", group->number);
    if (isolation) {
        g_autoptr(GArray) unexplained = ifxIsolationListUnexplained(isolation, group);

        sink->boolean(sink, "explained", unexplained->len == 0);
    }
    sink->begin(sink, IFX_PART_LIST, "members");
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        sink->begin(sink, IFX_PART_OBJECT, "member");
        ifxPlanWalkMember(sink, member);
        if (member->is_pci)
            ifxReportJsonAddNames(sink, g_hash_table_lookup(claims, &member->address));
        if (member->device && !ifxDeviceIsBridge(member->device))
            ifxReportJsonAddUse(sink, host, member->device);
        if (isolation && member->is_pci)
            ifxReportJsonAddWhy(sink, isolation, &member->address);
        sink->end(sink, IFX_PART_OBJECT);
    }
    sink->end(sink, IFX_PART_LIST);
    sink->end(sink, IFX_PART_OBJECT);
}

void
ifxReportJsonAddHost(ifxReportJson *json,
                     const char *name,
                     const ifxPlanHost *host,
                     const GPtrArray *groups,
                     GHashTable *claims,
                     const ifxIsolation *isolation)
{
    ifxPlanSink *sink = &json->sink;
    guint i;

    sink->begin(sink, IFX_PART_OBJECT, "host");
    ifxPlanWalkName(sink, "name", name);
    sink->begin(sink, IFX_PART_LIST, "groups");
    for (i = 0; i < groups->len; i++)
        ifxReportJsonAddHostGroup(sink, host, groups->pdata[i], claims, isolation);
    sink->end(sink, IFX_PART_LIST);
    if (isolation)
        ifxReportJsonAddPorts(sink, isolation);
    sink->end(sink, IFX_PART_OBJECT);
}

void
ifxReportJsonFormat(const ifxReportJson *json,
                    GString *out)
{
    g_string_append(out, json_object_to_json_string_ext(
        json->root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    g_string_append_c(out, '\n');
}
