/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qemu-arguments.h"

#include <stdbool.h>
#include <string.h>

#define IFX_QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* Also its variants: vfio-pci-nohotplug, vfio-pci-igd-lpc-bridge, ... */
#define IFX_QEMU_DRIVER "vfio-pci"

static void
ifxQemuArgumentClear(gpointer argument)
{
    g_free(((ifxQemuArgument *) argument)->text);
}

static bool
ifxQemuIsElement(const ifxXmlText *text,
                 guint element,
                 const char *name)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    gsize length;
    const char *written = ifxXmlTextGetName(text, e, &length);
    const gsize n = strlen(name);

    return g_strcmp0(e->ns, IFX_QEMU_NAMESPACE) == 0 && length >= n &&
        memcmp(written + length - n, name, n) == 0 &&
        (length == n || written[length - n - 1] == ':');
}

/* "01:00.0", or a path that ends in such a name. */
static bool
ifxQemuReadAddress(const char *value,
                   ifxPciAddress *address)
{
    const char *slash = strrchr(value, '/');

    return ifxPciAddressParseQemu(slash ? slash + 1 : value, address);
}

/* vfio-pci,host=01:00.0,id=gpu; the first part may be driver=vfio-pci. */
static bool
ifxQemuReadList(const char *value,
                ifxPciAddress *address)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    bool vfio = false;
    bool found = false;
    guint i;

    for (i = 0; parts[i]; i++) {
        const char *driver = g_str_has_prefix(parts[i], "driver=") ? strchr(parts[i], '=') + 1 :
            i == 0 ? parts[i] : "";

        vfio |= g_str_has_prefix(driver, IFX_QEMU_DRIVER);
        if (g_str_has_prefix(parts[i], "host=") || g_str_has_prefix(parts[i], "sysfsdev="))
            found |= ifxQemuReadAddress(strchr(parts[i], '=') + 1, address);
    }
    return vfio && found;
}

/* {"driver":"vfio-pci","host":"0000:01:00.0"}: looked at, not parsed, since QEMU takes
 * no object in it that could hold the like. */
static bool
ifxQemuReadJson(const char *value,
                ifxPciAddress *address)
{
    g_autoptr(GRegex) driver = g_regex_new("\"driver\"\\s*:\\s*\"" IFX_QEMU_DRIVER, 0, 0, NULL);
    g_autoptr(GRegex) host = g_regex_new("\"(?:host|sysfsdev)\"\\s*:\\s*\"([^\"]*)\"", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *found = NULL;

    if (!g_regex_match(driver, value, 0, NULL) || !g_regex_match(host, value, 0, &match))
        return false;
    found = g_match_info_fetch(match, 1);
    return ifxQemuReadAddress(found, address);
}

static void
ifxQemuArgumentsAdd(GArray *arguments,
                    const char *text,
                    const ifxPciAddress *address)
{
    const ifxQemuArgument argument = { .text = g_strdup(text), .address = *address };

    g_array_append_val(arguments, argument);
}

GArray *
ifxQemuArgumentsFind(ifxXmlText *text)
{
    GArray *arguments = g_array_new(FALSE, FALSE, sizeof(ifxQemuArgument));
    const guint count = ifxXmlTextGetCount(text);
    guint i;

    g_array_set_clear_func(arguments, ifxQemuArgumentClear);
    for (i = 0; i < count; i++) {
        ifxPciAddress address = { 0 };
        const char *value;

        if (!ifxXmlTextGetElement(text, i)->ns || !ifxQemuIsElement(text, i, "arg"))
            continue;
        value = ifxXmlTextGetAttribute(text, i, "value");
        if (!value || !strstr(value, IFX_QEMU_DRIVER) ||
            !(*value == '{' ? ifxQemuReadJson : ifxQemuReadList)(value, &address))
            continue;
        ifxQemuArgumentsAdd(arguments, value, &address);
    }
    return arguments;
}
