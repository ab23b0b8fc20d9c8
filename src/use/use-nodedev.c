/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use.h"

#include <string.h>

#include "use/nodedev-place.h"

#define IFX_NODEDEV_UNSEEN "use can't be seen"

/* One capability of a node device. */
typedef struct _ifxSitting ifxSitting;
struct _ifxSitting {
    ifxUseGraph *use;
    const ifxNodedevPlace *place;
    const xmlNode *capability;
};

/* The text of the capability's child; NULL if there is none, or nothing in it. */
static char *
ifxSittingText(const ifxSitting *sitting,
               const char *name)
{
    char *text = ifxXmlDocText(sitting->capability, name);

    if (text && !*text)
        g_clear_pointer(&text, g_free);
    return text;
}

static void
ifxSittingAdd(const ifxSitting *sitting,
              const char *id,
              const char *label)
{
    g_autofree char *path = ifxNodedevPlaceMakePath(sitting->place);
    const xmlNode *child;

    ifxUseGraphAddThing(sitting->use, id, label);
    for (child = sitting->place->node->children; child; child = child->next) {
        if (ifxXmlDocIs(child, "devnode")) {
            g_autofree char *file = ifxXmlDocContent(child);

            if (*file)
                ifxUseGraphAddAlias(sitting->use, file, id);
        }
    }
    if (path)
        ifxUseGraphAddPath(sitting->use, id, path);
}

/* States of virNetDevIfState (libvirt src/util/virnetdev.c); "unknown" is what drivers give that
 * don't tell. */
static bool
ifxNodedevHasNoLink(const xmlNode *net)
{
    const xmlNode *link = ifxXmlDocChild(net, "link");
    g_autofree char *state = link ? ifxXmlDocAttribute(link, "state") : NULL;

    return g_strcmp0(state, "down") == 0 || g_strcmp0(state, "lowerlayerdown") == 0 ||
        g_strcmp0(state, "notpresent") == 0;
}

static void
ifxNodedevAddNet(const ifxSitting *sitting)
{
    g_autofree char *name = ifxSittingText(sitting, "interface");
    g_autofree char *id = g_strconcat("net/", name, NULL);
    g_autofree char *label = NULL;

    if (!name)
        return;
    label = g_strconcat(name, ifxNodedevHasNoLink(sitting->capability) ? " (no link)" : "", NULL);
    ifxSittingAdd(sitting, id, label);
    ifxUseGraphAddUse(sitting->use, id, IFX_USE_UNCLEAR, false, IFX_NODEDEV_UNSEEN);
}

static void
ifxNodedevAddStorage(const ifxSitting *sitting)
{
    g_autofree char *file = ifxSittingText(sitting, "block");
    g_autofree char *name = NULL;
    g_autofree char *id = NULL;

    if (!file || strcmp(file, "/dev/") == 0)
        return;
    /* "/dev/cciss/c0d0" is "cciss!c0d0" to the kernel (Linux drivers/base/core.c). */
    name = g_strdup(g_str_has_prefix(file, "/dev/") ? file + strlen("/dev/") : file);
    g_strdelimit(name, "/", '!');
    id = g_strconcat("block/", name, NULL);
    ifxSittingAdd(sitting, id, name);
    ifxUseGraphAddAlias(sitting->use, file, id);
    ifxUseGraphAddUse(sitting->use, id, IFX_USE_UNCLEAR, false, IFX_NODEDEV_UNSEEN);
}

static void
ifxNodedevAddScsiHost(const ifxSitting *sitting)
{
    g_autofree char *number = ifxSittingText(sitting, "host");
    g_autofree char *name = g_strconcat("host", number, NULL);
    g_autofree char *id = g_strconcat("scsi_host/", name, NULL);

    if (number)
        ifxSittingAdd(sitting, id, name);
}

static bool
ifxNodedevReadUsbId(const ifxSitting *sitting,
                    const char *name,
                    guint64 *number)
{
    const xmlNode *child = ifxXmlDocChild(sitting->capability, name);
    g_autofree char *text = child ? ifxXmlDocAttribute(child, "id") : NULL;

    return ifxXmlDocNumber(text, G_MAXUINT16, number);
}

/* "001/004"; NULL: it does not say. */
static char *
ifxNodedevUsbPlace(const ifxSitting *sitting)
{
    g_autofree char *bus_text = ifxSittingText(sitting, "bus");
    g_autofree char *device_text = ifxSittingText(sitting, "device");
    guint64 bus;
    guint64 device;

    if (!ifxXmlDocNumber(bus_text, 999, &bus) ||
        !ifxXmlDocNumber(device_text, 999, &device))
        return NULL;
    return g_strdup_printf("%03u/%03u", (guint) bus, (guint) device);
}

/* The controllers' own, "usb1", are no devices that a domain could be given. */
static void
ifxNodedevAddUsb(const ifxSitting *sitting)
{
    const char *name = sitting->place->kernel_name;
    g_autofree char *place = ifxNodedevUsbPlace(sitting);
    g_autofree char *id = NULL;
    g_autofree char *label = NULL;
    guint64 vendor;
    guint64 product;

    if (!g_ascii_isdigit(*name)) {
        if (g_str_has_prefix(name, "usb") || !place)
            return;
        name = place;
    }
    id = g_strconcat("usb/", name, NULL);
    label = g_strconcat("usb ", name, NULL);
    ifxSittingAdd(sitting, id, label);
    if (place) {
        g_autofree char *alias = g_strconcat("usb/", place, NULL);

        ifxUseGraphAddAlias(sitting->use, alias, id);
    }
    if (ifxNodedevReadUsbId(sitting, "vendor", &vendor) &&
        ifxNodedevReadUsbId(sitting, "product", &product)) {
        g_autofree char *alias =
            g_strdup_printf("usb/%04x:%04x", (guint) vendor, (guint) product);

        ifxUseGraphAddAlias(sitting->use, alias, id);
    }
}

static void
ifxNodedevAddDrm(const ifxSitting *sitting)
{
    const char *name = sitting->place->kernel_name;
    g_autofree char *id = g_strconcat("drm/", name, NULL);

    if (*name)
        ifxSittingAdd(sitting, id, name);
}

/* libvirt's name is "mdev_UUID_PARENT", or without the parent, with "_" for "-". Where there is no
 * UUID in any form, what there is. */
static char *
ifxNodedevMdevUuid(const ifxSitting *sitting)
{
    const ifxNodedevPlace *place = sitting->place;
    g_autofree char *uuid = ifxSittingText(sitting, "uuid");

    if (!uuid && g_str_has_prefix(place->name, "mdev_")) {
        uuid = g_strndup(place->name + strlen("mdev_"), 36);
        g_strdelimit(uuid, "_", '-');
    }
    if (!uuid || !g_uuid_string_is_valid(uuid)) {
        g_free(uuid);
        uuid = g_strdup(*place->kernel_name ? place->kernel_name : place->name);
    }
    return g_ascii_strdown(uuid, -1);
}

static void
ifxNodedevAddMdev(const ifxSitting *sitting)
{
    g_autofree char *uuid = ifxNodedevMdevUuid(sitting);
    g_autofree char *id = g_strconcat("mdev/", uuid, NULL);
    g_autofree char *label = g_strdup_printf("mdev %.8s", uuid);

    if (!*uuid)
        return;
    ifxSittingAdd(sitting, id, label);
    ifxUseGraphAddUse(sitting->use, id, IFX_USE_MDEV_PARENT, false, NULL);
}

static void
ifxNodedevAddVdpa(const ifxSitting *sitting)
{
    const xmlNode *bound = ifxXmlDocChild(sitting->place->node, "driver");
    const char *name = *sitting->place->kernel_name ?
        sitting->place->kernel_name : sitting->place->name;
    g_autofree char *driver = bound ? ifxXmlDocText(bound, "name") : NULL;
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *file = ifxSittingText(sitting, "chardev");
    g_autofree char *id = g_strconcat("vdpa/", name, NULL);

    if (!*name)
        return;
    ifxSittingAdd(sitting, id, label);
    if (file)
        ifxUseGraphAddAlias(sitting->use, file, id);
    ifxUseGraphAddUse(sitting->use, id, IFX_USE_VDPA_PARENT, false, NULL);
}

static void
ifxNodedevAddUse(ifxUseGraph *use,
                 const ifxNodedevPlace *place)
{
    static const struct {
        const char *type;
        void (*add)(const ifxSitting *sitting);
    } kinds[] = {
        { "net", ifxNodedevAddNet },
        { "storage", ifxNodedevAddStorage },
        { "scsi_host", ifxNodedevAddScsiHost },
        { "usb_device", ifxNodedevAddUsb },
        { "drm", ifxNodedevAddDrm },
        { "mdev", ifxNodedevAddMdev },
        { "vdpa", ifxNodedevAddVdpa },
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const ifxSitting sitting = {
            .use = use,
            .place = place,
            .capability = ifxXmlDocCapability(place->node, kinds[i].type),
        };

        if (sitting.capability)
            kinds[i].add(&sitting);
    }
}

static bool
ifxUseNodedevAddAll(ifxUseGraph *use,
                    const char *xml,
                    gsize length,
                    const char *root,
                    GError **error)
{
    g_autoptr(xmlDoc) doc = ifxXmlDocRead(xml, length, root, error);
    g_autoptr(GPtrArray) places = doc ? ifxNodedevPlaceList(xmlDocGetRootElement(doc)) : NULL;
    guint i;

    for (i = 0; places && i < places->len; i++)
        ifxNodedevAddUse(use, places->pdata[i]);
    return doc != NULL;
}

bool
ifxUseNodedevAdd(ifxUseGraph *use,
                 const char *xml,
                 gsize length,
                 GError **error)
{
    return ifxUseNodedevAddAll(use, xml, length, "device", error);
}

bool
ifxUseNodedevAddCapture(ifxUseGraph *use,
                        const char *xml,
                        gsize length,
                        GError **error)
{
    return ifxUseNodedevAddAll(use, xml, length, "node", error);
}
