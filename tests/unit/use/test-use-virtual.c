/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-use-process.h"

static void
ifxTestAddVdpa(const char *driver)
{
    g_autofree char *link = g_strconcat("->../../../../bus/vdpa/drivers/", driver, NULL);

    ifxTestAdd("sys/devices/pci0000:00/0000:3b:00.2/vdpa0/vhost-vdpa-3/dev", "240:0\n",
               "sys/bus/vdpa/devices/vdpa0",
               "->../../../devices/pci0000:00/0000:3b:00.2/vdpa0");
    if (driver)
        ifxTestAdd("sys/devices/pci0000:00/0000:3b:00.2/vdpa0/driver", link);
}

static void
ifxTestAddUio(void)
{
    ifxTestAdd("sys/devices/pci0000:00/0000:00:1c.0/0000:05:00.0/uio/uio0/name", "igb_uio\n",
               "sys/devices/pci0000:00/0000:00:1c.0/0000:05:00.0/driver",
               "->../../../../bus/pci/drivers/igb_uio",
               "sys/bus/pci/drivers/igb_uio/0000:05:00.0",
               "->../../../../devices/pci0000:00/0000:00:1c.0/0000:05:00.0",
               "sys/class/uio/uio0",
               "->../../devices/pci0000:00/0000:00:1c.0/0000:05:00.0/uio/uio0");
}

START_TEST(nothing_is_found_on_an_empty_host)
{
    ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
    ifxAssertEvidence("0000:00:02.0", "");
}
END_TEST

START_TEST(an_mdev_uses_its_parent)
{
    ifxTestAddMdev();
    ifxTestLoad();
    ifxAssertEvidence("0000:00:02.0", "mdev mdev 4b20d080\n");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "mdev/" IFX_TEST_MDEV), "mdev/" IFX_TEST_MDEV);
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/vfio/12"), "mdev/" IFX_TEST_MDEV);
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "vfio/12"));
}
END_TEST

START_TEST(an_mdev_that_a_process_has_makes_its_parent_vital)
{
    ifxTestAddMdev();
    ifxTestAdd("proc/812/comm", "qemu-system-x86\n", "proc/812/fd/30", "->/dev/vfio/12");
    ifxTestLoad();
    ifxAssertEvidence("0000:00:02.0",
                      "mdev mdev 4b20d080\n"
                      "mdev! mdev 4b20d080 -> qemu-system-x86 (812)\n");
}
END_TEST

START_TEST(an_mdev_can_be_had_by_its_device_file)
{
    ifxTestAddMdev();
    ifxTestAdd("sys/devices/pci0000:00/0000:00:02.0/" IFX_TEST_MDEV "/vfio-dev/vfio4/dev", "1:2",
               "sys/class/vfio-dev/vfio4",
               "->../../devices/pci0000:00/0000:00:02.0/" IFX_TEST_MDEV "/vfio-dev/vfio4",
               "proc/812/comm", "qemu\n", "proc/812/fd/30", "->/dev/vfio/devices/vfio4");
    ifxTestLoad();
    ifxAssertEvidence("0000:00:02.0",
                      "mdev mdev 4b20d080\n"
                      "mdev! mdev 4b20d080 -> qemu (812)\n");
}
END_TEST

START_TEST(an_mdev_that_leads_nowhere_does_no_harm)
{
    ifxTestAdd("sys/bus/mdev/devices/short", "->nowhere",
               "sys/bus/mdev/devices/loop", "->loop");
    ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "mdev/short"), "mdev/short");
}
END_TEST

START_TEST(a_vdpa_device_with_a_driver_uses_its_parent)
{
    ifxTestAddVdpa("vhost_vdpa");
    ifxTestLoad();
    ifxAssertEvidence("0000:3b:00.2", "vdpa vdpa0 (vhost_vdpa)\n");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/vhost-vdpa-3"), "vdpa/vdpa0");
}
END_TEST

START_TEST(a_vdpa_device_without_a_driver_is_idle)
{
    ifxTestAddVdpa(NULL);
    ifxTestLoad();
    ifxAssertEvidence("0000:3b:00.2", "");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "vdpa/vdpa0"), "vdpa/vdpa0");
}
END_TEST

START_TEST(a_vdpa_device_that_a_process_has_makes_its_parent_vital)
{
    ifxTestAddVdpa("vhost_vdpa");
    ifxTestAdd("proc/812/comm", "qemu\n", "proc/812/fd/30", "->/dev/vhost-vdpa-3");
    ifxTestWriteArguments("812", "qemu\0-name\0guest=a\0-uuid\0" IFX_TEST_UUID "\0");
    ifxTestLoad();
    ifxAssertEvidence("0000:3b:00.2",
                      "vdpa vdpa0 (vhost_vdpa)\n"
                      "vdpa! vdpa0 (vhost_vdpa) -> domain a (812)\n");
}
END_TEST

START_TEST(a_userspace_driver_is_a_use_without_a_process)
{
    ifxTestAddUio();
    ifxTestLoad();
    ifxAssertEvidence("0000:05:00.0", "process uio0 (igb_uio) -> userspace driver\n");
    ifxAssertEvidence("0000:00:1c.0",
                      "process 0000:05:00.0 -> uio0 (igb_uio) -> userspace driver\n");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/uio0"), "uio/uio0");
}
END_TEST

START_TEST(a_userspace_driver_and_its_process_are_both_listed)
{
    ifxTestAddUio();
    ifxTestAdd("proc/77/comm", "dpdk-testpmd\n", "proc/77/fd/9", "->/dev/uio0");
    ifxTestLoad();
    ifxAssertEvidence("0000:05:00.0",
                      "process uio0 (igb_uio) -> userspace driver\n"
                      "process uio0 (igb_uio) -> dpdk-testpmd (77)\n");
}
END_TEST

START_TEST(any_driver_can_have_a_part_in_userspace)
{
    ifxTestAdd("sys/devices/pci0000:00/0000:05:00.0/uio/uio7/name", "cnic\n",
               "sys/devices/pci0000:00/0000:05:00.0/driver", "->../../../bus/pci/drivers/bnx2",
               "sys/class/uio/uio7", "->../../devices/pci0000:00/0000:05:00.0/uio/uio7",
               "sys/devices/platform/gpio/uio/uio8/name", "gpio\n",
               "sys/class/uio/uio8", "->../../devices/platform/gpio/uio/uio8",
               "sys/class/uio/uio9", "->uio9");
    ifxTestLoad();
    ifxAssertEvidence("0000:05:00.0", "process uio7 (bnx2) -> userspace driver\n");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/uio8"), "uio/uio8");
}
END_TEST

Suite *
ifxSuiteUseVirtual(void)
{
    Suite *suite = suite_create("use-virtual");
    TCase *slices = tcase_create("slices");

    tcase_add_checked_fixture(slices, ifxTestStart, ifxTestEnd);
    tcase_add_test(slices, nothing_is_found_on_an_empty_host);
    tcase_add_test(slices, an_mdev_uses_its_parent);
    tcase_add_test(slices, an_mdev_that_a_process_has_makes_its_parent_vital);
    tcase_add_test(slices, an_mdev_can_be_had_by_its_device_file);
    tcase_add_test(slices, an_mdev_that_leads_nowhere_does_no_harm);
    tcase_add_test(slices, a_vdpa_device_with_a_driver_uses_its_parent);
    tcase_add_test(slices, a_vdpa_device_without_a_driver_is_idle);
    tcase_add_test(slices, a_vdpa_device_that_a_process_has_makes_its_parent_vital);
    tcase_add_test(slices, a_userspace_driver_is_a_use_without_a_process);
    tcase_add_test(slices, a_userspace_driver_and_its_process_are_both_listed);
    tcase_add_test(slices, any_driver_can_have_a_part_in_userspace);
    suite_add_tcase(suite, slices);
    return suite;
}
