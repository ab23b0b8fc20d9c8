/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-use.h"

#define IFX_TEST_VMD \
    "/sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0/" \
    "nvme/nvme0/nvme0n1"

START_TEST(a_disk_behind_vmd_uses_its_controller_too)
{
    ifxUseGraphAddThing(graph, "block/nvme0n1", "nvme0n1");
    ifxUseGraphAddPath(graph, "block/nvme0n1", IFX_TEST_VMD);
    ifxUseGraphAddUse(graph, "block/nvme0n1", IFX_USE_MOUNTED, true, "/");

    ifxAssertChains("10000:e1:00.0", "nvme0n1 -> /\n");
    ifxAssertChains("10000:e0:06.0", "10000:e1:00.0 -> nvme0n1 -> /\n");
    ifxAssertChains("0000:00:0e.0", "10000:e0:06.0 -> 10000:e1:00.0 -> nvme0n1 -> /\n");
    ifxAssertDevices("block/nvme0n1", "10000:e1:00.0 10000:e0:06.0 0000:00:0e.0 ");
    ck_assert(ifxUseGraphIsCarrier(graph, "pci/10000:e0:06.0"));
}
END_TEST

START_TEST(a_use_of_a_pci_device_itself_is_evidence_against_it)
{
    ifxUseGraphAddThing(graph, "block/nvme0n1", "nvme0n1");
    ifxUseGraphAddPath(graph, "block/nvme0n1", IFX_TEST_VMD);
    ifxUseGraphAddUse(graph, "pci/10000:e0:06.0", IFX_USE_UNCLEAR, false, "strange");

    ifxAssertChains("10000:e1:00.0", "");
    ifxAssertChains("10000:e0:06.0", "10000:e0:06.0 -> strange\n");
    ifxAssertChains("0000:00:0e.0", "10000:e0:06.0 -> strange\n");
}
END_TEST

START_TEST(the_path_of_a_pci_device_names_those_above_it)
{
    const char *path = "/sys/devices/pci0000:00/0000:00:1d.0/0000:04:00.0";

    ifxUseGraphAddThing(graph, "pci/0000:04:00.0", "0000:04:00.0");
    ifxUseGraphAddPath(graph, "pci/0000:04:00.0", path);
    ck_assert(!ifxUseGraphIsCarrier(graph, "pci/0000:04:00.0"));
    ifxUseGraphAddUse(graph, "pci/0000:04:00.0", IFX_USE_BOOT_VGA, false, "boot VGA");

    ifxAssertChains("0000:04:00.0", "0000:04:00.0 -> boot VGA\n");
    ifxAssertChains("0000:00:1d.0", "0000:04:00.0 -> boot VGA\n");
}
END_TEST

typedef struct {
    const char *path;       /* below /sys/devices/pci0000:00/0000:00:14.0/ */
    const char *usb;        /* NULL: no USB device is on the way */
} ifxTestUsbPath;

static const ifxTestUsbPath usb_paths[] = {
    { "usb1/1-4/1-4:1.0/host5/target5:0:0/5:0:0:0/block/sdb", "1-4" },
    { "usb1/1-4/1-4.2/1-4.2.1/1-4.2.1:1.3/0003:046D:C31C.0001/input/input7", "1-4.2.1" },
    { "usb12/12-11/12-11:1.0/net/enx0", "12-11" },
    { "usb1/1-4/1-4:1.0/usbmisc/hiddev0", "1-4" },
    { "usb1/1-0:1.0/usb1-port1", NULL },
    { "usb1", NULL },
    { "usb/1-4", NULL },
    { "usb2/1-4/x", NULL },
    { "usb1/1-/x", NULL },
    { "usb1/1-4.a/x", NULL },
    /* Thunderbolt and I2C */
    { "domain0/0-0/0-1/0-1.0/net/thunderbolt0", NULL },
    { "domain1/1-0/1-1/1-1.0/net/thunderbolt1", NULL },
    { "i2c-1/1-0050/nvmem", NULL },
    { "usb1/1-4/1-4:1.0/i2c-1/1-0050/nvmem", "1-4" },
    { "ata1/host0/target0:0:0/0:0:0:0/block/sda", NULL },
    { "", NULL },
};

START_TEST(the_innermost_usb_device_is_on_the_way)
{
    const ifxTestUsbPath *test = &usb_paths[_i];
    g_autofree char *path = g_strconcat("/sys/devices/pci0000:00/0000:00:14.0/", test->path,
                                        NULL);
    g_autofree char *usb = g_strconcat("usb/", test->usb ? test->usb : "", NULL);
    g_autofree char *chain = test->usb ? g_strdup_printf("usb %s -> thing -> used\n", test->usb) :
        g_strdup("thing -> used\n");

    ifxUseGraphAddPath(graph, "thing", path);
    ifxUseGraphAddUse(graph, "thing", IFX_USE_MOUNTED, false, "used");
    ifxAssertChains("0000:00:14.0", chain);
    ifxAssertDevices("thing", "0000:00:14.0 ");
    if (test->usb)
        ck_assert(ifxUseGraphIsCarrier(graph, usb));
}
END_TEST

START_TEST(a_usb_device_is_no_carrier_of_itself)
{
    ifxUseGraphAddThing(graph, "usb/1-4", "usb 1-4");
    ifxUseGraphAddPath(graph, "usb/1-4", "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4");
    ck_assert(!ifxUseGraphIsCarrier(graph, "usb/1-4"));
    ifxAssertDevices("usb/1-4", "0000:00:14.0 ");
}
END_TEST

START_TEST(a_usb_host_behind_a_usb_device_is_on_both)
{
    /* A PCI device below USB does not exist; what is above it does. */
    ifxUseGraphAddPath(graph, "block/sdb",
                       "/sys/devices/pci0000:00/0000:00:1c.0/0000:02:00.0/usb3/3-1/3-1:1.0/"
                       "vhci_hcd.0/usb5/5-1/5-1:1.0/block/sdb");
    ifxUseGraphAddUse(graph, "block/sdb", IFX_USE_MOUNTED, false, "/mnt");
    ifxAssertChains("0000:02:00.0", "usb 5-1 -> block/sdb -> /mnt\n");
    ifxAssertChains("0000:00:1c.0", "0000:02:00.0 -> usb 5-1 -> block/sdb -> /mnt\n");
}
END_TEST

START_TEST(a_path_without_pci_says_nothing)
{
    ifxUseGraphAddPath(graph, "net/lo", "/sys/devices/virtual/net/lo");
    ifxUseGraphAddPath(graph, "net/lo", "");
    ifxUseGraphAddPath(graph, "net/lo", "////");
    ifxAssertDevices("net/lo", "");
}
END_TEST

START_TEST(a_path_that_names_a_device_twice_ends)
{
    ifxUseGraphAddPath(graph, "x", "/0000:01:00.0/0000:02:00.0/0000:01:00.0/0000:01:00.0");
    ifxUseGraphAddUse(graph, "x", IFX_USE_PROCESS, false, "p");
    ifxAssertChains("0000:01:00.0", "x -> p\n");
    ifxAssertChains("0000:02:00.0", "0000:01:00.0 -> x -> p\n");
}
END_TEST

Suite *
ifxSuiteUsePath(void)
{
    Suite *suite = suite_create("use-path");
    TCase *path = tcase_create("path");

    tcase_add_checked_fixture(path, ifxTestStart, ifxTestEnd);
    tcase_add_test(path, a_disk_behind_vmd_uses_its_controller_too);
    tcase_add_test(path, a_use_of_a_pci_device_itself_is_evidence_against_it);
    tcase_add_test(path, the_path_of_a_pci_device_names_those_above_it);
    tcase_add_loop_test(path, the_innermost_usb_device_is_on_the_way, 0,
                        G_N_ELEMENTS(usb_paths));
    tcase_add_test(path, a_usb_device_is_no_carrier_of_itself);
    tcase_add_test(path, a_usb_host_behind_a_usb_device_is_on_both);
    tcase_add_test(path, a_path_without_pci_says_nothing);
    tcase_add_test(path, a_path_that_names_a_device_twice_ends);
    suite_add_tcase(suite, path);
    return suite;
}
