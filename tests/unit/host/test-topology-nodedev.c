/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-topology.h"
#include "host/topology-nodedev.h"

static ifxNodedev *
ifxTestNodedev(const char *xml,
               bool drivers)
{
    g_autoptr(GError) error = NULL;
    ifxNodedev *nodedev = ifxNodedevParse(xml, strlen(xml), drivers, &error);

    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(nodedev);
    return nodedev;
}

#define IFX_OWN(bus, slot, function) \
    "<domain>0</domain><bus>" bus "</bus><slot>" slot "</slot><function>" function "</function>"
#define IFX_DEVICE(name, before, inside) \
    "<device><name>" name "</name>" before "<capability type='pci'>" inside \
    "</capability></device>"

typedef struct {
    const char *before;     /* before the capability */
    const char *inside;     /* in it */
    const char *carrier;    /* NULL: none */
    bool dead;
    bool vfio_unseen;
} ifxTestCarried;

#define IFX_FOREIGN "<driver><name>nvidia</name></driver>"
#define IFX_VIRTUAL "<capability type='phys_function'><address bus='1'/></capability>"

static const ifxTestCarried carried[] = {
    { "<path>/sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0</path>",
      "", "0000:00:0e.0", false, false },
    /* The path decides. */
    { "<path>/sys/devices/pci10000:e0/10000:e1:00.0</path><parent>pci_0000_00_0e_0</parent>", "",
      NULL, false, false },
    { "<parent>pci_0000_00_0e_0</parent>", "", "0000:00:0e.0", false, false },
    { "<parent>pci_10000_e0_06_0</parent>", "", NULL, false, false },
    { "<parent>computer</parent>", "", NULL, false, false },
    { "", "<capability type='no-answer'/>", NULL, true, false },
    /* libvirt does not show the folder vfio-dev, the tool's own captures do. */
    { IFX_FOREIGN, IFX_VIRTUAL, NULL, false, true },
    { IFX_FOREIGN, "", NULL, false, false },
    { IFX_FOREIGN, "<class>0x020000</class>" IFX_VIRTUAL, NULL, false, false },
    { "<driver><name>vfio-pci</name></driver>", IFX_VIRTUAL, NULL, false, false },
    { IFX_FOREIGN, IFX_VIRTUAL "<capability type='endpoint'/>", NULL, false, false },
    { "<driver><name>nvidia</name><vfio/></driver>", IFX_VIRTUAL, NULL, false, false },
    { "<driver><name>nvidia</name><vfio known='no'/></driver>",
      IFX_VIRTUAL "<capability type='endpoint'/>", NULL, false, true },
};

START_TEST(node_device_shows_what_it_belongs_to)
{
    const ifxTestCarried *test = &carried[_i];
    g_autofree char *xml =
        g_strdup_printf("<device><name>pci_10000_e1_00_0</name>%s<capability type='pci'>"
                        "<domain>65536</domain><bus>225</bus><slot>0</slot><function>0</function>"
                        "%s</capability></device>", test->before, test->inside);
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(xml, true);
    const ifxDevice *device = nodedev->device;

    ck_assert_int_eq(device->is_carried, test->carrier != NULL);
    if (test->carrier)
        ifxAssertAddress(&device->carrier, test->carrier);
    ck_assert_int_eq(device->is_dead, test->dead);
    ck_assert_int_eq(device->vfio_unseen, test->vfio_unseen);
}
END_TEST

START_TEST(node_device_is_read_in_full)
{
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(
        "<device>\n"
        "  <name>pci_0000_0b_1f_2</name>\n"
        "  <path>/sys/devices/pci0000:00/0000:0b:1f.2</path>\n"
        "  <parent>pci_0000_00_01_0</parent>\n"
        "  <driver>\n    <name>snd_hda_intel</name>\n  </driver>\n"
        "  <capability type='pci'>\n"
        "    <class>0x040300</class>\n"
        "    <domain>0</domain>\n    <bus>11</bus>\n    <slot>31</slot>\n"
        "    <function>2</function>\n"
        "    <product id='0x10fa'>TU106 &amp; more</product>\n"
        "    <vendor id='0x10de'> NVIDIA Corporation </vendor>\n"
        "    <iommuGroup number='18'>\n"
        "      <address domain='0x0000' bus='0x0b' slot='0x1f' function='0x2'/>\n"
        "      <address domain='0x0000' bus='0x0b' slot='0x1f' function='0x0'/>\n"
        "      <address domain='0x0000' bus='0x0a' slot='0x1f' function='0x7'/>\n"
        "    </iommuGroup>\n"
        "    <pci-express><link validity='cap' port='0' speed='8' width='16'/></pci-express>\n"
        "  </capability>\n"
        "</device>\n", true);
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;
    const ifxDevice *device = nodedev->device;

    ck_assert_ptr_nonnull(device);
    ifxAssertAddress(&device->address, "0000:0b:1f.2");
    ck_assert_int_eq(device->group, 18);
    ck_assert(device->has_class);
    ck_assert_uint_eq(device->class_code, 0x040300);
    ck_assert_int_eq(device->header, IFX_HEADER_ENDPOINT);
    ck_assert_int_eq(device->driver_state, IFX_DRIVER_BOUND);
    ck_assert_str_eq(device->driver, "snd_hda_intel");
    ck_assert_uint_eq(device->vendor_id, 0x10de);
    ck_assert_uint_eq(device->product_id, 0x10fa);
    ck_assert_str_eq(device->vendor, "NVIDIA Corporation");
    ck_assert_str_eq(device->product, "TU106 & more");
    ck_assert_uint_eq(nodedev->others->len, 0);

    ifxNodedevAddTo(nodedev, builder);
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    ifxAssertGroups(topology, "18: 0000:0a:1f.7? 0000:0b:1f.0? 0000:0b:1f.2");
}
END_TEST

START_TEST(own_address_is_decimal_and_may_be_behind_vmd)
{
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(
        "<device><name>pci_10000_e1_00_0</name><capability type='pci'>"
        "<domain>65536</domain><bus>225</bus><slot>0</slot><function>0</function>"
        "</capability></device>", true);

    ifxAssertAddress(&nodedev->device->address, "10000:e1:00.0");
}
END_TEST

START_TEST(device_need_not_tell_more_than_its_address)
{
    g_autoptr(ifxNodedev) nodedev =
        ifxTestNodedev(IFX_DEVICE("pci_0000_01_00_0", "", IFX_OWN("1", "0", "0")
                                  "<vendor id='0x8086'/><product id='x'/>"), true);
    const ifxDevice *device = nodedev->device;

    ck_assert_int_eq(device->group, IFX_GROUP_NONE);
    ck_assert(!device->has_class);
    ck_assert_int_eq(device->header, IFX_HEADER_UNKNOWN);
    ck_assert_uint_eq(device->vendor_id, 0x8086);
    ck_assert_uint_eq(device->product_id, 0);
    ck_assert_ptr_null(device->vendor);
    ck_assert_ptr_null(device->product);
    ck_assert_uint_eq(nodedev->members->len, 0);
}
END_TEST

typedef struct {
    const char *driver;
    bool drivers;
    ifxDriverState state;
    const char *name;
} ifxTestDriver;

static const ifxTestDriver drivers[] = {
    { "<driver><name>nvme</name></driver>", true, IFX_DRIVER_BOUND, "nvme" },
    { "<driver><name>nvme</name></driver>", false, IFX_DRIVER_BOUND, "nvme" },
    { "<driver><name>\n vfio-pci\n</name></driver>", true, IFX_DRIVER_BOUND, "vfio-pci" },
    { "", true, IFX_DRIVER_NONE, NULL },
    { "", false, IFX_DRIVER_UNKNOWN, NULL },
    /* libvirt never prints it, captures of the tool do. */
    { "<driver/>", true, IFX_DRIVER_UNKNOWN, NULL },
    { "<driver/>", false, IFX_DRIVER_UNKNOWN, NULL },
};

START_TEST(missing_driver_is_none_only_where_the_source_names_drivers)
{
    const ifxTestDriver *driver = &drivers[_i];
    g_autofree char *xml = g_strdup_printf(IFX_DEVICE("d", "%s", IFX_OWN("1", "0", "0")),
                                           driver->driver);
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(xml, driver->drivers);

    ck_assert_int_eq(nodedev->device->driver_state, driver->state);
    ck_assert_pstr_eq(nodedev->device->driver, driver->name);
}
END_TEST

typedef struct {
    const char *capability;
    ifxHeaderType header;
} ifxTestHeader;

static const ifxTestHeader headers[] = {
    { "", IFX_HEADER_UNKNOWN },
    { "<capability type='pci-bridge'/>", IFX_HEADER_PCI_BRIDGE },
    { "<capability type='cardbus-bridge'/>", IFX_HEADER_CARDBUS },
    { "<capability type='endpoint'/>", IFX_HEADER_ENDPOINT },
    { "<capability type='unknown'/>", IFX_HEADER_UNKNOWN },
    { "<pci-express/>", IFX_HEADER_ENDPOINT },
    { "<pci-express/><capability type='pci-bridge'/>", IFX_HEADER_PCI_BRIDGE },
    { "<capability type='virt_functions' maxCount='7'/><capability type='pci-bridge'/>",
      IFX_HEADER_PCI_BRIDGE },
    { "<capability type='virt_functions'><capability type='pci-bridge'/></capability>",
      IFX_HEADER_UNKNOWN },
};

START_TEST(bridge_capability_is_the_header)
{
    g_autofree char *xml = g_strdup_printf(IFX_DEVICE("d", "", IFX_OWN("1", "0", "0") "%s"),
                                           headers[_i].capability);
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(xml, true);

    ck_assert_int_eq(nodedev->device->header, headers[_i].header);
}
END_TEST

START_TEST(impossible_member_is_no_pci_function)
{
    /* What libvirt makes of AMDI0095:00 and dwc3.1.auto. */
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(
        IFX_DEVICE("d", "", IFX_OWN("1", "0", "0")
                   "<iommuGroup number='0'>"
                   "<address domain='0x000a' bus='0x0d' slot='0x95' function='0x0'/>"
                   "<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>"
                   "<address domain='0x000d' bus='0xc3' slot='0x01' function='0xa'/>"
                   "</iommuGroup>"), true);
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;

    ck_assert_int_eq(nodedev->device->group, 0);
    ifxNodedevAddTo(nodedev, builder);
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    ifxAssertGroups(topology, "0: 0000:01:00.0 '0x000a:0x0d:0x95.0x0' '0x000d:0xc3:0x01.0xa'");
}
END_TEST

START_TEST(impossible_member_without_all_attributes_has_a_name_too)
{
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(
        IFX_DEVICE("d", "", IFX_OWN("1", "0", "0")
                   "<iommuGroup number='0'><address slot='0x95'/></iommuGroup>"), true);

    ck_assert_uint_eq(nodedev->others->len, 1);
    ck_assert_ptr_null(strstr(nodedev->others->pdata[0], "(null)"));
    ck_assert_ptr_nonnull(strstr(nodedev->others->pdata[0], "0x95"));
}
END_TEST

START_TEST(device_is_a_member_even_if_its_group_does_not_list_it)
{
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(
        IFX_DEVICE("d", "", IFX_OWN("1", "0", "0") "<iommuGroup number='3'/>"), true);

    ck_assert_uint_eq(nodedev->members->len, 1);
    ifxAssertAddress(&g_array_index(nodedev->members, ifxPciAddress, 0), "0000:01:00.0");
}
END_TEST

typedef struct {
    const char *capabilities;
    const char *physical;
    const char *functions;
} ifxTestFunction;

static const ifxTestFunction sriov[] = {
    { "", NULL, "" },
    { "<capability type='phys_function'>"
      "<address domain='0x0000' bus='0x03' slot='0x00' function='0x1'/></capability>",
      "0000:03:00.1", "" },
    { "<capability type='phys_function'>"
      "<address domain='0x10000' bus='0xe1' slot='0x1f' function='0x7'/></capability>",
      "10000:e1:1f.7", "" },
    { "<capability type='virt_functions' maxCount='7'/>", NULL, "" },
    { "<capability type='virt_functions' maxCount='7'>\n</capability>", NULL, "" },
    { "<capability type='virt_functions' maxCount='7'>"
      "<address domain='0x0000' bus='0x03' slot='0x10' function='0x4'/>"
      "<address domain='0x0000' bus='0x03' slot='0x10' function='0x0'/></capability>",
      NULL, "0000:03:10.4 0000:03:10.0" },
    { "<capability type='virt_functions'><address bus='0x03' slot='0x10'/></capability>"
      "<capability type='pci-bridge'/>", NULL, "0000:03:10.0" },
};

START_TEST(functions_know_each_other)
{
    const ifxTestFunction *test = &sriov[_i];
    g_autofree char *xml = g_strdup_printf(IFX_DEVICE("d", "", IFX_OWN("1", "0", "0") "%s"),
                                           test->capabilities);
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(xml, true);

    ifxAssertFunctions(nodedev->device, test->physical, test->functions);
}
END_TEST

START_TEST(other_node_devices_are_no_pci_devices)
{
    g_autoptr(ifxNodedev) nodedev = ifxTestNodedev(
        "<device><name>net_eth0</name><capability type='net'><interface>eth0</interface>"
        "</capability></device>", true);
    g_autoptr(ifxNodedev) absent = ifxNodedevNewAbsent();
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;

    ck_assert_ptr_null(nodedev->device);
    ck_assert_ptr_null(absent->device);
    ifxNodedevAddTo(nodedev, builder);
    ifxNodedevAddTo(absent, builder);
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 0);
    ck_assert_uint_eq(ifxTopologyCountGroups(topology), 0);
}
END_TEST

START_TEST(node_device_name_is_that_of_udev)
{
    const ifxPciAddress plain = ifxTestAddress("0000:0a:1f.7");
    const ifxPciAddress vmd = ifxTestAddress("10000:e1:00.0");
    g_autofree char *plain_name = ifxNodedevName(&plain);
    g_autofree char *vmd_name = ifxNodedevName(&vmd);

    ck_assert_str_eq(plain_name, "pci_0000_0a_1f_7");
    ck_assert_str_eq(vmd_name, "pci_10000_e1_00_0");
}
END_TEST

typedef struct {
    const char *xml;
    ifxError code;
    const char *message;
    const char *device;     /* the name it must say; NULL: none */
} ifxTestBadNodedev;

static const ifxTestBadNodedev bad_nodedevs[] = {
    { "<device>", IFX_ERROR_XML, "line 1: ", NULL },
    { "text", IFX_ERROR_XML, "line 1: ", NULL },
    { "<domain/>", IFX_ERROR_XML, "it holds a <domain>, not a <device>", NULL },
    { "<!DOCTYPE device [<!ENTITY e 'x'>]><device/>", IFX_ERROR_XML, "there is a DOCTYPE", NULL },
    { "<!DOCTYPE device SYSTEM 'file:///etc/passwd'><device/>", IFX_ERROR_XML,
      "there is a DOCTYPE", NULL },
    { IFX_DEVICE("pci_x", "", ""), IFX_ERROR_HOST, "PCI address is incomplete", "pci_x" },
    { IFX_DEVICE("pci_x", "", "<domain>0</domain><bus>1</bus><slot>0</slot>"), IFX_ERROR_HOST,
      "PCI address is incomplete", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("256", "0", "0")), IFX_ERROR_XML, "bus='256'", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "32", "0")), IFX_ERROR_XML, "slot='32'", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("", "0", "0")), IFX_ERROR_XML, "bus=''", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "0", "0") "<iommuGroup/>"), IFX_ERROR_HOST,
      "IOMMU group", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "0", "0") "<iommuGroup number='-1'/>"),
      IFX_ERROR_HOST, "'-1'", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "0", "0") "<iommuGroup number='2147483648'/>"),
      IFX_ERROR_HOST, "'2147483648'", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "0", "0") "<capability type='phys_function'/>"),
      IFX_ERROR_HOST, "physical function has no address", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "0", "0")
                 "<capability type='phys_function'><address slot='32'/></capability>"),
      IFX_ERROR_XML, "slot='32'", "pci_x" },
    { IFX_DEVICE("pci_x", "", IFX_OWN("1", "0", "0") "<capability type='virt_functions'>"
                 "<address slot='1'/><address function='8'/></capability>"),
      IFX_ERROR_XML, "function='8'", "pci_x" },
    { "<device><capability type='pci'/></device>", IFX_ERROR_HOST, "without a name", NULL },
};

START_TEST(bad_node_device_is_named)
{
    const ifxTestBadNodedev *bad = &bad_nodedevs[_i];
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxNodedevParse(bad->xml, strlen(bad->xml), true, &error));
    ck_assert_ptr_nonnull(error);
    if (bad->device)
        ck_assert_msg(strstr(error->message, bad->device) != NULL, "%s", error->message);
    ifxAssertError(error, bad->code, bad->message);
}
END_TEST

#define IFX_ENDPOINT(bus, class_code, group, inside) \
    IFX_DEVICE("pci_" bus, "", "<class>" class_code "</class>" IFX_OWN(bus, "0", "0") \
               "<iommuGroup number='" group "'/>" inside)

START_TEST(capture_is_the_devices_of_a_node)
{
    const char *xml =
        "<node>\n"
        "<domain type='test'><name>vm</name></domain>\n"
        "<!-- <device/> -->\n"
        IFX_ENDPOINT("2", "0x030000", "1", "")
        "<device><name>computer</name><capability type='system'/></device>"
        IFX_DEVICE("pci_1", "<driver><name>xhci_hcd</name></driver>",
                   IFX_OWN("1", "0", "0") "<iommuGroup number='1'>"
                   "<address bus='0x02'/><address bus='0x03'/></iommuGroup>")
        IFX_ENDPOINT("4", "0x010802", "0", "")
        "</node>\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = ifxTopologyNodedevParse(xml, strlen(xml), &error);

    ifxAssertNoError(error);
    ifxAssertGroups(topology,
                    "0: 0000:04:00.0; 1: 0000:01:00.0 0000:02:00.0 0000:03:00.0?");
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 3);
    ck_assert_str_eq(ifxTestDevice(topology, "0000:01:00.0")->driver, "xhci_hcd");
    ck_assert_int_eq(ifxTestDevice(topology, "0000:04:00.0")->driver_state, IFX_DRIVER_NONE);
    ck_assert_uint_eq(ifxTestDevice(topology, "0000:04:00.0")->class_code, 0x010802);
}
END_TEST

START_TEST(one_header_in_a_capture_tells_that_all_were_read)
{
    static const char *const xml[] = {
        "<node>" IFX_ENDPOINT("1", "0x060400", "1", "") IFX_ENDPOINT("2", "0x030000", "1", "")
        "</node>",
        "<node>" IFX_ENDPOINT("1", "0x060400", "1", "")
        IFX_ENDPOINT("2", "0x030000", "1", "<pci-express/>") "</node>",
    };
    int read;

    for (read = 0; read < 2; read++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ifxTopology) topology =
            ifxTopologyNodedevParse(xml[read], strlen(xml[read]), &error);

        ifxAssertNoError(error);
        ck_assert_int_eq(ifxDeviceIsBridge(ifxTestDevice(topology, "0000:01:00.0")), !read);
    }
}
END_TEST

static const ifxTestBadNodedev bad_captures[] = {
    { "", IFX_ERROR_XML, "", NULL },
    { "<node", IFX_ERROR_XML, "line 1: ", NULL },
    { IFX_DEVICE("d", "", IFX_OWN("1", "0", "0")), IFX_ERROR_XML,
      "it holds a <device>, not a <node>", NULL },
    { "<!DOCTYPE node><node/>", IFX_ERROR_XML, "there is a DOCTYPE", NULL },
    { "<node>\n<device file='x.xml'/></node>", IFX_ERROR_HOST, "line 2: ", "file=" },
    { "<node>" IFX_DEVICE("pci_good", "", IFX_OWN("1", "0", "0"))
      IFX_DEVICE("pci_bad", "", IFX_OWN("1", "0", "8")) "</node>", IFX_ERROR_XML,
      "function='8'", "pci_bad" },
};

START_TEST(bad_capture_is_an_error)
{
    const ifxTestBadNodedev *bad = &bad_captures[_i];
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTopologyNodedevParse(bad->xml, strlen(bad->xml), &error));
    ck_assert_ptr_nonnull(error);
    if (bad->device)
        ck_assert_msg(strstr(error->message, bad->device) != NULL, "%s", error->message);
    ifxAssertError(error, bad->code, bad->message);
}
END_TEST

START_TEST(empty_capture_is_not_told_of_another_error)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTopologyNodedevParse("<node>\n\n<x", 10, &error));
    g_clear_error(&error);
    ck_assert_ptr_null(ifxTopologyNodedevParse("", 0, &error));
    ck_assert_ptr_nonnull(error);
    /* libxml2 keeps the last error, and sets none for no bytes at all. */
    ck_assert_ptr_null(strstr(error->message, "line 3"));
    ifxAssertError(error, IFX_ERROR_XML, "empty");
}
END_TEST

Suite *
ifxSuiteTopologyNodedev(void)
{
    Suite *suite = suite_create("topology-nodedev");
    TCase *nodedev = tcase_create("nodedev");
    TCase *capture = tcase_create("capture");

    tcase_add_test(nodedev, node_device_is_read_in_full);
    tcase_add_loop_test(nodedev, node_device_shows_what_it_belongs_to, 0, G_N_ELEMENTS(carried));
    tcase_add_test(nodedev, own_address_is_decimal_and_may_be_behind_vmd);
    tcase_add_test(nodedev, device_need_not_tell_more_than_its_address);
    tcase_add_loop_test(nodedev, missing_driver_is_none_only_where_the_source_names_drivers,
                        0, G_N_ELEMENTS(drivers));
    tcase_add_loop_test(nodedev, bridge_capability_is_the_header, 0, G_N_ELEMENTS(headers));
    tcase_add_loop_test(nodedev, functions_know_each_other, 0, G_N_ELEMENTS(sriov));
    tcase_add_test(nodedev, impossible_member_is_no_pci_function);
    tcase_add_test(nodedev, impossible_member_without_all_attributes_has_a_name_too);
    tcase_add_test(nodedev, device_is_a_member_even_if_its_group_does_not_list_it);
    tcase_add_test(nodedev, other_node_devices_are_no_pci_devices);
    tcase_add_test(nodedev, node_device_name_is_that_of_udev);
    tcase_add_loop_test(nodedev, bad_node_device_is_named, 0, G_N_ELEMENTS(bad_nodedevs));
    suite_add_tcase(suite, nodedev);

    tcase_add_test(capture, capture_is_the_devices_of_a_node);
    tcase_add_test(capture, one_header_in_a_capture_tells_that_all_were_read);
    tcase_add_test(capture, empty_capture_is_not_told_of_another_error);
    tcase_add_loop_test(capture, bad_capture_is_an_error, 0, G_N_ELEMENTS(bad_captures));
    suite_add_tcase(suite, capture);
    return suite;
}
