/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-kept.h"

#include <string.h>

#include "error.h"
#include "xml-path.h"

static bool
ifxXmlHasAttributes(ifxXmlText *before,
                    guint one,
                    ifxXmlText *after,
                    guint other)
{
    const ifxXmlElement *element = ifxXmlTextGetElement(before, one);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(before, element);
    const char *bytes = ifxXmlTextGetBytes(before, NULL);
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        g_autofree char *name =
            g_strndup(bytes + attributes[i].name, attributes[i].name_length);
        const char *local = strchr(name, ':') ? strchr(name, ':') + 1 : name;

        /* A namespace that is declared and not used may go. */
        if (strcmp(name, "xmlns") == 0 || g_str_has_prefix(name, "xmlns:"))
            continue;
        if (g_strcmp0(ifxXmlTextGetAttribute(before, one, local),
                      ifxXmlTextGetAttribute(after, other, local)) != 0)
            return false;
    }
    return true;
}

static bool
ifxXmlIsSame(ifxXmlText *before,
             guint one,
             ifxXmlText *after,
             guint other)
{
    g_autofree char *text = NULL;
    g_autofree char *other_text = NULL;
    gsize length;
    gsize other_length;
    const char *name = ifxXmlTextGetName(before, ifxXmlTextGetElement(before, one), &length);
    const char *other_name =
        ifxXmlTextGetName(after, ifxXmlTextGetElement(after, other), &other_length);

    if (length != other_length || memcmp(name, other_name, length) != 0 ||
        !ifxXmlHasAttributes(before, one, after, other))
        return false;
    text = ifxXmlTextDupContent(before, one);
    other_text = ifxXmlTextDupContent(after, other);
    return !text || !*g_strstrip(text) ||
        (other_text && strcmp(text, g_strstrip(other_text)) == 0);
}

/* Each child of @one is there below @other, in that order. A sibling that only looks alike at its
 * start tag must not stand in for it, so the subtree decides. @gone: the child that is not. */
static bool
ifxXmlIsTreeKept(ifxXmlText *before,
                 guint one,
                 ifxXmlText *after,
                 guint other,
                 guint *gone)
{
    const guint past = ifxXmlTextGetElement(before, one)->past;
    const guint other_past = ifxXmlTextGetElement(after, other)->past;
    guint child = one + 1;
    guint candidate = other + 1;

    while (child < past) {
        guint inner;

        while (candidate < other_past &&
               (!ifxXmlIsSame(before, child, after, candidate) ||
                !ifxXmlIsTreeKept(before, child, after, candidate, &inner)))
            candidate = ifxXmlTextGetElement(after, candidate)->past;
        if (candidate >= other_past) {
            *gone = child;
            return false;
        }
        child = ifxXmlTextGetElement(before, child)->past;
        candidate = ifxXmlTextGetElement(after, candidate)->past;
    }
    return true;
}

bool
ifxXmlIsKept(ifxXmlText *before,
             ifxXmlText *after,
             GError **error)
{
    guint gone = 0;
    g_autofree char *path = NULL;

    if (ifxXmlIsSame(before, 0, after, 0) && ifxXmlIsTreeKept(before, 0, after, 0, &gone))
        return true;
    path = ifxXmlPathFormat(before, gone);
    g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH, "%s is gone or has changed", path);
    return false;
}
