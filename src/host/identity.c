/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/host-internal.h"

#include "base/sysfs.h"
#include "xml/xml-doc.h"

#define IFX_IDENTITY_DEVICES "sys/bus/pci/devices"

/* Linux include/uapi/linux/pci_regs.h: the header of an extended capability, and PCI_EXT_CAP_ID_DSN */
#define IFX_EXTENDED_FIRST 256
#define IFX_EXTENDED_END 4096
#define IFX_EXTENDED_MAX ((IFX_EXTENDED_END - IFX_EXTENDED_FIRST) / 8)
#define IFX_EXTENDED_SERIAL 0x0003

/* Linux include/uapi/linux/netdevice.h: NET_ADDR_PERM */
#define IFX_NET_ADDRESS_PERMANENT 0

static void
ifxIdentityReadSubsystem(const char *dir,
                         ifxDevice *device)
{
    guint64 vendor;
    guint64 product;

    if (!ifxSysfsReadNumber(dir, "subsystem_vendor", G_MAXUINT16, &vendor) ||
        !ifxSysfsReadNumber(dir, "subsystem_device", G_MAXUINT16, &product))
        return;
    device->has_subsystem = true;
    device->subsystem_vendor_id = (guint16) vendor;
    device->subsystem_product_id = (guint16) product;
}

static bool
ifxIdentityReadWord(const char *dir,
                    guint at,
                    guint32 *word)
{
    guint32 raw;

    if (!ifxSysfsReadAt(dir, "config", at, &raw, sizeof(raw)))
        return false;
    *word = GUINT32_FROM_LE(raw);
    return true;
}

/* Word by word, because each is a question to the device. */
static void
ifxIdentityReadSerial(const char *dir,
                      ifxDevice *device)
{
    guint at = IFX_EXTENDED_FIRST;
    guint32 header;
    guint i;

    for (i = 0; i < IFX_EXTENDED_MAX && at >= IFX_EXTENDED_FIRST; i++) {
        g_autofree char *value = NULL;
        guint32 low;
        guint32 high;

        if (!ifxIdentityReadWord(dir, at, &header) || header == G_MAXUINT32)
            return;
        if ((header & 0xffff) != IFX_EXTENDED_SERIAL) {
            at = header >> 20 & 0xffcU;
            continue;
        }
        if (!ifxIdentityReadWord(dir, at + 4, &low) || !ifxIdentityReadWord(dir, at + 8, &high))
            return;
        value = g_strdup_printf("%08x%08x", high, low);
        if ((high & low) != G_MAXUINT32)
            ifxDeviceAddSerial(device, "dsn", value);
        return;
    }
}

static void
ifxIdentityReadNvme(const char *dir,
                    ifxDevice *device)
{
    g_autofree char *folder = g_build_filename(dir, "nvme", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *serial = ifxSysfsReadLine(path, "serial");

        if (serial)
            ifxDeviceAddSerial(device, "nvme", serial);
    }
}

/* A port of a bond has the bond's address, and a representor of a virtual function a random one: none
 * of the addresses counts then. */
static void
ifxIdentityReadInterfaces(const char *dir,
                          ifxDevice *device)
{
    g_autofree char *folder = g_build_filename(dir, "net", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *address = ifxSysfsReadLine(path, "address");
        guint64 type;

        if (!address || !ifxSysfsReadDecimal(path, "addr_assign_type", G_MAXUINT8, &type) ||
            type != IFX_NET_ADDRESS_PERMANENT)
            return;
        g_ptr_array_add(addresses, g_steal_pointer(&address));
    }
    for (i = 0; i < addresses->len; i++)
        ifxDeviceAddSerial(device, "mac", addresses->pdata[i]);
}

/* A virtual function can have another MAC address each time it is made. */
static void
ifxIdentityRead(const char *dir,
                ifxDevice *device)
{
    ifxIdentityReadSubsystem(dir, device);
    if (device->is_virtual)
        return;
    if (!device->is_dead)
        ifxIdentityReadSerial(dir, device);
    ifxIdentityReadNvme(dir, device);
    ifxIdentityReadInterfaces(dir, device);
}

void
ifxIdentityReadAll(const char *sysroot,
                   ifxTopology *topology)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    guint i;

    for (i = 0; i < devices->len; i++) {
        ifxDevice *device = devices->pdata[i];
        char spelled[IFX_PCI_ADDRESS_LENGTH];
        g_autofree char *dir = g_build_filename(sysroot, IFX_IDENTITY_DEVICES,
                                                ifxPciAddressFormat(&device->address, spelled),
                                                NULL);

        ifxIdentityRead(dir, device);
    }
}

static void
ifxIdentityParseSubsystem(const xmlNode *node,
                          ifxDevice *device)
{
    g_autofree char *vendor = ifxXmlDocAttribute(node, "vendor");
    g_autofree char *product = ifxXmlDocAttribute(node, "product");
    guint64 vendor_id;
    guint64 product_id;

    if (!ifxXmlDocNumber(vendor, G_MAXUINT16, &vendor_id) ||
        !ifxXmlDocNumber(product, G_MAXUINT16, &product_id))
        return;
    device->has_subsystem = true;
    device->subsystem_vendor_id = (guint16) vendor_id;
    device->subsystem_product_id = (guint16) product_id;
}

static void
ifxIdentityParseSerial(const xmlNode *node,
                       ifxDevice *device)
{
    g_autofree char *kind = ifxXmlDocAttribute(node, "kind");
    g_autofree char *value = ifxXmlDocAttribute(node, "value");

    if (kind && value)
        ifxDeviceAddSerial(device, kind, value);
}

void
ifxIdentityReadNodedev(const xmlNode *capability,
                       ifxDevice *device)
{
    const xmlNode *vpd = ifxXmlDocCapability(capability, "vpd");
    const xmlNode *fields = vpd ? ifxXmlDocChild(vpd, "fields") : NULL;
    g_autofree char *serial = fields ? ifxXmlDocText(fields, "serial_number") : NULL;
    const xmlNode *identity = ifxXmlDocChild(capability, "identity");
    g_autofree char *path = identity ? ifxXmlDocAttribute(identity, "path") : NULL;
    const xmlNode *child;

    if (serial && !device->is_virtual)
        ifxDeviceAddSerial(device, "vpd", serial);
    if (path && !device->path)
        device->path = g_steal_pointer(&path);
    for (child = identity ? identity->children : NULL; child; child = child->next) {
        if (ifxXmlDocIs(child, "subsystem"))
            ifxIdentityParseSubsystem(child, device);
        if (ifxXmlDocIs(child, "serial"))
            ifxIdentityParseSerial(child, device);
    }
}
