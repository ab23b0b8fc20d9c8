/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-compare.h"

#include <string.h>

#include "base/error.h"
#include "xml/xml-text.h"

static bool
ifxXmlCompareAttribute(const ifxXmlText *after,
                       const ifxXmlElement *element,
                       const ifxXmlAttribute *wanted)
{
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(after, element);
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        if (g_strcmp0(attributes[i].local, wanted->local) == 0 &&
            g_strcmp0(attributes[i].ns, wanted->ns) == 0)
            return attributes[i].decoded_length == wanted->decoded_length &&
                memcmp(attributes[i].decoded, wanted->decoded, wanted->decoded_length) == 0;
    }
    return false;
}

static bool
ifxXmlCompareAttributes(const ifxXmlText *before,
                        const ifxXmlElement *one,
                        const ifxXmlText *after,
                        const ifxXmlElement *other)
{
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(before, one);
    guint i;

    for (i = 0; i < one->n_attributes; i++) {
        /* A namespace that is declared but not used may be missing. */
        if (attributes[i].local && !ifxXmlCompareAttribute(after, other, &attributes[i]))
            return false;
    }
    return true;
}

static bool
ifxXmlCompareStart(const ifxXmlText *before,
                   guint one,
                   const ifxXmlText *after,
                   guint other)
{
    const ifxXmlElement *element = ifxXmlTextGetElement(before, one);
    const ifxXmlElement *candidate = ifxXmlTextGetElement(after, other);
    g_autofree char *text = NULL;
    g_autofree char *other_text = NULL;

    if (g_strcmp0(element->local, candidate->local) != 0 ||
        g_strcmp0(element->ns, candidate->ns) != 0 ||
        !ifxXmlCompareAttributes(before, element, after, candidate))
        return false;
    text = ifxXmlTextDupContent(before, one);
    if (!text || !*g_strstrip(text))
        return true;
    other_text = ifxXmlTextDupContent(after, other);
    return other_text && strcmp(text, g_strstrip(other_text)) == 0;
}

/* Which children of an element are taken, and where the search for the next one begins. */
typedef struct {
    const ifxXmlText *before;
    const ifxXmlText *after;
    guint other;            /* the element of @after whose children are searched */
    GHashTable *taken;      /* set of GUINT_TO_POINTER(element) */
    GHashTable *next;       /* name of a child -> GUINT_TO_POINTER(element) */
} ifxXmlCompareRun;

/* Takes the first child that matches @child of those from @from on and before @past. If there is
 * none, @furthest is the element of before that is missing in the child that is most like it. */
static bool
ifxXmlCompareTake(const ifxXmlCompareRun *run,
                  guint child,
                  guint from,
                  guint past,
                  guint *furthest)
{
    guint candidate;
    guint inner = child;

    for (candidate = from; candidate < past;
         candidate = ifxXmlTextGetElement(run->after, candidate)->past) {
        if (g_hash_table_contains(run->taken, GUINT_TO_POINTER(candidate)))
            continue;
        if (ifxXmlCompareElements(run->before, child, run->after, candidate, &inner)) {
            g_hash_table_add(run->taken, GUINT_TO_POINTER(candidate));
            g_hash_table_insert(run->next,
                                (gpointer) ifxXmlTextGetElement(run->before, child)->local,
                                GUINT_TO_POINTER(ifxXmlTextGetElement(run->after,
                                                                      candidate)->past));
            return true;
        }
        *furthest = MAX(*furthest, inner);
    }
    return false;
}

/* The search goes on after the last sibling of this name, because the order is mostly the same. */
static bool
ifxXmlCompareChild(const ifxXmlCompareRun *run,
                   guint child,
                   guint *furthest)
{
    const char *name = ifxXmlTextGetElement(run->before, child)->local;
    const guint first = run->other + 1;
    const guint past = ifxXmlTextGetElement(run->after, run->other)->past;
    const gpointer last = g_hash_table_lookup(run->next, name);
    const guint next = MAX(first, GPOINTER_TO_UINT(last));

    *furthest = child;
    return ifxXmlCompareTake(run, child, next, past, furthest) ||
        ifxXmlCompareTake(run, child, first, next, furthest);
}

bool
ifxXmlCompareElements(const ifxXmlText *before,
                      guint one,
                      const ifxXmlText *after,
                      guint other,
                      guint *missing)
{
    const guint past = ifxXmlTextGetElement(before, one)->past;
    g_autoptr(GHashTable) taken = NULL;
    g_autoptr(GHashTable) next = NULL;
    ifxXmlCompareRun run = { .before = before, .after = after, .other = other };
    guint child;
    guint furthest = one;
    bool same = ifxXmlCompareStart(before, one, after, other);

    if (same && one + 1 < past) {
        /* A sibling whose start tag alone matches must not be taken for a child, so whole subtrees
         * are compared. */
        taken = g_hash_table_new(NULL, NULL);
        next = g_hash_table_new(g_str_hash, g_str_equal);
        run.taken = taken;
        run.next = next;
    }
    for (child = one + 1; same && child < past; child = ifxXmlTextGetElement(before, child)->past)
        same = ifxXmlCompareChild(&run, child, &furthest);
    if (!same && missing)
        *missing = furthest;
    return same;
}

bool
ifxXmlCompare(const ifxXmlText *before,
              const ifxXmlText *after,
              GError **error)
{
    guint missing = 0;
    g_autofree char *path = NULL;

    if (ifxXmlCompareElements(before, 0, after, 0, &missing))
        return true;
    path = ifxXmlPathFormat(before, missing);
    return ifxErrorSet(error, IFX_ERROR_MISMATCH, "%s is gone or has changed", path);
}
