/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/qemu-arguments.h"

#include <string.h>

#define IFX_QEMU_ALIAS "hostdev"

/* The value of a property in JSON that was split at its quotes: properties of vfio-pci are never
 * objects. NULL: none. */
static const char *
ifxQemuArgumentsFindProperty(char **parts,
                             const char *name)
{
    guint i;

    for (i = 1; parts[i] && parts[i + 1] && parts[i + 2]; i += 2) {
        if (strcmp(parts[i], name) == 0 && strcmp(g_strstrip(parts[i + 1]), ":") == 0)
            return parts[i + 2];
    }
    return NULL;
}

bool
ifxQemuArgumentsReadDevice(const char *value,
                           ifxPciAddress *address,
                           bool *iommufd)
{
    const bool json = *value == '{';
    g_auto(GStrv) parts = g_strsplit(value, json ? "\"" : ",", -1);
    const char *driver = json ? ifxQemuArgumentsFindProperty(parts, "driver") : parts[0];
    const char *host = json ? ifxQemuArgumentsFindProperty(parts, "host") : NULL;
    guint i;

    *iommufd = json && ifxQemuArgumentsFindProperty(parts, "iommufd");
    /* QEMU takes the last of two equal ones. */
    for (i = 1; !json && parts[0] && parts[i]; i++) {
        if (g_str_has_prefix(parts[i], "host="))
            host = parts[i] + strlen("host=");
        *iommufd = *iommufd || g_str_has_prefix(parts[i], "iommufd=");
    }
    /* A doubled comma is one within a value, so that the parts are none. */
    return g_strcmp0(driver, "vfio-pci") == 0 && host && (json || !strstr(value, ",,")) &&
        ifxPciAddressParseQemu(host, address);
}

/* The alias in @value directly after @prefix; NULL: there is none. */
static char *
ifxQemuArgumentsReadAlias(const char *value,
                          const char *prefix)
{
    gsize length;

    if (!value || !g_str_has_prefix(value, prefix))
        return NULL;
    value += strlen(prefix);
    if (!g_str_has_prefix(value, IFX_QEMU_ALIAS))
        return NULL;
    length = strlen(IFX_QEMU_ALIAS) + strspn(value + strlen(IFX_QEMU_ALIAS), "0123456789");
    return length > strlen(IFX_QEMU_ALIAS) ? g_strndup(value, length) : NULL;
}

char *
ifxQemuArgumentsFindAlias(ifxXmlText *text)
{
    guint i;

    for (i = 0; i < ifxXmlTextGetCount(text); i++) {
        const ifxXmlElement *element = ifxXmlTextGetElement(text, i);
        char *alias = NULL;

        if (g_strcmp0(element->ns, IFX_QEMU_NAMESPACE) != 0)
            continue;
        if (strcmp(element->local, "arg") == 0)
            alias = ifxQemuArgumentsReadAlias(ifxXmlTextGetAttribute(text, i, "value"), "device.");
        else if (strcmp(element->local, "device") == 0)
            alias = ifxQemuArgumentsReadAlias(ifxXmlTextGetAttribute(text, i, "alias"), "");
        if (alias)
            return alias;
    }
    return NULL;
}
