/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#define IFX_CHAIN_END (IFX_CHAIN_MAX / 2)

/* A thing that the walk reached, and from where. */
typedef struct _ifxUseStep ifxUseStep;
struct _ifxUseStep {
    const ifxUseThing *thing;
    guint from;             /* index of the step before */
    guint depth;            /* how many steps are before */
    guint near;             /* index of the last step on the way that is one of the first
                             * IFX_CHAIN_END; of this one if it is */
};

/* A use that the walk reached, and where. */
typedef struct _ifxUseFound ifxUseFound;
struct _ifxUseFound {
    guint use;
    guint step;
};

static void
ifxUseEvidenceFree(gpointer data)
{
    ifxUse *use = data;

    g_free(use->domain);
    g_ptr_array_unref(use->chain);
    g_free(use);
}

static void
ifxUseEvidenceFreeList(gpointer evidence)
{
    if (evidence)
        g_ptr_array_unref(evidence);
}

/* Adds a step to @thing, unless the walk has been there. */
static void
ifxUseEvidenceStep(GArray *steps,
                   GHashTable *seen,
                   const ifxUseThing *thing,
                   guint from)
{
    ifxUseStep step = { .thing = thing, .from = from };

    if (!g_hash_table_add(seen, (gpointer) thing))
        return;
    if (from != steps->len) {
        const ifxUseStep *before = &g_array_index(steps, ifxUseStep, from);

        step.depth = before->depth + 1;
        step.near = before->near;
    }
    if (step.depth < IFX_CHAIN_END)
        step.near = steps->len;
    g_array_append_val(steps, step);
}

/* The @count things at @start, then everything above or below them, the nearest first: array of
 * ifxUseStep. */
static GArray *
ifxUseEvidenceWalk(const gpointer *start,
                   guint count,
                   bool up)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(ifxUseStep));
    guint at;
    guint i;

    for (i = 0; i < count; i++)
        ifxUseEvidenceStep(steps, seen, start[i], steps->len);
    for (at = 0; at < steps->len; at++) {
        const ifxUseThing *thing = g_array_index(steps, ifxUseStep, at).thing;
        const GPtrArray *next = up ? thing->above : thing->below;

        for (i = 0; i < next->len; i++)
            ifxUseEvidenceStep(steps, seen, next->pdata[i], at);
    }
    return steps;
}

/* The labels from the first step to step @at. */
static GPtrArray *
ifxUseEvidenceMakeChain(const GArray *steps,
                        guint at,
                        const char *what)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func(g_free);
    guint i;

    for (;;) {
        const ifxUseStep *step = &g_array_index(steps, ifxUseStep, at);

        g_ptr_array_add(chain, g_strdup(step->thing->label ? step->thing->label :
                                        step->thing->id));
        if (step->depth == 0)
            break;
        at = step->from;
        if (chain->len == IFX_CHAIN_END && step->depth > IFX_CHAIN_END) {
            g_ptr_array_add(chain, g_strdup("..."));
            at = step->near;
        }
    }
    for (i = 0; i < chain->len / 2; i++) {
        gpointer label = chain->pdata[i];

        chain->pdata[i] = chain->pdata[chain->len - 1 - i];
        chain->pdata[chain->len - 1 - i] = label;
    }
    if (what)
        g_ptr_array_add(chain, g_strdup(what));
    return chain;
}

GPtrArray *
ifxUseEvidenceListAbove(const ifxUseThing *thing)
{
    const gpointer start = (gpointer) thing;
    g_autoptr(GArray) steps = ifxUseEvidenceWalk(&start, 1, true);
    GPtrArray *things = g_ptr_array_new();
    guint i;

    for (i = 0; i < steps->len; i++)
        g_ptr_array_add(things, (gpointer) g_array_index(steps, ifxUseStep, i).thing);
    return things;
}

static int
ifxUseEvidenceCompareFound(gconstpointer a,
                           gconstpointer b)
{
    const guint left = ((const ifxUseFound *) a)->use;
    const guint right = ((const ifxUseFound *) b)->use;

    return (left > right) - (left < right);
}

/* Walks from the device up, not from each use down: many uses can be of one thing, or of things
 * in one row. NULL if there is no use. */
static GPtrArray *
ifxUseEvidenceTrace(const ifxUseGraph *graph,
                    const GPtrArray *holders)
{
    g_autoptr(GArray) steps = ifxUseEvidenceWalk(holders->pdata, holders->len, true);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(ifxUseFound));
    GPtrArray *evidence = NULL;
    ifxUseFound one;
    guint i;

    for (one.step = 0; one.step < steps->len; one.step++) {
        const GArray *uses = g_array_index(steps, ifxUseStep, one.step).thing->uses;

        for (i = 0; i < uses->len; i++) {
            one.use = g_array_index(uses, guint, i);
            g_array_append_val(found, one);
        }
    }
    g_array_sort(found, ifxUseEvidenceCompareFound);

    if (found->len > 0)
        evidence = g_ptr_array_new_with_free_func(ifxUseEvidenceFree);
    for (i = 0; i < found->len; i++) {
        const ifxUseFound *at = &g_array_index(found, ifxUseFound, i);
        const ifxUseCause *cause = &g_array_index(graph->causes, ifxUseCause, at->use);
        ifxUse *result = g_new0(ifxUse, 1);

        result->kind = cause->kind;
        result->vital = cause->vital;
        result->domain = g_strdup(cause->domain);
        result->chain = ifxUseEvidenceMakeChain(steps, at->step, cause->what);
        g_ptr_array_add(evidence, result);
    }
    return evidence;
}

const GPtrArray *
ifxUseEvidenceGet(ifxUseGraph *graph,
                  const ifxPciAddress *address)
{
    gpointer own_address;
    gpointer holders;
    gpointer evidence;

    if (!graph->evidence)
        graph->evidence = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, NULL,
                                                ifxUseEvidenceFreeList);
    if (g_hash_table_lookup_extended(graph->evidence, address, NULL, &evidence))
        return evidence;
    if (!g_hash_table_lookup_extended(graph->holders, address, &own_address, &holders))
        return NULL;
    evidence = ifxUseEvidenceTrace(graph, holders);
    g_hash_table_insert(graph->evidence, own_address, evidence);
    return evidence;
}

GPtrArray *
ifxUseEvidenceFindChain(const ifxUseGraph *graph,
                        const ifxPciAddress *address,
                        const char *id)
{
    const GPtrArray *holders = g_hash_table_lookup(graph->holders, address);
    const ifxUseThing *thing = g_hash_table_lookup(graph->things, id);
    g_autoptr(GArray) steps = NULL;
    guint i;

    if (!holders || !thing)
        return NULL;
    steps = ifxUseEvidenceWalk(holders->pdata, holders->len, true);
    for (i = 0; i < steps->len; i++) {
        if (g_array_index(steps, ifxUseStep, i).thing == thing)
            return ifxUseEvidenceMakeChain(steps, i, NULL);
    }
    return NULL;
}

GArray *
ifxUseEvidenceListDevices(const ifxUseGraph *graph,
                          const char *id)
{
    const gpointer thing = g_hash_table_lookup(graph->things, id);
    g_autoptr(GArray) steps = ifxUseEvidenceWalk(&thing, thing ? 1 : 0, false);
    g_autoptr(GHashTable) listed = g_hash_table_new(NULL, NULL);
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    guint i;
    guint j;

    for (i = 0; i < steps->len; i++) {
        const GPtrArray *own = g_array_index(steps, ifxUseStep, i).thing->devices;

        for (j = 0; j < own->len; j++) {
            if (g_hash_table_add(listed, own->pdata[j]))
                g_array_append_vals(devices, own->pdata[j], 1);
        }
    }
    return devices;
}

char *
ifxUseEvidenceFormatChain(const GPtrArray *chain)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < chain->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " -> " : "",
                               (const char *) chain->pdata[i]);
    return g_string_free(text, FALSE);
}
