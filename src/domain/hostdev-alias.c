/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/hostdev-alias.h"

#include <string.h>

#define IFX_ALIAS "hostdev"

/* The alias at the start of @text behind @prefix; NULL: there is none. */
static char *
ifxHostdevAliasAt(const char *text,
                  const char *prefix)
{
    gsize length;

    if (!text || !g_str_has_prefix(text, prefix))
        return NULL;
    text += strlen(prefix);
    if (!g_str_has_prefix(text, IFX_ALIAS))
        return NULL;
    length = strlen(IFX_ALIAS) + strspn(text + strlen(IFX_ALIAS), "0123456789");
    return length > strlen(IFX_ALIAS) ? g_strndup(text, length) : NULL;
}

char *
ifxHostdevAliasFind(const ifxDomain *domain)
{
    guint i;

    for (i = 0; i < ifxXmlTextGetCount(domain->text); i++) {
        const ifxXmlElement *element = ifxXmlTextGetElement(domain->text, i);
        char *alias = NULL;

        if (g_strcmp0(element->ns, IFX_QEMU_NAMESPACE) != 0)
            continue;
        if (strcmp(element->local, "arg") == 0)
            alias = ifxHostdevAliasAt(ifxXmlTextGetAttribute(domain->text, i, "value"), "device.");
        else if (strcmp(element->local, "device") == 0)
            alias = ifxHostdevAliasAt(ifxXmlTextGetAttribute(domain->text, i, "alias"), "");
        if (alias)
            return alias;
    }
    return NULL;
}
