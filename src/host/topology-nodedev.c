/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/topology-nodedev.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/pci-class.h"
#include "base/pci-driver.h"
#include "host/host-internal.h"
#include "xml/xml-doc.h"

char *
ifxNodedevName(const ifxPciAddress *address)
{
    return g_strdup_printf("pci_%04x_%02x_%02x_%x", address->domain, address->bus,
                           address->slot, address->function);
}

/* libvirt prints <capability type='pci-bridge'> and <pci-express> only if its daemon may read the
 * configuration space (udevProcessPCI). It then prints them for every device, so a device with the
 * latter but without the former is an endpoint. The tool's own captures state the header. */
static ifxHeaderType
ifxNodedevHeader(const xmlNode *capability)
{
    if (ifxXmlDocCapability(capability, "pci-bridge"))
        return IFX_HEADER_PCI_BRIDGE;
    if (ifxXmlDocCapability(capability, "cardbus-bridge"))
        return IFX_HEADER_CARDBUS;
    if (ifxXmlDocCapability(capability, "endpoint") ||
        ifxXmlDocChild(capability, "pci-express"))
        return IFX_HEADER_ENDPOINT;
    return IFX_HEADER_UNKNOWN;
}

static void
ifxNodedevIdentify(const xmlNode *capability,
                   const char *name,
                   guint16 *id,
                   char **words)
{
    const xmlNode *child = ifxXmlDocChild(capability, name);
    g_autofree char *text = child ? ifxXmlDocAttribute(child, "id") : NULL;
    guint64 number;

    if (ifxXmlDocNumber(text, G_MAXUINT16, &number))
        *id = (guint16) number;

    *words = ifxXmlDocText(capability, name);
    if (*words && !**words)
        g_clear_pointer(words, g_free);
}

/* What reads a part of an address: the text of a child, or an attribute. */
typedef char *(*ifxNodedevGetFunc)(const xmlNode *node, const char *name);

static bool
ifxNodedevReadAddress(const xmlNode *node,
                      ifxNodedevGetFunc get,
                      ifxPciAddress *address,
                      GError **error)
{
    g_autofree char *domain = get(node, "domain");
    g_autofree char *bus = get(node, "bus");
    g_autofree char *slot = get(node, "slot");
    g_autofree char *function = get(node, "function");

    return ifxPciAddressFromAttributes(domain, bus, slot, function, address, error);
}

/* The device's own address, none of whose parts has a default. */
static bool
ifxNodedevReadOwnAddress(const xmlNode *capability,
                         ifxPciAddress *address,
                         GError **error)
{
    if (!ifxXmlDocChild(capability, "domain") || !ifxXmlDocChild(capability, "bus") ||
        !ifxXmlDocChild(capability, "slot") || !ifxXmlDocChild(capability, "function"))
        return ifxErrorSet(error, IFX_ERROR_HOST, "its PCI address is incomplete");
    return ifxNodedevReadAddress(capability, ifxXmlDocText, address, error);
}

/* A virtual function names its physical function, which names the virtual ones that are enabled. */
static bool
ifxNodedevParseFunctions(const xmlNode *capability,
                         ifxDevice *device,
                         GError **error)
{
    const xmlNode *physical = ifxXmlDocCapability(capability, "phys_function");
    const xmlNode *functions = ifxXmlDocCapability(capability, "virt_functions");
    const xmlNode *address = physical ? ifxXmlDocChild(physical, "address") : NULL;

    if (physical && !address)
        return ifxErrorSet(error, IFX_ERROR_HOST, "its physical function has no address");
    if (address && !ifxNodedevReadAddress(address, ifxXmlDocAttribute,
                                          &device->physical_function, error))
        return false;
    device->is_virtual = physical != NULL;

    for (address = functions ? functions->children : NULL; address; address = address->next) {
        ifxPciAddress function;

        if (!ifxXmlDocIs(address, "address"))
            continue;
        if (!ifxNodedevReadAddress(address, ifxXmlDocAttribute, &function, error))
            return false;
        if (!device->virtual_functions)
            device->virtual_functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
        g_array_append_val(device->virtual_functions, function);
    }
    return true;
}

/* One <address> of a group: a function that can exist, or something else that libvirt misread. */
static void
ifxNodedevParseMember(ifxNodedev *nodedev,
                      const xmlNode *node)
{
    g_autofree char *domain = NULL;
    g_autofree char *bus = NULL;
    g_autofree char *slot = NULL;
    g_autofree char *function = NULL;
    ifxPciAddress address;

    if (ifxNodedevReadAddress(node, ifxXmlDocAttribute, &address, NULL)) {
        g_array_append_val(nodedev->members, address);
        return;
    }
    domain = ifxXmlDocAttribute(node, "domain");
    bus = ifxXmlDocAttribute(node, "bus");
    slot = ifxXmlDocAttribute(node, "slot");
    function = ifxXmlDocAttribute(node, "function");
    g_ptr_array_add(nodedev->others,
                    g_strdup_printf("%s:%s:%s.%s", domain ? domain : "0", bus ? bus : "0",
                                    slot ? slot : "0", function ? function : "0"));
}

/* Adds the members of an <iommuGroup> and sets @number. The tool's own captures have a <member> for
 * what is not a PCI function. */
static bool
ifxNodedevParseGroup(ifxNodedev *nodedev,
                     const xmlNode *group,
                     int *number,
                     GError **error)
{
    g_autofree char *text = ifxXmlDocAttribute(group, "number");
    const xmlNode *child;
    guint64 value;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &value, NULL)) {
        ifxErrorSet(error, IFX_ERROR_HOST, "its IOMMU group '%s' is not a number",
                    text ? text : "");
        return false;
    }

    *number = (int) value;
    for (child = group->children; child; child = child->next) {
        if (ifxXmlDocIs(child, "address"))
            ifxNodedevParseMember(nodedev, child);
        if (ifxXmlDocIs(child, "member") && xmlHasProp(child, BAD_CAST "name"))
            g_ptr_array_add(nodedev->others, ifxXmlDocAttribute(child, "name"));
    }
    return true;
}

static void
ifxNodedevParseDriver(const xmlNode *node,
                      bool drivers,
                      ifxDevice *device)
{
    const xmlNode *driver = ifxXmlDocChild(node, "driver");

    if (driver)
        device->driver = ifxXmlDocText(driver, "name");
    if (device->driver)
        device->driver_state = IFX_DRIVER_BOUND;
    else
        device->driver_state = drivers && !driver ? IFX_DRIVER_NONE : IFX_DRIVER_UNKNOWN;
}

/* A driver that serves VFIO by itself and does not have "vfio" in its name. No driver of Linux does
 * so; NVIDIA's does, for the virtual functions of its GPUs. */
static bool
ifxNodedevMayServeVfio(const ifxDevice *device)
{
    return device->is_virtual && ifxPciDriverGet(device->driver) == IFX_PCI_DRIVER_HOST &&
        !(device->has_class && IFX_PCI_BASE_CLASS(device->class_code) == IFX_PCI_BASE_NETWORK);
}

/* libvirt's XML does not show the folder vfio-dev. The tool's own captures state the header, and
 * have <vfio/> in <driver>, or <vfio known='no'/> where their source could not show it. */
static void
ifxNodedevParseVfio(const xmlNode *node,
                    const xmlNode *capability,
                    ifxDevice *device)
{
    const xmlNode *driver = ifxXmlDocChild(node, "driver");
    const xmlNode *vfio = driver ? ifxXmlDocChild(driver, "vfio") : NULL;
    g_autofree char *known = vfio ? ifxXmlDocAttribute(vfio, "known") : NULL;
    const bool own = device->header_unread || device->is_dead ||
        ifxXmlDocCapability(capability, "endpoint");

    if (device->driver_state != IFX_DRIVER_BOUND)
        return;
    device->serves_vfio = vfio && g_strcmp0(known, "no") != 0;
    device->vfio_unseen = vfio ? !device->serves_vfio : !own && ifxNodedevMayServeVfio(device);
}

/* A document without a <path>, such as the tool's own captures, can name the parent. */
static void
ifxNodedevParsePath(const xmlNode *node,
                    ifxDevice *device)
{
    g_autofree char *path = ifxXmlDocText(node, "path");
    g_autofree char *parent = ifxXmlDocText(node, "parent");

    if (path && strlen(path) < PATH_MAX)
        ifxDeviceSetPath(device, path);
    else if (parent && ifxPciAddressParseNodedev(parent, &device->carrier))
        device->is_carried = device->carrier.domain != device->address.domain;
}

ifxNodedev *
ifxNodedevNewAbsent(void)
{
    ifxNodedev *nodedev = g_new0(ifxNodedev, 1);

    nodedev->members = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    nodedev->others = g_ptr_array_new_with_free_func(g_free);
    return nodedev;
}

static bool
ifxNodedevParseCapability(ifxNodedev *nodedev,
                          const xmlNode *node,
                          const xmlNode *capability,
                          bool drivers,
                          GError **error)
{
    g_autofree char *class_text = ifxXmlDocText(capability, "class");
    const xmlNode *group = ifxXmlDocChild(capability, "iommuGroup");
    ifxPciAddress address;
    ifxDevice *device;
    guint64 class_code;

    if (!ifxNodedevReadOwnAddress(capability, &address, error))
        return false;

    device = nodedev->device = ifxDeviceNew(&address);
    device->has_class = ifxXmlDocNumber(class_text, 0xffffff, &class_code);
    if (device->has_class)
        device->class_code = (guint32) class_code;
    device->header = ifxNodedevHeader(capability);
    device->is_dead = ifxXmlDocCapability(capability, "no-answer") != NULL;
    device->header_unread = device->is_dead || ifxXmlDocCapability(capability, "unknown");
    ifxNodedevIdentify(capability, "vendor", &device->vendor_id, &device->vendor);
    ifxNodedevIdentify(capability, "product", &device->product_id, &device->product);
    ifxNodedevParseDriver(node, drivers, device);
    ifxNodedevParsePath(node, device);
    if (!ifxNodedevParseFunctions(capability, device, error))
        return false;
    ifxIdentityReadNodedev(capability, device);
    ifxNodedevParseVfio(node, capability, device);
    if (!group)
        return true;
    g_array_append_val(nodedev->members, address);
    return ifxNodedevParseGroup(nodedev, group, &device->group, error);
}

static ifxNodedev *
ifxNodedevParseNode(const xmlNode *node,
                    bool drivers,
                    GError **error)
{
    const xmlNode *capability = ifxXmlDocCapability(node, "pci");
    g_autoptr(ifxNodedev) nodedev = ifxNodedevNewAbsent();

    if (capability && !ifxNodedevParseCapability(nodedev, node, capability, drivers, error)) {
        g_autofree char *name = ifxXmlDocText(node, "name");

        g_prefix_error(error, "node device %s: ", name ? name : "without a name");
        return NULL;
    }
    return g_steal_pointer(&nodedev);
}

ifxNodedev *
ifxNodedevParse(const char *xml,
                gsize length,
                bool drivers,
                GError **error)
{
    g_autoptr(xmlDoc) doc = ifxXmlDocRead(xml, length, "device", error);

    return doc ? ifxNodedevParseNode(xmlDocGetRootElement(doc), drivers, error) : NULL;
}

void
ifxNodedevFree(ifxNodedev *nodedev)
{
    if (!nodedev)
        return;
    ifxDeviceUnref(nodedev->device);
    g_array_unref(nodedev->members);
    g_ptr_array_unref(nodedev->others);
    g_free(nodedev);
}

static void
ifxNodedevAddMembersTo(const ifxNodedev *nodedev,
                       guint group,
                       ifxTopologyBuilder *builder)
{
    guint i;

    for (i = 0; i < nodedev->members->len; i++)
        ifxTopologyBuilderAddMember(builder, group,
                                    &g_array_index(nodedev->members, ifxPciAddress, i));
    for (i = 0; i < nodedev->others->len; i++)
        ifxTopologyBuilderAddOtherMember(builder, group, nodedev->others->pdata[i]);
}

void
ifxNodedevAddTo(const ifxNodedev *nodedev,
                ifxTopologyBuilder *builder)
{
    if (!nodedev->device)
        return;
    ifxTopologyBuilderAddDevice(builder, nodedev->device);
    if (nodedev->device->header != IFX_HEADER_UNKNOWN)
        ifxTopologyBuilderSetHeadersRead(builder);
    ifxNodedevAddMembersTo(nodedev, (guint) nodedev->device->group, builder);
}

static bool
ifxNodedevAddCapturedGroup(const xmlNode *node,
                           ifxTopologyBuilder *builder,
                           GError **error)
{
    g_autoptr(ifxNodedev) nodedev = ifxNodedevNewAbsent();
    int number;

    if (!ifxNodedevParseGroup(nodedev, node, &number, error)) {
        g_prefix_error(error, "line %ld: ", xmlGetLineNo(node));
        return false;
    }
    ifxNodedevAddMembersTo(nodedev, (guint) number, builder);
    return true;
}

static bool
ifxNodedevAddCapturedDevice(const xmlNode *node,
                            ifxTopologyBuilder *builder,
                            GError **error)
{
    g_autoptr(ifxNodedev) nodedev = NULL;

    if (xmlHasProp(node, BAD_CAST "file"))
        return ifxErrorSet(error, IFX_ERROR_HOST,
                           "line %ld: a <device file=...> is in another file; copy it into this "
                           "one", xmlGetLineNo(node));
    nodedev = ifxNodedevParseNode(node, true, error);
    if (!nodedev)
        return false;
    ifxNodedevAddTo(nodedev, builder);
    return true;
}

ifxTopology *
ifxTopologyNodedevRead(const xmlNode *node,
                       GError **error)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    const xmlNode *child;

    for (child = node->children; child; child = child->next) {
        if (ifxXmlDocIs(child, "device") &&
            !ifxNodedevAddCapturedDevice(child, builder, error))
            return NULL;
        if (ifxXmlDocIs(child, "iommuGroup") &&
            !ifxNodedevAddCapturedGroup(child, builder, error))
            return NULL;
    }
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}

ifxTopology *
ifxTopologyNodedevParse(const char *xml,
                        gsize length,
                        GError **error)
{
    g_autoptr(xmlDoc) doc = ifxXmlDocRead(xml, length, "node", error);

    return doc ? ifxTopologyNodedevRead(xmlDocGetRootElement(doc), error) : NULL;
}
