/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/nodedev-place.h"

#include <limits.h>
#include <string.h>

#include "base/pci-address.h"

/* A disk behind a tree of USB hubs needs about 20. */
#define IFX_NODEDEV_MAX_LEVELS 32

/* Longer than what udev has names for. */
#define IFX_NODEDEV_MAX_NAME 256

/* "pci_0000_01_00_0" to "0000:01:00.0": what nodeDeviceGenerateName (libvirt
 * src/node_device/node_device_driver.c) does to it, undone. NULL for other names. */
static char *
ifxUseNodedevPlacePciName(const char *name)
{
    g_auto(GStrv) parts = NULL;
    g_autofree char *spelled = NULL;
    ifxPciAddress address;

    if (!g_str_has_prefix(name, "pci_") || strlen(name) > IFX_NODEDEV_MAX_NAME)
        return NULL;
    parts = g_strsplit(name, "_", -1);
    if (g_strv_length(parts) != 5)
        return NULL;
    spelled = g_strdup_printf("%s:%s:%s.%s", parts[1], parts[2], parts[3], parts[4]);
    return ifxPciAddressParse(spelled, &address) ? g_steal_pointer(&spelled) : NULL;
}

/* The same by what the device says itself. */
static char *
ifxUseNodedevPlacePciAddress(const xmlNode *capability)
{
    g_autofree char *domain = ifxXmlDocText(capability, "domain");
    g_autofree char *bus = ifxXmlDocText(capability, "bus");
    g_autofree char *slot = ifxXmlDocText(capability, "slot");
    g_autofree char *function = ifxXmlDocText(capability, "function");
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    ifxPciAddress address;

    if (!ifxPciAddressFromAttributes(domain, bus, slot, function, &address, NULL))
        return NULL;
    return g_strdup(ifxPciAddressFormat(&address, spelled));
}

/* "usb_1_4_2" to "1-4.2", "usb_usb1" to "usb1". */
static char *
ifxUseNodedevPlaceUsbName(const char *suffix)
{
    char *name = g_strdelimit(g_strdup(suffix), "_", '.');
    char *first = strchr(name, '.');

    if (first)
        *first = '-';
    return name;
}

static char *
ifxUseNodedevPlaceKernelName(const ifxUseNodedevPlace *place,
                             const xmlNode *usb)
{
    const char *suffix = strchr(place->name, '_');

    if (place->path)
        return g_path_get_basename(place->path);
    if (!suffix || strlen(suffix) > IFX_NODEDEV_MAX_NAME)
        return g_strdup("");
    return usb ? ifxUseNodedevPlaceUsbName(suffix + 1) : g_strdup(suffix + 1);
}

static ifxUseNodedevPlace *
ifxUseNodedevPlaceNew(const xmlNode *node)
{
    const xmlNode *pci = ifxXmlDocCapability(node, "pci");
    const xmlNode *usb = ifxXmlDocCapability(node, "usb_device");
    ifxUseNodedevPlace *place = g_new0(ifxUseNodedevPlace, 1);

    place->node = node;
    place->name = ifxXmlDocText(node, "name");
    if (!place->name)
        place->name = g_strdup("");
    place->parent = ifxXmlDocText(node, "parent");
    place->path = ifxXmlDocText(node, "path");
    if (place->path && (!*place->path || strlen(place->path) >= PATH_MAX))
        g_clear_pointer(&place->path, g_free);
    place->kernel_name = ifxUseNodedevPlaceKernelName(place, usb);
    if (pci)
        place->component = ifxUseNodedevPlacePciAddress(pci);
    else if (usb && *place->kernel_name)
        place->component = g_strdup(place->kernel_name);
    return place;
}

static void
ifxUseNodedevPlaceFree(gpointer data)
{
    ifxUseNodedevPlace *place = data;

    g_free(place->name);
    g_free(place->kernel_name);
    g_free(place->path);
    g_free(place->component);
    g_free(place->parent);
    g_free(place);
}

static void
ifxUseNodedevPlaceFindParents(GPtrArray *places,
                              GHashTable *by_name)
{
    guint i;

    for (i = 0; i < places->len; i++) {
        ifxUseNodedevPlace *place = places->pdata[i];

        if (place->parent)
            place->above = g_hash_table_lookup(by_name, place->parent);
    }
}

GPtrArray *
ifxUseNodedevPlaceList(const xmlNode *root)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *places = g_ptr_array_new_with_free_func(ifxUseNodedevPlaceFree);
    const bool single = ifxXmlDocIs(root, "device");
    const xmlNode *node;

    for (node = single ? root : root->children; node; node = single ? NULL : node->next) {
        ifxUseNodedevPlace *place;

        if (!ifxXmlDocIs(node, "device"))
            continue;
        place = ifxUseNodedevPlaceNew(node);
        if (g_hash_table_contains(by_name, place->name)) {
            ifxUseNodedevPlaceFree(place);
            continue;
        }
        if (*place->name)
            g_hash_table_insert(by_name, place->name, place);
        g_ptr_array_add(places, place);
    }
    ifxUseNodedevPlaceFindParents(places, by_name);
    return places;
}

char *
ifxUseNodedevPlaceMakePath(const ifxUseNodedevPlace *place)
{
    const char *components[IFX_NODEDEV_MAX_LEVELS];
    g_autofree char *outermost = NULL;
    const char *start = NULL;
    GString *path = g_string_new(NULL);
    guint count = 0;
    guint level;

    for (level = 0; place && level < IFX_NODEDEV_MAX_LEVELS; level++) {
        if (place->path) {
            start = place->path;
            break;
        }
        if (place->component)
            components[count++] = place->component;
        if (!place->above && place->parent)
            outermost = ifxUseNodedevPlacePciName(place->parent);
        place = place->above;
    }

    if (start)
        g_string_append(path, start);
    else if (outermost)
        g_string_append_printf(path, "/%s", outermost);
    while (count > 0)
        g_string_append_printf(path, "/%s", components[--count]);
    return g_string_free(path, path->len == 0);
}
