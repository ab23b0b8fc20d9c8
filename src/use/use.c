/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/uuid.h"
#include "use/use-nets.h"

/* Two pointers that belong together; lends both. */
typedef struct _ifxUsePair ifxUsePair;
struct _ifxUsePair {
    gconstpointer one;
    gconstpointer other;
};

static void
ifxUseThingFree(gpointer data)
{
    ifxUseThing *thing = data;

    g_free(thing->id);
    g_free(thing->label);
    g_ptr_array_unref(thing->below);
    g_ptr_array_unref(thing->above);
    g_ptr_array_unref(thing->devices);
    g_array_unref(thing->uses);
    g_free(thing);
}

static void
ifxUseCauseClear(gpointer data)
{
    ifxUseCause *cause = data;

    g_free(cause->what);
    g_free(cause->domain);
}

static void
ifxUseUnansweredClear(gpointer data)
{
    g_free(((ifxUseUnanswered *) data)->what);
}

static guint
ifxUsePairHash(gconstpointer data)
{
    const ifxUsePair *pair = data;

    return g_direct_hash(pair->one) * 31 + g_direct_hash(pair->other);
}

static gboolean
ifxUsePairEqual(gconstpointer a,
                gconstpointer b)
{
    const ifxUsePair *left = a;
    const ifxUsePair *right = b;

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
    ifxUseGraph *graph = g_rc_box_new0(ifxUseGraph);

    graph->things = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ifxUseThingFree);
    graph->aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    graph->holders = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                           ifxUseGraphFreeHolders);
    graph->pairs = g_hash_table_new_full(ifxUsePairHash, ifxUsePairEqual, g_free, NULL);
    graph->attached = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                           ifxUseAttachedFree);
    graph->causes = g_array_new(FALSE, FALSE, sizeof(ifxUseCause));
    g_array_set_clear_func(graph->causes, ifxUseCauseClear);
    graph->unanswered = g_array_new(FALSE, FALSE, sizeof(ifxUseUnanswered));
    g_array_set_clear_func(graph->unanswered, ifxUseUnansweredClear);
    graph->spaces = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsHolder));
    g_array_set_clear_func(graph->spaces, ifxUseNetnsHolderClear);
    return graph;
}

ifxUseGraph *
ifxUseGraphRef(ifxUseGraph *graph)
{
    return g_rc_box_acquire(graph);
}

static void
ifxUseGraphClear(gpointer data)
{
    ifxUseGraph *graph = data;

    g_clear_pointer(&graph->evidence, g_hash_table_unref);
    g_array_unref(graph->unanswered);
    g_array_unref(graph->causes);
    g_hash_table_unref(graph->attached);
    g_hash_table_unref(graph->pairs);
    g_hash_table_unref(graph->holders);
    g_hash_table_unref(graph->aliases);
    g_hash_table_unref(graph->things);
    g_free(graph->sysroot);
    g_clear_pointer(&graph->scope, g_hash_table_unref);
    g_array_unref(graph->spaces);
    ifxUseOpenFree(graph->open);
}

void
ifxUseGraphUnref(ifxUseGraph *graph)
{
    if (graph)
        g_rc_box_release_full(graph, ifxUseGraphClear);
}

/* The thing; makes it if it is not there. */
static ifxUseThing *
ifxUseGraphEnsure(ifxUseGraph *graph,
                  const char *id)
{
    ifxUseThing *thing = g_hash_table_lookup(graph->things, id);

    g_clear_pointer(&graph->evidence, g_hash_table_unref);
    if (!thing) {
        thing = g_new0(ifxUseThing, 1);
        thing->id = g_strdup(id);
        thing->below = g_ptr_array_new();
        thing->above = g_ptr_array_new();
        thing->devices = g_ptr_array_new();
        thing->uses = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(graph->things, thing->id, thing);
    }
    return thing;
}

/* False if they were a pair already. */
static bool
ifxUseGraphAddPair(ifxUseGraph *graph,
                   gconstpointer one,
                   gconstpointer other)
{
    const ifxUsePair pair = { .one = one, .other = other };

    return !g_hash_table_contains(graph->pairs, &pair) &&
        g_hash_table_add(graph->pairs, g_memdup2(&pair, sizeof(pair)));
}

void
ifxUseGraphAddThing(ifxUseGraph *graph,
                    const char *id,
                    const char *label)
{
    ifxUseThing *thing = ifxUseGraphEnsure(graph, id);

    if (!thing->label)
        thing->label = g_strdup(label);
}

void
ifxUseGraphAddAlias(ifxUseGraph *graph,
                    const char *alias,
                    const char *id)
{
    if (!g_hash_table_contains(graph->aliases, alias))
        g_hash_table_insert(graph->aliases, g_strdup(alias), g_strdup(id));
}

void
ifxUseGraphAddBelow(ifxUseGraph *graph,
                    const char *id,
                    const char *below)
{
    ifxUseThing *thing = ifxUseGraphEnsure(graph, id);
    ifxUseThing *carrier = ifxUseGraphEnsure(graph, below);

    if (thing == carrier || !ifxUseGraphAddPair(graph, thing, carrier))
        return;
    g_ptr_array_add(thing->below, carrier);
    g_ptr_array_add(carrier->above, thing);
}

void
ifxUseGraphAddDevice(ifxUseGraph *graph,
                     const char *id,
                     const ifxPciAddress *address)
{
    ifxUseThing *thing = ifxUseGraphEnsure(graph, id);
    gpointer own_address;
    gpointer holders;

    if (!g_hash_table_lookup_extended(graph->holders, address, &own_address, &holders)) {
        own_address = g_memdup2(address, sizeof(*address));
        holders = g_ptr_array_new();
        g_hash_table_insert(graph->holders, own_address, holders);
    }
    if (!ifxUseGraphAddPair(graph, thing, own_address))
        return;
    g_ptr_array_add(thing->devices, own_address);
    g_ptr_array_add(holders, thing);
}

static void
ifxUseGraphAddCause(ifxUseGraph *graph,
                    const char *id,
                    ifxUseKind kind,
                    bool vital,
                    const char *what,
                    const char *domain)
{
    ifxUseCause cause = {
        .kind = kind,
        .vital = vital,
        .what = g_strdup(what),
        .domain = g_strdup(domain),
    };

    g_array_append_val(ifxUseGraphEnsure(graph, id)->uses, graph->causes->len);
    g_array_append_val(graph->causes, cause);
}

void
ifxUseGraphAddUse(ifxUseGraph *graph,
                  const char *id,
                  ifxUseKind kind,
                  bool vital,
                  const char *what)
{
    ifxUseGraphAddCause(graph, id, kind, vital, what, NULL);
}

void
ifxUseGraphAddDomainProcess(ifxUseGraph *graph,
                            const char *id,
                            const char *what,
                            const char *uuid)
{
    g_autofree char *key = ifxUuidFold(uuid);

    ifxUseGraphAddCause(graph, id, IFX_USE_PROCESS, false, what, key);
}

void
ifxUseGraphAddSight(ifxUseGraph *graph,
                    ifxSight sight)
{
    graph->sight |= sight;
}

void
ifxUseGraphAddUnanswered(ifxUseGraph *graph,
                         ifxSight sight,
                         const char *what)
{
    const ifxUseUnanswered question = { .sight = sight, .what = g_strdup(what) };

    g_array_append_val(graph->unanswered, question);
}

void
ifxUseGraphAddUnasked(ifxUseGraph *graph,
                      ifxSight sight,
                      const char *why)
{
    if (ifxUseGraphIsPrivileged(graph))
        ifxUseGraphAddUnanswered(graph, sight, why);
}

bool
ifxUseGraphIsLoaded(const ifxUseGraph *graph)
{
    return graph->sysroot != NULL;
}

bool
ifxUseGraphIsPrivileged(const ifxUseGraph *graph)
{
    return g_strcmp0(graph->sysroot, "/") == 0 && geteuid() == 0;
}

ifxSight
ifxUseGraphGetSight(const ifxUseGraph *graph)
{
    return graph->sight;
}

char *
ifxSightDescribe(guint sights)
{
    static const struct {
        ifxSight sight;
        const char *words;
    } questions[] = {
        { IFX_SIGHT_DEVICES, "what hangs on it" },
        { IFX_SIGHT_STORAGE, "which disks are in use" },
        { IFX_SIGHT_NETWORK, "what the network uses" },
        { IFX_SIGHT_CONSOLE, "which displays and keyboards are in use" },
        { IFX_SIGHT_PROCESSES, "what processes have open" },
    };
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(questions); i++) {
        if (sights & questions[i].sight)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", questions[i].words);
    }
    return g_string_free(text, FALSE);
}

const char *
ifxUseGraphGetUnanswered(const ifxUseGraph *graph,
                         guint any)
{
    guint i;

    for (i = 0; i < graph->unanswered->len; i++) {
        const ifxUseUnanswered *question =
            &g_array_index(graph->unanswered, ifxUseUnanswered, i);

        if (question->sight & any)
            return question->what;
    }
    return NULL;
}

const char *
ifxUseGraphLookup(const ifxUseGraph *graph,
                  const char *name)
{
    const ifxUseThing *thing = g_hash_table_lookup(graph->things, name);
    const char *id = thing ? NULL : g_hash_table_lookup(graph->aliases, name);

    if (id)
        thing = g_hash_table_lookup(graph->things, id);
    return thing ? thing->id : NULL;
}

bool
ifxUseGraphIsCarrier(const ifxUseGraph *graph,
                     const char *id)
{
    const ifxUseThing *thing = g_hash_table_lookup(graph->things, id);

    return thing && (thing->above->len > 0 || thing->uses->len > 0);
}

/* Is @name "1-4.2", bus and ports, on the bus of the root hub @hub, "usb1"? The names of
 * Thunderbolt ("0-1") and I2C ("1-0050") look nearly the same. */
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
ifxUseGraphAddPciPath(ifxUseGraph *graph,
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

        ifxUseGraphAddDevice(graph, above, address);
        if (i == 1)
            break;
        /* A use of a device is a use of the controller above it. */
        ifxUseGraphAddThing(graph, pci, spelled);
        ifxUseGraphAddDevice(graph, pci, address);
        ifxUseGraphAddBelow(graph, above, pci);
        g_free(above);
        above = g_steal_pointer(&pci);
    }
}

void
ifxUseGraphAddPath(ifxUseGraph *graph,
                   const char *id,
                   const char *path)
{
    gsize end = 0;
    g_autofree char *usb = path ? ifxUseGraphFindUsb(path, &end) : NULL;
    g_autofree char *usb_id = usb ? g_strconcat("usb/", usb, NULL) : NULL;
    g_autofree char *label = usb ? g_strconcat("usb ", usb, NULL) : NULL;
    g_autofree char *usb_path = usb ? g_strndup(path, end) : NULL;

    if (usb && strcmp(usb_id, id) != 0) {
        ifxUseGraphAddThing(graph, usb_id, label);
        ifxUseGraphAddBelow(graph, id, usb_id);
        ifxUseGraphAddPciPath(graph, usb_id, usb_path);
    } else if (path) {
        ifxUseGraphAddPciPath(graph, id, path);
    }
}
