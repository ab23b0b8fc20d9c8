/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/host.h"

#include "helpers.h"
#include "suite.h"
#include "tree.h"

#define DOMAIN(name, bus, rest) \
    "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>" \
    "<name>" name "</name><memory>1024</memory><os><type>hvm</type></os><devices>" \
    "<hostdev mode='subsystem' type='pci'><source><address bus='" bus "'/></source></hostdev>" \
    "</devices>" rest "</domain>"

static const char *const tree[] = {
    "sys/bus/pci/devices", "/",
    "sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/busnum", "1\n",
    "sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/devnum", "10\n",
    "sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/idVendor", "046d\n",
    "sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/idProduct", "c31c\n",
    "sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0", "/",
    "sys/bus/usb/devices/1-4", "->../../../devices/pci0000:00/0000:00:14.0/usb1/1-4",
    "sys/bus/usb/devices/1-4:1.0", "->../../../devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0",
    "sys/bus/usb/devices/usb1", "->../../../devices/pci0000:00/0000:00:14.0/usb1",
    "sys/bus/usb/devices/2-1", "->../../../../1-1",
    "1-1", "/",
    "sys/devices/pci0000:00/0000:00:17.0/host5/scsi_host/host5", "/",
    "sys/class/scsi_host/host5",
    "->../../devices/pci0000:00/0000:00:17.0/host5/scsi_host/host5",
    "sys/kernel/iommu_groups", "/",
    "host.xml",
    "<node><device><name>pci_0000_01_00_0</name><capability type='pci'><domain>0</domain>"
    "<bus>1</bus><slot>0</slot><function>0</function><product id='0x1'/><vendor id='0x2'/>"
    "</capability></device>"
    DOMAIN("up", "1", "")
    DOMAIN("down", "1", "<test:runstate>5</test:runstate>")
    "<domain type='test'><name>keys</name><memory>1024</memory><os><type>hvm</type></os><devices>"
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x046d'/><product id='0xc31c'/>"
    "</source></hostdev></devices></domain>"
    "<network><name>vfs</name><forward mode='hostdev'>"
    "<address type='pci' domain='0' bus='2' slot='0' function='0'/></forward></network>"
    "<pool type='scsi'><name>luns</name><source><adapter name='host5'/></source>"
    "<target><path>/dev/disk</path></target></pool></node>",
    NULL
};

static char *root;

static void
ifxTestHostSetup(void)
{
    root = ifxTestTreeNew(tree);
    g_setenv("HOME", root, TRUE);
}

static void
ifxTestHostTeardown(void)
{
    ifxTestTreeFree(root);
}

typedef enum {
    IFX_TEST_CONNECTION,
    IFX_TEST_BOTH,
    IFX_TEST_CAPTURE,
    IFX_TEST_SYSROOT,
    IFX_TEST_LAST,
} ifxTestHost;

static ifxHost *
ifxTestHostOpen(ifxTestHost source)
{
    g_autofree char *file = g_build_filename(root, "host.xml", NULL);
    g_autofree char *uri = g_strconcat("test://", file, NULL);
    g_autoptr(GError) error = NULL;
    ifxHost *host = source == IFX_TEST_CAPTURE ? ifxHostOpenCapture(file, &error) :
        source == IFX_TEST_SYSROOT ? ifxHostOpenSysroot(root, &error) :
        ifxHostOpenConnection(uri, source == IFX_TEST_BOTH ? root : NULL, false, &error);

    ifxAssertNoError(error);
    return host;
}

START_TEST(use_and_claims_are_loaded_once)
{
    g_autoptr(ifxHost) host = ifxTestHostOpen((ifxTestHost) _i);
    g_autoptr(GError) error = NULL;
    const ifxElsewhere *elsewhere = ifxHostLoadElsewhere(host, &error);
    g_autoptr(ifxUseGraph) use = ifxHostLoadUse(host, NULL, &error);
    g_autoptr(ifxUseGraph) again = ifxHostLoadUse(host, NULL, &error);

    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(use);
    ck_assert_ptr_eq(use, again);
    ck_assert_ptr_nonnull(elsewhere);
    ck_assert_ptr_eq(elsewhere, ifxHostLoadElsewhere(host, &error));
    ck_assert_uint_eq(ifxElsewhereGetUnread(elsewhere)->len, 0);
}
END_TEST

START_TEST(use_outlives_the_host)
{
    ifxHost *host = ifxTestHostOpen(IFX_TEST_CAPTURE);
    g_autoptr(ifxUseGraph) use = ifxHostLoadUse(host, NULL, NULL);

    ifxHostFree(host);
    ck_assert_ptr_null(ifxUseGraphLookup(use, "net/absent"));
}
END_TEST

START_TEST(domains_of_a_connection_run_or_not_and_those_of_a_capture_do_not)
{
    const bool connection = _i == IFX_TEST_CONNECTION || _i == IFX_TEST_BOTH;
    const ifxPciAddress address = ifxTestAddress("0000:01:00.0");
    g_autoptr(ifxHost) host = ifxTestHostOpen((ifxTestHost) _i);
    const ifxElsewhere *elsewhere = ifxHostLoadElsewhere(host, NULL);
    const GPtrArray *claims = ifxElsewhereGet(elsewhere, &address);
    guint i;

    ck_assert_uint_eq(claims->len, 2);
    for (i = 0; i < claims->len; i++) {
        const ifxOtherClaim *claim = claims->pdata[i];

        ck_assert_int_eq(claim->running, connection && strcmp(claim->owner, "up") == 0);
        ck_assert_int_eq(claim->uuid_key != NULL, connection);
    }
}
END_TEST

/* @chain: the evidence against the device. */
static void
ifxAssertUse(ifxUseGraph *use,
             const char *device,
             const char *chain)
{
    const ifxPciAddress address = ifxTestAddress(device);
    const GPtrArray *uses = ifxUseEvidenceGet(use, &address);
    g_autofree char *found = NULL;
    const ifxUse *only;

    ck_assert_ptr_nonnull(uses);
    ck_assert_uint_eq(uses->len, 1);
    only = uses->pdata[0];
    ck_assert_int_eq(only->kind, IFX_USE_DOMAIN);
    found = ifxUseEvidenceFormatChain(only->chain);
    ck_assert_str_eq(found, chain);
}

START_TEST(what_the_guests_of_a_connection_need_is_found_in_the_tree_of_its_host)
{
    g_autoptr(ifxHost) host = ifxTestHostOpen(IFX_TEST_BOTH);
    g_autoptr(ifxUseGraph) use = ifxHostLoadUse(host, NULL, NULL);

    ifxAssertUse(use, "0000:00:14.0", "usb 1-4 -> domain keys");
    ifxAssertUse(use, "0000:00:17.0", "host5 -> pool luns");
    ck_assert_str_eq(ifxUseGraphLookup(use, "usb/001/010"), "usb/1-4");
    ck_assert_ptr_null(ifxUseGraphLookup(use, "usb/1-4:1.0"));
    ck_assert_ptr_null(ifxUseGraphLookup(use, "usb/usb1"));
    ck_assert_ptr_null(ifxUseGraphLookup(use, "usb/2-1"));
}
END_TEST

START_TEST(pools_are_those_of_the_networks)
{
    g_autoptr(ifxHost) host = ifxTestHostOpen((ifxTestHost) _i);
    const GArray *pool = ifxElsewhereGetNetworkDevices(ifxHostLoadElsewhere(host, NULL), "vfs");

    ck_assert_ptr_nonnull(pool);
    ck_assert_uint_eq(pool->len, 1);
    ifxAssertAddress(&g_array_index(pool, ifxPciAddress, 0), "0000:02:00.0");
}
END_TEST

START_TEST(a_sysfs_tree_has_no_guests)
{
    const ifxPciAddress address = ifxTestAddress("0000:01:00.0");
    g_autoptr(ifxHost) host = ifxTestHostOpen(IFX_TEST_SYSROOT);

    ck_assert_ptr_null(ifxElsewhereGet(ifxHostLoadElsewhere(host, NULL), &address));
}
END_TEST

Suite *
ifxSuiteHost(void)
{
    Suite *suite = suite_create("host");
    TCase *tests = tcase_create("host");

    tcase_add_checked_fixture(tests, ifxTestHostSetup, ifxTestHostTeardown);
    tcase_add_loop_test(tests, use_and_claims_are_loaded_once, 0, IFX_TEST_LAST);
    tcase_add_test(tests, use_outlives_the_host);
    tcase_add_loop_test(tests, domains_of_a_connection_run_or_not_and_those_of_a_capture_do_not,
                        0, IFX_TEST_SYSROOT);
    tcase_add_test(tests, what_the_guests_of_a_connection_need_is_found_in_the_tree_of_its_host);
    tcase_add_loop_test(tests, pools_are_those_of_the_networks, 0, IFX_TEST_SYSROOT);
    tcase_add_test(tests, a_sysfs_tree_has_no_guests);
    suite_add_tcase(suite, tests);
    return suite;
}
