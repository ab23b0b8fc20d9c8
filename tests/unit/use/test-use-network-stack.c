/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"
#include "test-use-network.h"

#define HIDDEN "no interface visible, maybe in another network namespace\n"

static void
ifxTestAddPci(const char *path,
              const char *class_code,
              const char *driver)
{
    g_autofree char *address = g_path_get_basename(path);
    g_autofree char *class_file = g_strconcat("sys/devices/", path, "/class", NULL);
    g_autofree char *driver_link = g_strconcat("sys/devices/", path, "/driver", NULL);
    g_autofree char *driver_target =
        g_strconcat("->../../bus/pci/drivers/", driver ? driver : "", NULL);

    ifxTestAddDevice("pci", address, path);
    ifxTestAdd(class_file, class_code);
    if (driver)
        ifxTestAdd(driver_link, driver_target);
}

typedef struct {
    const char *record;
    const char *first;
    const char *second;
} ifxTestStack;

static const ifxTestStack stacks[] = {
    /* What is below a bridge is in use by what the bridge carries. */
    { "link 5 br0 kind=bridge\nlink 6 vnet0 kind=tun master=5\naddress 5 192.168.1.2\n"
      "route 5 0.0.0.0/0 via\nlink 7 eth7 master=5", "", "" },
    { "link 5 br0 kind=bridge\nlink 6 eno1.7 kind=vlan lower=2 master=5\naddress 5 192.168.1.2\n"
      "route 5 0.0.0.0/0 via",
      "network: eno1 -> eno1.7 (vlan) -> br0 (bridge) -> 192.168.1.2\n"
      "network: eno1 -> eno1.7 (vlan) -> br0 (bridge) -> default route\n", "" },
    /* An interface above another one is a use. */
    { "link 5 eno1.10 kind=vlan lower=2", "network: eno1 -> eno1.10 (vlan)\n", "" },
    { "link 5 macvtap0 kind=macvtap lower=2", "network: eno1 -> macvtap0 (macvtap)\n", "" },
    { "link 5 ipvl0 kind=ipvlan lower=2", "network: eno1 -> ipvl0 (ipvlan)\n", "" },
    { "link 5 vxlan0 kind=vxlan lower=2", "network: eno1 -> vxlan0 (vxlan)\n", "" },
    { "link 5 new0 lower=2", "network: eno1 -> new0\n", "" },
    /* A stack is one chain up to its top. */
    { "link 5 mv0 kind=macvlan lower=2\nlink 6 mv0.5 kind=vlan lower=5\nlink 7 mv1 kind=macvlan "
      "lower=3", "network: eno1 -> mv0 (macvlan) -> mv0.5 (vlan)\n",
      "network: enp1s0 -> mv1 (macvlan)\n" },
    /* Interfaces above each other end. */
    { "link 5 a lower=6\nlink 6 b lower=5", "", "" },
    /* What watches or changes the packets of an interface is a use. */
    { "link 5 enp1s1 promiscuous\nlink 6 mv0 kind=macvlan lower=2 promiscuous\naddress 6 ::2",
      "network: eno1 -> mv0 (macvlan) -> ::2\n", "" },
    /* In another namespace, also where the same index and name are other interfaces. */
    { "netns 5 blue\nlink 2 eno1\naddress 2 192.168.1.2\nlink 3 mv0 kind=macvlan "
      "lower=2/4026531840\naddress 3 10.0.0.1",
      "network: eno1 -> mv0 (macvlan) in namespace blue -> 10.0.0.1\n", "" },
    { "netns 5\nlink 9 eno1.8 kind=vlan lower=3/4026531840", "",
      "network: enp1s0 -> eno1.8 (vlan) in namespace 5\n" },
    /* The lower interface is in a namespace that nobody knows. */
    { "netns 5 of nginx (812)\nlink 9 eth0 kind=macvlan lower=2/6\naddress 9 10.0.0.1", "", "" },
};

START_TEST(what_is_above_uses_what_is_below)
{
    const ifxTestStack *stack = &stacks[_i];

    ifxTestRecord(stack->record);
    ifxTestExpectSeen(stack->first, stack->second);
}
END_TEST

/* The words of the line of a card. */
static const char *const words[][2] = {
    { "master=5", "network: eth1 -> bond0 (bond)\n" },
    { "promiscuous", "network: eth1 -> promiscuous mode\n" },
    { "xdp", "network: eth1 -> XDP program\n" },
    { "xdp master=5", "network: eth1 -> bond0 (bond)\n" },
};

START_TEST(a_card_is_used_by_its_master_and_by_watchers)
{
    g_autofree char *record = g_strconcat("link 4 eth1 parent=pci/0000:02:00.0 ", words[_i][0],
                                          "\nlink 5 bond0 kind=bond", NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("pci0000:00/0000:02:00.0", "0x020000\n", "igb");
    ifxTestRecord(record);
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", words[_i][1]);
}
END_TEST

START_TEST(sysfs_shows_what_else_is_above)
{
    ifxTestAdd("sys/class/net/eno1/upper_hsr0", "->../../../virtual/net/hsr0");
    ifxTestRecord("link 5 hsr0 kind=hsr\naddress 5 192.168.1.2");
    ifxTestExpectSeen("network: eno1 -> hsr0 (hsr) -> 192.168.1.2\n", "");
    ifxTestRecord("");
    ifxTestExpectSeen("network: eno1 -> net/hsr0\n", "");
}
END_TEST

START_TEST(an_rdma_device_uses_the_interface_it_was_made_on)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAdd("sys/class/infiniband/rxe0", "->../../devices/virtual/infiniband/rxe0");
    ifxTestAdd("sys/class/infiniband/mlx5_0", "->../../devices/" NIC2_PATH "/infiniband/mlx5_0");
    ifxTestAdd("sys/devices/" NIC2_PATH "/infiniband/mlx5_0", "/");
    ifxTestAdd("sys/devices/virtual/infiniband/rxe0/parent", "eno1\n");
    ifxTestExpectSeen("network: eno1 -> rxe0\n", "");

    ifxTestAdd("sys/class/infiniband/siw0", "->../../devices/virtual/infiniband/siw0");
    ifxTestAdd("sys/devices/virtual/infiniband/siw0", "/");
    graph = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
}
END_TEST

/* ---- interfaces in another namespace */

static const char *const moved[][2] = {
    { "address 4 192.168.1.2", "network: eth1 in namespace blue -> 192.168.1.2\n" },
    { "link 5 br0 kind=bridge", "network: eth1 in namespace blue\n" },
};

START_TEST(an_interface_that_was_moved_is_in_use)
{
    g_autofree char *record = g_strconcat("netns 5 blue\nlink 4 eth1 parent=pci/0000:02:00.0\n",
                                          moved[_i][0], NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("pci0000:00/0000:02:00.0", "0x020000\n", "igb");
    ifxTestAdd("sys/bus/pci/devices/0000:02:00.0/net", "/");
    ifxTestRecord(record);
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", moved[_i][1]);
}
END_TEST

START_TEST(an_empty_folder_is_an_interface_elsewhere)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddDevice("usb", "2-1:1.0", "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0");
    ifxTestAdd("sys/bus/usb/devices/2-1:1.0/net", "/");
    ifxTestAdd("sys/bus/usb/devices/2-1:1.0/driver", "->../../drivers/cdc_ncm");
    ifxTestAddPci("pci0000:00/0000:02:00.0", "0xff0000\n", "mlx5_core");
    ifxTestAdd("sys/bus/pci/devices/0000:02:00.0/net", "/");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:00:14.0", "unclear: usb 2-1 -> cdc_ncm -> " HIDDEN);
    ifxTestExpect(graph, "0000:02:00.0", "unclear: mlx5_core -> " HIDDEN);
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
        g_strdup_printf("unclear: %s -> " HIDDEN, driver->driver) : g_strdup("");
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("pci0000:00/0000:00:1d.0/0000:02:00.0", driver->class_code, driver->driver);
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", expected);
}
END_TEST

START_TEST(a_driver_with_a_vfio_device_is_not_the_hosts)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("pci0000:00/0000:02:00.0", "0x020000\n", "vendor_live");
    ifxTestAdd("sys/devices/pci0000:00/0000:02:00.0/vfio-dev/vfio0", "/");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", "");
}
END_TEST

START_TEST(an_interface_further_below_its_device_is_seen)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddPci("pci0000:00/0000:00:03.0", "0x020000\n", "virtio-pci");
    ifxTestAddDevice("virtio", "virtio2", "pci0000:00/0000:00:03.0/virtio2");
    ifxTestAddInterface("ens3", "pci0000:00/0000:00:03.0/virtio2");
    ifxTestRecord("link 4 ens3 parent=virtio/virtio2");
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
    tcase_add_loop_test(stacked, what_is_above_uses_what_is_below, 0, G_N_ELEMENTS(stacks));
    tcase_add_loop_test(stacked, a_card_is_used_by_its_master_and_by_watchers,
                        0, G_N_ELEMENTS(words));
    tcase_add_test(stacked, sysfs_shows_what_else_is_above);
    tcase_add_test(stacked, an_rdma_device_uses_the_interface_it_was_made_on);
    suite_add_tcase(suite, stacked);

    tcase_add_checked_fixture(hidden, ifxTestSetup, ifxTestTeardown);
    tcase_add_loop_test(hidden, an_interface_that_was_moved_is_in_use, 0, G_N_ELEMENTS(moved));
    tcase_add_test(hidden, an_empty_folder_is_an_interface_elsewhere);
    tcase_add_loop_test(hidden, a_driven_device_without_interface_is_unclear,
                        0, G_N_ELEMENTS(drivers));
    tcase_add_test(hidden, a_driver_with_a_vfio_device_is_not_the_hosts);
    tcase_add_test(hidden, an_interface_further_below_its_device_is_seen);
    suite_add_tcase(suite, hidden);
    return suite;
}
