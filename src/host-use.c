/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host-use.h"

#include <string.h>

#include "sysfs.h"

typedef struct _ifxThing ifxThing;
struct _ifxThing {
    char *label;            /* NULL: named, but not added yet; its id then */
    GPtrArray *below;       /* char *: ids, lent by things */
    GArray *devices;        /* ifxPciAddress */
    bool carrier;           /* another one sits on it, or it is used */
};

typedef struct _ifxThingUse ifxThingUse;
struct _ifxThingUse {
    const char *id;         /* lent by things */
    ifxUseKind kind;
    bool vital;
    char *what;             /* or NULL */
    char *domain;           /* or NULL */
};

struct _ifxHostUse {
    GHashTable *things;     /* id -> ifxThing */
    GHashTable *aliases;    /* alias -> id */
    GArray *uses;           /* ifxThingUse, in the order they were added */
    GHashTable *evidence;   /* ifxPciAddress -> GPtrArray of ifxUse; NULL: to be found anew */
    ifxSight sight;
};

/* A thing that was reached from one in use, and from where. */
typedef struct _ifxStep ifxStep;
struct _ifxStep {
    const char *id;
    guint from;             /* index of the step before; of the first one its own */
};

static void
ifxThingFree(gpointer data)
{
    ifxThing *thing = data;

    g_free(thing->label);
    g_ptr_array_unref(thing->below);
    g_array_unref(thing->devices);
    g_free(thing);
}

static void
ifxThingUseClear(gpointer data)
{
    ifxThingUse *use = data;

    g_free(use->what);
    g_free(use->domain);
}

static void
ifxUseFree(gpointer data)
{
    ifxUse *use = data;

    g_free(use->domain);
    g_ptr_array_unref(use->chain);
    g_free(use);
}

static void
ifxHostUseFreeEvidence(gpointer uses)
{
    g_ptr_array_unref(uses);
}

ifxHostUse *
ifxHostUseNew(void)
{
    ifxHostUse *use = g_rc_box_new0(ifxHostUse);

    use->things = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ifxThingFree);
    use->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
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
    g_hash_table_unref(use->aliases);
    g_hash_table_unref(use->things);
}

void
ifxHostUseUnref(ifxHostUse *use)
{
    if (use)
        g_rc_box_release_full(use, ifxHostUseClear);
}

/* The thing, made if it is not there; *@own_id is the table's copy of its id. */
static ifxThing *
ifxHostUseTouch(ifxHostUse *use,
                const char *id,
                const char **own_id)
{
    gpointer key;
    gpointer value;

    g_clear_pointer(&use->evidence, g_hash_table_unref);
    if (!g_hash_table_lookup_extended(use->things, id, &key, &value)) {
        ifxThing *thing = g_new0(ifxThing, 1);

        thing->below = g_ptr_array_new();
        thing->devices = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
        key = g_strdup(id);
        value = thing;
        g_hash_table_insert(use->things, key, value);
    }
    if (own_id)
        *own_id = key;
    return value;
}

void
ifxHostUseAddThing(ifxHostUse *use,
                   const char *id,
                   const char *label)
{
    ifxThing *thing = ifxHostUseTouch(use, id, NULL);

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
    ifxThing *thing = ifxHostUseTouch(use, id, NULL);
    const char *own_below;
    ifxThing *carrier = ifxHostUseTouch(use, below, &own_below);

    carrier->carrier = true;
    if (!g_ptr_array_find(thing->below, own_below, NULL))
        g_ptr_array_add(thing->below, (gpointer) own_below);
}

void
ifxHostUseAddDevice(ifxHostUse *use,
                    const char *id,
                    const ifxPciAddress *address)
{
    ifxThing *thing = ifxHostUseTouch(use, id, NULL);
    guint i;

    for (i = 0; i < thing->devices->len; i++) {
        if (ifxPciAddressEqual(&g_array_index(thing->devices, ifxPciAddress, i), address))
            return;
    }
    g_array_append_val(thing->devices, *address);
}

/* "1-4.2": bus and ports, not the interface "1-4.2:1.0" (Linux drivers/usb/core/usb.c). */
static bool
ifxHostUseIsUsbName(const char *name)
{
    const gsize bus = strspn(name, "0123456789");

    return bus > 0 && name[bus] == '-' && g_ascii_isdigit(name[bus + 1]) &&
        name[bus + 1 + strspn(name + bus + 1, "0123456789.")] == '\0';
}

/* The innermost USB device of @path, and where its name ends in it; NULL if there is none. */
static char *
ifxHostUseFindUsb(const char *path,
                  gsize *end)
{
    g_auto(GStrv) components = g_strsplit(path, "/", -1);
    char *found = NULL;
    gsize at = 0;
    guint i;

    for (i = 0; components[i]; i++) {
        at += strlen(components[i]);
        if (ifxHostUseIsUsbName(components[i])) {
            g_free(found);
            found = g_strdup(components[i]);
            *end = at;
        }
        at++;
    }
    return found;
}

static void
ifxHostUseAddPciPath(ifxHostUse *use,
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

        ifxHostUseAddDevice(use, above, address);
        if (i == 1)
            break;
        /* What uses a device uses the controller that it is behind. */
        ifxHostUseAddThing(use, pci, spelled);
        ifxHostUseAddBelow(use, above, pci);
        g_free(above);
        above = g_steal_pointer(&pci);
    }
}

void
ifxHostUseAddPath(ifxHostUse *use,
                  const char *id,
                  const char *path)
{
    gsize end = 0;
    g_autofree char *usb = ifxHostUseFindUsb(path, &end);
    g_autofree char *usb_id = usb ? g_strconcat("usb/", usb, NULL) : NULL;
    g_autofree char *label = usb ? g_strconcat("usb ", usb, NULL) : NULL;
    g_autofree char *usb_path = usb ? g_strndup(path, end) : NULL;

    if (!usb || strcmp(usb_id, id) == 0) {
        ifxHostUseAddPciPath(use, id, path);
        return;
    }
    ifxHostUseAddThing(use, usb_id, label);
    ifxHostUseAddBelow(use, id, usb_id);
    ifxHostUseAddPciPath(use, usb_id, usb_path);
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

    ifxHostUseTouch(use, id, &added.id)->carrier = true;
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
    const char *id = g_hash_table_lookup(use->aliases, name);
    gpointer key = NULL;

    g_hash_table_lookup_extended(use->things, id ? id : name, &key, NULL);
    return key;
}

bool
ifxHostUseIsCarrier(const ifxHostUse *use,
                    const char *id)
{
    const ifxThing *thing = g_hash_table_lookup(use->things, id);

    return thing && thing->carrier;
}

/* All that is below @id, itself first, nearest first: array of ifxStep. */
static GArray *
ifxHostUseDescend(const ifxHostUse *use,
                  const char *id)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(ifxStep));
    ifxStep step = { .id = id, .from = 0 };
    guint at;
    guint i;

    g_hash_table_add(seen, (gpointer) id);
    g_array_append_val(steps, step);
    for (at = 0; at < steps->len; at++) {
        const ifxThing *thing =
            g_hash_table_lookup(use->things, g_array_index(steps, ifxStep, at).id);

        for (i = 0; i < thing->below->len; i++) {
            step.id = thing->below->pdata[i];
            step.from = at;
            if (g_hash_table_add(seen, (gpointer) step.id))
                g_array_append_val(steps, step);
        }
    }
    return steps;
}

/* The labels from step @at up to the first one, without that of a PCI device itself. */
static GPtrArray *
ifxHostUseChain(const ifxHostUse *use,
                const GArray *steps,
                guint at,
                const char *what)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func(g_free);

    for (;;) {
        const ifxStep *step = &g_array_index(steps, ifxStep, at);
        const ifxThing *thing = g_hash_table_lookup(use->things, step->id);

        g_ptr_array_add(chain, g_strdup(thing->label ? thing->label : step->id));
        if (at == 0)
            break;
        at = step->from;
    }
    if (what)
        g_ptr_array_add(chain, g_strdup(what));
    return chain;
}

static void
ifxHostUseAddEvidence(ifxHostUse *use,
                      const ifxPciAddress *address,
                      const ifxThingUse *cause,
                      GPtrArray *chain)
{
    GPtrArray *uses = g_hash_table_lookup(use->evidence, address);
    ifxUse *evidence = g_new0(ifxUse, 1);

    if (!uses) {
        uses = g_ptr_array_new_with_free_func(ifxUseFree);
        g_hash_table_insert(use->evidence, g_memdup2(address, sizeof(*address)), uses);
    }
    evidence->kind = cause->kind;
    evidence->vital = cause->vital;
    evidence->domain = g_strdup(cause->domain);
    evidence->chain = chain;
    g_ptr_array_add(uses, evidence);
}

static void
ifxHostUseTrace(ifxHostUse *use,
                const ifxThingUse *cause)
{
    g_autoptr(GArray) steps = ifxHostUseDescend(use, cause->id);
    g_autoptr(GHashTable) reached = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;
    guint j;

    for (i = 0; i < steps->len; i++) {
        const ifxThing *thing =
            g_hash_table_lookup(use->things, g_array_index(steps, ifxStep, i).id);

        for (j = 0; j < thing->devices->len; j++) {
            ifxPciAddress *address = &g_array_index(thing->devices, ifxPciAddress, j);

            if (g_hash_table_add(reached, address))
                ifxHostUseAddEvidence(use, address, cause,
                                      ifxHostUseChain(use, steps, i, cause->what));
        }
    }
}

const GPtrArray *
ifxHostUseGet(ifxHostUse *use,
              const ifxPciAddress *address)
{
    guint i;

    if (!use->evidence) {
        use->evidence = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                              ifxHostUseFreeEvidence);
        for (i = 0; i < use->uses->len; i++)
            ifxHostUseTrace(use, &g_array_index(use->uses, ifxThingUse, i));
    }
    return g_hash_table_lookup(use->evidence, address);
}

GArray *
ifxHostUseListDevices(const ifxHostUse *use,
                      const char *id)
{
    g_autoptr(GArray) steps = g_hash_table_contains(use->things, id) ?
        ifxHostUseDescend(use, id) : g_array_new(FALSE, FALSE, sizeof(ifxStep));
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    guint i;

    for (i = 0; i < steps->len; i++) {
        const ifxThing *thing =
            g_hash_table_lookup(use->things, g_array_index(steps, ifxStep, i).id);

        if (thing->devices->len > 0)
            g_array_append_vals(devices, thing->devices->data, thing->devices->len);
    }
    return devices;
}

char *
ifxUseFormatChain(const ifxUse *use)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < use->chain->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " -> " : "",
                               (const char *) use->chain->pdata[i]);
    return g_string_free(text, FALSE);
}
