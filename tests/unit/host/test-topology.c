/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-topology.h"

static void
ifxTestAddMember(ifxTopologyBuilder *builder,
                 guint group,
                 const char *spelled)
{
    const ifxPciAddress address = ifxTestAddress(spelled);

    ifxTopologyBuilderAddMember(builder, group, &address);
}

/* The device is the builder's; it is lent here to be filled in. */
static ifxDevice *
ifxTestAddDevice(ifxTopologyBuilder *builder,
                 int group,
                 const char *spelled)
{
    const ifxPciAddress address = ifxTestAddress(spelled);
    ifxDevice *device = ifxDeviceNew(&address);

    device->group = group;
    if (group != IFX_GROUP_NONE)
        ifxTopologyBuilderAddMember(builder, (guint) group, &address);
    ifxTopologyBuilderAddDevice(builder, device);
    ifxDeviceUnref(device);
    return device;
}

START_TEST(members_are_kept_once_and_in_order)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;

    ifxTopologyBuilderAddOtherMember(builder, 7, "usb");
    ifxTestAddDevice(builder, 7, "0000:02:00.0");
    ifxTestAddMember(builder, 7, "0000:01:00.1");
    ifxTopologyBuilderAddOtherMember(builder, 7, "AMDI0095:00");
    ifxTestAddDevice(builder, 7, "0000:01:00.0");
    ifxTestAddMember(builder, 7, "0000:02:00.0");
    ifxTestAddMember(builder, 7, "0000:01:00.1");
    ifxTopologyBuilderAddOtherMember(builder, 7, "usb");
    ifxTopologyBuilderAddOtherMember(builder, 7, "usb");
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));

    ifxAssertGroups(topology, "7: 0000:01:00.0 0000:01:00.1? 0000:02:00.0 'AMDI0095:00' 'usb'");
}
END_TEST

START_TEST(groups_are_in_order_of_number_and_zero_is_one)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;

    ifxTestAddDevice(builder, 10, "0000:03:00.0");
    ifxTestAddDevice(builder, 2, "0000:02:00.0");
    ifxTestAddDevice(builder, 0, "0000:01:00.0");
    ifxTestAddDevice(builder, IFX_GROUP_NONE, "0000:04:00.0");
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));

    ifxAssertGroups(topology, "0: 0000:01:00.0; 2: 0000:02:00.0; 10: 0000:03:00.0");
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 4);
    ck_assert_uint_eq(ifxTopologyGetGroup(topology, 0)->number, 0);
    ck_assert_ptr_eq(ifxTopologyGetGroup(topology, 10), ifxTopologyGetNthGroup(topology, 2));
    ck_assert_ptr_null(ifxTopologyGetGroup(topology, 1));
    ck_assert_ptr_null(ifxTopologyGetGroup(topology, IFX_GROUP_NONE));
    ck_assert_int_eq(ifxTestDevice(topology, "0000:01:00.0")->group, 0);
    ck_assert_int_eq(ifxTestDevice(topology, "0000:04:00.0")->group, IFX_GROUP_NONE);
    ck_assert_ptr_null(ifxTestDevice(topology, "0000:05:00.0"));
}
END_TEST

START_TEST(listed_is_what_is_there_and_what_a_group_names)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;
    const struct {
        const char *address;
        bool listed;
    } cases[] = {
        { "0000:02:00.0", true },
        { "0000:02:00.1", true },
        { "0000:03:00.0", true },
        { "0000:02:00.2", false },
    };
    guint i;

    ifxTestAddDevice(builder, 2, "0000:02:00.0");
    ifxTestAddMember(builder, 2, "0000:02:00.1");
    ifxTestAddDevice(builder, IFX_GROUP_NONE, "0000:03:00.0");
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        const ifxPciAddress address = ifxTestAddress(cases[i].address);

        ck_assert_int_eq(ifxTopologyIsListed(topology, &address), cases[i].listed);
    }
}
END_TEST

START_TEST(first_device_of_an_address_is_kept)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;

    ifxTestAddDevice(builder, 1, "0000:01:00.0")->vendor_id = 0x8086;
    ifxTestAddDevice(builder, 1, "0000:01:00.0");
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));

    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 1);
    ck_assert_uint_eq(ifxTestDevice(topology, "0000:01:00.0")->vendor_id, 0x8086);
}
END_TEST

START_TEST(empty_topology_has_nothing)
{
    g_autoptr(ifxTopology) topology = ifxTopologyBuilderEnd(ifxTopologyBuilderNew());
    g_autoptr(ifxTopology) other = ifxTopologyRef(topology);

    ck_assert_ptr_eq(other, topology);
    ck_assert_uint_eq(ifxTopologyCountGroups(topology), 0);
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 0);
    ck_assert_ptr_null(ifxTopologyGetGroup(topology, 0));
}
END_TEST

START_TEST(builder_that_is_not_ended_is_freed)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();

    ifxTestAddDevice(builder, 1, "0000:01:00.0")->driver = g_strdup("nvme");
    ifxTopologyBuilderAddOtherMember(builder, 1, "usb");
}
END_TEST

START_TEST(new_device_is_unknown_in_all_respects)
{
    const ifxPciAddress address = ifxTestAddress("0000:01:00.0");
    g_autoptr(ifxDevice) device = ifxDeviceNew(&address);

    ifxAssertAddress(&device->address, "0000:01:00.0");
    ck_assert_int_eq(device->group, IFX_GROUP_NONE);
    ck_assert(!device->has_class);
    ck_assert_int_eq(device->header, IFX_HEADER_UNKNOWN);
    ck_assert_int_eq(device->driver_state, IFX_DRIVER_UNKNOWN);
    ck_assert_ptr_null(device->driver);
    ck_assert_ptr_null(device->vendor);
    ck_assert(!device->is_virtual);
    ck_assert_ptr_null(device->virtual_functions);
    ck_assert(!ifxDeviceIsBridge(device));
}
END_TEST

typedef struct {
    ifxHeaderType header;
    guint32 class_code;     /* 0: unknown */
    bool bridge;
} ifxTestBridge;

static const ifxTestBridge bridges[] = {
    { IFX_HEADER_UNKNOWN, 0, false },
    { IFX_HEADER_UNKNOWN, 0x030000, false },
    { IFX_HEADER_UNKNOWN, 0x060000, false },
    { IFX_HEADER_UNKNOWN, 0x060100, false },
    { IFX_HEADER_UNKNOWN, 0x060400, true },
    { IFX_HEADER_UNKNOWN, 0x060401, true },
    { IFX_HEADER_UNKNOWN, 0x060700, true },
    { IFX_HEADER_UNKNOWN, 0x068000, false },
    { IFX_HEADER_ENDPOINT, 0x060400, false },
    { IFX_HEADER_ENDPOINT, 0x030000, false },
    { IFX_HEADER_PCI_BRIDGE, 0x030000, true },
    { IFX_HEADER_PCI_BRIDGE, 0, true },
    { IFX_HEADER_CARDBUS, 0x030000, true },
};

START_TEST(header_says_what_is_a_bridge_and_class_only_without_it)
{
    ifxDevice device = {
        .header = bridges[_i].header,
        .has_class = bridges[_i].class_code != 0,
        .class_code = bridges[_i].class_code,
    };

    ck_assert_int_eq(ifxDeviceIsBridge(&device), bridges[_i].bridge);
}
END_TEST

START_TEST(class_counts_until_headers_were_read)
{
    int read;

    for (read = 0; read < 2; read++) {
        g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
        g_autoptr(ifxTopology) topology = NULL;
        ifxDevice *odd = ifxTestAddDevice(builder, 1, "0000:01:00.0");

        /* A class of a bridge, and no header that says so. */
        odd->has_class = true;
        odd->class_code = 0x060400;
        ifxTestAddDevice(builder, 1, "0000:02:00.0")->header = IFX_HEADER_PCI_BRIDGE;
        if (read)
            ifxTopologyBuilderSetHeadersRead(builder);
        topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));

        ck_assert_int_eq(ifxTestDevice(topology, "0000:01:00.0")->header,
                         read ? IFX_HEADER_ENDPOINT : IFX_HEADER_UNKNOWN);
        ck_assert_int_eq(ifxDeviceIsBridge(ifxTestDevice(topology, "0000:01:00.0")), !read);
        ck_assert(ifxDeviceIsBridge(ifxTestDevice(topology, "0000:02:00.0")));
    }
}
END_TEST

START_TEST(group_is_shared_by_two_that_a_guest_could_get)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;

    /* 1: alone; 2: with a bridge; 3: with no PCI device; 4: two; 5: two, one not shown */
    ifxTestAddDevice(builder, 1, "0000:01:00.0");
    ifxTestAddDevice(builder, 2, "0000:02:00.0");
    ifxTestAddDevice(builder, 2, "0000:02:01.0")->header = IFX_HEADER_PCI_BRIDGE;
    ifxTestAddDevice(builder, 3, "0000:03:00.0");
    ifxTopologyBuilderAddOtherMember(builder, 3, "usb");
    ifxTestAddDevice(builder, 4, "0000:04:00.0");
    ifxTestAddDevice(builder, 4, "0000:04:00.1");
    ifxTestAddDevice(builder, 5, "0000:05:00.0");
    ifxTestAddMember(builder, 5, "0000:05:00.1");
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));

    ck_assert(!ifxGroupIsShared(ifxTopologyGetGroup(topology, 1)));
    ck_assert(!ifxGroupIsShared(ifxTopologyGetGroup(topology, 2)));
    ck_assert(!ifxGroupIsShared(ifxTopologyGetGroup(topology, 3)));
    ck_assert(ifxGroupIsShared(ifxTopologyGetGroup(topology, 4)));
    ck_assert(ifxGroupIsShared(ifxTopologyGetGroup(topology, 5)));
}
END_TEST

Suite *
ifxSuiteTopology(void)
{
    Suite *suite = suite_create("topology");
    TCase *model = tcase_create("model");

    tcase_add_test(model, members_are_kept_once_and_in_order);
    tcase_add_test(model, groups_are_in_order_of_number_and_zero_is_one);
    tcase_add_test(model, first_device_of_an_address_is_kept);
    tcase_add_test(model, empty_topology_has_nothing);
    tcase_add_test(model, builder_that_is_not_ended_is_freed);
    tcase_add_test(model, new_device_is_unknown_in_all_respects);
    tcase_add_loop_test(model, header_says_what_is_a_bridge_and_class_only_without_it,
                        0, G_N_ELEMENTS(bridges));
    tcase_add_test(model, class_counts_until_headers_were_read);
    tcase_add_test(model, listed_is_what_is_there_and_what_a_group_names);
    tcase_add_test(model, group_is_shared_by_two_that_a_guest_could_get);
    suite_add_tcase(suite, model);
    return suite;
}
