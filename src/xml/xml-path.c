/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-text-internal.h"

#include <string.h>

#include "base/error.h"

/* Enough for the number of elements in any document. */
#define IFX_XML_PATH_MAX_DIGITS 9

typedef struct {
    const char *name;
    gsize length;
    guint position;         /* 0 if absent */
} ifxXmlStep;

static guint
ifxXmlNamesakesHash(gconstpointer data)
{
    const ifxXmlNamesakes *namesakes = data;
    guint hash = namesakes->parent;
    gsize i;

    for (i = 0; i < namesakes->length; i++)
        hash = hash * 33 + (guchar) namesakes->name[i];
    return hash;
}

static gboolean
ifxXmlNamesakesEqual(gconstpointer a,
                     gconstpointer b)
{
    const ifxXmlNamesakes *left = a;
    const ifxXmlNamesakes *right = b;

    return left->parent == right->parent && left->length == right->length &&
        memcmp(left->name, right->name, left->length) == 0 && g_strcmp0(left->ns, right->ns) == 0;
}

static void
ifxXmlNamesakesFree(gpointer data)
{
    ifxXmlNamesakes *namesakes = data;

    g_array_unref(namesakes->elements);
    g_free(namesakes);
}

GHashTable *
ifxXmlPathNewNamesakes(void)
{
    return g_hash_table_new_full(ifxXmlNamesakesHash, ifxXmlNamesakesEqual, ifxXmlNamesakesFree,
                                 NULL);
}

static bool
ifxXmlPathIsNamed(const ifxXmlText *text,
                  guint element,
                  const ifxXmlNamesakes *key)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    gsize n;
    const char *written = ifxXmlTextGetName(text, e, &n);

    return n == key->length && memcmp(written, key->name, n) == 0 && g_strcmp0(e->ns, key->ns) == 0;
}

/* The children that @key names; NULL: none. Lent by @text. */
static GArray *
ifxXmlPathFind(const ifxXmlText *text,
               const ifxXmlNamesakes *key)
{
    GHashTable *known = ifxXmlTextGetNamesakes(text);
    ifxXmlNamesakes *found = g_hash_table_lookup(known, key);
    const guint past = ifxXmlTextGetElement(text, key->parent)->past;
    guint i;

    if (found)
        return found->elements;
    for (i = key->parent + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        if (!ifxXmlPathIsNamed(text, i, key))
            continue;
        if (!found) {
            found = g_memdup2(key, sizeof(*key));
            found->name = ifxXmlTextGetName(text, ifxXmlTextGetElement(text, i), &found->length);
            found->ns = ifxXmlTextGetElement(text, i)->ns;
            found->elements = g_array_new(FALSE, FALSE, sizeof(guint));
        }
        g_array_append_val(found->elements, i);
    }
    if (!found)
        return NULL;
    g_hash_table_add(known, found);
    return found->elements;
}

static int
ifxXmlPathCompare(gconstpointer a,
                  gconstpointer b)
{
    const guint left = *(const guint *) a;
    const guint right = *(const guint *) b;

    return left < right ? -1 : left > right;
}

/* The number of siblings with the name of @element, including itself. */
static guint
ifxXmlPathCount(const ifxXmlText *text,
                guint element,
                guint *position)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    ifxXmlNamesakes key = { .parent = e->parent, .ns = e->ns };
    GArray *siblings;

    key.name = ifxXmlTextGetName(text, e, &key.length);
    siblings = ifxXmlPathFind(text, &key);
    if (!siblings || !g_array_binary_search(siblings, &element, ifxXmlPathCompare, position))
        return 0;
    ++*position;
    return siblings->len;
}

char *
ifxXmlPathFormat(const ifxXmlText *text,
                 guint element)
{
    GString *path = g_string_new(NULL);

    while (element != IFX_XML_NONE) {
        const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
        gsize length;
        const char *name = ifxXmlTextGetName(text, e, &length);
        guint position = 1;

        if (e->parent != IFX_XML_NONE && ifxXmlPathCount(text, element, &position) > 1) {
            g_autofree char *index = g_strdup_printf("[%u]", position);

            g_string_prepend(path, index);
        }
        g_string_prepend_len(path, name, (gssize) length);
        g_string_prepend_c(path, '/');
        element = e->parent;
    }
    return g_string_free(path, FALSE);
}

/* Reads "/name" or "/name[n]" and moves @at past it. */
static bool
ifxXmlPathReadStep(const char **at,
                   const char *end,
                   ifxXmlStep *step)
{
    const char *p = *at;
    gsize digits = 0;

    if (p == end || *p != '/')
        return false;
    step->name = ++p;
    while (p < end && *p != '/' && *p != '[') {
        if (!g_ascii_isalnum(*p) && !strchr("_-.", *p) && (guchar) *p < 0x80)
            return false;
        p++;
    }
    step->length = (gsize) (p - step->name);
    step->position = 0;

    if (p < end && *p == '[') {
        if (p + 1 < end && p[1] == '0')
            return false;
        for (p++; p < end && g_ascii_isdigit(*p) && digits < IFX_XML_PATH_MAX_DIGITS; p++, digits++)
            step->position = step->position * 10 + (guint) g_ascii_digit_value(*p);
        if (p == end || *p != ']' || step->position == 0)
            return false;
        p++;
    }

    *at = p;
    return step->length > 0;
}

static guint
ifxXmlPathFollowStep(const ifxXmlText *text,
                     guint parent,
                     const ifxXmlStep *step,
                     guint *matches)
{
    const ifxXmlNamesakes key = { .parent = parent, .name = step->name, .length = step->length };
    const guint position = MAX(step->position, 1);
    const GArray *children;

    if (parent == IFX_XML_NONE) {
        *matches = ifxXmlTextGetCount(text) > 0 && ifxXmlPathIsNamed(text, 0, &key) ? 1 : 0;
        return position <= *matches ? 0 : IFX_XML_NONE;
    }
    children = ifxXmlPathFind(text, &key);
    *matches = children ? children->len : 0;
    if (!children || position > *matches || (step->position == 0 && *matches > 1))
        return IFX_XML_NONE;
    return g_array_index(children, guint, position - 1);
}

guint
ifxXmlPathResolve(const ifxXmlText *text,
                  const char *path,
                  gsize length,
                  GError **error)
{
    const char *at = path;
    const char *end = path + length;
    guint element = IFX_XML_NONE;

    do {
        ifxXmlStep step;
        guint matches;

        if (!ifxXmlPathReadStep(&at, end, &step)) {
            ifxErrorSet(error, IFX_ERROR_PATCH,
                        "'%.*s' is not of the form /name[n]/name[n] or /name[n]/@name",
                        (int) length, path);
            return IFX_XML_NONE;
        }
        element = ifxXmlPathFollowStep(text, element, &step, &matches);
        if (element == IFX_XML_NONE) {
            ifxErrorSet(error, IFX_ERROR_PATCH, "'%.*s' matches %s in the document", (int) length,
                        path, step.position == 0 && matches > 1 ? "several elements" : "nothing");
            return IFX_XML_NONE;
        }
    } while (at < end);

    return element;
}
