/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/capture-xml.h"
#include "helpers.h"
#include "suite.h"
#include "host/topology-nodedev.h"

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

static char *
ifxTestCapture(const ifxTopology *topology)
{
    g_autoptr(ifxUseGraph) use = ifxUseGraphNew();
    GString *out = g_string_new(NULL);

    ifxCaptureXmlBegin(out, topology, use);
    ifxCaptureXmlEnd(out);
    return g_string_free(out, FALSE);
}

/* Written, read and written again: the same bytes. Gives what was read. */
static ifxTopology *
ifxTestThereAndBack(ifxTopologyBuilder *builder)
{
    g_autoptr(ifxTopology) topology = ifxTopologyBuilderEnd(builder);
    g_autofree char *xml = ifxTestCapture(topology);
    g_autofree char *again = NULL;
    g_autoptr(GError) error = NULL;
    ifxTopology *back = ifxTopologyNodedevParse(xml, strlen(xml), &error);

    ifxAssertNoError(error);
    again = ifxTestCapture(back);
    ck_assert_str_eq(again, xml);
    return back;
}

static const ifxDevice *
ifxTestDevice(const ifxTopology *topology,
              const char *spelled)
{
    const ifxPciAddress address = ifxTestAddress(spelled);
    const ifxDevice *device = ifxTopologyGetDevice(topology, &address);

    ck_assert_ptr_nonnull(device);
    return device;
}

START_TEST(headers_that_are_unknown_stay_so)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) back = NULL;

    ifxTestAddDevice(builder, 1, "0000:00:01.0")->header = IFX_HEADER_PCI_BRIDGE;
    ifxTestAddDevice(builder, 1, "0000:00:02.0")->header = IFX_HEADER_UNKNOWN;
    ifxTestAddDevice(builder, 1, "0000:00:03.0")->header = IFX_HEADER_CARDBUS;
    back = ifxTestThereAndBack(builder);

    ck_assert_int_eq(ifxTestDevice(back, "0000:00:01.0")->header, IFX_HEADER_PCI_BRIDGE);
    ck_assert_int_eq(ifxTestDevice(back, "0000:00:02.0")->header, IFX_HEADER_UNKNOWN);
    ck_assert_int_eq(ifxTestDevice(back, "0000:00:03.0")->header, IFX_HEADER_CARDBUS);
}
END_TEST

START_TEST(endpoints_are_known_without_a_bridge)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) back = NULL;

    ifxTestAddDevice(builder, 1, "0000:00:01.0")->header = IFX_HEADER_ENDPOINT;
    back = ifxTestThereAndBack(builder);
    ck_assert_int_eq(ifxTestDevice(back, "0000:00:01.0")->header, IFX_HEADER_ENDPOINT);
}
END_TEST

START_TEST(drivers_are_bound_absent_or_unknown)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) back = NULL;
    ifxDevice *bound = ifxTestAddDevice(builder, IFX_GROUP_NONE, "0000:00:01.0");

    bound->driver_state = IFX_DRIVER_BOUND;
    bound->driver = g_strdup("vfio-pci");
    ifxTestAddDevice(builder, IFX_GROUP_NONE, "0000:00:02.0")->driver_state = IFX_DRIVER_NONE;
    ifxTestAddDevice(builder, IFX_GROUP_NONE, "0000:00:03.0")->driver_state = IFX_DRIVER_UNKNOWN;
    back = ifxTestThereAndBack(builder);

    ck_assert_str_eq(ifxTestDevice(back, "0000:00:01.0")->driver, "vfio-pci");
    ck_assert_int_eq(ifxTestDevice(back, "0000:00:02.0")->driver_state, IFX_DRIVER_NONE);
    ck_assert_int_eq(ifxTestDevice(back, "0000:00:03.0")->driver_state, IFX_DRIVER_UNKNOWN);
    ck_assert_uint_eq(ifxTopologyCountGroups(back), 0);
}
END_TEST

START_TEST(what_a_device_belongs_to_stays_known)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    ifxDevice *drive = ifxTestAddDevice(builder, 1, "10000:e1:00.0");
    ifxDevice *function = ifxTestAddDevice(builder, 1, "0000:01:10.0");
    g_autoptr(ifxTopology) back = NULL;

    ifxTestAddDevice(builder, 1, "0000:00:02.0")->is_dead = true;
    drive->is_carried = true;
    drive->carrier = ifxTestAddress("0000:00:0e.0");
    function->vfio_unseen = true;
    function->driver_state = IFX_DRIVER_BOUND;
    function->driver = g_strdup("nvidia");
    back = ifxTestThereAndBack(builder);

    ck_assert(ifxTestDevice(back, "0000:00:02.0")->is_dead);
    ck_assert(ifxTestDevice(back, "0000:01:10.0")->vfio_unseen);
    ck_assert(ifxTestDevice(back, "10000:e1:00.0")->is_carried);
    ifxAssertAddress(&ifxTestDevice(back, "10000:e1:00.0")->carrier, "0000:00:0e.0");
}
END_TEST

START_TEST(odd_names_are_the_same_a_second_time)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    ifxDevice *bound = ifxTestAddDevice(builder, 3, "0000:00:01.0");
    g_autoptr(ifxTopology) back = NULL;
    const ifxGroup *group;
    guint i;
    /* Escaped, the fourth is before the last one, and is the third. */
    static const char *const names[] = { "7", "<", "\\xff", "\xff", "a" };
    static const char *const kept[] = { "7", "<", "\\xff", "a" };

    bound->driver_state = IFX_DRIVER_BOUND;
    bound->driver = g_strdup(" spaced out ");
    for (i = 0; i < G_N_ELEMENTS(names); i++)
        ifxTopologyBuilderAddOtherMember(builder, 3, names[i]);
    back = ifxTestThereAndBack(builder);

    ck_assert_str_eq(ifxTestDevice(back, "0000:00:01.0")->driver, "spaced out");
    group = ifxTopologyGetGroup(back, 3);
    ck_assert_uint_eq(group->members->len, 1 + G_N_ELEMENTS(kept));
    for (i = 0; i < G_N_ELEMENTS(kept); i++)
        ck_assert_str_eq(g_array_index(group->members, ifxMember, 1 + i).name, kept[i]);
}
END_TEST

START_TEST(groups_that_show_no_device_are_kept)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    const ifxPciAddress hidden = ifxTestAddress("0000:00:1e.0");
    g_autoptr(ifxTopology) back = NULL;
    const ifxGroup *group;

    ifxTestAddDevice(builder, 3, "0000:00:01.0");
    ifxTopologyBuilderAddOtherMember(builder, 3, "arm-smmu.1 <&'\">");
    ifxTopologyBuilderAddMember(builder, 9, &hidden);
    ifxTopologyBuilderAddOtherMember(builder, 12, "fd4d0000.usb");
    back = ifxTestThereAndBack(builder);

    ck_assert_uint_eq(ifxTopologyCountGroups(back), 3);
    group = ifxTopologyGetGroup(back, 3);
    ck_assert_uint_eq(group->members->len, 2);
    ck_assert_str_eq(g_array_index(group->members, ifxMember, 1).name, "arm-smmu.1 <&'\">");
    group = ifxTopologyGetGroup(back, 9);
    ck_assert_uint_eq(group->members->len, 1);
    ifxAssertAddress(&g_array_index(group->members, ifxMember, 0).address, "0000:00:1e.0");
    ck_assert_ptr_null(g_array_index(group->members, ifxMember, 0).device);
    group = ifxTopologyGetGroup(back, 12);
    ck_assert_str_eq(g_array_index(group->members, ifxMember, 0).name, "fd4d0000.usb");
}
END_TEST

START_TEST(what_is_known_of_a_device_is_kept)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    ifxDevice *device = ifxTestAddDevice(builder, 0, "10000:e1:1f.7");
    g_autoptr(ifxTopology) back = NULL;
    const ifxDevice *read;

    device->has_class = true;
    device->class_code = 0x010802;
    device->vendor_id = 0x8086;
    device->product_id = 0x000a;
    device->vendor = g_strdup("Intel & \xc3\x89 <tochter>");
    device->product = g_strdup("\x01 \"NVMe\"");
    ifxTestAddDevice(builder, 0, "0000:00:00.0");
    back = ifxTestThereAndBack(builder);

    read = ifxTestDevice(back, "10000:e1:1f.7");
    ck_assert_int_eq(read->group, 0);
    ck_assert_uint_eq(read->class_code, 0x010802);
    ck_assert_uint_eq(read->vendor_id, 0x8086);
    ck_assert_uint_eq(read->product_id, 0x000a);
    ck_assert_str_eq(read->vendor, "Intel & \xc3\x89 <tochter>");
    ck_assert_str_eq(read->product, "\\x01 \"NVMe\"");
    read = ifxTestDevice(back, "0000:00:00.0");
    ck_assert(!read->has_class);
    ck_assert_ptr_null(read->vendor);
}
END_TEST

START_TEST(functions_keep_each_other_in_order)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    const ifxPciAddress first = ifxTestAddress("0000:03:10.4");
    const ifxPciAddress second = ifxTestAddress("0000:03:10.0");
    GArray *functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    ifxDevice *slice = ifxTestAddDevice(builder, 2, "0000:03:10.0");
    g_autoptr(ifxTopology) back = NULL;
    const ifxDevice *read;

    g_array_append_val(functions, first);
    g_array_append_val(functions, second);
    ifxTestAddDevice(builder, 1, "0000:03:00.0")->virtual_functions = functions;
    slice->is_virtual = true;
    slice->physical_function = ifxTestAddress("0000:03:00.0");
    back = ifxTestThereAndBack(builder);

    read = ifxTestDevice(back, "0000:03:00.0");
    ck_assert(!read->is_virtual);
    ck_assert_ptr_nonnull(read->virtual_functions);
    ck_assert_uint_eq(read->virtual_functions->len, 2);
    ifxAssertAddress(&g_array_index(read->virtual_functions, ifxPciAddress, 0), "0000:03:10.4");
    ifxAssertAddress(&g_array_index(read->virtual_functions, ifxPciAddress, 1), "0000:03:10.0");
    read = ifxTestDevice(back, "0000:03:10.0");
    ck_assert(read->is_virtual);
    ifxAssertAddress(&read->physical_function, "0000:03:00.0");
    ck_assert_ptr_null(read->virtual_functions);
}
END_TEST

/* The text of a domain, and what of it goes into a capture. */
typedef struct {
    const char *xml;
    const char *captured;
} ifxTestCut;

static const ifxTestCut ifxTestDomains[] = {
    { "<?xml version='1.0'?>\n<!-- c -->\n<domain><name>a</name></domain>\n<!-- d -->\n",
      "<domain><name>a</name></domain>\n" },
    { "\xef\xbb\xbf<domain>\r\n  <name>a</name>\r\n  </domain>",
      "  <domain>\r\n  <name>a</name>\r\n  </domain>\n" },
    { "<domain>\n\t<name>a</name>\n\t</domain>", "\t<domain>\n\t<name>a</name>\n\t</domain>\n" },
    { "<domain><name>a</name><devices><graphics\n passwd='p' x:passwd='q' xmlns:x='u' a='1'\t"
      "passwd2='r'/></devices></domain>",
      "<domain><name>a</name><devices><graphics xmlns:x='u' a='1'\tpasswd2='r'/></devices>"
      "</domain>\n" },
    { "<domain><name>a</name><x:graphics xmlns:x='u' passwd=\"'>\"/><y passwd='1'/>"
      "<cookies/> <cookies><graphics passwd='s'/></cookies></domain>",
      "<domain><name>a</name><x:graphics xmlns:x='u'/><y passwd='1'/></domain>\n" },
};

START_TEST(domains_are_cut_out_without_secrets)
{
    const ifxTestCut *test = &ifxTestDomains[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    ck_assert(ifxCaptureXmlAddDomain(out, domain, &error));
    ifxAssertNoError(error);
    ck_assert_str_eq(out->str, test->captured);
}
END_TEST

START_TEST(a_domain_in_another_encoding_is_refused)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(
        "<?xml version='1.0' encoding='ISO-8859-1'?><domain><name>\xe9</name></domain>");
    g_autoptr(GString) out = g_string_new("<node>\n");
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxCaptureXmlAddDomain(out, domain, &error));
    ifxAssertError(error, IFX_ERROR_XML, "it is not in UTF-8");
    ck_assert_str_eq(out->str, "<node>\n");
}
END_TEST

Suite *
ifxSuiteCaptureXml(void)
{
    Suite *suite = suite_create("capture-xml");
    TCase *tcase = tcase_create("topology");

    tcase_add_test(tcase, headers_that_are_unknown_stay_so);
    tcase_add_test(tcase, endpoints_are_known_without_a_bridge);
    tcase_add_test(tcase, drivers_are_bound_absent_or_unknown);
    tcase_add_test(tcase, odd_names_are_the_same_a_second_time);
    tcase_add_test(tcase, what_a_device_belongs_to_stays_known);
    tcase_add_test(tcase, groups_that_show_no_device_are_kept);
    tcase_add_test(tcase, what_is_known_of_a_device_is_kept);
    tcase_add_test(tcase, functions_keep_each_other_in_order);
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("domains");
    tcase_add_loop_test(tcase, domains_are_cut_out_without_secrets, 0,
                        G_N_ELEMENTS(ifxTestDomains));
    tcase_add_test(tcase, a_domain_in_another_encoding_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
