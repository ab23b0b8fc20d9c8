/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-json.h"

#include <json.h>
#include <string.h>

#include "base/pci-class.h"
#include "plan/plan-evidence.h"
#include "plan/plan-words.h"
#include "report/report-json-internal.h"
#include "base/term.h"

#define IFX_JSON_VERSION 1

struct _ifxReportJson {
    json_object *root;
    json_object *list;      /* lent by root */
};

ifxReportJson *
ifxReportJsonNew(const char *list)
{
    ifxReportJson *json = g_new0(ifxReportJson, 1);

    json->root = json_object_new_object();
    json->list = json_object_new_array();
    json_object_object_add(json->root, "version", json_object_new_int(IFX_JSON_VERSION));
    json_object_object_add(json->root, list, json->list);
    return json;
}

void
ifxReportJsonFree(ifxReportJson *json)
{
    if (!json)
        return;
    json_object_put(json->root);
    g_free(json);
}

static void
ifxReportJsonSet(json_object *object,
                 const char *name,
                 const char *value)
{
    if (value)
        json_object_object_add(object, name, json_object_new_string(value));
}

/* JSON is UTF-8; what a host calls its things need not be. */
void
ifxReportJsonSetEscaped(json_object *object,
                        const char *name,
                        const char *value)
{
    g_autofree char *safe = value ? ifxTermEscape(value, strlen(value), false) : NULL;

    ifxReportJsonSet(object, name, safe);
}

static void
ifxReportJsonSetHex(json_object *object,
                    const char *name,
                    int digits,
                    guint number)
{
    g_autofree char *text = g_strdup_printf("0x%0*x", digits, number);

    ifxReportJsonSet(object, name, text);
}

static void
ifxReportJsonSetAddress(json_object *object,
                        const ifxPciAddress *address)
{
    char text[IFX_PCI_ADDRESS_LENGTH];

    ifxReportJsonSet(object, "address", ifxPciAddressFormat(address, text));
}

static json_object *
ifxReportJsonArray(json_object *parent,
                   const char *name)
{
    json_object *array = json_object_new_array();

    json_object_object_add(parent, name, array);
    return array;
}

static json_object *
ifxReportJsonAppend(json_object *array)
{
    json_object *object = json_object_new_object();

    json_object_array_add(array, object);
    return object;
}

static void
ifxReportJsonSetDevice(json_object *parent,
                       const ifxDevice *device)
{
    static const char *const states[] = {
        [IFX_DRIVER_UNKNOWN] = "unknown",
        [IFX_DRIVER_NONE] = "none",
        [IFX_DRIVER_BOUND] = "bound",
    };
    json_object *object = json_object_new_object();

    if (device->has_class) {
        ifxReportJsonSetHex(object, "class", 6, device->class_code);
        ifxReportJsonSet(object, "class-words", ifxPciClassDescribe(device->class_code));
    }
    ifxReportJsonSetHex(object, "vendor-id", 4, device->vendor_id);
    ifxReportJsonSetHex(object, "product-id", 4, device->product_id);
    ifxReportJsonSetEscaped(object, "vendor", device->vendor);
    ifxReportJsonSetEscaped(object, "product", device->product);
    ifxReportJsonSet(object, "driver-state", states[device->driver_state]);
    ifxReportJsonSetEscaped(object, "driver", device->driver);
    json_object_object_add(parent, "device", object);
}

static void
ifxReportJsonSetMember(json_object *object,
                       const ifxMember *member)
{
    if (member->is_pci)
        ifxReportJsonSetAddress(object, &member->address);
    else
        ifxReportJsonSetEscaped(object, "name", member->name);
    if (member->device)
        ifxReportJsonSetDevice(object, member->device);
}

static void
ifxReportJsonSetManage(json_object *claim_object,
                       const ifxPlan *plan,
                       const ifxPlanClaim *claim)
{
    json_object *manage = json_object_new_object();
    const char *type;
    g_autofree char *point = ifxPlanClaimManagePoint(plan, claim, &type);

    ifxReportJsonSet(manage, "sel", point);
    ifxReportJsonSet(manage, "type", type);
    json_object_object_add(claim_object, "manage", manage);
}

/* Only where there is some. */
static void
ifxReportJsonSetEvidence(json_object *object,
                         const GPtrArray *evidence)
{
    json_object *array = evidence ? ifxReportJsonArray(object, "evidence") : NULL;
    guint i;
    guint j;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];
        json_object *entry = ifxReportJsonAppend(array);
        json_object *chain;

        ifxReportJsonSet(entry, "reason", ifxReasonToString(piece->reason));
        ifxReportJsonSet(entry, "lift", ifxLiftToString(piece->lift));
        chain = ifxReportJsonArray(entry, "chain");
        for (j = 0; j < piece->chain->len; j++) {
            const char *step = piece->chain->pdata[j];
            g_autofree char *safe = ifxTermEscape(step, strlen(step), false);

            json_object_array_add(chain, json_object_new_string(safe));
        }
    }
}

static void
ifxReportJsonAddNote(json_object *array,
                     const ifxPlanNote *note)
{
    json_object *object = ifxReportJsonAppend(array);
    json_object *groups;
    guint i;

    ifxReportJsonSet(object, "reason", ifxReasonToString(note->reason));
    ifxReportJsonSet(object, "path", note->path);
    ifxReportJsonSetEscaped(object, "subject", note->subject);
    groups = ifxReportJsonArray(object, "groups");
    for (i = 0; i < note->groups->len; i++)
        json_object_array_add(groups, json_object_new_int64(g_array_index(note->groups, guint, i)));
}

static void
ifxReportJsonAddClaim(json_object *array,
                      const ifxPlan *plan,
                      const ifxPlanClaim *claim)
{
    json_object *object = ifxReportJsonAppend(array);

    ifxReportJsonSet(object, "path", claim->claim->path);
    ifxReportJsonSet(object, "kind", ifxClaimGetTraits(claim->claim)->word);
    json_object_object_add(object, "managed", json_object_new_boolean(claim->claim->managed));
    ifxReportJsonSet(object, "verdict", ifxVerdictToString(claim->verdict));
    ifxReportJsonSet(object, "reason", ifxReasonToString(claim->reason));
    if (claim->other)
        ifxReportJsonSet(object, "other", claim->other->path);
    if (claim->group != IFX_GROUP_NONE)
        json_object_object_add(object, "group", json_object_new_int(claim->group));
    if (claim->claim->has_address)
        ifxReportJsonSetAddress(object, &claim->claim->address);
    if (claim->manage)
        ifxReportJsonSetManage(object, plan, claim);
    ifxReportJsonSetEvidence(object, claim->evidence);
}

static void
ifxReportJsonAddGroup(json_object *array,
                      const ifxPlanGroup *group)
{
    json_object *object = ifxReportJsonAppend(array);
    json_object *members;
    guint i;

    json_object_object_add(object, "number", json_object_new_int64(group->group->number));
    json_object_object_add(object, "complete", json_object_new_boolean(group->complete));
    ifxReportJsonSet(object, "starts", ifxStartsToString(group->starts));
    members = ifxReportJsonArray(object, "members");
    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);
        json_object *entry = ifxReportJsonAppend(members);

        ifxReportJsonSet(entry, "verdict", ifxVerdictToString(member->verdict));
        ifxReportJsonSet(entry, "reason", ifxReasonToString(member->reason));
        ifxReportJsonSetMember(entry, member->member);
        ifxReportJsonSetEvidence(entry, member->evidence);
    }
}

static void
ifxReportJsonSetDomain(json_object *plan_object,
                       const ifxPlan *plan)
{
    json_object *domain = json_object_new_object();
    bool after = false;
    g_autofree char *point = ifxPlanInsertionPoint(plan, &after);

    ifxReportJsonSet(domain, "name", plan->domain->name);
    ifxReportJsonSet(domain, "uuid", plan->domain->uuid);
    ifxReportJsonSet(domain, "type", plan->domain->type);
    json_object_object_add(plan_object, "domain", domain);

    if (point) {
        json_object *insert = json_object_new_object();

        ifxReportJsonSet(insert, "sel", point);
        ifxReportJsonSet(insert, "pos", after ? "after" : NULL);
        json_object_object_add(plan_object, "insert", insert);
    }
}

void
ifxReportJsonFillPlan(json_object *object,
                      const ifxPlan *plan)
{
    json_object *array;
    guint i;

    ifxReportJsonSet(object, "result", ifxResultToString(plan->result));
    ifxReportJsonSet(object, "starts", ifxStartsToString(plan->starts));
    ifxReportJsonSetDomain(object, plan);

    array = ifxReportJsonArray(object, "claims");
    for (i = 0; i < plan->claims->len; i++)
        ifxReportJsonAddClaim(array, plan, &g_array_index(plan->claims, ifxPlanClaim, i));
    array = ifxReportJsonArray(object, "notes");
    for (i = 0; i < plan->notes->len; i++)
        ifxReportJsonAddNote(array, &g_array_index(plan->notes, ifxPlanNote, i));
    array = ifxReportJsonArray(object, "groups");
    for (i = 0; i < plan->groups->len; i++)
        ifxReportJsonAddGroup(array, &g_array_index(plan->groups, ifxPlanGroup, i));
}

void
ifxReportJsonAddPlan(ifxReportJson *json,
                     const ifxPlan *plan)
{
    ifxReportJsonFillPlan(ifxReportJsonAppend(json->list), plan);
}

static void
ifxReportJsonAddNames(json_object *member,
                      const GPtrArray *names)
{
    json_object *array = ifxReportJsonArray(member, "domains");
    guint i;

    for (i = 0; names && i < names->len; i++)
        json_object_array_add(array, json_object_new_string(names->pdata[i]));
}

static void
ifxReportJsonSetUse(json_object *entry,
                    const ifxPlanHost *host,
                    const ifxDevice *device)
{
    g_autoptr(ifxPlanEvidence) evidence = ifxPlanEvidenceFind(host, device);

    json_object_object_add(entry, "use-known", json_object_new_boolean(evidence->complete));
    ifxReportJsonSetEvidence(entry, evidence->pieces);
}

static void
ifxReportJsonAddHostGroup(json_object *groups,
                          const ifxPlanHost *host,
                          const ifxGroup *group,
                          GHashTable *claims)
{
    json_object *object = ifxReportJsonAppend(groups);
    json_object *members;
    guint i;

    json_object_object_add(object, "number", json_object_new_int64(group->number));
    members = ifxReportJsonArray(object, "members");
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        json_object *entry = ifxReportJsonAppend(members);

        ifxReportJsonSetMember(entry, member);
        if (member->is_pci)
            ifxReportJsonAddNames(entry, g_hash_table_lookup(claims, &member->address));
        if (member->device && !ifxDeviceIsBridge(member->device))
            ifxReportJsonSetUse(entry, host, member->device);
    }
}

void
ifxReportJsonAddHost(ifxReportJson *json,
                     const char *name,
                     const ifxPlanHost *host,
                     GHashTable *claims,
                     bool shared)
{
    const ifxTopology *topology = host->topology;
    json_object *object = ifxReportJsonAppend(json->list);
    json_object *groups;
    guint i;

    ifxReportJsonSetEscaped(object, "name", name);
    groups = ifxReportJsonArray(object, "groups");

    for (i = 0; i < ifxTopologyCountGroups(topology); i++) {
        const ifxGroup *group = ifxTopologyGetNthGroup(topology, i);

        if (!shared || ifxGroupIsShared(group))
            ifxReportJsonAddHostGroup(groups, host, group, claims);
    }
}

void
ifxReportJsonFormat(const ifxReportJson *json,
                    GString *out)
{
    g_string_append(out, json_object_to_json_string_ext(
        json->root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    g_string_append_c(out, '\n');
}
