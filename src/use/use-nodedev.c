/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use.h"

#include <string.h>

#include "use/nodedev-place.h"

#define IFX_NODEDEV_UNSEEN "use can't be seen"

/* One capability of a node device. */
typedef struct _ifxUseNodedev ifxUseNodedev;
struct _ifxUseNodedev {
    ifxUseGraph *graph;
    const ifxUseNodedevPlace *place;
    const xmlNode *capability;
};

/* The text of the capability's child; NULL if there is none, or nothing in it. */
static char *
ifxUseNodedevText(const ifxUseNodedev *sitting,
                  const char *name)
{
    char *text = ifxXmlDocText(sitting->capability, name);

    if (text && !*text)
        g_clear_pointer(&text, g_free);
    return text;
}

static void
ifxUseNodedevAddThing(const ifxUseNodedev *sitting,
                      const char *id,
                      const char *label)
{
    g_autofree char *path = ifxUseNodedevPlaceMakePath(sitting->place);
    const xmlNode *child;

    ifxUseGraphAddThing(sitting->graph, id, label);
    for (child = sitting->place->node->children; child; child = child->next) {
        if (ifxXmlDocIs(child, "devnode")) {
            g_autofree char *file = ifxXmlDocContent(child);

            if (*file)
                ifxUseGraphAddAlias(sitting->graph, file, id);
        }
    }
    if (path)
        ifxUseGraphAddPath(sitting->graph, id, path);
}

/* States of virNetDevIfState (libvirt src/util/virnetdev.c); "unknown" is what drivers give that
 * don't tell. */
static bool
ifxUseNodedevHasNoLink(const xmlNode *net)
{
    const xmlNode *link = ifxXmlDocChild(net, "link");
    g_autofree char *state = link ? ifxXmlDocAttribute(link, "state") : NULL;

    return g_strcmp0(state, "down") == 0 || g_strcmp0(state, "lowerlayerdown") == 0 ||
        g_strcmp0(state, "notpresent") == 0;
}

static void
ifxUseNodedevAddNet(const ifxUseNodedev *sitting)
{
    g_autofree char *name = ifxUseNodedevText(sitting, "interface");
    g_autofree char *id = g_strconcat("net/", name, NULL);
    g_autofree char *label = NULL;

    if (!name)
        return;
    label = g_strconcat(name, ifxUseNodedevHasNoLink(sitting->capability) ? " (no link)" : "",
                        NULL);
    ifxUseNodedevAddThing(sitting, id, label);
    ifxUseGraphAddUse(sitting->graph, id, IFX_USE_UNCLEAR, false, IFX_NODEDEV_UNSEEN);
}

static void
ifxUseNodedevAddStorage(const ifxUseNodedev *sitting)
{
    g_autofree char *file = ifxUseNodedevText(sitting, "block");
    g_autofree char *name = NULL;
    g_autofree char *id = NULL;

    if (!file || strcmp(file, "/dev/") == 0)
        return;
    /* "/dev/cciss/c0d0" is "cciss!c0d0" to the kernel (Linux drivers/base/core.c). */
    name = g_strdup(g_str_has_prefix(file, "/dev/") ? file + strlen("/dev/") : file);
    g_strdelimit(name, "/", '!');
    id = g_strconcat("block/", name, NULL);
    ifxUseNodedevAddThing(sitting, id, name);
    ifxUseGraphAddAlias(sitting->graph, file, id);
    ifxUseGraphAddUse(sitting->graph, id, IFX_USE_UNCLEAR, false, IFX_NODEDEV_UNSEEN);
}

static void
ifxUseNodedevAddScsiHost(const ifxUseNodedev *sitting)
{
    g_autofree char *number = ifxUseNodedevText(sitting, "host");
    g_autofree char *name = g_strconcat("host", number, NULL);
    g_autofree char *id = g_strconcat("scsi_host/", name, NULL);

    if (number)
        ifxUseNodedevAddThing(sitting, id, name);
}

static bool
ifxUseNodedevReadUsbId(const ifxUseNodedev *sitting,
                       const char *name,
                       guint64 *number)
{
    const xmlNode *child = ifxXmlDocChild(sitting->capability, name);
    g_autofree char *text = child ? ifxXmlDocAttribute(child, "id") : NULL;

    return ifxXmlDocNumber(text, G_MAXUINT16, number);
}

/* "001/004"; NULL: it does not say. */
static char *
ifxUseNodedevUsbPlace(const ifxUseNodedev *sitting)
{
    g_autofree char *bus_text = ifxUseNodedevText(sitting, "bus");
    g_autofree char *device_text = ifxUseNodedevText(sitting, "device");
    guint64 bus;
    guint64 device;

    if (!ifxXmlDocNumber(bus_text, 999, &bus) ||
        !ifxXmlDocNumber(device_text, 999, &device))
        return NULL;
    return g_strdup_printf("%03u/%03u", (guint) bus, (guint) device);
}

/* The controllers' own, "usb1", are no devices that a domain could be given. */
static void
ifxUseNodedevAddUsb(const ifxUseNodedev *sitting)
{
    const char *name = sitting->place->kernel_name;
    g_autofree char *place = ifxUseNodedevUsbPlace(sitting);
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
    ifxUseNodedevAddThing(sitting, id, label);
    if (place) {
        g_autofree char *alias = g_strconcat("usb/", place, NULL);

        ifxUseGraphAddAlias(sitting->graph, alias, id);
    }
    if (ifxUseNodedevReadUsbId(sitting, "vendor", &vendor) &&
        ifxUseNodedevReadUsbId(sitting, "product", &product)) {
        g_autofree char *alias =
            g_strdup_printf("usb/%04x:%04x", (guint) vendor, (guint) product);

        ifxUseGraphAddAlias(sitting->graph, alias, id);
    }
}

static void
ifxUseNodedevAddDrm(const ifxUseNodedev *sitting)
{
    const char *name = sitting->place->kernel_name;
    g_autofree char *id = g_strconcat("drm/", name, NULL);

    if (*name)
        ifxUseNodedevAddThing(sitting, id, name);
}

/* libvirt's name is "mdev_UUID_PARENT", or without the parent, with "_" for "-". Where there is no
 * UUID in any form, what there is. */
static char *
ifxUseNodedevMdevUuid(const ifxUseNodedev *sitting)
{
    const ifxUseNodedevPlace *place = sitting->place;
    g_autofree char *uuid = ifxUseNodedevText(sitting, "uuid");

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
ifxUseNodedevAddMdev(const ifxUseNodedev *sitting)
{
    g_autofree char *uuid = ifxUseNodedevMdevUuid(sitting);
    g_autofree char *id = g_strconcat("mdev/", uuid, NULL);
    g_autofree char *label = g_strdup_printf("mdev %.8s", uuid);

    if (!*uuid)
        return;
    ifxUseNodedevAddThing(sitting, id, label);
    ifxUseGraphAddUse(sitting->graph, id, IFX_USE_MDEV_PARENT, false, NULL);
}

static void
ifxUseNodedevAddVdpa(const ifxUseNodedev *sitting)
{
    const xmlNode *bound = ifxXmlDocChild(sitting->place->node, "driver");
    const char *name = *sitting->place->kernel_name ?
        sitting->place->kernel_name : sitting->place->name;
    g_autofree char *driver = bound ? ifxXmlDocText(bound, "name") : NULL;
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *file = ifxUseNodedevText(sitting, "chardev");
    g_autofree char *id = g_strconcat("vdpa/", name, NULL);

    if (!*name)
        return;
    ifxUseNodedevAddThing(sitting, id, label);
    if (file)
        ifxUseGraphAddAlias(sitting->graph, file, id);
    ifxUseGraphAddUse(sitting->graph, id, IFX_USE_VDPA_PARENT, false, NULL);
}

static void
ifxUseNodedevAddUse(ifxUseGraph *graph,
                    const ifxUseNodedevPlace *place)
{
    static const struct {
        const char *type;
        void (*add)(const ifxUseNodedev *sitting);
    } kinds[] = {
        { "net", ifxUseNodedevAddNet },
        { "storage", ifxUseNodedevAddStorage },
        { "scsi_host", ifxUseNodedevAddScsiHost },
        { "usb_device", ifxUseNodedevAddUsb },
        { "drm", ifxUseNodedevAddDrm },
        { "mdev", ifxUseNodedevAddMdev },
        { "vdpa", ifxUseNodedevAddVdpa },
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const ifxUseNodedev sitting = {
            .graph = graph,
            .place = place,
            .capability = ifxXmlDocCapability(place->node, kinds[i].type),
        };

        if (sitting.capability)
            kinds[i].add(&sitting);
    }
}

static bool
ifxUseNodedevAddAll(ifxUseGraph *graph,
                    const char *xml,
                    gsize length,
                    const char *root,
                    GError **error)
{
    g_autoptr(xmlDoc) doc = ifxXmlDocRead(xml, length, root, error);
    g_autoptr(GPtrArray) places = doc ? ifxUseNodedevPlaceList(xmlDocGetRootElement(doc)) : NULL;
    guint i;

    for (i = 0; places && i < places->len; i++)
        ifxUseNodedevAddUse(graph, places->pdata[i]);
    return doc != NULL;
}

bool
ifxUseNodedevAdd(ifxUseGraph *graph,
                 const char *xml,
                 gsize length,
                 GError **error)
{
    return ifxUseNodedevAddAll(graph, xml, length, "device", error);
}

bool
ifxUseNodedevAddCapture(ifxUseGraph *graph,
                        const char *xml,
                        gsize length,
                        GError **error)
{
    return ifxUseNodedevAddAll(graph, xml, length, "node", error);
}
