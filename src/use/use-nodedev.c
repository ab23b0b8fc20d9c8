/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <limits.h>
#include <string.h>

#include "xml/xml-doc.h"

#define IFX_USE_NODEDEV_UNSEEN "use unknown"

/* A disk below a tree of USB hubs needs about 20. */
#define IFX_USE_NODEDEV_MAX_LEVELS 32

/* Longer than any name that udev makes. */
#define IFX_USE_NODEDEV_MAX_NAME 256

typedef struct _ifxUseNodedev ifxUseNodedev;
struct _ifxUseNodedev {
    const xmlNode *node;    /* the <device>; lent by the document */
    char *name;             /* libvirt's name, "usb_1_4"; or "" */
    char *kernel_name;      /* "1-4"; "" if it is unknown */
    char *path;             /* the <path>, in sysfs. libvirt's udev driver gives one to each device
                             * except for mediated devices that are only defined. A document
                             * that a person wrote may have none, like libvirt's own test data
                             * (tests/nodedevschemadata). NULL then */
    char *component;        /* a PCI or USB device in a path, "0000:01:00.0", "1-4"; or NULL */
    char *parent;           /* libvirt's name of the parent; or NULL */
    const ifxUseNodedev *above;     /* the parent; NULL: it is not in the document */
};

/* "0000:01:00.0", from the capability. */
static char *
ifxUseNodedevPciAddress(const xmlNode *capability)
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
ifxUseNodedevUsbName(const char *suffix)
{
    char *name = g_strdelimit(g_strdup(suffix), "_", '.');
    char *first = strchr(name, '.');

    if (first)
        *first = '-';
    return name;
}

static char *
ifxUseNodedevKernelName(const ifxUseNodedev *nodedev,
                        const xmlNode *usb)
{
    const char *suffix = strchr(nodedev->name, '_');

    if (nodedev->path)
        return g_path_get_basename(nodedev->path);
    if (!suffix || strlen(suffix) > IFX_USE_NODEDEV_MAX_NAME)
        return g_strdup("");
    return usb ? ifxUseNodedevUsbName(suffix + 1) : g_strdup(suffix + 1);
}

static ifxUseNodedev *
ifxUseNodedevNew(const xmlNode *node)
{
    const xmlNode *pci = ifxXmlDocCapability(node, "pci");
    const xmlNode *usb = ifxXmlDocCapability(node, "usb_device");
    ifxUseNodedev *nodedev = g_new0(ifxUseNodedev, 1);

    nodedev->node = node;
    nodedev->name = ifxXmlDocText(node, "name");
    if (!nodedev->name)
        nodedev->name = g_strdup("");
    nodedev->parent = ifxXmlDocText(node, "parent");
    nodedev->path = ifxXmlDocText(node, "path");
    if (nodedev->path && (!*nodedev->path || strlen(nodedev->path) >= PATH_MAX))
        g_clear_pointer(&nodedev->path, g_free);
    nodedev->kernel_name = ifxUseNodedevKernelName(nodedev, usb);
    if (pci)
        nodedev->component = ifxUseNodedevPciAddress(pci);
    else if (usb && *nodedev->kernel_name)
        nodedev->component = g_strdup(nodedev->kernel_name);
    return nodedev;
}

static void
ifxUseNodedevFree(gpointer data)
{
    ifxUseNodedev *nodedev = data;

    g_free(nodedev->name);
    g_free(nodedev->kernel_name);
    g_free(nodedev->path);
    g_free(nodedev->component);
    g_free(nodedev->parent);
    g_free(nodedev);
}

static void
ifxUseNodedevFindParents(GPtrArray *nodedevs,
                         GHashTable *by_name)
{
    guint i;

    for (i = 0; i < nodedevs->len; i++) {
        ifxUseNodedev *nodedev = nodedevs->pdata[i];

        if (nodedev->parent)
            nodedev->above = g_hash_table_lookup(by_name, nodedev->parent);
    }
}

static GPtrArray *
ifxUseNodedevList(const xmlNode *root)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *nodedevs = g_ptr_array_new_with_free_func(ifxUseNodedevFree);
    const bool single = ifxXmlDocIs(root, "device");
    const xmlNode *node;

    for (node = single ? root : root->children; node; node = single ? NULL : node->next) {
        ifxUseNodedev *nodedev;

        if (!ifxXmlDocIs(node, "device"))
            continue;
        nodedev = ifxUseNodedevNew(node);
        if (g_hash_table_contains(by_name, nodedev->name)) {
            ifxUseNodedevFree(nodedev);
            continue;
        }
        if (*nodedev->name)
            g_hash_table_insert(by_name, nodedev->name, nodedev);
        g_ptr_array_add(nodedevs, nodedev);
    }
    ifxUseNodedevFindParents(nodedevs, by_name);
    return nodedevs;
}

static char *
ifxUseNodedevMakePath(const ifxUseNodedev *nodedev)
{
    const char *components[IFX_USE_NODEDEV_MAX_LEVELS];
    const char *outermost = NULL;
    const char *start = NULL;
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    ifxPciAddress address;
    GString *path = g_string_new(NULL);
    guint count = 0;
    guint level;

    for (level = 0; level < IFX_USE_NODEDEV_MAX_LEVELS; level++) {
        if (nodedev->path) {
            start = nodedev->path;
            break;
        }
        if (nodedev->component)
            components[count++] = nodedev->component;
        if (!nodedev->above) {
            if (nodedev->parent && ifxPciAddressParseNodedev(nodedev->parent, &address))
                outermost = ifxPciAddressFormat(&address, spelled);
            break;
        }
        nodedev = nodedev->above;
    }

    if (start)
        g_string_append(path, start);
    else if (outermost)
        g_string_append_printf(path, "/%s", outermost);
    while (count > 0)
        g_string_append_printf(path, "/%s", components[--count]);
    return g_string_free(path, path->len == 0);
}

/* The text of the capability's child; NULL if there is no such child, or it is empty. */
static char *
ifxUseNodedevText(const xmlNode *capability,
                  const char *name)
{
    char *text = ifxXmlDocText(capability, name);

    if (text && !*text)
        g_clear_pointer(&text, g_free);
    return text;
}

static void
ifxUseNodedevAddThing(ifxUseGraph *graph,
                      const ifxUseNodedev *nodedev,
                      const char *id,
                      const char *label)
{
    g_autofree char *path = ifxUseNodedevMakePath(nodedev);
    const xmlNode *child;

    ifxUseGraphAddThing(graph, id, label);
    for (child = nodedev->node->children; child; child = child->next) {
        if (ifxXmlDocIs(child, "devnode")) {
            g_autofree char *file = ifxXmlDocContent(child);

            if (*file)
                ifxUseGraphAddAlias(graph, file, id);
        }
    }
    ifxUseGraphAddPath(graph, id, path);
}

/* States of virNetDevIfState (libvirt src/util/virnetdev.c). Drivers that do not know the state
 * give "unknown". */
static bool
ifxUseNodedevHasNoLink(const xmlNode *net)
{
    const xmlNode *link = ifxXmlDocChild(net, "link");
    g_autofree char *state = link ? ifxXmlDocAttribute(link, "state") : NULL;

    return g_strcmp0(state, "down") == 0 || g_strcmp0(state, "lowerlayerdown") == 0 ||
        g_strcmp0(state, "notpresent") == 0;
}

static void
ifxUseNodedevAddNet(ifxUseGraph *graph,
                    const ifxUseNodedev *nodedev,
                    const xmlNode *capability)
{
    g_autofree char *name = ifxUseNodedevText(capability, "interface");
    g_autofree char *id = g_strconcat("net/", name, NULL);
    g_autofree char *label = NULL;

    if (!name)
        return;
    label = g_strconcat(name, ifxUseNodedevHasNoLink(capability) ? " (no link)" : "",
                        NULL);
    ifxUseNodedevAddThing(graph, nodedev, id, label);
    ifxUseGraphAddUse(graph, id, IFX_USE_UNCLEAR, false, IFX_USE_NODEDEV_UNSEEN);
}

static void
ifxUseNodedevAddStorage(ifxUseGraph *graph,
                        const ifxUseNodedev *nodedev,
                        const xmlNode *capability)
{
    g_autofree char *file = ifxUseNodedevText(capability, "block");
    g_autofree char *name = NULL;
    g_autofree char *id = NULL;

    if (!file || strcmp(file, "/dev/") == 0)
        return;
    /* "/dev/cciss/c0d0" is "cciss!c0d0" to the kernel (Linux drivers/base/core.c). */
    name = g_strdup(g_str_has_prefix(file, "/dev/") ? file + strlen("/dev/") : file);
    g_strdelimit(name, "/", '!');
    id = g_strconcat("block/", name, NULL);
    ifxUseNodedevAddThing(graph, nodedev, id, name);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddUse(graph, id, IFX_USE_UNCLEAR, false, IFX_USE_NODEDEV_UNSEEN);
}

static void
ifxUseNodedevAddScsiHost(ifxUseGraph *graph,
                         const ifxUseNodedev *nodedev,
                         const xmlNode *capability)
{
    g_autofree char *number = ifxUseNodedevText(capability, "host");
    g_autofree char *name = g_strconcat("host", number, NULL);
    g_autofree char *id = g_strconcat("scsi_host/", name, NULL);

    if (number)
        ifxUseNodedevAddThing(graph, nodedev, id, name);
}

static bool
ifxUseNodedevReadUsbId(const xmlNode *capability,
                       const char *name,
                       guint64 *number)
{
    const xmlNode *child = ifxXmlDocChild(capability, name);
    g_autofree char *text = child ? ifxXmlDocAttribute(child, "id") : NULL;

    return ifxXmlDocNumber(text, G_MAXUINT16, number);
}

/* Bus and device number, "001/004"; NULL: one is missing. */
static char *
ifxUseNodedevUsbNumbers(const xmlNode *capability)
{
    g_autofree char *bus_text = ifxUseNodedevText(capability, "bus");
    g_autofree char *device_text = ifxUseNodedevText(capability, "device");
    guint64 bus;
    guint64 device;

    if (!ifxXmlDocNumber(bus_text, 999, &bus) ||
        !ifxXmlDocNumber(device_text, 999, &device))
        return NULL;
    return g_strdup_printf("%03u/%03u", (guint) bus, (guint) device);
}

/* Root hubs, "usb1", are part of the controller: no domain can have one. */
static void
ifxUseNodedevAddUsb(ifxUseGraph *graph,
                    const ifxUseNodedev *nodedev,
                    const xmlNode *capability)
{
    const char *name = nodedev->kernel_name;
    g_autofree char *numbers = ifxUseNodedevUsbNumbers(capability);
    g_autofree char *id = NULL;
    g_autofree char *label = NULL;
    guint64 vendor;
    guint64 product;

    if (!g_ascii_isdigit(*name)) {
        if (g_str_has_prefix(name, "usb") || !numbers)
            return;
        name = numbers;
    }
    id = g_strconcat("usb/", name, NULL);
    label = g_strconcat("usb ", name, NULL);
    ifxUseNodedevAddThing(graph, nodedev, id, label);
    if (numbers) {
        g_autofree char *alias = g_strconcat("usb/", numbers, NULL);

        ifxUseGraphAddAlias(graph, alias, id);
    }
    if (ifxUseNodedevReadUsbId(capability, "vendor", &vendor) &&
        ifxUseNodedevReadUsbId(capability, "product", &product)) {
        g_autofree char *alias =
            g_strdup_printf("usb/%04x:%04x", (guint) vendor, (guint) product);

        ifxUseGraphAddAlias(graph, alias, id);
    }
}

static void
ifxUseNodedevAddDrm(ifxUseGraph *graph,
                    const ifxUseNodedev *nodedev,
                    const xmlNode *capability G_GNUC_UNUSED)
{
    const char *name = nodedev->kernel_name;
    g_autofree char *id = g_strconcat("drm/", name, NULL);

    if (*name)
        ifxUseNodedevAddThing(graph, nodedev, id, name);
}

/* libvirt's name is "mdev_UUID_PARENT", or without the parent, with "_" for "-". Any name there is
 * serves where there is no UUID. */
static char *
ifxUseNodedevMdevUuid(const ifxUseNodedev *nodedev,
                      const xmlNode *capability)
{
    g_autofree char *uuid = ifxUseNodedevText(capability, "uuid");

    if (!uuid && g_str_has_prefix(nodedev->name, "mdev_")) {
        uuid = g_strndup(nodedev->name + strlen("mdev_"), 36);
        g_strdelimit(uuid, "_", '-');
    }
    if (!uuid || !g_uuid_string_is_valid(uuid)) {
        g_free(uuid);
        uuid = g_strdup(*nodedev->kernel_name ? nodedev->kernel_name : nodedev->name);
    }
    return g_ascii_strdown(uuid, -1);
}

static void
ifxUseNodedevAddMdev(ifxUseGraph *graph,
                     const ifxUseNodedev *nodedev,
                     const xmlNode *capability)
{
    g_autofree char *uuid = ifxUseNodedevMdevUuid(nodedev, capability);
    g_autofree char *id = g_strconcat("mdev/", uuid, NULL);
    g_autofree char *label = g_strdup_printf("mdev %.8s", uuid);

    if (!*uuid)
        return;
    ifxUseNodedevAddThing(graph, nodedev, id, label);
    ifxUseGraphAddUse(graph, id, IFX_USE_MDEV_PARENT, false, NULL);
}

static void
ifxUseNodedevAddVdpa(ifxUseGraph *graph,
                     const ifxUseNodedev *nodedev,
                     const xmlNode *capability)
{
    const xmlNode *bound = ifxXmlDocChild(nodedev->node, "driver");
    const char *name = *nodedev->kernel_name ? nodedev->kernel_name : nodedev->name;
    g_autofree char *driver = bound ? ifxXmlDocText(bound, "name") : NULL;
    g_autofree char *label = driver ? g_strdup_printf("%s (%s)", name, driver) : g_strdup(name);
    g_autofree char *file = ifxUseNodedevText(capability, "chardev");
    g_autofree char *id = g_strconcat("vdpa/", name, NULL);

    if (!*name)
        return;
    ifxUseNodedevAddThing(graph, nodedev, id, label);
    if (file)
        ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddUse(graph, id, IFX_USE_VDPA_PARENT, false, NULL);
}

/* A capture's own element: what hung on the PCI device in sysfs. */
static void
ifxUseNodedevAddCarried(ifxUseGraph *graph,
                        const ifxUseNodedev *nodedev,
                        const xmlNode *capability)
{
    const xmlNode *carries = ifxXmlDocChild(capability, "carries");
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    const xmlNode *child;
    ifxPciAddress address;

    if (!carries || !nodedev->component || !ifxPciAddressParse(nodedev->component, &address))
        return;
    for (child = carries->children; child; child = child->next) {
        char *id = ifxXmlDocIs(child, "thing") ? ifxXmlDocAttribute(child, "id") : NULL;

        if (id)
            g_ptr_array_add(ids, id);
    }
    ifxUseAttachedRecord(graph, &address, ids);
}

static void
ifxUseNodedevAddUses(ifxUseGraph *graph,
                     const ifxUseNodedev *nodedev)
{
    static const struct {
        const char *type;
        void (*add)(ifxUseGraph *graph, const ifxUseNodedev *nodedev, const xmlNode *capability);
    } kinds[] = {
        { "pci", ifxUseNodedevAddCarried },
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
        const xmlNode *capability = ifxXmlDocCapability(nodedev->node, kinds[i].type);

        if (capability)
            kinds[i].add(graph, nodedev, capability);
        /* libvirt lists all kinds, so that there is always net_lo. */
        if (capability && i > 0)
            ifxUseGraphAddSight(graph, IFX_SIGHT_DEVICES);
    }
}

void
ifxUseNodedevAddTree(ifxUseGraph *graph,
                     const xmlNode *root)
{
    g_autoptr(GPtrArray) nodedevs = ifxUseNodedevList(root);
    guint i;

    for (i = 0; i < nodedevs->len; i++)
        ifxUseNodedevAddUses(graph, nodedevs->pdata[i]);
}

bool
ifxUseNodedevAdd(ifxUseGraph *graph,
                 const char *xml,
                 gsize length,
                 const char *root,
                 GError **error)
{
    g_autoptr(xmlDoc) doc = ifxXmlDocRead(xml, length, root, error);

    if (doc)
        ifxUseNodedevAddTree(graph, xmlDocGetRootElement(doc));
    return doc != NULL;
}
