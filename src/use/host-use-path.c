/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/host-use.h"

#include <string.h>

#include "base/sysfs.h"

/* Is @name "1-4.2", bus and ports, on the bus of the root hub @hub, "usb1"? Thunderbolt ("0-1")
 * and I2C ("1-0050") have names that are nearly the same. */
static bool
ifxHostUseIsUsbName(const char *name,
                    const char *hub)
{
    const gsize bus = strspn(name, "0123456789");

    return hub && bus > 0 && strlen(hub) == strlen("usb") + bus &&
        strncmp(hub + strlen("usb"), name, bus) == 0 &&
        name[bus] == '-' && name[bus + 1] >= '1' && name[bus + 1] <= '9' &&
        name[bus + 1 + strspn(name + bus + 1, "0123456789.")] == '\0';
}

/* The innermost USB device of @path, and where its name ends in it; NULL if there is none. */
static char *
ifxHostUseFindUsb(const char *path,
                  gsize *end)
{
    g_auto(GStrv) components = g_strsplit(path, "/", -1);
    const char *hub = NULL;
    const char *found = NULL;
    gsize at = 0;
    guint i;

    for (i = 0; components[i]; i++) {
        at += strlen(components[i]);
        if (ifxHostUseIsUsbName(components[i], hub)) {
            found = components[i];
            *end = at;
        } else if (g_str_has_prefix(components[i], "usb")) {
            hub = components[i];
        }
        at++;
    }
    return g_strdup(found);
}

static void
ifxHostUseAddPciPath(ifxHostUse *use,
                     const char *id,
                     const char *path)
{
    g_autoptr(GArray) ancestors = ifxSysfsPciAncestors(path);
    g_autofree char *above = g_strdup(id);
    guint i;

    for (i = ancestors->len; i > 0; i--) {
        const ifxPciAddress *address = &g_array_index(ancestors, ifxPciAddress, i - 1);
        char spelled[IFX_PCI_ADDRESS_LENGTH];
        g_autofree char *pci = g_strconcat("pci/", ifxPciAddressFormat(address, spelled), NULL);

        ifxHostUseAddDevice(use, above, address);
        if (i == 1)
            break;
        /* What uses a device uses the controller that it is behind. */
        ifxHostUseAddThing(use, pci, spelled);
        ifxHostUseAddDevice(use, pci, address);
        ifxHostUseAddBelow(use, above, pci);
        g_free(above);
        above = g_steal_pointer(&pci);
    }
}

void
ifxHostUseAddPath(ifxHostUse *use,
                  const char *id,
                  const char *path)
{
    gsize end = 0;
    g_autofree char *usb = ifxHostUseFindUsb(path, &end);
    g_autofree char *usb_id = usb ? g_strconcat("usb/", usb, NULL) : NULL;
    g_autofree char *label = usb ? g_strconcat("usb ", usb, NULL) : NULL;
    g_autofree char *usb_path = usb ? g_strndup(path, end) : NULL;

    if (!usb || strcmp(usb_id, id) == 0) {
        ifxHostUseAddPciPath(use, id, path);
        return;
    }
    ifxHostUseAddThing(use, usb_id, label);
    ifxHostUseAddBelow(use, id, usb_id);
    ifxHostUseAddPciPath(use, usb_id, usb_path);
}
