/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"
#include "test-use-network.h"

static void
ifxTestStack(const char *above,
             const char *below)
{
    g_autofree char *lower = g_strconcat("lower_", below, NULL);
    g_autofree char *upper = g_strconcat("upper_", above, NULL);
    g_autofree char *lower_target = g_strconcat("->../", below, NULL);
    g_autofree char *upper_target = g_strconcat("->../", above, NULL);

    ifxTestAddEntry(above, lower, lower_target);
    ifxTestAddEntry(below, upper, upper_target);
}

static void
ifxTestAddPci(const char *address,
              const char *path,
              const char *class_code,
              const char *driver)
{
    g_autofree char *link = g_strconcat("sys/bus/pci/devices/", address, NULL);
    g_autofree char *target = g_strconcat("->../../../devices/", path, NULL);
    g_autofree char *class_file = g_strconcat("sys/devices/", path, "/class", NULL);
    g_autofree char *driver_link = g_strconcat("sys/devices/", path, "/driver", NULL);
    g_autofree char *driver_target =
        g_strconcat("->../../bus/pci/drivers/", driver ? driver : "", NULL);

    ifxTestAdd(link, target);
    ifxTestAdd(class_file, class_code);
    if (driver)
        ifxTestAdd(driver_link, driver_target);
}

START_TEST(what_is_below_a_bridge_is_in_use_by_what_the_bridge_carries)
{
    ifxTestAddInterface("br0", VIRTUAL_PATH);
    ifxTestAddEntry("br0", "uevent", "DEVTYPE=bridge\nINTERFACE=br0\n");
    ifxTestStack("br0", "eno1");
    ifxTestAddEntry("eno1", "master", "->../br0");
    ROUTES("br0 192.168.1.0/24", "br0 0.0.0.0/0 192.168.1.1");
    LOCALS("192.168.1.2", "192.168.1.255");
    ifxTestExpectSeen("network: eno1 -> br0 (bridge) -> 192.168.1.2\n"
                      "network: eno1 -> br0 (bridge) -> default route\n", "");
}
END_TEST

typedef struct {
    const char *name;
    const char *entry;
    const char *content;
    const char *evidence;
} ifxTestAbove;

static const ifxTestAbove above[] = {
    { "br0", "bridge/bridge_id", "8000\n", "network: eno1 -> br0 (bridge)\n" },
    { "bond0", "bonding/mode", "active-backup 1\n", "network: eno1 -> bond0 (bond)\n" },
    { "eno1.10", "uevent", "INTERFACE=eno1.10\nDEVTYPE=vlan\n",
      "network: eno1 -> eno1.10 (vlan)\n" },
    { "macvtap0", "macvtap/tap3/dev", "235:3\n", "network: eno1 -> macvtap0 (macvtap)\n" },
    { "mac0", "uevent", "DEVTYPE=macvlan\n", "network: eno1 -> mac0 (macvlan)\n" },
    { "ipvl0", "uevent", "DEVTYPE=ipvlan\n", "network: eno1 -> ipvl0 (ipvlan)\n" },
    { "ovs-system", "uevent", "INTERFACE=ovs-system\n",
      "network: eno1 -> ovs-system (openvswitch)\n" },
    { "team0", "uevent", "INTERFACE=team0\n", "network: eno1 -> team0\n" },
};

START_TEST(being_below_another_interface_is_a_use)
{
    ifxTestAddInterface(above[_i].name, VIRTUAL_PATH);
    ifxTestAddEntry(above[_i].name, above[_i].entry, above[_i].content);
    ifxTestStack(above[_i].name, "eno1");
    ifxTestExpectSeen(above[_i].evidence, "");
}
END_TEST

static const char *const links[][2] = {
    { "eno1/master", "->../br0" },
    { "eno1/upper_br0", "->../br0" },
    { "br0/lower_eno1", "->../eno1" },
};

START_TEST(each_link_alone_tells_what_is_above)
{
    ifxTestAddInterface("br0", VIRTUAL_PATH);
    ifxTestAddEntry("", links[_i][0], links[_i][1]);
    ifxTestExpectSeen("network: eno1 -> br0\n", "");
}
END_TEST

START_TEST(a_master_that_is_not_listed_is_a_use_all_the_same)
{
    ifxTestAddEntry("eno1", "master", "->../br7");
    ifxTestExpectSeen("network: eno1 -> net/br7\n", "");
}
END_TEST

START_TEST(a_stack_is_one_chain_up_to_its_top)
{
    ifxTestAddInterface("bond0", VIRTUAL_PATH);
    ifxTestAddEntry("bond0", "uevent", "DEVTYPE=bond\n");
    ifxTestAddInterface("bond0.5", VIRTUAL_PATH);
    ifxTestAddEntry("bond0.5", "uevent", "DEVTYPE=vlan\n");
    ifxTestStack("bond0", "eno1");
    ifxTestStack("bond0", "enp1s0");
    ifxTestStack("bond0.5", "bond0");
    ifxTestExpectSeen("network: eno1 -> bond0 (bond) -> bond0.5 (vlan)\n",
                      "network: enp1s0 -> bond0 (bond) -> bond0.5 (vlan)\n");
}
END_TEST

START_TEST(interfaces_above_each_other_end)
{
    ifxTestAddInterface("br0", VIRTUAL_PATH);
    ifxTestStack("br0", "eno1");
    ifxTestStack("eno1", "br0");
    ifxTestExpectSeen("", "");
}
END_TEST

typedef struct {
    const char *class_code;
    const char *driver;
    bool unclear;
} ifxTestDriver;

static const ifxTestDriver drivers[] = {
    { "0x020000\n", "igb", true },
    { "0x028000\n", "iwlwifi", true },
    { "0x020700\n", "mlx5_core", true },
    { "0x0d1100\n", "btintel_pcie", true },
    { "0x010802\n", "nvme", false },
    { "0x020000\n", NULL, false },
    { "0x020000\n", "vfio-pci", false },
    { "0x020000\n", "mlx5_vfio_pci", false },
    { "0x020000\n", "pci-stub", false },
    { "0x020000\n", "pci-pf-stub", false },
    { "0x020000\n", "uio_pci_generic", false },
    { "0x020000\n", "igb_uio", false },
};

START_TEST(a_driven_device_without_interface_is_unclear)
{
    const ifxTestDriver *driver = &drivers[_i];
    g_autofree char *expected = driver->unclear ?
        g_strdup_printf("unclear: %s -> no interface visible, maybe in another network "
                        "namespace\n", driver->driver) : g_strdup("");
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("0000:02:00.0", "pci0000:00/0000:00:1d.0/0000:02:00.0", driver->class_code,
                  driver->driver);
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", expected);
}
END_TEST

START_TEST(a_driver_with_a_vfio_device_is_not_the_hosts)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("0000:02:00.0", "pci0000:00/0000:02:00.0", "0x020000\n", "vendor_live");
    ifxTestAdd("sys/devices/pci0000:00/0000:02:00.0/vfio-dev/vfio0", "/");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", "");
}
END_TEST

START_TEST(an_interface_further_below_its_device_is_seen)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("0000:00:03.0", "pci0000:00/0000:00:03.0", "0x020000\n", "virtio-pci");
    ifxTestAddInterface("ens3", "../../devices/pci0000:00/0000:00:03.0/virtio2/net/");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:00:03.0", "");
}
END_TEST

Suite *
ifxSuiteUseNetworkStack(void)
{
    Suite *suite = suite_create("use-network-stack");
    TCase *stacked = tcase_create("stacked");
    TCase *hidden = tcase_create("hidden");

    tcase_add_checked_fixture(stacked, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(stacked, what_is_below_a_bridge_is_in_use_by_what_the_bridge_carries);
    tcase_add_loop_test(stacked, being_below_another_interface_is_a_use, 0, G_N_ELEMENTS(above));
    tcase_add_loop_test(stacked, each_link_alone_tells_what_is_above, 0, G_N_ELEMENTS(links));
    tcase_add_test(stacked, a_master_that_is_not_listed_is_a_use_all_the_same);
    tcase_add_test(stacked, a_stack_is_one_chain_up_to_its_top);
    tcase_add_test(stacked, interfaces_above_each_other_end);
    suite_add_tcase(suite, stacked);

    tcase_add_checked_fixture(hidden, ifxTestSetup, ifxTestTeardown);
    tcase_add_loop_test(hidden, a_driven_device_without_interface_is_unclear,
                        0, G_N_ELEMENTS(drivers));
    tcase_add_test(hidden, a_driver_with_a_vfio_device_is_not_the_hosts);
    tcase_add_test(hidden, an_interface_further_below_its_device_is_seen);
    suite_add_tcase(suite, hidden);
    return suite;
}
