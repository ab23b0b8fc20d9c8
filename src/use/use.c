/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

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
ifxUseGraphFreeHolders(gpointer holders)
{
    g_ptr_array_unref(holders);
}

ifxUseGraph *
ifxUseGraphNew(void)
{
    ifxUseGraph *use = g_rc_box_new0(ifxUseGraph);

    use->things = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ifxThingFree);
    use->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    use->holders = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                         ifxUseGraphFreeHolders);
    use->pairs = g_hash_table_new_full(ifxPairHash, ifxPairEqual, g_free, NULL);
    use->uses = g_array_new(FALSE, FALSE, sizeof(ifxThingUse));
    g_array_set_clear_func(use->uses, ifxThingUseClear);
    return use;
}

ifxUseGraph *
ifxUseGraphRef(ifxUseGraph *use)
{
    return g_rc_box_acquire(use);
}

static void
ifxUseGraphClear(gpointer data)
{
    ifxUseGraph *use = data;

    g_clear_pointer(&use->evidence, g_hash_table_unref);
    g_array_unref(use->uses);
    g_hash_table_unref(use->pairs);
    g_hash_table_unref(use->holders);
    g_hash_table_unref(use->aliases);
    g_hash_table_unref(use->things);
}

void
ifxUseGraphUnref(ifxUseGraph *use)
{
    if (use)
        g_rc_box_release_full(use, ifxUseGraphClear);
}

/* The thing, made if it is not there. */
static ifxThing *
ifxUseGraphTouch(ifxUseGraph *use,
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
ifxUseGraphPair(ifxUseGraph *use,
                gconstpointer one,
                gconstpointer other)
{
    const ifxPair pair = { .one = one, .other = other };

    return !g_hash_table_contains(use->pairs, &pair) &&
        g_hash_table_add(use->pairs, g_memdup2(&pair, sizeof(pair)));
}

void
ifxUseGraphAddThing(ifxUseGraph *use,
                    const char *id,
                    const char *label)
{
    ifxThing *thing = ifxUseGraphTouch(use, id);

    if (!thing->label)
        thing->label = g_strdup(label);
}

void
ifxUseGraphAddAlias(ifxUseGraph *use,
                    const char *alias,
                    const char *id)
{
    if (!g_hash_table_contains(use->aliases, alias))
        g_hash_table_insert(use->aliases, g_strdup(alias), g_strdup(id));
}

void
ifxUseGraphAddBelow(ifxUseGraph *use,
                    const char *id,
                    const char *below)
{
    ifxThing *thing = ifxUseGraphTouch(use, id);
    ifxThing *carrier = ifxUseGraphTouch(use, below);

    if (thing == carrier || !ifxUseGraphPair(use, thing, carrier))
        return;
    g_ptr_array_add(thing->below, carrier);
    g_ptr_array_add(carrier->above, thing);
}

void
ifxUseGraphAddDevice(ifxUseGraph *use,
                     const char *id,
                     const ifxPciAddress *address)
{
    ifxThing *thing = ifxUseGraphTouch(use, id);
    gpointer own_address;
    gpointer holders;

    if (!g_hash_table_lookup_extended(use->holders, address, &own_address, &holders)) {
        own_address = g_memdup2(address, sizeof(*address));
        holders = g_ptr_array_new();
        g_hash_table_insert(use->holders, own_address, holders);
    }
    if (!ifxUseGraphPair(use, thing, own_address))
        return;
    g_ptr_array_add(thing->devices, own_address);
    g_ptr_array_add(holders, thing);
}

static void
ifxUseGraphAppend(ifxUseGraph *use,
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

    g_array_append_val(ifxUseGraphTouch(use, id)->uses, use->uses->len);
    g_array_append_val(use->uses, added);
}

void
ifxUseGraphAddUse(ifxUseGraph *use,
                  const char *id,
                  ifxUseKind kind,
                  bool vital,
                  const char *what)
{
    ifxUseGraphAppend(use, id, kind, vital, what, NULL);
}

void
ifxUseGraphAddDomainProcess(ifxUseGraph *use,
                            const char *id,
                            const char *what,
                            const char *uuid)
{
    ifxUseGraphAppend(use, id, IFX_USE_PROCESS, false, what, uuid);
}

void
ifxUseGraphAddSight(ifxUseGraph *use,
                    ifxSight sight)
{
    use->sight |= sight;
}

ifxSight
ifxUseGraphGetSight(const ifxUseGraph *use)
{
    return use->sight;
}

const char *
ifxUseGraphLookup(const ifxUseGraph *use,
                  const char *name)
{
    const ifxThing *thing = g_hash_table_lookup(use->things, name);
    const char *id = thing ? NULL : g_hash_table_lookup(use->aliases, name);

    if (id)
        thing = g_hash_table_lookup(use->things, id);
    return thing ? thing->id : NULL;
}

bool
ifxUseGraphIsCarrier(const ifxUseGraph *use,
                     const char *id)
{
    const ifxThing *thing = g_hash_table_lookup(use->things, id);

    return thing && (thing->above->len > 0 || thing->uses->len > 0);
}

/* Is @name "1-4.2", bus and ports, on the bus of the root hub @hub, "usb1"? Thunderbolt ("0-1")
 * and I2C ("1-0050") have names that are nearly the same. */
static bool
ifxUseGraphIsUsbName(const char *name,
                     const char *hub)
{
    const gsize bus = strspn(name, "0123456789");

    return hub && bus > 0 && strlen(hub) == strlen("usb") + bus &&
        strncmp(hub + strlen("usb"), name, bus) == 0 &&
        name[bus] == '-' && name[bus + 1] >= '1' && name[bus + 1] <= '9' &&
        name[bus + 1 + strspn(name + bus + 1, "0123456789.")] == '\0';
}

/* The innermost USB device of @path, and where its name ends in it; NULL if there is none. */
static char *
ifxUseGraphFindUsb(const char *path,
                   gsize *end)
{
    g_auto(GStrv) components = g_strsplit(path, "/", -1);
    const char *hub = NULL;
    const char *found = NULL;
    gsize at = 0;
    guint i;

    for (i = 0; components[i]; i++) {
        at += strlen(components[i]);
        if (ifxUseGraphIsUsbName(components[i], hub)) {
            found = components[i];
            *end = at;
        } else if (g_str_has_prefix(components[i], "usb")) {
            hub = components[i];
        }
        at++;
    }
    return g_strdup(found);
}

static void
ifxUseGraphAddPciPath(ifxUseGraph *use,
                      const char *id,
                      const char *path)
{
    g_autoptr(GArray) ancestors = ifxSysfsPciAncestors(path);
    g_autofree char *above = g_strdup(id);
    guint i;

    for (i = ancestors->len; i > 0; i--) {
        const ifxPciAddress *address = &g_array_index(ancestors, ifxPciAddress, i - 1);
        char spelled[IFX_PCI_ADDRESS_LENGTH];
        g_autofree char *pci = g_strconcat("pci/", ifxPciAddressFormat(address, spelled), NULL);

        ifxUseGraphAddDevice(use, above, address);
        if (i == 1)
            break;
        /* What uses a device uses the controller that it is behind. */
        ifxUseGraphAddThing(use, pci, spelled);
        ifxUseGraphAddDevice(use, pci, address);
        ifxUseGraphAddBelow(use, above, pci);
        g_free(above);
        above = g_steal_pointer(&pci);
    }
}

void
ifxUseGraphAddPath(ifxUseGraph *use,
                   const char *id,
                   const char *path)
{
    gsize end = 0;
    g_autofree char *usb = ifxUseGraphFindUsb(path, &end);
    g_autofree char *usb_id = usb ? g_strconcat("usb/", usb, NULL) : NULL;
    g_autofree char *label = usb ? g_strconcat("usb ", usb, NULL) : NULL;
    g_autofree char *usb_path = usb ? g_strndup(path, end) : NULL;

    if (!usb || strcmp(usb_id, id) == 0) {
        ifxUseGraphAddPciPath(use, id, path);
        return;
    }
    ifxUseGraphAddThing(use, usb_id, label);
    ifxUseGraphAddBelow(use, id, usb_id);
    ifxUseGraphAddPciPath(use, usb_id, usb_path);
}
