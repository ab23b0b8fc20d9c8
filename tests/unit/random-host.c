/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random-host.h"

#include <string.h>

static bool
ifxOneIn(GRand *chance,
         gint32 n)
{
    return g_rand_int_range(chance, 0, n) == 0;
}

#define IFX_PICK(chance, list) (list)[g_rand_int_range((chance), 0, (gint32) G_N_ELEMENTS(list))]

static ifxRandomDevice
ifxRandomDeviceNew(GRand *chance,
                   int group,
                   guint number)
{
    static const guint32 classes[] = {
        0x030000, 0x040300, 0x0c0330, 0x010601, 0x010802, 0x020000, 0x028000, 0x0c0500, 0x060100,
        0x060000, 0x058000, 0x120000, 0x0c0700, 0x080501, 0x000000, 0x088000,
    };
    static const char *const drivers[] = {
        "host", "host", "host", "", "vfio-pci", "pci-stub", "pcieport", NULL,
    };
    ifxRandomDevice device = {
        .address = { .bus = (guint8) (number / 8 + 1), .function = (guint8) (number % 8) },
        .group = group,
        .class_code = IFX_PICK(chance, classes),
        .driver = IFX_PICK(chance, drivers),
        .bridge = ifxOneIn(chance, 8),
        .hidden = ifxOneIn(chance, 40),
        .used = ifxOneIn(chance, 6),
        .unclear = ifxOneIn(chance, 12),
        .vital = ifxOneIn(chance, 24),
        .parent = ifxOneIn(chance, 24),
        .declared = ifxOneIn(chance, 3),
        .allowed = ifxOneIn(chance, 3),
    };

    if (device.hidden || device.bridge)
        device.declared = false;
    return device;
}

static void
ifxRandomHostAddDevice(ifxTopologyBuilder *builder,
                       const ifxRandomDevice *random)
{
    g_autoptr(ifxDevice) device = ifxDeviceNew(&random->address);
    const ifxPciAddress function = { .domain = 7, .bus = random->address.bus };

    ifxTopologyBuilderAddMember(builder, (guint) random->group, &random->address);
    if (random->hidden)
        return;
    device->group = random->group;
    device->has_class = random->class_code != 0;
    device->class_code = random->class_code;
    device->header = random->bridge ? IFX_HEADER_PCI_BRIDGE : IFX_HEADER_ENDPOINT;
    if (random->driver)
        device->driver_state = *random->driver ? IFX_DRIVER_BOUND : IFX_DRIVER_NONE;
    if (random->driver && *random->driver)
        device->driver = g_strdup(random->driver);
    if (random->parent) {
        device->virtual_functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
        g_array_append_val(device->virtual_functions, function);
    }
    ifxTopologyBuilderAddDevice(builder, device);
}

static void
ifxRandomHostAddUses(ifxRandomHost *host,
                     GRand *chance,
                     const ifxRandomDevice *device)
{
    static const ifxUseKind kinds[] = {
        IFX_USE_MOUNTED, IFX_USE_NETWORK, IFX_USE_PROCESS, IFX_USE_DOMAIN, IFX_USE_BOOT_VGA,
        IFX_USE_LAST_INPUT, IFX_USE_MDEV_PARENT, IFX_USE_VDPA_PARENT,
    };
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *id =
        g_strconcat("thing/", ifxPciAddressFormat(&device->address, spelled), NULL);

    ifxUseGraphAddThing(host->use, id, "thing");
    ifxUseGraphAddDevice(host->use, id, &device->address);
    if (device->unclear)
        ifxUseGraphAddUse(host->use, id, IFX_USE_UNCLEAR, false, "unclear");
    if (device->used)
        ifxUseGraphAddUse(host->use, id, IFX_PICK(chance, kinds), false, "used");
    if (device->vital)
        ifxUseGraphAddUse(host->use, id, IFX_USE_SWAP, true, "vital");
}

static void
ifxRandomHostAddClaim(GString *xml,
                      GRand *chance,
                      const ifxPciAddress *address)
{
    const gint32 form = g_rand_int_range(chance, 0, 8);
    /* libvirt reads an interface's only with its type. */
    g_autofree char *source =
        g_strdup_printf("<address%s domain='0x%x' bus='0x%02x' slot='%u' function='%u'/>",
                        form == 0 || ifxOneIn(chance, 2) ? " type='pci'" : "", address->domain,
                        address->bus, address->slot, address->function);
    const char *managed = ifxOneIn(chance, 4) ? "" : " managed='yes'";
    g_autofree char *guest = ifxOneIn(chance, 2) ? g_strdup("") :
        g_strdup_printf("      <address type='pci' bus='0x05' slot='%u'%s/>\n",
                        (guint) g_rand_int_range(chance, 1, 31),
                        ifxOneIn(chance, 3) ? " multifunction='on'" : "");

    switch (form) {
    case 0:
        g_string_append_printf(xml, "    <interface type='hostdev'%s>\n      <source>%s</source>\n"
                               "    </interface>\n", managed, source);
        break;
    case 1:
        g_string_append_printf(xml, "    <disk type='nvme'>\n      <source type='pci'%s>%s</source>\n"
                               "    </disk>\n", managed, source);
        break;
    case 2:
    case 3:
        g_string_append_printf(xml, "    <hostdev mode='subsystem' type='pci' managed='yes'>\n"
                               "      <source>\n        %s\n      </source>\n"
                               "      <address type='unassigned'/>\n    </hostdev>\n", source);
        break;
    default:
        g_string_append_printf(xml, "    <hostdev mode='subsystem' type='pci'%s>\n"
                               "      <source>\n        %s\n      </source>\n%s    </hostdev>\n",
                               managed, source, guest);
        break;
    }
}

static void
ifxRandomHostAddDomain(ifxRandomHost *host,
                       GRand *chance)
{
    GString *xml = g_string_new("<domain type='kvm'>\n  <name>vm</name>\n  <devices>\n");
    guint i;

    for (i = 0; i < host->devices->len; i++) {
        const ifxRandomDevice *device = &g_array_index(host->devices, ifxRandomDevice, i);

        if (device->declared)
            ifxRandomHostAddClaim(xml, chance, &device->address);
        if (ifxOneIn(chance, 10))
            g_string_append(xml, "    <controller type='usb'/>\n");
    }
    if (ifxOneIn(chance, 20)) {
        const ifxPciAddress gone = { .bus = 0xff };

        ifxRandomHostAddClaim(xml, chance, &gone);
    }
    g_string_append(xml, "  </devices>\n</domain>\n");
    host->xml = g_string_free(xml, FALSE);
}

static void
ifxRandomHostAddGroups(ifxRandomHost *host,
                       GRand *chance)
{
    const int groups = g_rand_int_range(chance, 1, 6);
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    guint number = 0;
    int group;

    for (group = 0; group < groups; group++) {
        gint32 left = g_rand_int_range(chance, 1, 7);

        for (; left > 0; left--) {
            const ifxRandomDevice device = ifxRandomDeviceNew(chance, group, number++);

            g_array_append_val(host->devices, device);
            ifxRandomHostAddDevice(builder, &device);
            if (device.allowed)
                g_hash_table_add(host->allowed,
                                 g_memdup2(&device.address, sizeof(device.address)));
        }
        if (ifxOneIn(chance, 15))
            ifxTopologyBuilderAddOtherMember(builder, (guint) group, "AMDI0095:00");
    }
    host->topology = ifxTopologyBuilderEnd(builder);
}

ifxRandomHost *
ifxRandomHostNew(GRand *chance)
{
    ifxRandomHost *host = g_new0(ifxRandomHost, 1);
    guint i;

    host->devices = g_array_new(FALSE, FALSE, sizeof(ifxRandomDevice));
    host->allowed = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    host->given = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    ifxRandomHostAddGroups(host, chance);
    ifxRandomHostAddDomain(host, chance);
    host->policy.allowed = host->allowed;
    host->policy.given = host->given;
    host->policy.give_card = ifxOneIn(chance, 3);
    for (i = 0; ifxOneIn(chance, 3) && i < host->devices->len; i++) {
        if (ifxOneIn(chance, 4))
            g_hash_table_add(host->given,
                             g_memdup2(&g_array_index(host->devices, ifxRandomDevice, i).address,
                                       sizeof(ifxPciAddress)));
    }
    host->policy.only_needed = ifxOneIn(chance, 3);
    host->policy.managed = ifxOneIn(chance, 3);
    host->policy.prune = ifxOneIn(chance, 3);
    host->policy.prune_orphans = ifxOneIn(chance, 3);

    if (!ifxOneIn(chance, 5)) {
        host->use = ifxUseGraphNew();
        if (!ifxOneIn(chance, 5))
            ifxUseGraphAddSight(host->use, IFX_SIGHT_ALL);
        for (i = 0; i < host->devices->len; i++)
            ifxRandomHostAddUses(host, chance, &g_array_index(host->devices, ifxRandomDevice, i));
    }
    if (ifxOneIn(chance, 2)) {
        g_autoptr(GBytes) bytes = g_bytes_new(host->xml, strlen(host->xml));
        g_autoptr(ifxDomain) other = ifxDomainParse(bytes, NULL);

        host->elsewhere = ifxElsewhereNew();
        if (ifxOneIn(chance, 10))
            ifxElsewhereAddUnread(host->elsewhere, "domain web", "it is gone");
        ifxElsewhereAddDomain(host->elsewhere, other, ifxOneIn(chance, 2));
    }
    return host;
}

void
ifxRandomHostFree(ifxRandomHost *host)
{
    if (!host)
        return;
    g_array_unref(host->devices);
    g_hash_table_unref(host->allowed);
    g_hash_table_unref(host->given);
    ifxTopologyUnref(host->topology);
    ifxUseGraphUnref(host->use);
    ifxElsewhereFree(host->elsewhere);
    g_free(host->xml);
    g_free(host);
}

const ifxRandomDevice *
ifxRandomHostFind(const ifxRandomHost *host,
                  const ifxPciAddress *address)
{
    guint i;

    for (i = 0; i < host->devices->len; i++) {
        const ifxRandomDevice *device = &g_array_index(host->devices, ifxRandomDevice, i);

        if (ifxPciAddressEqual(&device->address, address))
            return device;
    }
    return NULL;
}
