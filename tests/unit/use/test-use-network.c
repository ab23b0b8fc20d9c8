/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "suite.h"
#include "test-use-network.h"

START_TEST(an_interface_that_carries_nothing_is_free)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestExpectSeen("", "");
    graph = ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "net/eno1"), "net/eno1");
    ck_assert(!ifxUseGraphIsCarrier(graph, "net/lo"));
}
END_TEST

typedef struct {
    const char *record;
    const char *evidence;       /* against the first card */
} ifxTestCarried;

static const ifxTestCarried carried[] = {
    { "address 2 192.168.1.2", "network: eno1 -> 192.168.1.2\n" },
    { "address 2 2001:db8::2", "network: eno1 -> 2001:db8::2\n" },
    { "route 2 0.0.0.0/0 via table=254", "network: eno1 -> default route\n" },
    { "route 2 ::/0", "network: eno1 -> default route\n" },
    { "route 2 10.0.0.0/8", "network: eno1 -> route to 10.0.0.0/8\n" },
    { "route 2 fd00::/8 table=1000 metric=7", "network: eno1 -> route to fd00::/8\n" },
    { "route 2 mpls", "network: eno1 -> route to mpls\n" },
    { "pppoe eno1", "network: eno1 -> PPPoE session\n" },
    { "traffic 2\ntraffic 2", "network: eno1 -> traffic control\n" },
    { "traffic 2 nftables", "network: eno1 -> nftables\n" },
    { "packet 2 4711", "network: eno1 -> packet socket\n" },
    { "link 4 can0 parent=pci/" NIC " up", "network: can0 -> up\n" },
    { "link 4 can0 parent=pci/" NIC " up\npacket 4 4711", "network: can0 -> packet socket\n" },
    { "link 4 can0 parent=pci/" NIC, "" },
    /* Addresses first, then the default route; the net of an address is no news. */
    { "route 2 192.168.1.0/24\nroute 2 172.16.0.0/12 via\nroute 2 0.0.0.0/0 via\n"
      "address 2 192.168.1.2",
      "network: eno1 -> 192.168.1.2\nnetwork: eno1 -> default route\n"
      "network: eno1 -> route to 172.16.0.0/12\n" },
    /* Each only once. */
    { "address 2 192.168.1.2\nroute 2 ::/0 via\nroute 2 0.0.0.0/0 via table=254\n"
      "route 2 0.0.0.0/0 via table=254 metric=9",
      "network: eno1 -> 192.168.1.2\nnetwork: eno1 -> default route\n" },
    /* Whose address it is does not follow from nets (kube-proxy, keepalived). */
    { "link 4 dummy0 kind=dummy\naddress 4 10.96.0.1", "" },
    { "address 3 10.1.2.3\nroute 3 10.1.0.0/16", "" },
};

START_TEST(what_an_interface_carries_is_evidence)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestRecord(carried[_i].record);
    graph = ifxTestLoad();
    ifxTestExpect(graph, NIC, carried[_i].evidence);
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_NETWORK);
}
END_TEST

typedef struct {
    const char *record;
    const char *vital;          /* "-!": for each piece of evidence of the first card */
} ifxTestVital;

static const ifxTestVital vitals[] = {
    { "address 2 192.168.1.2", "-" },
    { "address 2 192.168.1.2 login", "!" },
    { "address 2 192.168.1.2\nroute 2 0.0.0.0/0 via", "-!" },
    { "route 2 10.0.0.0/8 via", "-" },
    { "route 2 0.0.0.0/0 via metric=100\nroute 3 0.0.0.0/0 via metric=600", "!" },
    { "route 2 0.0.0.0/0 via metric=600\nroute 3 0.0.0.0/0 via metric=100", "-" },
    { "route 2 0.0.0.0/0 via metric=100\nroute 3 0.0.0.0/0 via metric=100", "!" },
    { "route 2 ::/0 via metric=600\nroute 3 0.0.0.0/0 via metric=100", "!" },
    { "route 2 0.0.0.0/0 via metric=600 table=7\nroute 3 0.0.0.0/0 via table=254", "!" },
    /* Announced to several interfaces, none of them is the one. */
    { "route 2 ::/0 via ra metric=1024\nroute 3 ::/0 via ra metric=1024", "-" },
    { "route 2 ::/0 via ra metric=1024\nroute 3 ::/0 via ra metric=1025", "!" },
    { "route 2 ::/0 via ra metric=1024\nroute 2 ::/0 via ra metric=1024", "!" },
    { "route 2 ::/0 via metric=1024\nroute 3 ::/0 via ra metric=1024", "!" },
    /* Of one interface, the better one counts. */
    { "route 2 0.0.0.0/0 via metric=600\nroute 2 0.0.0.0/0 via metric=100", "!" },
    { "netns 5 blue\nlink 9 mv0 kind=macvlan lower=2/4026531840\nroute 9 0.0.0.0/0 via", "-" },
};

START_TEST(default_route_and_login_are_vital)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ifxUseGraph) graph = NULL;
    const GPtrArray *evidence;
    ifxPciAddress address;
    guint i;

    ifxTestRecord(vitals[_i].record);
    graph = ifxTestLoad();
    ck_assert(ifxPciAddressParse(NIC, &address));
    evidence = ifxUseEvidenceGet(graph, &address);
    for (i = 0; evidence && i < evidence->len; i++)
        g_string_append_c(text, ((const ifxUse *) evidence->pdata[i])->vital ? '!' : '-');
    ck_assert_str_eq(text->str, vitals[_i].vital);
}
END_TEST

START_TEST(packet_socket_is_found_by_its_inode)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestRecord("packet 2 4711\npacket 2 4712");
    graph = ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "socket/4711"), "socket/4711");
    ifxTestExpect(graph, NIC, "network: eno1 -> packet socket\nnetwork: eno1 -> packet socket\n");
}
END_TEST

START_TEST(usb_interface_uses_its_controller)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddDevice("usb", "2-1:1.0", "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0");
    ifxTestRecord("link 4 enx00 parent=usb/2-1:1.0\naddress 4 192.168.1.2");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:00:14.0", "network: usb 2-1 -> enx00 -> 192.168.1.2\n");
}
END_TEST

START_TEST(device_of_an_interface_need_not_be_on_a_bus)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddInterface("wwan0", "pci0000:00/0000:00:1d.0/0000:03:00.0/wwan/wwan0");
    ifxTestRecord("link 4 wwan0\naddress 4 192.168.1.2");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:03:00.0", "network: wwan0 -> 192.168.1.2\n");
}
END_TEST

/* ---- what could not be asked */

static const char *const unasked[] = {
    "unasked namespace blue: Operation not permitted",
    "link 4 eth1 parent",
    "link 4 eth1 color=red",
    "link 4",
    "link 4 et/h1",
    "link x eth1",
    "link 2 eth1",
    "link 4 eth1 master=eno1",
    "link 4 eth1 lower=1/blue",
    "link 4 eth1 lower=",
    "address 4 192.168.1.2",
    "address 2",
    "address 2 ",
    "address 2 192.168.1.2 logout",
    "route 4 0.0.0.0/0",
    "route 2",
    "route 2 ",
    "route 2 0.0.0.0/0 over",
    "route 2 0.0.0.0/0 table=main",
    "packet 4 4711",
    "packet 2 x",
    "traffic 4",
    "traffic 2 iptables",
    "traffic",
    "pppoe eth9",
    "pppoe",
    "netns blue",
    "netns",
    "netns 99999999999",
    "neighbour 2 192.168.1.2",
    " ",
};

START_TEST(what_was_not_asked_costs_the_sight)
{
    g_autofree char *record = g_strconcat("address 2 192.168.1.1\n", unasked[_i], NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestRecord(record);
    graph = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
    ifxTestExpect(graph, NIC, "network: eno1 -> 192.168.1.1\n");
}
END_TEST

static const char *const none[] = { "", "\n", "link 2 eno1\n", NULL };

START_TEST(without_a_namespace_nothing_is_seen)
{
    g_autofree char *path = g_build_filename(root, "netlink", NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    if (none[_i])
        ifxTestAdd("netlink", none[_i]);
    else
        ck_assert_int_eq(unlink(path), 0);
    graph = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
    ifxTestExpect(graph, NIC, "");
}
END_TEST

START_TEST(record_is_a_file_of_text)
{
    g_autofree char *path = g_build_filename(root, "netlink", NULL);
    g_autoptr(ifxUseGraph) fifo = NULL;
    g_autoptr(ifxUseGraph) nul = NULL;

    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    fifo = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(fifo), 0);

    ck_assert_int_eq(unlink(path), 0);
    ck_assert(g_file_set_contents(path, "netns 1\n\0", 9, NULL));
    nul = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(nul), 0);
}
END_TEST

START_TEST(folders_above_the_root_are_no_devices)
{
    const char *const empty[] = { NULL };
    g_autofree char *above_root = ifxTestTreeNew(empty);
    g_autofree char *moved = g_build_filename(above_root, "0000:07:00.0", NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestRecord("address 2 192.168.1.2");
    ck_assert_int_eq(rename(root, moved), 0);
    graph = ifxUseGraphNew();
    ifxTestRunLoader("network", moved, graph);
    ck_assert_int_eq(rename(moved, root), 0);
    ck_assert_int_eq(rmdir(above_root), 0);

    ifxTestExpect(graph, NIC, "network: eno1 -> 192.168.1.2\n");
    ifxTestExpect(graph, "0000:07:00.0", "");
}
END_TEST

#define UNCLEAR "unclear: eno1 -> may carry the log of the kernel (netconsole)\n"

typedef struct {
    const char *enabled;
    const char *interface;
    const char *flags;          /* of the console */
    const char *evidence;       /* against the first card, which is up; the second one is not */
} ifxTestTarget;

static const ifxTestTarget targets[] = {
    { "1\n", "eno1\n", "E    ", "network: eno1 -> netconsole\n" },
    { "0\n", "eno1\n", "E    ", "" },
    { "1\n", "gone\n", "E    ", UNCLEAR },
    { "1\n", "enp1s0\n", "E  p ", UNCLEAR },
    { NULL, NULL, "E  p ", UNCLEAR },
    { NULL, NULL, "E    ", UNCLEAR },
    { NULL, NULL, NULL, "" },
};

static void
ifxTestAddConsole(const char *flags)
{
    g_autofree char *consoles = g_strdup_printf("tty0                 -WU (EC p )    4:7\n"
                                                "netcon0              -W- (%s)\n", flags);

    ifxTestAdd("proc/consoles", consoles);
    ifxTestAdd("sys/devices/" NIC_PATH "/net/eno1/flags", "0x1003\n");
    ifxTestAdd("sys/devices/" NIC2_PATH "/net/enp1s0/flags", "0x1002\n");
}

START_TEST(log_of_the_kernel_goes_over_an_interface)
{
    const ifxTestTarget *target = &targets[_i];

    if (target->flags)
        ifxTestAddConsole(target->flags);
    if (target->enabled) {
        ifxTestAdd("sys/kernel/config/netconsole/far/enabled", target->enabled);
        ifxTestAdd("sys/kernel/config/netconsole/far/dev_name", target->interface);
    }
    ifxTestExpectSeen(target->evidence, g_strcmp0(target->interface, "enp1s0\n") == 0 ?
                      "network: enp1s0 -> netconsole\n" : "");
}
END_TEST

START_TEST(target_from_a_parameter_may_have_a_folder)
{
    ifxTestAddConsole("E  p ");
    ifxTestAdd("sys/kernel/config/netconsole/cmdline0/enabled", "1\n");
    ifxTestAdd("sys/kernel/config/netconsole/cmdline0/dev_name", "enp1s0\n");
    ifxTestExpectSeen("", "network: enp1s0 -> netconsole\n");
}
END_TEST

Suite *
ifxSuiteUseNetwork(void)
{
    Suite *suite = suite_create("use-network");
    TCase *uses = tcase_create("uses");
    TCase *sight = tcase_create("sight");

    tcase_add_checked_fixture(uses, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(uses, an_interface_that_carries_nothing_is_free);
    tcase_add_loop_test(uses, what_an_interface_carries_is_evidence, 0, G_N_ELEMENTS(carried));
    tcase_add_loop_test(uses, default_route_and_login_are_vital, 0, G_N_ELEMENTS(vitals));
    tcase_add_test(uses, packet_socket_is_found_by_its_inode);
    tcase_add_test(uses, usb_interface_uses_its_controller);
    tcase_add_loop_test(uses, log_of_the_kernel_goes_over_an_interface, 0, G_N_ELEMENTS(targets));
    tcase_add_test(uses, target_from_a_parameter_may_have_a_folder);
    tcase_add_test(uses, device_of_an_interface_need_not_be_on_a_bus);
    suite_add_tcase(suite, uses);

    tcase_add_checked_fixture(sight, ifxTestSetup, ifxTestTeardown);
    tcase_add_loop_test(sight, what_was_not_asked_costs_the_sight, 0, G_N_ELEMENTS(unasked));
    tcase_add_loop_test(sight, without_a_namespace_nothing_is_seen, 0, G_N_ELEMENTS(none));
    tcase_add_test(sight, record_is_a_file_of_text);
    tcase_add_test(sight, folders_above_the_root_are_no_devices);
    suite_add_tcase(suite, sight);
    return suite;
}
