/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/host-use-graph.h"

/* Two that were put together; lends both. */
typedef struct _ifxPair ifxPair;
struct _ifxPair {
    gconstpointer one;
    gconstpointer other;
};

static void
ifxThingFree(gpointer data)
{
    ifxThing *thing = data;

    g_free(thing->id);
    g_free(thing->label);
    g_ptr_array_unref(thing->below);
    g_ptr_array_unref(thing->above);
    g_ptr_array_unref(thing->devices);
    g_array_unref(thing->uses);
    g_free(thing);
}

static void
ifxThingUseClear(gpointer data)
{
    ifxThingUse *use = data;

    g_free(use->what);
    g_free(use->domain);
}

static guint
ifxPairHash(gconstpointer data)
{
    const ifxPair *pair = data;

    return g_direct_hash(pair->one) * 31 + g_direct_hash(pair->other);
}

static gboolean
ifxPairEqual(gconstpointer a,
             gconstpointer b)
{
    const ifxPair *left = a;
    const ifxPair *right = b;

    return left->one == right->one && left->other == right->other;
}

static void
ifxHostUseFreeHolders(gpointer holders)
{
    g_ptr_array_unref(holders);
}

ifxHostUse *
ifxHostUseNew(void)
{
    ifxHostUse *use = g_rc_box_new0(ifxHostUse);

    use->things = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ifxThingFree);
    use->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    use->holders = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                         ifxHostUseFreeHolders);
    use->pairs = g_hash_table_new_full(ifxPairHash, ifxPairEqual, g_free, NULL);
    use->uses = g_array_new(FALSE, FALSE, sizeof(ifxThingUse));
    g_array_set_clear_func(use->uses, ifxThingUseClear);
    return use;
}

ifxHostUse *
ifxHostUseRef(ifxHostUse *use)
{
    return g_rc_box_acquire(use);
}

static void
ifxHostUseClear(gpointer data)
{
    ifxHostUse *use = data;

    g_clear_pointer(&use->evidence, g_hash_table_unref);
    g_array_unref(use->uses);
    g_hash_table_unref(use->pairs);
    g_hash_table_unref(use->holders);
    g_hash_table_unref(use->aliases);
    g_hash_table_unref(use->things);
}

void
ifxHostUseUnref(ifxHostUse *use)
{
    if (use)
        g_rc_box_release_full(use, ifxHostUseClear);
}

/* The thing, made if it is not there. */
static ifxThing *
ifxHostUseTouch(ifxHostUse *use,
                const char *id)
{
    ifxThing *thing = g_hash_table_lookup(use->things, id);

    g_clear_pointer(&use->evidence, g_hash_table_unref);
    if (!thing) {
        thing = g_new0(ifxThing, 1);
        thing->id = g_strdup(id);
        thing->below = g_ptr_array_new();
        thing->above = g_ptr_array_new();
        thing->devices = g_ptr_array_new();
        thing->uses = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(use->things, thing->id, thing);
    }
    return thing;
}

/* False if they are a pair already. */
static bool
ifxHostUsePair(ifxHostUse *use,
               gconstpointer one,
               gconstpointer other)
{
    const ifxPair pair = { .one = one, .other = other };

    return !g_hash_table_contains(use->pairs, &pair) &&
        g_hash_table_add(use->pairs, g_memdup2(&pair, sizeof(pair)));
}

void
ifxHostUseAddThing(ifxHostUse *use,
                   const char *id,
                   const char *label)
{
    ifxThing *thing = ifxHostUseTouch(use, id);

    if (!thing->label)
        thing->label = g_strdup(label);
}

void
ifxHostUseAddAlias(ifxHostUse *use,
                   const char *alias,
                   const char *id)
{
    if (!g_hash_table_contains(use->aliases, alias))
        g_hash_table_insert(use->aliases, g_strdup(alias), g_strdup(id));
}

void
ifxHostUseAddBelow(ifxHostUse *use,
                   const char *id,
                   const char *below)
{
    ifxThing *thing = ifxHostUseTouch(use, id);
    ifxThing *carrier = ifxHostUseTouch(use, below);

    if (thing == carrier || !ifxHostUsePair(use, thing, carrier))
        return;
    g_ptr_array_add(thing->below, carrier);
    g_ptr_array_add(carrier->above, thing);
}

void
ifxHostUseAddDevice(ifxHostUse *use,
                    const char *id,
                    const ifxPciAddress *address)
{
    ifxThing *thing = ifxHostUseTouch(use, id);
    gpointer own_address;
    gpointer holders;

    if (!g_hash_table_lookup_extended(use->holders, address, &own_address, &holders)) {
        own_address = g_memdup2(address, sizeof(*address));
        holders = g_ptr_array_new();
        g_hash_table_insert(use->holders, own_address, holders);
    }
    if (!ifxHostUsePair(use, thing, own_address))
        return;
    g_ptr_array_add(thing->devices, own_address);
    g_ptr_array_add(holders, thing);
}

static void
ifxHostUseAppend(ifxHostUse *use,
                 const char *id,
                 ifxUseKind kind,
                 bool vital,
                 const char *what,
                 const char *domain)
{
    ifxThingUse added = {
        .kind = kind,
        .vital = vital,
        .what = g_strdup(what),
        .domain = g_strdup(domain),
    };

    g_array_append_val(ifxHostUseTouch(use, id)->uses, use->uses->len);
    g_array_append_val(use->uses, added);
}

void
ifxHostUseAddUse(ifxHostUse *use,
                 const char *id,
                 ifxUseKind kind,
                 bool vital,
                 const char *what)
{
    ifxHostUseAppend(use, id, kind, vital, what, NULL);
}

void
ifxHostUseAddDomainProcess(ifxHostUse *use,
                           const char *id,
                           const char *what,
                           const char *uuid)
{
    ifxHostUseAppend(use, id, IFX_USE_PROCESS, false, what, uuid);
}

void
ifxHostUseAddSight(ifxHostUse *use,
                   ifxSight sight)
{
    use->sight |= sight;
}

ifxSight
ifxHostUseGetSight(const ifxHostUse *use)
{
    return use->sight;
}

const char *
ifxHostUseLookup(const ifxHostUse *use,
                 const char *name)
{
    const ifxThing *thing = g_hash_table_lookup(use->things, name);
    const char *id = thing ? NULL : g_hash_table_lookup(use->aliases, name);

    if (id)
        thing = g_hash_table_lookup(use->things, id);
    return thing ? thing->id : NULL;
}

bool
ifxHostUseIsCarrier(const ifxHostUse *use,
                    const char *id)
{
    const ifxThing *thing = g_hash_table_lookup(use->things, id);

    return thing && (thing->above->len > 0 || thing->uses->len > 0);
}
