/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/host.h"

#include "helpers.h"
#include "suite.h"
#include "tree.h"

#define ROOT "sys/devices/pci0000:00/"
#define PCI(address, path, class_code, driver, group) \
    "sys/bus/pci/devices/" address, "->../../../../" path address, \
    path address "/class", class_code "\n", \
    path address "/driver", "->/sys/bus/pci/drivers/" driver, \
    path address "/iommu_group", "->/sys/kernel/iommu_groups/" group, \
    "sys/kernel/iommu_groups/" group "/devices/" address, \
    "->../../../../bus/pci/devices/" address

#define VMD ROOT "0000:00:0e.0/pci10000:00/"

/* Each kind of use for which more than the device itself has to be looked at. */
static const char *const tree[] = {
    PCI("0000:00:0e.0", ROOT, "0x010400", "vmd", "1"),
    PCI("10000:00:02.0", VMD, "0x020000", "igb", "2"),
    PCI("10000:00:03.0", VMD, "0x020000", "igb", "3"),
    VMD "10000:00:03.0/net/eth7/ifindex", "7\n",
    PCI("0000:01:00.0", ROOT, "0x030000", "nouveau", "4"),
    PCI("0000:01:00.1", ROOT, "0x040300", "snd_hda_intel", "4"),
    PCI("0000:02:00.0", ROOT, "0x030000", "i915", "5"),
    PCI("0000:03:00.0", ROOT, "0x030000", "vfio-pci", "6"),
    PCI("0000:03:00.1", ROOT, "0x040300", "snd_hda_intel", "6"),
    PCI("0000:04:00.0", ROOT, "0x030200", "nvidia", "7"),
    PCI("0000:05:00.0", ROOT, "0x020000", "igb", "8"),
    PCI("0000:06:00.0", ROOT, "0x030000", "ast", "9"),
    ROOT "0000:06:00.0/boot_vga", "1\n",
    "sys/kernel/iommu_groups/5/devices/AMDI0095:00", "/",
    "sys/class/drm/card0", "->../../devices/pci0000:00/0000:01:00.0/drm/card0",
    ROOT "0000:01:00.0/drm/card0/dev", "226:0\n",
    "sys/class/drm/card1", "->../../devices/pci0000:00/0000:06:00.0/drm/card1",
    ROOT "0000:06:00.0/drm/card1/dev", "226:1\n",
    ROOT "0000:04:00.0/7b3f3e1c-5a8e-4d2e-9b0a-0c1d2e3f4a5b/iommu_group",
    "->/sys/kernel/iommu_groups/90",
    "sys/bus/mdev/devices/7b3f3e1c-5a8e-4d2e-9b0a-0c1d2e3f4a5b",
    "->../../../devices/pci0000:00/0000:04:00.0/7b3f3e1c-5a8e-4d2e-9b0a-0c1d2e3f4a5b",
    "sys/kernel/iommu_groups/90/devices/7b3f3e1c-5a8e-4d2e-9b0a-0c1d2e3f4a5b", "/",
    "sys/class/input", "/",
    "netlink", "netns 4026531840\nlink 1 lo\n",
    "proc/812/comm", "qemu\n",
    "proc/812/cmdline", "qemu",
    "proc/812/fd/3", "->/dev/vfio/90",
    "proc/812/fd/4", "->/dev/vfio/6",
    NULL
};

static char *root;

static void
ifxTestPartSetup(void)
{
    root = ifxTestTreeNew(tree);
}

static void
ifxTestPartTeardown(void)
{
    ifxTestTreeFree(root);
}

/* A domain that has the devices. */
static ifxDomain *
ifxTestPartDomain(const char *const *devices)
{
    g_autoptr(GString) text = g_string_new("<domain type='kvm'><name>a</name><devices>");

    for (; *devices; devices++) {
        const ifxPciAddress address = ifxTestAddress(*devices);

        g_string_append_printf(text, "<hostdev mode='subsystem' type='pci'><source><address "
                               "domain='0x%x' bus='0x%x' slot='0x%x' function='0x%x'/></source>"
                               "</hostdev>", address.domain, address.bus, address.slot,
                               address.function);
    }
    g_string_append(text, "</devices></domain>");
    return ifxTestDomain(text->str);
}

/* All that is known against the device, and what could be looked at. */
static char *
ifxTestPartUses(ifxHost *host,
                const ifxDomain *domain,
                const ifxPciAddress *address)
{
    g_autoptr(ifxUseGraph) use = ifxHostLoadUse(host, domain, NULL);
    const GPtrArray *uses = ifxUseEvidenceGet(use, address);
    GString *lines = g_string_new(NULL);
    guint i;

    g_string_printf(lines, "%u\n", ifxUseGraphGetSight(use));
    for (i = 0; uses && i < uses->len; i++) {
        const ifxUse *piece = uses->pdata[i];
        g_autofree char *chain = ifxUseEvidenceFormatChain(piece->chain);

        g_string_append_printf(lines, "%u%u %s\n", (guint) piece->kind, (guint) piece->vital,
                               chain);
    }
    return g_string_free(lines, FALSE);
}

START_TEST(a_part_shows_the_same_uses_as_the_whole)
{
    g_autoptr(ifxHost) whole = ifxHostOpenSysroot(root, NULL);
    g_autoptr(ifxTopology) all = ifxHostLoadTopology(whole, NULL, NULL);
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(all);
    guint used = 0;
    guint i;

    for (i = 0; i < devices->len; i++) {
        const ifxPciAddress *address = &((const ifxDevice *) devices->pdata[i])->address;
        char spelled[IFX_PCI_ADDRESS_LENGTH];
        const char *const claimed[] = { ifxPciAddressFormat(address, spelled), NULL };
        g_autoptr(ifxDomain) domain = ifxTestPartDomain(claimed);
        g_autoptr(ifxHost) part = ifxHostOpenSysrootFor(root, domain, NULL);
        g_autofree char *expected = ifxTestPartUses(whole, NULL, address);
        g_autofree char *found = ifxTestPartUses(part, NULL, address);

        ck_assert_str_eq(found, expected);
        used += strchr(expected, '\n')[1] != '\0';
    }
    ck_assert_uint_eq(devices->len, 11);
    ck_assert_uint_eq(used, 8);
}
END_TEST

static void
ifxAssertMembers(const ifxTopology *topology,
                 int number,
                 guint members)
{
    const ifxGroup *group = ifxTopologyGetGroup(topology, number);

    ck_assert_ptr_nonnull(group);
    ck_assert_uint_eq(group->members->len, members);
}

START_TEST(a_part_has_the_whole_groups_of_the_claims_alone)
{
    const char *const claimed[] = { "0000:03:00.1", "0000:02:00.0", "0000:03:00.0", NULL };
    g_autoptr(ifxDomain) domain = ifxTestPartDomain(claimed);
    g_autoptr(ifxHost) host = ifxHostOpenSysrootFor(root, domain, NULL);
    g_autoptr(ifxTopology) topology = ifxHostLoadTopology(host, domain, NULL);

    ck_assert_uint_eq(ifxTopologyCountGroups(topology), 2);
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 3);
    ifxAssertMembers(topology, 5, 2);
    ifxAssertMembers(topology, 6, 2);
}
END_TEST

/* The whole host is read where a part could show less. */
static void
ifxAssertWhole(const char *claimed)
{
    const char *const claims[] = { "0000:02:00.0", claimed, NULL };
    g_autoptr(ifxDomain) domain = ifxTestPartDomain(claims);
    g_autoptr(ifxHost) host = ifxHostOpenSysrootFor(root, domain, NULL);
    g_autoptr(ifxTopology) topology = ifxHostLoadTopology(host, domain, NULL);

    ck_assert_uint_ge(ifxTopologyCountDevices(topology), 11);
}

START_TEST(the_whole_host_is_read_for_a_device_that_is_not_there)
{
    ifxAssertWhole("0000:09:00.0");
}
END_TEST

START_TEST(the_whole_host_is_read_where_a_device_and_its_group_differ)
{
    const char *const entries[] = {
        "sys/bus/pci/devices/0000:0a:00.0", "->../../../devices/pci0000:00/0000:0a:00.0",
        ROOT "0000:0a:00.0/class", "0x020000\n",
        "sys/bus/pci/devices/0000:0b:00.0", "->../../../devices/pci0000:00/0000:0b:00.0",
        ROOT "0000:0b:00.0/iommu_group", "->/sys/kernel/iommu_groups/11",
        "sys/kernel/iommu_groups/11/devices", "/",
        "sys/bus/pci/devices/0000:0c:00.0", "->../../../devices/pci0000:00/0000:0c:00.0",
        ROOT "0000:0c:00.0/iommu_group", "->/sys/kernel/iommu_groups/12",
        "sys/kernel/iommu_groups/12/devices/0000:0c:00.0", "/",
        "sys/kernel/iommu_groups/12/devices/0000:0d:00.0", "/",
        NULL
    };

    ifxTestTreeAdd(root, entries);
    ifxAssertWhole("0000:0a:00.0");
    ifxAssertWhole("0000:0b:00.0");
    ifxAssertWhole("0000:0c:00.0");
}
END_TEST

#define NODEDEV(slot, function, group) \
    "<device><name>pci_0000_" slot "_00_" function "</name><parent>computer</parent>" \
    "<capability type='pci'><domain>0</domain><bus>" slot "</bus><slot>0</slot>" \
    "<function>" function "</function><product id='0x1'/><vendor id='0x8086'/>" \
    "<iommuGroup number='" group "'><address domain='0' bus='" slot "' slot='0' function='" \
    function "'/></iommuGroup></capability></device>"

/* 03:00.0 is held through VFIO; 05:00.0 has a driver and no interface, which nothing shows that is not
 * about it. */
START_TEST(a_connection_reads_of_the_tree_what_its_domain_is_about)
{
    const char *const held[] = { "0000:03:00.0", NULL };
    const char *const hidden[] = { "0000:05:00.0", NULL };
    const char *const file[] = {
        "host.xml", "<node>" NODEDEV("03", "0", "6") NODEDEV("05", "0", "8") "</node>", NULL
    };
    const ifxPciAddress address = ifxTestAddress(*held);
    const ifxPciAddress other = ifxTestAddress(*hidden);
    g_autoptr(ifxDomain) domain = ifxTestPartDomain(held);
    g_autoptr(ifxDomain) second = ifxTestPartDomain(hidden);
    g_autoptr(ifxHost) whole = ifxHostOpenSysroot(root, NULL);
    g_autofree char *uses = ifxTestPartUses(whole, NULL, &address);
    g_autofree char *other_uses = ifxTestPartUses(whole, NULL, &other);
    g_autofree char *uri = g_strdup_printf("test://%s/host.xml", root);
    g_autoptr(ifxHost) host = NULL;
    g_autofree char *found = NULL;
    g_autofree char *unread = NULL;
    g_autofree char *read_later = NULL;

    ifxTestTreeAdd(root, file);
    host = ifxHostOpenConnection(uri, root, false, NULL);
    ck_assert_ptr_nonnull(host);
    found = ifxTestPartUses(host, domain, &address);
    ck_assert_str_eq(found, uses);
    unread = ifxTestPartUses(host, domain, &other);
    ck_assert_str_ne(unread, other_uses);
    read_later = ifxTestPartUses(host, second, &other);
    ck_assert_str_eq(read_later, other_uses);
}
END_TEST

Suite *
ifxSuiteHostPart(void)
{
    Suite *suite = suite_create("host-part");
    TCase *tests = tcase_create("host-part");

    tcase_add_checked_fixture(tests, ifxTestPartSetup, ifxTestPartTeardown);
    tcase_add_test(tests, a_part_shows_the_same_uses_as_the_whole);
    tcase_add_test(tests, a_part_has_the_whole_groups_of_the_claims_alone);
    tcase_add_test(tests, the_whole_host_is_read_for_a_device_that_is_not_there);
    tcase_add_test(tests, the_whole_host_is_read_where_a_device_and_its_group_differ);
    tcase_add_test(tests, a_connection_reads_of_the_tree_what_its_domain_is_about);
    suite_add_tcase(suite, tests);
    return suite;
}
