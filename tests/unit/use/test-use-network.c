/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <stdio.h>

#include "evidence.h"
#include "suite.h"
#include "tree.h"
#include "use/use-network.h"

#define NIC "0000:00:19.0"
#define NIC_PATH "../../devices/pci0000:00/0000:00:19.0/net/"
#define NIC2 "0000:01:00.0"
#define NIC2_PATH "../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0/net/"
#define VIRTUAL_PATH "../../devices/virtual/net/"

static char *root;

static void
ifxTestAdd(const char *path,
           const char *content)
{
    const char *const entries[] = { path, content, NULL };

    ifxTestTreeAdd(root, entries);
}

/* An interface that is up, in the folder @parent, relative to its class's. */
static void
ifxTestAddInterface(const char *name,
                    const char *parent)
{
    g_autofree char *link = g_strconcat("sys/class/net/", name, NULL);
    g_autofree char *target = g_strconcat("->", parent, name, NULL);
    g_autofree char *flags = g_strconcat("sys/", parent + strlen("../../"), name, "/flags", NULL);

    ifxTestAdd(link, target);
    ifxTestAdd(flags, "0x1003\n");
}

static void
ifxTestAddEntry(const char *name,
                const char *entry,
                const char *content)
{
    g_autofree char *path = g_strconcat("sys/class/net/", name, "/", entry, NULL);

    ifxTestAdd(path, content);
}

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

static guint32
ifxTestAddress(const char *text)
{
    struct in_addr address;

    ck_assert_int_eq(inet_pton(AF_INET, text, &address), 1);
    return address.s_addr;
}

/* "eno1 192.168.1.0/24" and "eno1 0.0.0.0/0 192.168.1.1", with a gateway, as /proc/net/route. */
static void
ifxTestSetRoutes(const char *const *routes)
{
    g_autoptr(GString) text = g_string_new("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\t"
                                           "Metric\tMask\t\tMTU\tWindow\tIRTT   \n");

    for (; *routes; routes++) {
        g_auto(GStrv) words = g_strsplit(*routes, " ", 3);
        g_auto(GStrv) to = g_strsplit(words[1], "/", 2);
        const int prefix = atoi(to[1]);
        const guint32 mask = prefix == 0 ? 0 : htonl(G_MAXUINT32 << (32 - prefix));

        g_string_append_printf(text, "%s\t%08X\t%08X\t%04X\t0\t0\t0\t%08X\t0\t0\t0   \n", words[0],
                               ifxTestAddress(to[0]), words[2] ? ifxTestAddress(words[2]) : 0,
                               words[2] ? 3U : 1U, mask);
    }
    ifxTestAdd("proc/net/route", text->str);
}

/* Addresses of the host, and ".255" broadcast addresses, in both tables. */
static void
ifxTestSetLocals(const char *const *locals)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *const *local;
    int table;

    for (table = 0; table < 2; table++) {
        g_string_append_printf(text, "%s:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.0\n"
                               "        /8 host LOCAL\n     |-- 127.0.0.1\n"
                               "        /32 host LOCAL\n     |-- 127.255.255.255\n"
                               "        /32 link BROADCAST\n", table == 0 ? "Main" : "Local");
        for (local = locals; *local; local++)
            g_string_append_printf(text, "     |-- %s\n        /32 %s\n", *local,
                                   g_str_has_suffix(*local, ".255") ? "link BROADCAST" :
                                   "host LOCAL");
    }
    ifxTestAdd("proc/net/fib_trie", text->str);
}

static void
ifxTestSetup(void)
{
    const char *const none[] = { NULL };

    root = ifxTestTreeNew(none);
    ifxTestAddInterface("lo", VIRTUAL_PATH);
    ifxTestAddInterface("eno1", NIC_PATH);
    ifxTestAddInterface("enp1s0", NIC2_PATH);
    ifxTestSetRoutes(none);
    ifxTestSetLocals(none);
}

static void
ifxTestTeardown(void)
{
    g_clear_pointer(&root, ifxTestTreeFree);
}

static ifxHostUse *
ifxTestLoad(void)
{
    ifxHostUse *use = ifxHostUseNew();

    ifxUseNetworkLoad(root, use);
    return use;
}

static void
ifxTestExpectSeen(const char *first,
                  const char *second)
{
    g_autoptr(ifxHostUse) use = ifxTestLoad();

    ifxTestExpect(use, NIC, first);
    ifxTestExpect(use, NIC2, second);
    ck_assert_int_eq(ifxHostUseGetSight(use), IFX_SIGHT_NETWORK);
}

#define ROUTES(...) ifxTestSetRoutes((const char *const []) { __VA_ARGS__, NULL })
#define LOCALS(...) ifxTestSetLocals((const char *const []) { __VA_ARGS__, NULL })

START_TEST(an_interface_that_is_merely_up_is_free)
{
    g_autoptr(ifxHostUse) use = NULL;

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

    use = ifxTestLoad();
    ck_assert_str_eq(ifxHostUseLookup(use, "net/eno1"), "net/eno1");
    ck_assert(!ifxHostUseIsCarrier(use, "net/lo"));
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
                      "unclear: enp1s0 -> up, and 10.1.2.3 may be its address\n");
}
END_TEST

START_TEST(a_route_with_a_gateway_has_no_address)
{
    ROUTES("eno1 10.0.0.0/8 192.168.1.9");
    ifxTestAdd("proc/net/fib_trie", "Main:\n |-- 10.1.2.3\n  /32 host LOCAL\n");
    ifxTestExpectSeen("network: eno1 -> route to 10.0.0.0/8\n",
                      "unclear: enp1s0 -> up, and 10.1.2.3 may be its address\n");
}
END_TEST

START_TEST(a_stray_address_may_be_of_any_interface_that_is_up)
{
    LOCALS("10.1.2.3", "10.9.9.9");
    ifxTestAddEntry("enp1s0", "flags", "0x1002\n");
    ifxTestExpectSeen("unclear: eno1 -> up, and 10.1.2.3 may be its address\n", "");
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
    g_autoptr(ifxHostUse) use = NULL;
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

    use = ifxTestLoad();
    ck_assert(ifxPciAddressParse(NIC, &address));
    ck_assert_uint_eq(ifxHostUseGet(use, &address)->len, 16);
}
END_TEST

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

START_TEST(a_usb_interface_uses_its_controller)
{
    g_autoptr(ifxHostUse) use = NULL;

    ifxTestAddInterface("enx00", "../../devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/net/");
    ROUTES("enx00 192.168.1.0/24");
    LOCALS("192.168.1.2", "192.168.1.255");
    use = ifxTestLoad();
    ifxTestExpect(use, "0000:00:14.0", "network: usb 2-1 -> enx00 -> 192.168.1.2\n");
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
        g_strdup_printf("unclear: %s -> no interface is seen: it may be in another network "
                        "namespace\n", driver->driver) : g_strdup("");
    g_autoptr(ifxHostUse) use = NULL;

    ifxTestAddPci("0000:02:00.0", "pci0000:00/0000:00:1d.0/0000:02:00.0", driver->class_code,
                  driver->driver);
    use = ifxTestLoad();
    ifxTestExpect(use, "0000:02:00.0", expected);
}
END_TEST

START_TEST(a_driver_with_a_vfio_device_is_not_the_hosts)
{
    g_autoptr(ifxHostUse) use = NULL;

    ifxTestAddPci("0000:02:00.0", "pci0000:00/0000:02:00.0", "0x020000\n", "vendor_live");
    ifxTestAdd("sys/devices/pci0000:00/0000:02:00.0/vfio-dev/vfio0", "/");
    use = ifxTestLoad();
    ifxTestExpect(use, "0000:02:00.0", "");
}
END_TEST

START_TEST(an_interface_further_below_its_device_is_seen)
{
    g_autoptr(ifxHostUse) use = NULL;

    ifxTestAddPci("0000:00:03.0", "pci0000:00/0000:00:03.0", "0x020000\n", "virtio-pci");
    ifxTestAddInterface("ens3", "../../devices/pci0000:00/0000:00:03.0/virtio2/net/");
    use = ifxTestLoad();
    ifxTestExpect(use, "0000:00:03.0", "");
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
    g_autoptr(ifxHostUse) use = NULL;

    ifxTestAdd("sys/class/net/bonding_masters", "bond0\n");
    use = ifxTestLoad();
    ck_assert_ptr_null(ifxHostUseLookup(use, "net/bonding_masters"));
    ck_assert_int_eq(ifxHostUseGetSight(use), IFX_SIGHT_NETWORK);
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
    g_autoptr(ifxHostUse) use = NULL;

    if (spoiled[_i][1])
        ifxTestAdd(spoiled[_i][0], spoiled[_i][1]);
    else
        ck_assert_int_eq(unlink(path), 0);
    use = ifxTestLoad();
    ck_assert_int_eq(ifxHostUseGetSight(use), 0);
}
END_TEST

START_TEST(evidence_stays_where_a_file_is_missing)
{
    g_autofree char *path = g_build_filename(root, "proc/net/fib_trie", NULL);
    g_autoptr(ifxHostUse) use = NULL;

    ROUTES("eno1 0.0.0.0/0 10.0.0.1");
    ck_assert_int_eq(unlink(path), 0);
    use = ifxTestLoad();
    ifxTestExpect(use, NIC, "network: eno1 -> default route\n");
    ck_assert_int_eq(ifxHostUseGetSight(use), 0);
}
END_TEST

START_TEST(a_fifo_or_a_nul_is_no_proc_file)
{
    g_autofree char *path = g_build_filename(root, "proc/net/route", NULL);
    g_autoptr(ifxHostUse) fifo = NULL;
    g_autoptr(ifxHostUse) nul = NULL;

    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    fifo = ifxTestLoad();
    ck_assert_int_eq(ifxHostUseGetSight(fifo), 0);

    ck_assert_int_eq(unlink(path), 0);
    ck_assert(g_file_set_contents(path, "\0eno1", 5, NULL));
    nul = ifxTestLoad();
    ck_assert_int_eq(ifxHostUseGetSight(nul), 0);
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
    g_autoptr(ifxHostUse) use = NULL;

    ifxTestTeardown();
    root = ifxTestTreeNew(entries);
    use = ifxTestLoad();
    ifxTestExpect(use, NIC, "");
    ck_assert_int_eq(ifxHostUseGetSight(use), 0);
}
END_TEST

START_TEST(folders_above_the_root_are_no_devices)
{
    const char *const none[] = { NULL };
    g_autofree char *above_root = ifxTestTreeNew(none);
    g_autofree char *moved = g_build_filename(above_root, "0000:07:00.0", NULL);
    g_autoptr(ifxHostUse) use = NULL;

    ROUTES("eno1 0.0.0.0/0 10.0.0.1");
    ck_assert_int_eq(rename(root, moved), 0);
    use = ifxHostUseNew();
    ifxUseNetworkLoad(moved, use);
    ck_assert_int_eq(rename(moved, root), 0);
    ck_assert_int_eq(rmdir(above_root), 0);

    ifxTestExpect(use, NIC, "network: eno1 -> default route\n");
    ifxTestExpect(use, "0000:07:00.0", "");
}
END_TEST

Suite *
ifxSuiteUseNetwork(void)
{
    Suite *suite = suite_create("use-network");
    TCase *carried = tcase_create("carried");
    TCase *stacked = tcase_create("stacked");
    TCase *hidden = tcase_create("hidden");
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
