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

bool
ifxXmlCompareElements(const ifxXmlText *before,
                      guint one,
                      const ifxXmlText *after,
                      guint other,
                      guint *missing)
{
    const guint past = ifxXmlTextGetElement(before, one)->past;
    const guint other_past = ifxXmlTextGetElement(after, other)->past;
    g_autoptr(GHashTable) next = NULL;
    guint child = one + 1;

    if (!ifxXmlCompareStart(before, one, after, other)) {
        if (missing)
            *missing = one;
        return false;
    }
    /* A sibling whose start tag alone matches must not be taken for a child, so whole subtrees are
     * compared. Taking the first that matches leaves most for the next children. libvirt sorts
     * by kind, so the search for each name continues from a place of its own. */
    next = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (child < past) {
        const char *name = ifxXmlTextGetElement(before, child)->local;
        gpointer last = g_hash_table_lookup(next, name);
        guint candidate = MAX(other + 1, GPOINTER_TO_UINT(last));
        guint furthest = child;
        guint inner = child;

        while (candidate < other_past &&
               !ifxXmlCompareElements(before, child, after, candidate, &inner)) {
            /* The candidate that is most like the child shows best what is missing. */
            furthest = MAX(furthest, inner);
            candidate = ifxXmlTextGetElement(after, candidate)->past;
        }
        if (candidate >= other_past) {
            if (missing)
                *missing = furthest;
            return false;
        }
        child = ifxXmlTextGetElement(before, child)->past;
        candidate = ifxXmlTextGetElement(after, candidate)->past;
        g_hash_table_insert(next, g_strdup(name), GUINT_TO_POINTER(candidate));
    }
    return true;
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
