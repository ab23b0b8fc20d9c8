/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>

#include "helpers.h"
#include "suite.h"
#include "test-topology.h"
#include "host/topology.h"

static char *sysroot;

static void
ifxTestMakeSysroot(void)
{
    sysroot = g_dir_make_tmp("virt-iommufix-XXXXXX", NULL);
    ck_assert_ptr_nonnull(sysroot);
}

static void
ifxTestRemove(const char *path)
{
    if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) && g_file_test(path, G_FILE_TEST_IS_DIR)) {
        GDir *dir = g_dir_open(path, 0, NULL);
        const char *name;

        while (dir && (name = g_dir_read_name(dir))) {
            g_autofree char *child = g_build_filename(path, name, NULL);

            ifxTestRemove(child);
        }
        if (dir)
            g_dir_close(dir);
    }
    g_remove(path);
}

static void
ifxTestRemoveSysroot(void)
{
    ifxTestRemove(sysroot);
    g_clear_pointer(&sysroot, g_free);
}

static char *
ifxTestMakeParents(const char *relative)
{
    char *path = g_build_filename(sysroot, relative, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    ck_assert_int_eq(g_mkdir_with_parents(parent, 0700), 0);
    return path;
}

static void
ifxTestWrite(const char *relative,
             const char *bytes,
             gssize length)
{
    g_autofree char *path = ifxTestMakeParents(relative);

    ck_assert(g_file_set_contents(path, bytes, length, NULL));
}

static void
ifxTestLink(const char *relative,
            const char *target)
{
    g_autofree char *path = ifxTestMakeParents(relative);

    ck_assert_int_eq(symlink(target, path), 0);
}

/* The header type is byte 0x0e, the top bit says "multifunction". */
static void
ifxTestWriteConfig(const char *relative,
                   char header)
{
    char config[64] = { 0 };

    config[0x0e] = header;
    ifxTestWrite(relative, config, sizeof(config));
}

#define IFX_BUS "sys/bus/pci/devices/"
#define IFX_GROUPS "sys/kernel/iommu_groups/"

START_TEST(sysfs_tree_is_read)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = NULL;
    const ifxDevice *device;

    /* A bound endpoint, a bridge, a driverless one that does not answer. */
    ifxTestWrite(IFX_BUS "0000:01:00.0/class", "0x030000\n", -1);
    ifxTestWrite(IFX_BUS "0000:01:00.0/vendor", "0x10de\n", -1);
    ifxTestWrite(IFX_BUS "0000:01:00.0/device", "0x1e84\n", -1);
    ifxTestWriteConfig(IFX_BUS "0000:01:00.0/config", (char) 0x80);
    ifxTestLink(IFX_BUS "0000:01:00.0/driver", "../../../../bus/pci/drivers/nouveau");
    ifxTestLink(IFX_BUS "0000:01:00.0/iommu_group", "../../../kernel/iommu_groups/0");
    ifxTestWrite(IFX_BUS "0000:00:01.0/class", "0x060400\n", -1);
    ifxTestWriteConfig(IFX_BUS "0000:00:01.0/config", (char) 0x81);
    ifxTestLink(IFX_BUS "0000:00:01.0/iommu_group", "../../../kernel/iommu_groups/0");
    ifxTestWrite(IFX_BUS "10000:e1:00.0/class", "junk\n", -1);
    ifxTestWriteConfig(IFX_BUS "10000:e1:00.0/config", (char) 0xff);
    /* A card bus bridge without a group; a name that is no address. */
    ifxTestWriteConfig(IFX_BUS "0000:05:00.0/config", 2);
    ifxTestWrite(IFX_BUS "README", "", -1);
    ifxTestLink(IFX_GROUPS "0/devices/0000:01:00.0", "../../../../bus/pci/devices/0000:01:00.0");
    ifxTestLink(IFX_GROUPS "0/devices/0000:00:01.0", "nowhere");
    ifxTestLink(IFX_GROUPS "0/devices/0000:01:00.1", "nowhere");
    ifxTestLink(IFX_GROUPS "0/devices/AMDI0095:00", "nowhere");
    ifxTestWrite(IFX_GROUPS "12/devices/fd4d0000.usb", "", -1);
    ifxTestWrite(IFX_GROUPS "odd/devices/0000:09:00.0", "", -1);

    topology = ifxTopologySysfsLoad(sysroot, &error);
    ifxAssertNoError(error);
    ifxAssertGroups(topology, "0: 0000:00:01.0 0000:01:00.0 0000:01:00.1? 'AMDI0095:00'; "
                    "12: 'fd4d0000.usb'");
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 4);

    device = ifxTestDevice(topology, "0000:01:00.0");
    ck_assert_int_eq(device->group, 0);
    ck_assert(device->has_class);
    ck_assert_uint_eq(device->class_code, 0x030000);
    ck_assert_uint_eq(device->vendor_id, 0x10de);
    ck_assert_uint_eq(device->product_id, 0x1e84);
    ck_assert_int_eq(device->header, IFX_HEADER_ENDPOINT);
    ck_assert_int_eq(device->driver_state, IFX_DRIVER_BOUND);
    ck_assert_str_eq(device->driver, "nouveau");
    ck_assert_ptr_null(device->vendor);

    device = ifxTestDevice(topology, "0000:00:01.0");
    ck_assert_int_eq(device->header, IFX_HEADER_PCI_BRIDGE);
    ck_assert_int_eq(device->driver_state, IFX_DRIVER_NONE);

    device = ifxTestDevice(topology, "10000:e1:00.0");
    ck_assert_int_eq(device->group, IFX_GROUP_NONE);
    ck_assert(!device->has_class);
    ck_assert_int_eq(device->header, IFX_HEADER_UNKNOWN);
    ck_assert(device->is_dead);

    ck_assert_int_eq(ifxTestDevice(topology, "0000:05:00.0")->header, IFX_HEADER_CARDBUS);
    ck_assert(!ifxTestDevice(topology, "0000:05:00.0")->is_dead);
}
END_TEST

START_TEST(device_that_does_not_answer_is_found_alone)
{
    static const char nothing[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    static const char answers[16] = { 0 };
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(ifxDevice) device = NULL;
    ifxPciAddress address;

    ifxTestWrite("sys/bus/pci/devices/0000:01:00.0/config", nothing, sizeof(nothing) - 1);
    ifxTestWrite("sys/bus/pci/devices/0000:01:00.1/config", answers, sizeof(answers));
    ck_assert(ifxPciAddressParse("0000:01:00.0", &address));
    device = ifxTopologySysfsLoadDead(sysroot, &address);
    ck_assert(device && device->is_dead);
    ck_assert(ifxPciAddressParse("0000:01:00.1", &address));
    ck_assert_ptr_null(ifxTopologySysfsLoadDead(sysroot, &address));
    ck_assert(ifxPciAddressParse("0000:01:00.2", &address));
    ck_assert_ptr_null(ifxTopologySysfsLoadDead(sysroot, &address));
    ifxTopologySysfsAddDead(sysroot, builder);
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 1);
}
END_TEST

typedef struct {
    const char *text;
    bool has_class;
    guint32 class_code;
} ifxTestClass;

static const ifxTestClass classes[] = {
    { "0x030000\n", true, 0x030000 },
    { "0x030000", true, 0x030000 },
    { "0xffffff\n", true, 0xffffff },
    { "0x1000000\n", false, 0 },
    { "", false, 0 },
    { "\n", false, 0 },
    { "-1\n", false, 0 },
    { " 1\n", false, 0 },
    { "0x03zz\n", false, 0 },
    { "0000000000000000000000000000000000000000000000000000000000000000000000001\n", false, 0 },
};

START_TEST(class_that_is_no_number_is_unknown)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = NULL;
    const ifxDevice *device;

    ifxTestWrite(IFX_BUS "0000:01:00.0/class", classes[_i].text, -1);
    topology = ifxTopologySysfsLoad(sysroot, &error);
    ifxAssertNoError(error);
    device = ifxTestDevice(topology, "0000:01:00.0");
    ck_assert_int_eq(device->has_class, classes[_i].has_class);
    ck_assert_uint_eq(device->class_code, classes[_i].class_code);
}
END_TEST

START_TEST(config_too_short_for_a_header_leaves_it_unknown)
{
    g_autoptr(ifxTopology) topology = NULL;

    ifxTestWrite(IFX_BUS "0000:01:00.0/config", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    ifxTestWrite(IFX_BUS "0000:02:00.0/config", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 15);
    topology = ifxTopologySysfsLoad(sysroot, NULL);
    ck_assert_ptr_nonnull(topology);
    ck_assert_int_eq(ifxTestDevice(topology, "0000:01:00.0")->header, IFX_HEADER_UNKNOWN);
    ck_assert_int_eq(ifxTestDevice(topology, "0000:02:00.0")->header, IFX_HEADER_PCI_BRIDGE);
}
END_TEST

START_TEST(links_between_functions_are_read_in_order_of_their_numbers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = NULL;

    ifxTestLink(IFX_BUS "0000:03:00.0/virtfn10", "../0000:03:11.4");
    ifxTestLink(IFX_BUS "0000:03:00.0/virtfn2", "../0000:03:10.0");
    ifxTestLink(IFX_BUS "0000:03:00.0/virtfn9", "../0000:03:0f.0");
    ifxTestLink(IFX_BUS "0000:03:00.0/virtfn", "../0000:03:12.0");
    ifxTestLink(IFX_BUS "0000:03:00.0/virtfn1x", "../0000:03:12.0");
    ifxTestLink(IFX_BUS "0000:03:00.0/virtfn3", "../README");
    ifxTestWrite(IFX_BUS "0000:03:00.0/virtfn4", "0000:03:12.0\n", -1);
    ifxTestLink(IFX_BUS "0000:03:10.0/physfn", "../0000:03:00.0");
    ifxTestLink(IFX_BUS "0000:03:10.4/physfn", "../README");
    topology = ifxTopologySysfsLoad(sysroot, &error);
    ifxAssertNoError(error);

    ifxAssertFunctions(ifxTestDevice(topology, "0000:03:00.0"), NULL,
                       "0000:03:10.0 0000:03:0f.0 0000:03:11.4");
    ifxAssertFunctions(ifxTestDevice(topology, "0000:03:10.0"), "0000:03:00.0", "");
    ifxAssertFunctions(ifxTestDevice(topology, "0000:03:10.4"), NULL, "");
}
END_TEST

START_TEST(kernel_without_iommu_has_no_groups)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = NULL;

    ifxTestWrite(IFX_BUS "0000:01:00.0/class", "0x030000\n", -1);
    topology = ifxTopologySysfsLoad(sysroot, &error);
    ifxAssertNoError(error);
    ck_assert_uint_eq(ifxTopologyCountGroups(topology), 0);
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 1);
    ck_assert_int_eq(ifxTestDevice(topology, "0000:01:00.0")->group, IFX_GROUP_NONE);
}
END_TEST

START_TEST(tree_that_is_none_is_an_error)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTopologySysfsLoad(sysroot, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_nonnull(strstr(error->message, sysroot));
    ifxAssertError(error, IFX_ERROR_HOST, "sys/bus/pci/devices");
}
END_TEST

START_TEST(group_that_cannot_be_read_is_an_error)
{
    g_autoptr(GError) error = NULL;

    ifxTestWrite(IFX_BUS "0000:01:00.0/class", "0x030000\n", -1);
    ifxTestWrite(IFX_GROUPS "3/devices", "no folder", -1);
    ck_assert_ptr_null(ifxTopologySysfsLoad(sysroot, &error));
    ifxAssertError(error, IFX_ERROR_HOST, "iommu_groups/3/devices");
}
END_TEST

START_TEST(what_went_away_is_gone)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = NULL;

    ifxTestWrite(IFX_BUS "0000:01:00.0/class", "0x030000\n", -1);
    ifxTestLink(IFX_BUS "0000:01:00.0/iommu_group", "../../../kernel/iommu_groups/3");
    ifxTestLink(IFX_BUS "0000:02:00.0", "../../../devices/gone");
    ifxTestLink(IFX_GROUPS "4", "gone");
    topology = ifxTopologySysfsLoad(sysroot, &error);
    ifxAssertNoError(error);
    ifxAssertGroups(topology, "3: 0000:01:00.0");
    ck_assert_uint_eq(ifxTopologyCountDevices(topology), 1);
}
END_TEST

typedef struct {
    const char *path;       /* of 10000:e1:00.0 */
    const char *carrier;    /* NULL: none */
} ifxTestPath;

static const ifxTestPath paths[] = {
    { "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0", "0000:00:0e.0" },
    { "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e1:00.0", "0000:00:0e.0" },
    /* below a bridge */
    { "pci0000:00/0000:00:1c.0/0000:05:00.0/pci10000:e0/10000:e1:00.0", "0000:05:00.0" },
    { "pci10000:e0/10000:e0:06.0/10000:e1:00.0", NULL },
    { "pci10000:e0/10000:e1:00.0", NULL },
    { "platform/soc/10000:e1:00.0", NULL },
};

START_TEST(path_shows_whose_driver_made_the_root_bus)
{
    const ifxTestPath *test = &paths[_i];
    g_autofree char *place = g_strconcat("sys/devices/", test->path, "/class", NULL);
    g_autofree char *target = g_strconcat("../../../devices/", test->path, NULL);
    g_autoptr(ifxTopology) topology = NULL;
    const ifxDevice *device;
    ifxPciAddress carrier = { 0 };

    ifxTestWrite(place, "0x010802\n", -1);
    ifxTestLink(IFX_BUS "10000:e1:00.0", target);
    topology = ifxTopologySysfsLoad(sysroot, NULL);
    device = ifxTestDevice(topology, "10000:e1:00.0");
    ck_assert_int_eq(device->is_carried, test->carrier != NULL);
    if (test->carrier)
        carrier = ifxTestAddress(test->carrier);
    ck_assert_int_eq(ifxDeviceGoesWith(device, &carrier), test->carrier != NULL);
}
END_TEST

Suite *
ifxSuiteTopologySysfs(void)
{
    Suite *suite = suite_create("topology-sysfs");
    TCase *sysfs = tcase_create("sysfs");

    tcase_add_checked_fixture(sysfs, ifxTestMakeSysroot, ifxTestRemoveSysroot);
    tcase_add_test(sysfs, sysfs_tree_is_read);
    tcase_add_test(sysfs, device_that_does_not_answer_is_found_alone);
    tcase_add_loop_test(sysfs, class_that_is_no_number_is_unknown, 0, G_N_ELEMENTS(classes));
    tcase_add_test(sysfs, config_too_short_for_a_header_leaves_it_unknown);
    tcase_add_test(sysfs, links_between_functions_are_read_in_order_of_their_numbers);
    tcase_add_test(sysfs, kernel_without_iommu_has_no_groups);
    tcase_add_test(sysfs, tree_that_is_none_is_an_error);
    tcase_add_test(sysfs, group_that_cannot_be_read_is_an_error);
    tcase_add_test(sysfs, what_went_away_is_gone);
    tcase_add_loop_test(sysfs, path_shows_whose_driver_made_the_root_bus, 0, G_N_ELEMENTS(paths));
    suite_add_tcase(suite, sysfs);
    return suite;
}
