/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/qemu-arguments.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

#define IFX_QEMU_DRIVER "vfio-pci"
#define IFX_QEMU_ALIAS "hostdev"

/* What decides of a -device which host device it is; NULL: not said. */
typedef struct {
    char *driver;
    char *host;
    char *sysfsdev;
} ifxQemuDevice;

static void
ifxQemuDeviceClear(ifxQemuDevice *device)
{
    g_free(device->driver);
    g_free(device->host);
    g_free(device->sysfsdev);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxQemuDevice, ifxQemuDeviceClear)

static void
ifxQemuArgumentClear(gpointer argument)
{
    g_free(((ifxQemuArgument *) argument)->text);
}

/* Takes over @value. */
static void
ifxQemuDeviceSet(ifxQemuDevice *device,
                 const char *key,
                 char *value)
{
    char **field = strcmp(key, "driver") == 0 ? &device->driver :
        strcmp(key, "host") == 0 ? &device->host :
        strcmp(key, "sysfsdev") == 0 ? &device->sysfsdev : NULL;

    if (!field) {
        g_free(value);
        return;
    }
    g_free(*field);
    *field = value;
}

/* One "key=value", or at the @start the driver alone. */
static void
ifxQemuReadPart(const char *part,
                bool start,
                ifxQemuDevice *device)
{
    const char *equals = strchr(part, '=');
    g_autofree char *key = equals ? g_strndup(part, (gsize) (equals - part)) : NULL;

    if (equals)
        ifxQemuDeviceSet(device, key, g_strdup(equals + 1));
    else if (start)
        ifxQemuDeviceSet(device, "driver", g_strdup(part));
}

/* vfio-pci,host=01:00.0,id=gpu */
static void
ifxQemuReadList(const char *value,
                ifxQemuDevice *device)
{
    g_autoptr(GString) part = g_string_new(NULL);
    bool start = true;

    for (;; value++) {
        if (*value == ',' && value[1] == ',') {
            value++;
        } else if (*value == ',' || *value == '\0') {
            ifxQemuReadPart(part->str, start, device);
            if (*value == '\0')
                return;
            g_string_truncate(part, 0);
            start = false;
            continue;
        }
        g_string_append_c(part, *value);
    }
}

/* The string whose quote @at points at; moves @at behind it. */
static char *
ifxQemuReadString(const char **at)
{
    const char quote = *(*at)++;
    GString *string = g_string_new(NULL);

    while (**at && **at != quote) {
        if (**at == '\\' && (*at)[1])
            (*at)++;
        g_string_append_c(string, *(*at)++);
    }
    *at += **at == quote;
    return g_string_free(string, FALSE);
}

/* {"driver":"vfio-pci","host":"0000:01:00.0"}: looked at, not parsed. An object within it
 * could hold such keys, but vfio-pci has no property that is one. */
static void
ifxQemuReadJson(const char *value,
                ifxQemuDevice *device)
{
    g_autofree char *key = NULL;
    const char *at = value;

    while (*at) {
        if (*at == '"' || *at == '\'') {
            char *string = ifxQemuReadString(&at);

            if (key) {
                ifxQemuDeviceSet(device, key, string);
                g_clear_pointer(&key, g_free);
            } else {
                key = string;
            }
            continue;
        }
        /* Between a key and its value stands nothing else. */
        if (*at != ':' && !g_ascii_isspace(*at))
            g_clear_pointer(&key, g_free);
        at++;
    }
}

/* Which PCI device is it? A path in sysfs ends in its address. */
static bool
ifxQemuDeviceGetAddress(const ifxQemuDevice *device,
                        ifxPciAddress *address)
{
    g_autofree char *name = device->sysfsdev ? g_path_get_basename(device->sysfsdev) : NULL;

    if (g_strcmp0(device->driver, IFX_QEMU_DRIVER) != 0 &&
        g_strcmp0(device->driver, IFX_QEMU_DRIVER "-nohotplug") != 0)
        return false;
    if (name)
        return ifxPciAddressParse(name, address);
    return device->host && ifxPciAddressParseQemu(device->host, address);
}

static bool
ifxQemuReadDevice(const char *value,
                  ifxPciAddress *address)
{
    g_auto(ifxQemuDevice) device = { 0 };

    if (*value == '{')
        ifxQemuReadJson(value, &device);
    else
        ifxQemuReadList(value, &device);
    return ifxQemuDeviceGetAddress(&device, address);
}

static bool
ifxQemuIsElement(const ifxXmlText *text,
                 guint element,
                 const char *name)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);

    return g_strcmp0(e->ns, IFX_QEMU_NAMESPACE) == 0 && strcmp(e->local, name) == 0;
}

static bool
ifxQemuArgumentsAppend(GArray *arguments,
                       const char *text,
                       const ifxPciAddress *address,
                       GError **error)
{
    const ifxQemuArgument argument = { .text = g_strdup(text), .address = *address };

    g_array_append_val(arguments, argument);
    if (arguments->len <= IFX_QEMU_MAX_ARGUMENTS)
        return true;
    g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                "it passes more than %d host devices to QEMU by hand", IFX_QEMU_MAX_ARGUMENTS);
    return false;
}

/* Adds what the arguments of one <qemu:commandline> pass. @device says whether the last
 * argument was -device: to QEMU they are all one list. */
static bool
ifxQemuArgumentsAdd(GArray *arguments,
                    ifxXmlText *text,
                    guint commandline,
                    bool *device,
                    GError **error)
{
    const guint past = ifxXmlTextGetElement(text, commandline)->past;
    guint i;

    for (i = commandline + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        ifxPciAddress address = { 0 };
        const char *value;

        if (!ifxQemuIsElement(text, i, "arg"))
            continue;
        value = ifxXmlTextGetAttribute(text, i, "value");
        if (value && *device && strstr(value, IFX_QEMU_DRIVER) &&
            ifxQemuReadDevice(value, &address) &&
            !ifxQemuArgumentsAppend(arguments, value, &address, error))
            return false;
        *device = value && !*device &&
            (strcmp(value, "-device") == 0 || strcmp(value, "--device") == 0);
    }
    return true;
}

GArray *
ifxQemuArgumentsFind(ifxXmlText *text,
                     GError **error)
{
    GArray *arguments = g_array_new(FALSE, FALSE, sizeof(ifxQemuArgument));
    const guint past = ifxXmlTextGetElement(text, 0)->past;
    bool device = false;
    guint i;

    g_array_set_clear_func(arguments, ifxQemuArgumentClear);
    for (i = 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        if (ifxQemuIsElement(text, i, "commandline") &&
            !ifxQemuArgumentsAdd(arguments, text, i, &device, error)) {
            g_array_unref(arguments);
            return NULL;
        }
    }
    return arguments;
}

/* The alias in @value directly after @prefix; NULL: there is none. */
static char *
ifxQemuAliasAt(const char *value,
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
            alias = ifxQemuAliasAt(ifxXmlTextGetAttribute(text, i, "value"), "device.");
        else if (strcmp(element->local, "device") == 0)
            alias = ifxQemuAliasAt(ifxXmlTextGetAttribute(text, i, "alias"), "");
        if (alias)
            return alias;
    }
    return NULL;
}
