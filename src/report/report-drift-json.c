/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-drift.h"

#include "report/report-json-internal.h"

static void
ifxReportDriftJsonAddress(json_object *object,
                          const char *name,
                          const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];

    ifxReportJsonSet(object, name, ifxPciAddressFormat(address, spelled));
}

static json_object *
ifxReportDriftJsonList(const GPtrArray *devices)
{
    json_object *list = json_object_new_array();
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < devices->len; i++)
        json_object_array_add(list, ifxReportJsonNewString(ifxPciAddressFormat(
            &((const ifxDevice *) devices->pdata[i])->address, spelled)));
    return list;
}

/* {"address":...,"group":2,"driver":"igb"}: without a group if it is in none. */
static json_object *
ifxReportDriftJsonState(const ifxDevice *device)
{
    static const char *const states[] = {
        [IFX_DRIVER_UNKNOWN] = "unknown", [IFX_DRIVER_NONE] = "none",
        [IFX_DRIVER_BOUND] = "bound",
    };
    json_object *state = json_object_new_object();

    ifxReportDriftJsonAddress(state, "address", &device->address);
    if (device->group != IFX_GROUP_NONE)
        json_object_object_add(state, "number", json_object_new_int(device->group));
    ifxReportJsonSet(state, "driver-state", states[device->driver_state]);
    ifxReportJsonSet(state, "driver", device->driver);
    return state;
}

static void
ifxReportDriftJsonIdentity(json_object *object,
                           const ifxDevice *device)
{
    g_autofree char *vendor_id = g_strdup_printf("%04x", device->vendor_id);
    g_autofree char *product_id = g_strdup_printf("%04x", device->product_id);

    ifxReportJsonSet(object, "vendor-id", vendor_id);
    ifxReportJsonSet(object, "product-id", product_id);
    ifxReportJsonSet(object, "vendor", device->vendor);
    ifxReportJsonSet(object, "product", device->product);
}

static json_object *
ifxReportDriftJsonDevice(const ifxDriftDevice *device)
{
    json_object *object = json_object_new_object();

    ifxReportJsonSet(object, "state", !device->before ? "came" : device->moved ? "moved" :
                     device->candidates ? "unclear" : device->now ? "same" : "gone");
    json_object_object_add(object, "driver-changed",
                           json_object_new_boolean(device->driver_changed));
    json_object_object_add(object, "answer-changed",
                           json_object_new_boolean(device->answer_changed));
    ifxReportDriftJsonIdentity(object, device->before ? device->before : device->now);
    if (device->before)
        json_object_object_add(object, "before", ifxReportDriftJsonState(device->before));
    if (device->now)
        json_object_object_add(object, "now", ifxReportDriftJsonState(device->now));
    if (device->candidates)
        json_object_object_add(object, "candidates",
                               ifxReportDriftJsonList(device->candidates));
    return object;
}

static json_object *
ifxReportDriftJsonGroup(const ifxDriftGroup *group)
{
    json_object *object = json_object_new_object();

    if (group->now)
        json_object_object_add(object, "number", json_object_new_int64(group->now->number));
    if (group->before)
        json_object_object_add(object, "number-before",
                               json_object_new_int64(group->before->number));
    json_object_object_add(object, "gained", ifxReportDriftJsonList(group->gained));
    json_object_object_add(object, "lost", ifxReportDriftJsonList(group->lost));
    return object;
}

static json_object *
ifxReportDriftJsonClaim(const ifxDriftClaim *claim)
{
    json_object *object = json_object_new_object();

    ifxReportDriftJsonAddress(object, "address", &claim->address);
    ifxReportJsonSet(object, "state", ifxDriftReasonToString(claim->reason));
    if (claim->reason == IFX_DRIFT_MOVED)
        ifxReportDriftJsonAddress(object, "now", &claim->move->now->address);
    if (claim->reason == IFX_DRIFT_UNCLEAR)
        json_object_object_add(object, "candidates",
                               ifxReportDriftJsonList(claim->move->candidates));
    return object;
}

static json_object *
ifxReportDriftJsonOwner(const ifxReportDriftSource *source,
                        const ifxDriftOwner *owner)
{
    json_object *object = json_object_new_object();
    json_object *claims = json_object_new_array();
    g_autofree char *next = ifxReportDriftNext(source, owner);
    guint i;

    ifxReportJsonSet(object, "name", owner->name);
    for (i = 0; i < owner->claims->len; i++)
        json_object_array_add(claims, ifxReportDriftJsonClaim(
            &g_array_index(owner->claims, ifxDriftClaim, i)));
    json_object_object_add(object, "claims", claims);
    ifxReportJsonSet(object, "next", next);
    return object;
}

void
ifxReportDriftJson(GString *out,
                   const ifxReportDriftSource *source,
                   const ifxDrift *drift)
{
    json_object *root = ifxReportJsonNewHead("drift");
    json_object *devices = json_object_new_array();
    json_object *groups = json_object_new_array();
    json_object *domains = json_object_new_array();
    json_object *networks = json_object_new_array();
    guint i;

    ifxReportJsonSet(root, "host", source->host);
    ifxReportJsonSet(root, "old", source->old);
    json_object_object_add(root, "changed", json_object_new_boolean(ifxDriftIsAny(drift)));
    for (i = 0; i < drift->devices->len; i++)
        json_object_array_add(devices, ifxReportDriftJsonDevice(
            &g_array_index(drift->devices, ifxDriftDevice, i)));
    for (i = 0; i < drift->groups->len; i++)
        json_object_array_add(groups, ifxReportDriftJsonGroup(
            &g_array_index(drift->groups, ifxDriftGroup, i)));
    for (i = 0; i < drift->owners->len; i++) {
        const ifxDriftOwner *owner = drift->owners->pdata[i];

        json_object_array_add(owner->network ? networks : domains,
                              ifxReportDriftJsonOwner(source, owner));
    }
    json_object_object_add(root, "devices", devices);
    json_object_object_add(root, "groups", groups);
    json_object_object_add(root, "domains", domains);
    json_object_object_add(root, "networks", networks);
    g_string_append(out, json_object_to_json_string_ext(
        root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    g_string_append_c(out, '\n');
    json_object_put(root);
}
