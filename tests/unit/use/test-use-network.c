/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "loader.h"
#include "suite.h"
#include "test-use-network.h"

/* A folder goes from one place to another. */
static void
ifxTestMove(const char *from,
            const char *to)
{
    g_autofree char *old = g_build_filename(root, from, NULL);
    g_autofree char *new = g_build_filename(root, to, NULL);
    g_autofree char *parent = g_path_get_dirname(new);

    ck_assert_int_eq(g_mkdir_with_parents(parent, 0755), 0);
    ck_assert_int_eq(rename(old, new), 0);
}

START_TEST(an_interface_that_is_merely_up_is_free)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAdd("proc/net/if_inet6",
               "fe80000000000000021122fffe334455 02 40 20 80     eno1\n"
               "00000000000000000000000000000001 01 80 10 80       lo\n");
    ifxTestAdd("proc/net/ipv6_route",
               "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eno1\n"
               "ff000000000000000000000000000000 08 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eno1\n"
               "fe80000000000000021122fffe334455 80 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 00000000 00000002 00000000 80200001     eno1\n"
               "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"
               "20010db8000000000000000000000000 20 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 00000400 00000001 00000000 00000001\n");
    ifxTestExpectSeen("", "");

    graph = ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "net/eno1"), "net/eno1");
    ck_assert(!ifxUseGraphIsCarrier(graph, "net/lo"));
}
END_TEST

START_TEST(an_address_belongs_to_the_interface_with_its_net)
{
    ROUTES("eno1 192.168.1.0/24", "enp1s0 10.0.0.0/8");
    LOCALS("10.1.2.3", "10.255.255.255", "192.168.1.2", "192.168.1.255");
    ifxTestExpectSeen("network: eno1 -> 192.168.1.2\n", "network: enp1s0 -> 10.1.2.3\n");
}
END_TEST

START_TEST(the_smallest_net_has_the_address_and_the_larger_is_still_a_route)
{
    ROUTES("eno1 10.0.0.0/8", "enp1s0 10.1.2.0/24");
    LOCALS("10.1.2.3", "10.1.2.255", "10.255.255.255");
    ifxTestExpectSeen("network: eno1 -> route to 10.0.0.0/8\n",
                      "network: enp1s0 -> 10.1.2.3\n");
}
END_TEST

START_TEST(an_address_in_the_net_of_two_interfaces_may_be_of_both)
{
    ROUTES("eno1 10.1.2.0/24", "enp1s0 10.1.2.0/24");
    LOCALS("10.1.2.3", "10.1.2.255");
    ifxTestExpectSeen("network: eno1 -> 10.1.2.3\n", "network: enp1s0 -> 10.1.2.3\n");
}
END_TEST

START_TEST(a_net_of_two_addresses_has_no_broadcast_address)
{
    ROUTES("eno1 10.1.2.2/31");
    LOCALS("10.1.2.3");
    ifxTestExpectSeen("network: eno1 -> 10.1.2.3\n", "");
}
END_TEST

START_TEST(addresses_without_any_broadcast_address_are_matched_too)
{
    ROUTES("eno1 192.168.1.0/24");
    ifxTestAdd("proc/net/fib_trie", "Main:\n |-- 192.168.1.2\n  /32 host LOCAL\n");
    ifxTestExpectSeen("network: eno1 -> 192.168.1.2\n", "");
}
END_TEST

START_TEST(a_route_into_a_tunnel_has_no_address)
{
    ifxTestAddInterface("wg0", VIRTUAL_PATH);
    ROUTES("eno1 192.168.1.0/24", "wg0 10.0.0.0/8", "wg0 0.0.0.0/1");
    LOCALS("10.1.2.3", "192.168.1.2", "192.168.1.255");
    ifxTestExpectSeen("network: eno1 -> 192.168.1.2\n",
                      "unclear: enp1s0 -> up, may have address 10.1.2.3\n");
}
END_TEST

START_TEST(a_route_with_a_gateway_has_no_address)
{
    ROUTES("eno1 10.0.0.0/8 192.168.1.9");
    ifxTestAdd("proc/net/fib_trie", "Main:\n |-- 10.1.2.3\n  /32 host LOCAL\n");
    ifxTestExpectSeen("network: eno1 -> route to 10.0.0.0/8\n",
                      "unclear: enp1s0 -> up, may have address 10.1.2.3\n");
}
END_TEST

START_TEST(a_stray_address_may_be_of_any_interface_that_is_up)
{
    LOCALS("10.1.2.3", "10.9.9.9");
    ifxTestAddEntry("enp1s0", "flags", "0x1002\n");
    ifxTestExpectSeen("unclear: eno1 -> up, may have address 10.1.2.3\n", "");
}
END_TEST

START_TEST(a_stray_address_is_not_of_an_interface_with_a_use)
{
    ifxTestAddInterface("br0", VIRTUAL_PATH);
    ifxTestAddEntry("eno1", "master", "->../br0");
    ROUTES("enp1s0 0.0.0.0/0 10.0.0.1");
    LOCALS("10.1.2.3");
    ifxTestExpectSeen("network: eno1 -> br0\n", "network: enp1s0 -> default route\n");
}
END_TEST

START_TEST(routes_come_after_addresses_and_only_once)
{
    ROUTES("eno1 0.0.0.0/0 192.168.1.1", "eno1 0.0.0.0/0 192.168.1.1",
           "eno1 10.0.0.0/8 192.168.1.9", "eno1 169.254.0.0/16", "eno1 192.168.1.0/24",
           "enp1s0 172.16.0.0/12 1.2.3.4");
    LOCALS("192.168.1.2", "192.168.1.255");
    ifxTestExpectSeen("network: eno1 -> 192.168.1.2\n"
                      "network: eno1 -> default route\n"
                      "network: eno1 -> route to 10.0.0.0/8\n",
                      "network: enp1s0 -> route to 172.16.0.0/12\n");
}
END_TEST

START_TEST(routes_that_are_down_or_reject_are_none)
{
    ifxTestAdd("proc/net/route",
               "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\n"
               "eno1\t00000000\t00000000\t0000\t0\t0\t0\t00000000\t0\t0\t0\n"
               "eno1\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"
               "*\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n");
    ifxTestExpectSeen("", "");
}
END_TEST

START_TEST(ipv6_addresses_and_routes_are_evidence)
{
    ifxTestAdd("proc/net/if_inet6",
               "20010db8000000000000000000000002 02 40 00 80     eno1\n"
               "fe80000000000000021122fffe334455 02 40 20 80     eno1\n"
               "fec00000000000000000000000000007 02 40 40 80     eno1\n");
    ifxTestAdd("proc/net/ipv6_route",
               "20010db8000000000000000000000000 20 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eno1\n"
               "fd000000000000000000000000000000 08 00000000000000000000000000000000 00 "
               "fe800000000000000000000000000001 00000100 00000001 00000000 00000003   enp1s0\n"
               "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
               "fe800000000000000000000000000001 00000400 00000003 00000000 00000003   enp1s0\n"
               "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
               "00000000000000000000000000000000 00000400 00000003 00000000 00000201     eno1\n");
    ifxTestExpectSeen("network: eno1 -> 2001:db8::2\nnetwork: eno1 -> fec0::7\n",
                      "network: enp1s0 -> default route\n"
                      "network: enp1s0 -> route to fd00::/8\n");
}
END_TEST

START_TEST(a_pppoe_session_needs_the_interface_it_goes_through)
{
    ifxTestAdd("proc/net/pppoe", "Id       Address              Device\n"
               "00000A01 00:11:22:33:44:55   enp1s0\n");
    ifxTestExpectSeen("", "network: enp1s0 -> PPPoE session\n");
}
END_TEST

START_TEST(eight_addresses_and_eight_routes_are_enough)
{
    g_autoptr(GString) routes = g_string_new(NULL);
    g_autoptr(GString) locals = g_string_new(NULL);
    g_autoptr(ifxUseGraph) graph = NULL;
    ifxPciAddress address;
    int i;

    for (i = 1; i < 100; i++) {
        g_string_append_printf(locals, " |-- 10.0.0.%d\n  /32 host LOCAL\n", i);
        g_string_append_printf(routes, "eno1 %08X 0 3 0 0 0 %08X\n", htonl((guint32) i << 24),
                               htonl(0xff000000));
    }
    g_string_append_printf(routes, "eno1 %08X 0 1 0 0 0 %08X\n", htonl(0x0a000000),
                           htonl(0xffffff00));
    ifxTestAdd("proc/net/route", routes->str);
    ifxTestAdd("proc/net/fib_trie", locals->str);
    ifxTestAdd("proc/net/if_inet6", "fd000000000000000000000000000007 02 40 00 80 eno1\n");
    ifxTestAdd("proc/net/pppoe", "00000A01 00:11:22:33:44:55 eno1\n");

    graph = ifxTestLoad();
    ck_assert(ifxPciAddressParse(NIC, &address));
    ck_assert_uint_eq(ifxUseEvidenceGet(graph, &address)->len, 16);
}
END_TEST

START_TEST(a_usb_interface_uses_its_controller)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddInterface("enx00", "../../devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/net/");
    ROUTES("enx00 192.168.1.0/24");
    LOCALS("192.168.1.2", "192.168.1.255");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:00:14.0", "network: usb 2-1 -> enx00 -> 192.168.1.2\n");
}
END_TEST

START_TEST(the_namespace_of_the_first_process_counts)
{
    ROUTES("enp1s0 0.0.0.0/0 10.0.0.1");
    ifxTestMove("proc/net", "proc/1/net");
    ROUTES("eno1 0.0.0.0/0 10.0.0.1");
    ifxTestExpectSeen("", "network: enp1s0 -> default route\n");
}
END_TEST

START_TEST(proc_net_may_be_a_link_as_on_a_host)
{
    ROUTES("eno1 0.0.0.0/0 10.0.0.1");
    ifxTestMove("proc/net", "proc/self/net");
    ifxTestAdd("proc/net", "->self/net");
    ifxTestExpectSeen("network: eno1 -> default route\n", "");
}
END_TEST

START_TEST(files_beside_the_interfaces_are_none)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAdd("sys/class/net/bonding_masters", "bond0\n");
    graph = ifxTestLoad();
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "net/bonding_masters"));
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_NETWORK);
}
END_TEST

static const char *const spoiled[][2] = {
    { "proc/net/route", NULL },
    { "proc/net/route", "eno1 00000000 00000000\n" },
    { "proc/net/route", "eno1 0000000g 00000000 0003 0 0 0 00000000\n" },
    { "proc/net/route", "eno1 00000000 00000000 0003 0 0 0 00FF00FF\n" },
    { "proc/net/fib_trie", NULL },
    { "proc/net/fib_trie", "|-- 10.1.2.300\n/32 host LOCAL\n" },
    { "proc/net/if_inet6", "fe80000000000000021122fffe334455 02 40 20 80\n" },
    { "proc/net/if_inet6", "fe80 02 40 20 80 eno1\n" },
    { "proc/net/if_inet6", "/" },
    { "proc/net/ipv6_route", "00000000000000000000000000000000 00\n" },
    { "proc/net/pppoe", "00000A01\n" },
    { "proc/net/if_inet6", "fd000000000000000000000000000007 02 40 00 80 eth9\n" },
};

START_TEST(what_cannot_be_understood_costs_the_sight)
{
    g_autofree char *path = g_build_filename(root, spoiled[_i][0], NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    if (spoiled[_i][1])
        ifxTestAdd(spoiled[_i][0], spoiled[_i][1]);
    else
        ck_assert_int_eq(unlink(path), 0);
    graph = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
}
END_TEST

START_TEST(evidence_stays_where_a_file_is_missing)
{
    g_autofree char *path = g_build_filename(root, "proc/net/fib_trie", NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    ROUTES("eno1 0.0.0.0/0 10.0.0.1");
    ck_assert_int_eq(unlink(path), 0);
    graph = ifxTestLoad();
    ifxTestExpect(graph, NIC, "network: eno1 -> default route\n");
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
}
END_TEST

START_TEST(a_fifo_or_a_nul_is_no_proc_file)
{
    g_autofree char *path = g_build_filename(root, "proc/net/route", NULL);
    g_autoptr(ifxUseGraph) fifo = NULL;
    g_autoptr(ifxUseGraph) nul = NULL;

    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    fifo = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(fifo), 0);

    ck_assert_int_eq(unlink(path), 0);
    ck_assert(g_file_set_contents(path, "\0eno1", 5, NULL));
    nul = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(nul), 0);
}
END_TEST

START_TEST(without_any_interface_nothing_is_seen)
{
    const char *const entries[] = {
        "sys/class/net", "/",
        "sys/bus/pci/devices/0000:00:19.0/class", "0x020000\n",
        "sys/bus/pci/devices/0000:00:19.0/driver", "->../../drivers/igb",
        "proc/net/route", "",
        "proc/net/fib_trie", "",
        NULL,
    };
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestTeardown();
    root = ifxTestTreeNew(entries);
    graph = ifxTestLoad();
    ifxTestExpect(graph, NIC, "");
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
}
END_TEST

START_TEST(folders_above_the_root_are_no_devices)
{
    const char *const none[] = { NULL };
    g_autofree char *above_root = ifxTestTreeNew(none);
    g_autofree char *moved = g_build_filename(above_root, "0000:07:00.0", NULL);
    g_autoptr(ifxUseGraph) graph = NULL;

    ROUTES("eno1 0.0.0.0/0 10.0.0.1");
    ck_assert_int_eq(rename(root, moved), 0);
    graph = ifxUseGraphNew();
    ifxTestRunLoader("network", moved, graph);
    ck_assert_int_eq(rename(moved, root), 0);
    ck_assert_int_eq(rmdir(above_root), 0);

    ifxTestExpect(graph, NIC, "network: eno1 -> default route\n");
    ifxTestExpect(graph, "0000:07:00.0", "");
}
END_TEST

Suite *
ifxSuiteUseNetwork(void)
{
    Suite *suite = suite_create("use-network");
    TCase *carried = tcase_create("carried");
    TCase *sight = tcase_create("sight");

    tcase_add_checked_fixture(carried, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(carried, an_interface_that_is_merely_up_is_free);
    tcase_add_test(carried, an_address_belongs_to_the_interface_with_its_net);
    tcase_add_test(carried, the_smallest_net_has_the_address_and_the_larger_is_still_a_route);
    tcase_add_test(carried, an_address_in_the_net_of_two_interfaces_may_be_of_both);
    tcase_add_test(carried, a_net_of_two_addresses_has_no_broadcast_address);
    tcase_add_test(carried, addresses_without_any_broadcast_address_are_matched_too);
    tcase_add_test(carried, a_route_into_a_tunnel_has_no_address);
    tcase_add_test(carried, a_route_with_a_gateway_has_no_address);
    tcase_add_test(carried, a_stray_address_may_be_of_any_interface_that_is_up);
    tcase_add_test(carried, a_stray_address_is_not_of_an_interface_with_a_use);
    tcase_add_test(carried, routes_come_after_addresses_and_only_once);
    tcase_add_test(carried, routes_that_are_down_or_reject_are_none);
    tcase_add_test(carried, ipv6_addresses_and_routes_are_evidence);
    tcase_add_test(carried, a_pppoe_session_needs_the_interface_it_goes_through);
    tcase_add_test(carried, eight_addresses_and_eight_routes_are_enough);
    tcase_add_test(carried, a_usb_interface_uses_its_controller);
    suite_add_tcase(suite, carried);

    tcase_add_checked_fixture(sight, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(sight, the_namespace_of_the_first_process_counts);
    tcase_add_test(sight, proc_net_may_be_a_link_as_on_a_host);
    tcase_add_test(sight, files_beside_the_interfaces_are_none);
    tcase_add_loop_test(sight, what_cannot_be_understood_costs_the_sight,
                        0, G_N_ELEMENTS(spoiled));
    tcase_add_test(sight, evidence_stays_where_a_file_is_missing);
    tcase_add_test(sight, a_fifo_or_a_nul_is_no_proc_file);
    tcase_add_test(sight, without_any_interface_nothing_is_seen);
    tcase_add_test(sight, folders_above_the_root_are_no_devices);
    suite_add_tcase(suite, sight);
    return suite;
}
