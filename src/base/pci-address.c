/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pci-address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define IFX_PCI_MAX_BUS 0xff
#define IFX_PCI_MAX_SLOT 0x1f
#define IFX_PCI_MAX_FUNCTION 7

/* Exactly @min to @max hexadecimal digits, then @end. */
static bool
ifxPciAddressReadField(const char **text,
                       size_t min,
                       size_t max,
                       char end,
                       guint32 *value)
{
    size_t n = 0;

    *value = 0;
    while (g_ascii_isxdigit((*text)[n])) {
        if (n == max)
            return false;
        *value = *value << 4 | (guint32) g_ascii_xdigit_value((*text)[n]);
        n++;
    }
    if (n < min || (*text)[n] != end)
        return false;

    *text += n + (end != '\0');
    return true;
}

/* Bus and slot have at least @digits digits. */
static bool
ifxPciAddressRead(const char *text,
                  gsize domain_digits,
                  gsize digits,
                  ifxPciAddress *address)
{
    const char *rest = text;
    const char *colon = strchr(text, ':');
    guint32 domain = 0;
    guint32 bus;
    guint32 slot;
    guint32 function;

    if (colon && strchr(colon + 1, ':') &&
        !ifxPciAddressReadField(&rest, domain_digits, 8, ':', &domain))
        return false;

    if (!ifxPciAddressReadField(&rest, digits, 2, ':', &bus) ||
        !ifxPciAddressReadField(&rest, digits, 2, '.', &slot) ||
        !ifxPciAddressReadField(&rest, 1, 1, '\0', &function))
        return false;

    if (slot > IFX_PCI_MAX_SLOT || function > IFX_PCI_MAX_FUNCTION)
        return false;

    address->domain = domain;
    address->bus = (guint8) bus;
    address->slot = (guint8) slot;
    address->function = (guint8) function;
    return true;
}

bool
ifxPciAddressParse(const char *text,
                   ifxPciAddress *address)
{
    return ifxPciAddressRead(text, 4, 2, address);
}

bool
ifxPciAddressParseQemu(const char *text,
                       ifxPciAddress *address)
{
    return ifxPciAddressRead(text, 1, 1, address);
}

bool
ifxPciAddressParseNodedev(const char *name,
                          ifxPciAddress *address)
{
    g_auto(GStrv) parts = NULL;
    g_autofree char *spelled = NULL;

    if (!g_str_has_prefix(name, "pci_") || strlen(name) >= strlen("pci_") + IFX_PCI_ADDRESS_LENGTH)
        return false;
    parts = g_strsplit(name, "_", -1);
    if (g_strv_length(parts) != 5)
        return false;
    spelled = g_strdup_printf("%s:%s:%s.%s", parts[1], parts[2], parts[3], parts[4]);
    return ifxPciAddressParse(spelled, address);
}

static bool
ifxPciAddressReadAttribute(const char *name,
                           const char *text,
                           guint32 max,
                           guint32 *value,
                           GError **error)
{
    char *end = NULL;
    unsigned long long number;

    *value = 0;
    if (!text)
        return true;

    errno = 0;
    number = strtoull(text, &end, 0);
    if (errno || end == text || *end || strchr(text, '-'))
        return ifxErrorSet(error, IFX_ERROR_XML, "%s='%s' of a PCI address is not a number", name,
                           text);
    if (number > max)
        return ifxErrorSet(error, IFX_ERROR_XML,
                           "%s='%s' of a PCI address is out of range: it must be 0x%x or less",
                           name, text, max);

    *value = (guint32) number;
    return true;
}

bool
ifxPciAddressFromAttributes(const char *domain,
                            const char *bus,
                            const char *slot,
                            const char *function,
                            ifxPciAddress *address,
                            GError **error)
{
    guint32 fields[4];

    if (!ifxPciAddressReadAttribute("domain", domain, G_MAXUINT32, &fields[0], error) ||
        !ifxPciAddressReadAttribute("bus", bus, IFX_PCI_MAX_BUS, &fields[1], error) ||
        !ifxPciAddressReadAttribute("slot", slot, IFX_PCI_MAX_SLOT, &fields[2], error) ||
        !ifxPciAddressReadAttribute("function", function, IFX_PCI_MAX_FUNCTION, &fields[3], error))
        return false;

    address->domain = fields[0];
    address->bus = (guint8) fields[1];
    address->slot = (guint8) fields[2];
    address->function = (guint8) fields[3];
    return true;
}

const char *
ifxPciAddressFormat(const ifxPciAddress *address,
                    char buffer[IFX_PCI_ADDRESS_LENGTH])
{
    g_snprintf(buffer, IFX_PCI_ADDRESS_LENGTH, "%04x:%02x:%02x.%x",
               address->domain, address->bus, address->slot, address->function);
    return buffer;
}

int
ifxPciAddressCompare(const ifxPciAddress *a,
                     const ifxPciAddress *b)
{
    if (a->domain != b->domain)
        return a->domain < b->domain ? -1 : 1;
    if (a->bus != b->bus)
        return a->bus < b->bus ? -1 : 1;
    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    return (int) a->function - (int) b->function;
}

guint
ifxPciAddressHash(gconstpointer address)
{
    const ifxPciAddress *a = address;

    return a->domain << 16 ^ (guint) a->bus << 8 ^ (guint) a->slot << 3 ^ a->function;
}

gboolean
ifxPciAddressEqual(gconstpointer a,
                   gconstpointer b)
{
    return ifxPciAddressCompare(a, b) == 0;
}
