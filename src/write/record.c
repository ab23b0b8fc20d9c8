/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "write/record.h"

#include <json.h>
#include <string.h>

#include "base/error.h"

#define IFX_RECORD_VERSION 1

/* The members that are strings. */
static const struct {
    const char *name;
    gsize field;
    bool required;
} ifxRecordStrings[] = {
    { "command", G_STRUCT_OFFSET(ifxRecord, command), true },
    { "time", G_STRUCT_OFFSET(ifxRecord, time), true },
    { "uri", G_STRUCT_OFFSET(ifxRecord, uri), true },
    { "host_uuid", G_STRUCT_OFFSET(ifxRecord, host_uuid), false },
    { "uuid", G_STRUCT_OFFSET(ifxRecord, uuid), true },
    { "name", G_STRUCT_OFFSET(ifxRecord, name), true },
    { "plan", G_STRUCT_OFFSET(ifxRecord, plan), false },
    { "moved_from", G_STRUCT_OFFSET(ifxRecord, moved_from), false },
    { "moved_to", G_STRUCT_OFFSET(ifxRecord, moved_to), false },
    { "before", G_STRUCT_OFFSET(ifxRecord, before), true },
    { "after", G_STRUCT_OFFSET(ifxRecord, after), true },
};

#define IFX_RECORD_FIELD(record, i) \
    (*(char **) G_STRUCT_MEMBER_P(record, ifxRecordStrings[i].field))

void
ifxRecordFree(ifxRecord *record)
{
    guint i;

    if (!record)
        return;
    for (i = 0; i < G_N_ELEMENTS(ifxRecordStrings); i++)
        g_free(IFX_RECORD_FIELD(record, i));
    g_free(record->undoes);
    g_clear_pointer(&record->moved, g_array_unref);
    g_free(record);
}

void
ifxRecordShorten(ifxRecord *record)
{
    g_clear_pointer(&record->before, g_free);
    g_clear_pointer(&record->after, g_free);
}

static void
ifxRecordSet(json_object *object,
             const char *name,
             const char *value)
{
    g_autofree char *valid = g_utf8_make_valid(value, -1);

    json_object_object_add(object, name, json_object_new_string(valid));
}

static void
ifxRecordAddMoved(json_object *object,
                  const GArray *moved)
{
    json_object *list = json_object_new_array();
    guint i;

    for (i = 0; i < moved->len; i++) {
        const ifxRecordMove *move = &g_array_index(moved, ifxRecordMove, i);
        json_object *item = json_object_new_object();
        char address[IFX_PCI_ADDRESS_LENGTH];

        ifxRecordSet(item, "from", ifxPciAddressFormat(&move->from, address));
        ifxRecordSet(item, "to", ifxPciAddressFormat(&move->to, address));
        json_object_array_add(list, item);
    }
    json_object_object_add(object, "moved", list);
}

char *
ifxRecordFormat(const ifxRecord *record)
{
    json_object *object = json_object_new_object();
    char *text;
    guint i;

    json_object_object_add(object, "schema_version", json_object_new_int(IFX_RECORD_VERSION));
    ifxRecordSet(object, "tool", PACKAGE_VERSION);
    for (i = 0; i < G_N_ELEMENTS(ifxRecordStrings); i++) {
        const char *value = IFX_RECORD_FIELD(record, i);

        if (value)
            ifxRecordSet(object, ifxRecordStrings[i].name, value);
    }
    if (record->undoes) {
        json_object *undoes = json_object_new_object();

        ifxRecordSet(undoes, "transaction", record->undoes);
        json_object_object_add(undoes, "number",
                               json_object_new_int64((gint64) record->undoes_number));
        json_object_object_add(object, "undoes", undoes);
    }
    if (record->moved)
        ifxRecordAddMoved(object, record->moved);
    text = g_strdup_printf("%s\n", json_object_to_json_string_ext(
                               object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                               JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
    return text;
}

/* A new string; NULL if @object has no string with that name. */
static char *
ifxRecordDup(json_object *object,
             const char *name)
{
    json_object *value;

    if (!json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_string))
        return NULL;
    return g_strdup(json_object_get_string(value));
}

static bool
ifxRecordFillUndoes(ifxRecord *record,
                    json_object *object,
                    GError **error)
{
    json_object *value;
    gint64 number = 0;

    record->undoes = ifxRecordDup(object, "transaction");
    if (json_object_object_get_ex(object, "number", &value) &&
        json_object_is_type(value, json_type_int))
        number = json_object_get_int64(value);
    if (!record->undoes || number < 1 || number > G_MAXUINT)
        return ifxErrorSet(error, IFX_ERROR_FILE,
                           "a record whose \"undoes\" names no other record");
    record->undoes_number = (guint) number;
    return true;
}

static bool
ifxRecordFillMoved(ifxRecord *record,
                   json_object *list,
                   GError **error)
{
    const gsize length =
        json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
    bool ok = json_object_is_type(list, json_type_array);
    gsize i;

    record->moved = g_array_new(FALSE, FALSE, sizeof(ifxRecordMove));
    for (i = 0; ok && i < length; i++) {
        json_object *item = json_object_array_get_idx(list, i);
        const bool is_object = json_object_is_type(item, json_type_object);
        g_autofree char *from = is_object ? ifxRecordDup(item, "from") : NULL;
        g_autofree char *to = is_object ? ifxRecordDup(item, "to") : NULL;
        ifxRecordMove move;

        ok = from && to && ifxPciAddressParse(from, &move.from) &&
            ifxPciAddressParse(to, &move.to);
        if (ok)
            g_array_append_val(record->moved, move);
    }
    return ok || ifxErrorSet(error, IFX_ERROR_FILE,
                             "a record whose \"moved\" is no list of addresses");
}

static bool
ifxRecordFill(ifxRecord *record,
              json_object *object,
              GError **error)
{
    json_object *value;
    guint i;

    if (!json_object_is_type(object, json_type_object) ||
        !json_object_object_get_ex(object, "schema_version", &value))
        return ifxErrorSet(error, IFX_ERROR_FILE, "not a record of a transaction");
    if (json_object_get_int(value) != IFX_RECORD_VERSION)
        return ifxErrorSet(error, IFX_ERROR_FILE,
                           "a record of version %d, which this version of virt-iommufix cannot "
                           "read",
                           json_object_get_int(value));
    for (i = 0; i < G_N_ELEMENTS(ifxRecordStrings); i++) {
        IFX_RECORD_FIELD(record, i) = ifxRecordDup(object, ifxRecordStrings[i].name);
        if (ifxRecordStrings[i].required && !IFX_RECORD_FIELD(record, i))
            return ifxErrorSet(error, IFX_ERROR_FILE, "a record without \"%s\"",
                               ifxRecordStrings[i].name);
    }
    if (!record->moved_from != !record->moved_to)
        return ifxErrorSet(error, IFX_ERROR_FILE, "a record with only one of \"moved_from\" and "
                           "\"moved_to\"");
    if (json_object_object_get_ex(object, "moved", &value) &&
        !ifxRecordFillMoved(record, value, error))
        return false;
    return !json_object_object_get_ex(object, "undoes", &value) ||
        ifxRecordFillUndoes(record, value, error);
}

ifxRecord *
ifxRecordParse(const char *text,
               gsize length,
               GError **error)
{
    g_autoptr(ifxRecord) record = g_new0(ifxRecord, 1);
    json_tokener *tokener = json_tokener_new();
    json_object *object = json_tokener_parse_ex(tokener, text, (int) MIN(length, G_MAXINT));
    const bool ok = object && ifxRecordFill(record, object, error);

    if (!object)
        ifxErrorSet(error, IFX_ERROR_FILE, "not JSON: %s",
                    json_tokener_get_error(tokener) == json_tokener_continue ? "it ends too early" :
                    json_tokener_error_desc(json_tokener_get_error(tokener)));
    json_object_put(object);
    json_tokener_free(tokener);
    return ok ? g_steal_pointer(&record) : NULL;
}
