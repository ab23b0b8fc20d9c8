/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-text.h"

#include <string.h>

#include "base/error.h"

/* Enough for the number of elements in any document. */
#define IFX_XML_PATH_MAX_DIGITS 9

typedef struct {
    const char *name;
    gsize length;
    guint position;         /* 0 if absent */
} ifxXmlStep;

static bool
ifxXmlPathIsNamed(const ifxXmlText *text,
                  guint element,
                  const char *ns,
                  const char *name,
                  gsize length)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    gsize n;
    const char *written = ifxXmlTextGetName(text, e, &n);

    return n == length && memcmp(written, name, length) == 0 && g_strcmp0(e->ns, ns) == 0;
}

/* The number of siblings with the name of @element, including itself. */
static guint
ifxXmlPathCount(const ifxXmlText *text,
                guint element,
                guint *position)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    gsize length;
    const char *name = ifxXmlTextGetName(text, e, &length);
    guint past = ifxXmlTextGetElement(text, e->parent)->past;
    guint count = 0;
    guint i;

    for (i = e->parent + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        if (ifxXmlPathIsNamed(text, i, e->ns, name, length))
            count++;
        if (i == element)
            *position = count;
    }
    return count;
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
    const guint past = parent == IFX_XML_NONE ?
        MIN(1, ifxXmlTextGetCount(text)) : ifxXmlTextGetElement(text, parent)->past;
    guint found = IFX_XML_NONE;
    guint i;

    *matches = 0;
    for (i = parent == IFX_XML_NONE ? 0 : parent + 1; i < past;
         i = ifxXmlTextGetElement(text, i)->past) {
        if (!ifxXmlPathIsNamed(text, i, NULL, step->name, step->length))
            continue;
        if (++*matches == MAX(step->position, 1))
            found = i;
    }
    if (step->position == 0 && *matches > 1)
        return IFX_XML_NONE;
    return found;
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
