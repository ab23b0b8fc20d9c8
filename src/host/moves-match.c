/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/moves-match.h"

#include <string.h>

/* The length of "KIND:" in a serial. */
static gsize
ifxMovesKind(const char *serial)
{
    return strcspn(serial, ":") + 1;
}

/* Do both have serials of one kind, and no such serial in common? */
static bool
ifxMovesSerialsDiffer(const ifxDevice *before,
                      const ifxDevice *now)
{
    guint i;
    guint j;

    for (i = 0; before->serials && now->serials && i < before->serials->len; i++) {
        const char *serial = before->serials->pdata[i];
        const gsize length = ifxMovesKind(serial);
        bool compared = false;
        bool common = false;

        for (j = 0; j < now->serials->len; j++) {
            const char *other = now->serials->pdata[j];

            compared |= strncmp(serial, other, length) == 0;
            common |= strcmp(serial, other) == 0;
        }
        /* An interface of several can have got another address. */
        for (j = 0; compared && !common && j < before->serials->len; j++) {
            const char *sibling = before->serials->pdata[j];

            common = strncmp(serial, sibling, length) == 0 &&
                g_ptr_array_find_with_equal_func(now->serials, sibling, g_str_equal, NULL);
        }
        if (compared && !common)
            return true;
    }
    return false;
}

static bool
ifxMovesIdsAgree(const ifxDevice *before,
                 const ifxDevice *now)
{
    if (before->vendor_id != now->vendor_id || before->product_id != now->product_id)
        return false;
    if (before->has_class && now->has_class && before->class_code != now->class_code)
        return false;
    if (before->has_subsystem && now->has_subsystem &&
        (before->subsystem_vendor_id != now->subsystem_vendor_id ||
         before->subsystem_product_id != now->subsystem_product_id))
        return false;
    return true;
}

bool
ifxMovesMatchIsPossible(const ifxDevice *before,
                        const ifxDevice *now)
{
    return ifxMovesIdsAgree(before, now) && !ifxMovesSerialsDiffer(before, now);
}

bool
ifxMovesMatchIsTwin(const ifxDevice *before,
                    const ifxDevice *now)
{
    return ifxMovesIdsAgree(before, now) && ifxMovesSerialsDiffer(before, now);
}

bool
ifxMovesMatchIsProven(const ifxDevice *before,
                      const ifxDevice *now)
{
    guint i;

    for (i = 0; before->serials && now->serials && i < before->serials->len; i++) {
        if (g_ptr_array_find_with_equal_func(now->serials, before->serials->pdata[i], g_str_equal,
                                             NULL))
            return true;
    }
    return false;
}

static void
ifxMovesPair(ifxMovesItem *before,
             ifxMovesItem *now)
{
    before->match = now;
    now->match = before;
}

static void
ifxMovesFreeList(gpointer list)
{
    g_ptr_array_unref(list);
}

/* Serial -> array of the items that have it. */
static GHashTable *
ifxMovesIndexSerials(const GPtrArray *items)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ifxMovesFreeList);
    guint i;
    guint j;

    for (i = 0; i < items->len; i++) {
        ifxMovesItem *item = items->pdata[i];
        const GPtrArray *serials = item->device->serials;

        for (j = 0; serials && j < serials->len; j++) {
            GPtrArray *list = g_hash_table_lookup(index, serials->pdata[j]);

            if (!list) {
                list = g_ptr_array_new();
                g_hash_table_insert(index, serials->pdata[j], list);
            }
            g_ptr_array_add(list, item);
        }
    }
    return index;
}

/* The only item of @index that has @serial and is alike with @item; NULL: there is none, or there are
 * several. */
static ifxMovesItem *
ifxMovesFindOnly(GHashTable *index,
                 const char *serial,
                 const ifxMovesItem *item)
{
    const GPtrArray *list = g_hash_table_lookup(index, serial);
    ifxMovesItem *only = NULL;
    guint i;

    for (i = 0; list && i < list->len; i++) {
        ifxMovesItem *other = list->pdata[i];

        if (other->match || other->device->address.function != item->device->address.function ||
            !ifxMovesMatchIsPossible(item->device, other->device))
            continue;
        if (only)
            return NULL;
        only = other;
    }
    return only;
}

static void
ifxMovesMatchSerials(const GPtrArray *before,
                     const GPtrArray *now)
{
    g_autoptr(GHashTable) index_before = ifxMovesIndexSerials(before);
    g_autoptr(GHashTable) index_now = ifxMovesIndexSerials(now);
    guint i;
    guint j;

    for (i = 0; i < before->len; i++) {
        ifxMovesItem *item = before->pdata[i];
        const GPtrArray *serials = item->device->serials;

        for (j = 0; serials && j < serials->len && !item->match; j++) {
            ifxMovesItem *other = ifxMovesFindOnly(index_now, serials->pdata[j], item);

            if (other && !other->match &&
                ifxMovesFindOnly(index_before, serials->pdata[j], other) == item)
                ifxMovesPair(item, other);
        }
    }
}

static bool
ifxMovesIsOnBoard(const ifxMovesItem *item)
{
    return item->device->path && !strchr(item->device->path, '/') &&
        ifxDeviceIsBridge(item->device);
}

/* No two devices of a host have the same place. */
static void
ifxMovesMatchBoard(const GPtrArray *before,
                   const GPtrArray *now)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    guint i;

    for (i = 0; i < now->len; i++) {
        ifxMovesItem *item = now->pdata[i];

        if (ifxMovesIsOnBoard(item))
            g_hash_table_insert(places, item->device->path, item);
    }
    for (i = 0; i < before->len; i++) {
        ifxMovesItem *item = before->pdata[i];
        ifxMovesItem *other = ifxMovesIsOnBoard(item) ?
            g_hash_table_lookup(places, item->device->path) : NULL;

        if (other && !other->match && ifxMovesMatchIsPossible(item->device, other->device))
            ifxMovesPair(item, other);
    }
}

/* The first of the items that are alike with @item, directly or over others. */
static ifxMovesItem *
ifxMovesFirst(ifxMovesItem *item)
{
    while (item->above) {
        if (item->above->above)
            item->above = item->above->above;
        item = item->above;
    }
    return item;
}

/* The items of both sides that are alike. */
typedef struct _ifxMovesKin ifxMovesKin;
struct _ifxMovesKin {
    GPtrArray *before;      /* ifxMovesItem */
    GPtrArray *now;
};

static void
ifxMovesKinFree(gpointer opaque)
{
    ifxMovesKin *kin = opaque;

    g_ptr_array_unref(kin->before);
    g_ptr_array_unref(kin->now);
    g_free(kin);
}

static void
ifxMovesKinAdd(GHashTable *kins,
               const GPtrArray *items,
               bool is_now)
{
    guint i;

    for (i = 0; i < items->len; i++) {
        ifxMovesItem *item = items->pdata[i];
        ifxMovesItem *first = ifxMovesFirst(item);
        ifxMovesKin *kin = item->match ? NULL : g_hash_table_lookup(kins, first);

        if (item->match)
            continue;
        if (!kin) {
            kin = g_new0(ifxMovesKin, 1);
            kin->before = g_ptr_array_new();
            kin->now = g_ptr_array_new();
            g_hash_table_insert(kins, first, kin);
        }
        g_ptr_array_add(is_now ? kin->now : kin->before, item);
    }
}

/* Those that have no match yet, in sets of items that are alike. */
static GHashTable *
ifxMovesListKin(const GPtrArray *before,
                const GPtrArray *now)
{
    GHashTable *kins = g_hash_table_new_full(NULL, NULL, NULL, ifxMovesKinFree);
    guint i;
    guint j;

    for (i = 0; i < before->len; i++) {
        ifxMovesItem *item = before->pdata[i];

        for (j = 0; !item->match && j < now->len; j++) {
            ifxMovesItem *other = now->pdata[j];
            ifxMovesItem *first = ifxMovesFirst(item);
            ifxMovesItem *other_first = ifxMovesFirst(other);

            if (!other->match && first != other_first &&
                ifxMovesMatchIsPossible(item->device, other->device))
                other_first->above = first;
        }
    }
    ifxMovesKinAdd(kins, before, false);
    ifxMovesKinAdd(kins, now, true);
    return kins;
}

/* Pairs the items whose keys are equal, if that pairs all of them. A key is NULL if it is unknown. */
typedef char *(*ifxMovesKeyFunc)(const ifxDevice *device);

static bool
ifxMovesPairByKey(const ifxMovesKin *kin,
                  ifxMovesKeyFunc get_key)
{
    g_autoptr(GHashTable) now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) partners = g_ptr_array_new();
    guint i;

    for (i = 0; i < kin->now->len; i++) {
        ifxMovesItem *item = kin->now->pdata[i];
        char *key = get_key(item->device);

        if (!key || !g_hash_table_insert(now, key, item))
            return false;
    }
    for (i = 0; i < kin->before->len; i++) {
        const ifxMovesItem *item = kin->before->pdata[i];
        g_autofree char *key = get_key(item->device);
        ifxMovesItem *other = key ? g_hash_table_lookup(now, key) : NULL;

        if (!other || !ifxMovesMatchIsPossible(item->device, other->device))
            return false;
        g_hash_table_remove(now, key);
        g_ptr_array_add(partners, other);
    }
    if (g_hash_table_size(now) > 0)
        return false;
    for (i = 0; i < partners->len; i++)
        ifxMovesPair(kin->before->pdata[i], partners->pdata[i]);
    return true;
}

static char *
ifxMovesGetPath(const ifxDevice *device)
{
    return g_strdup(device->path);
}

static char *
ifxMovesGetFunction(const ifxDevice *device)
{
    return g_strdup_printf("%u", device->address.function);
}

/* Are all of them functions of one slot? */
static bool
ifxMovesIsOneCard(const GPtrArray *items)
{
    guint i;

    for (i = 0; i < items->len; i++) {
        ifxPciAddress address = ((const ifxMovesItem *) items->pdata[i])->device->address;
        const ifxPciAddress *first = &((const ifxMovesItem *) items->pdata[0])->device->address;

        address.function = first->function;
        if (!ifxPciAddressEqual(&address, first))
            return false;
    }
    return true;
}

/* The devices of @others that are alike with @item. */
static GPtrArray *
ifxMovesListAlike(const ifxMovesItem *item,
                  const GPtrArray *others)
{
    GPtrArray *candidates = g_ptr_array_new();
    guint i;

    for (i = 0; i < others->len; i++) {
        const ifxDevice *device = ((const ifxMovesItem *) others->pdata[i])->device;

        if (ifxMovesMatchIsPossible(item->device, device))
            g_ptr_array_add(candidates, (gpointer) device);
    }
    return candidates;
}

/* Most items are alike with all of @others. These share an array, because there can be thousands. */
static void
ifxMovesSetCandidates(GPtrArray *items,
                      const GPtrArray *others)
{
    GPtrArray *all = NULL;
    guint i;

    for (i = 0; i < items->len; i++) {
        ifxMovesItem *item = items->pdata[i];

        item->candidates = ifxMovesListAlike(item, others);
        if (item->candidates->len < others->len)
            continue;
        if (all) {
            g_ptr_array_unref(item->candidates);
            item->candidates = g_ptr_array_ref(all);
        }
        all = item->candidates;
    }
}

static void
ifxMovesKinDecide(const ifxMovesKin *kin)
{
    if (kin->before->len == 0 || kin->now->len == 0)
        return;
    if (kin->before->len == 1 && kin->now->len == 1) {
        ifxMovesPair(kin->before->pdata[0], kin->now->pdata[0]);
        return;
    }
    if (ifxMovesPairByKey(kin, ifxMovesGetPath))
        return;
    if (ifxMovesIsOneCard(kin->before) && ifxMovesIsOneCard(kin->now) &&
        ifxMovesPairByKey(kin, ifxMovesGetFunction))
        return;
    ifxMovesSetCandidates(kin->before, kin->now);
    ifxMovesSetCandidates(kin->now, kin->before);
}

void
ifxMovesMatch(GPtrArray *before,
              GPtrArray *now)
{
    g_autoptr(GHashTable) kins = NULL;
    GHashTableIter iter;
    gpointer kin;

    ifxMovesMatchBoard(before, now);
    ifxMovesMatchSerials(before, now);
    kins = ifxMovesListKin(before, now);
    g_hash_table_iter_init(&iter, kins);
    while (g_hash_table_iter_next(&iter, NULL, &kin))
        ifxMovesKinDecide(kin);
}
