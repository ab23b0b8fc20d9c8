/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "helpers.h"
#include "suite.h"
#include "test-use-process.h"

START_TEST(a_group_that_nobody_has_is_free)
{
    ifxTestAddGroup();
    ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/vfio/11"), "vfio/11");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/vfio/noiommu-11"), "vfio/11");
    ifxAssertEvidence("0000:01:00.0", "");
    ifxAssertEvidence("0000:01:00.1", "");
}
END_TEST

START_TEST(a_process_with_a_group_holds_every_member)
{
    ifxTestAddGroup();
    ifxTestAdd("proc/812/comm", "qemu-system-x86\n", "proc/812/fd/30", "->/dev/vfio/11");
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.0", "process vfio group 11 -> qemu-system-x86 (812)\n");
    ifxAssertEvidence("0000:01:00.1", "process vfio group 11 -> qemu-system-x86 (812)\n");
    ifxAssertEvidence("0000:00:01.0", "process vfio group 11 -> qemu-system-x86 (812)\n");
}
END_TEST

START_TEST(a_group_without_a_vfio_driver_is_no_thing)
{
    ifxTestAdd("sys/devices/pci0000:00/0000:01:00.0/driver", "->../../../bus/pci/drivers/nvme",
               "sys/kernel/iommu_groups/3/devices/0000:01:00.0",
               "->../../../../devices/pci0000:00/0000:01:00.0",
               "sys/kernel/iommu_groups/4/devices", "/",
               "sys/kernel/iommu_groups/x/devices/0000:02:00.0/driver", "->../vfio-pci",
               "sys/kernel/iommu_groups/5/devices", "a file\n");
    ifxTestLoad();
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/vfio/3"));
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/vfio/x"));
}
END_TEST

START_TEST(a_variant_driver_is_vfio_by_its_name_or_its_folder)
{
    ifxTestAdd("sys/kernel/iommu_groups/1/devices/0000:01:00.0/driver", "->x/mlx5_vfio_pci",
               "sys/kernel/iommu_groups/2/devices/0000:02:00.0/driver", "->x/other",
               "sys/kernel/iommu_groups/2/devices/0000:02:00.0/vfio-dev/vfio0/dev", "1:2\n",
               "sys/kernel/iommu_groups/3/devices/0000:03:00.0/driver", "->x/other");
    ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/vfio/1"), "vfio/1");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/vfio/2"), "vfio/2");
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/vfio/3"));
}
END_TEST

START_TEST(a_device_file_leads_to_its_device_and_its_group)
{
    ifxTestAddGroup();
    ifxTestAdd("sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/vfio-dev/vfio0/dev", "1:2\n",
               "sys/class/vfio-dev/vfio0",
               "->../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/vfio-dev/vfio0",
               "sys/class/vfio-dev/vfio1", "->vfio1",
               "proc/812/comm", "qemu\n", "proc/812/fd/30", "->/dev/vfio/devices/vfio0");
    ifxTestWriteArguments("812", "qemu\0-name\0guest=a\0-uuid\0" IFX_TEST_UUID "\0");
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.0", "process vfio0 -> domain a (812) by " IFX_TEST_UUID_KEY "\n");
    ifxAssertEvidence("0000:01:00.1",
                      "process vfio group 11 -> vfio0 -> domain a (812) by "
                      IFX_TEST_UUID_KEY "\n");
}
END_TEST

/* A thread can have a table of open files of its own. */
START_TEST(a_process_holds_what_one_of_its_threads_has_open)
{
    ifxTestAddGroup();
    ifxTestAdd("proc/812/comm", "qemu\n", "proc/812/fd/1", "->/dev/null",
               "proc/812/task/812/fd/1", "->/dev/null",
               "proc/812/task/813/fd/30", "->/dev/vfio/11");
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.0", "process vfio group 11 -> qemu (812)\n");
}
END_TEST

/* Its list is empty, but the other threads have the files. */
START_TEST(a_process_whose_first_thread_has_ended_holds_what_it_has_open)
{
    ifxTestAddGroup();
    ifxTestAdd("proc/812/comm", "qemu\n", "proc/812/fd", "/", "proc/812/task/812/fd", "/",
               "proc/812/task/813/fd/30", "->/dev/vfio/11");
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.0", "process vfio group 11 -> qemu (812)\n");
}
END_TEST

START_TEST(an_mdev_beside_devices_is_below_their_group)
{
    ifxTestAddGroup();
    ifxTestAddMdev();
    ifxTestAdd("sys/kernel/iommu_groups/11/devices/" IFX_TEST_MDEV,
               "->../../../../devices/pci0000:00/0000:00:02.0/" IFX_TEST_MDEV,
               "proc/812/comm", "qemu\n", "proc/812/fd/30", "->/dev/vfio/11");
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.1", "process vfio group 11 -> qemu (812)\n");
    ifxAssertEvidence("0000:00:02.0",
                      "mdev mdev 4b20d080\n"
                      "process mdev 4b20d080 -> vfio group 11 -> qemu (812)\n");
}
END_TEST

START_TEST(a_domain_holds_its_group_itself_and_its_disk_through_the_host)
{
    ifxTestAddGroup();
    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAdd("proc/812/comm", "qemu-system-x86\n",
               "proc/812/fd/30", "->/dev/vfio/11",
               "proc/812/fd/31", "->/dev/sda");
    ifxTestWriteArguments("812", "/usr/bin/qemu-system-x86_64\0-name\0"
                          "guest=web,,1,debug-threads=on\0-S\0-uuid\0"
                          "4DEA22B3-1d52-d8f3-2516-782e98ab3fa0\0-display\0none\0");
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.0",
                      "process vfio group 11 -> domain web,1 (812) by " IFX_TEST_UUID_KEY "\n");
    ifxAssertEvidence("0000:04:00.0", "domain sda -> domain web,1\n");
}
END_TEST

typedef struct {
    const char *arguments;  /* words with a blank after each, which becomes a NUL */
    const char *name;       /* NULL: a process as any other */
} ifxTestArguments;

static const ifxTestArguments arguments[] = {
    { "qemu -name guest=a -uuid " IFX_TEST_UUID " ", "a" },
    { "qemu -name guest=a -uuid " IFX_TEST_UUID, "a" },
    { "qemu -uuid " IFX_TEST_UUID " -name guest=a,process=x ", "a" },
    { "qemu -name guest=,,a,,,,b,,,x=y -uuid " IFX_TEST_UUID " ", ",a,,b," },
    { "qemu -name guest=a, -uuid " IFX_TEST_UUID " ", "a" },
    { "qemu -name guest=a -name guest=b -uuid " IFX_TEST_UUID " ", "a" },
    { "qemu -name a -uuid " IFX_TEST_UUID " ", NULL },
    { "qemu -name guest=a ", NULL },
    { "qemu -name guest=a -uuid ", NULL },
    { "qemu -name guest=a -uuid", NULL },
    { "qemu -name guest=a -uuid no-uuid ", NULL },
    { "qemu -uuid " IFX_TEST_UUID " -name", NULL },
    { "-name", NULL },
    { " ", NULL },
    { "", NULL },
};

START_TEST(a_domain_is_known_by_what_libvirt_calls_it)
{
    const ifxTestArguments *test = &arguments[_i];
    g_autofree char *text = g_strdup(test->arguments);
    g_autofree char *expected = test->name ?
        g_strdup_printf("process vfio group 11 -> domain %s (812) by " IFX_TEST_UUID_KEY "\n",
                        test->name) :
        g_strdup("process vfio group 11 -> qemu (812)\n");

    ifxTestAddGroup();
    ifxTestAdd("proc/812/comm", "qemu\n", "proc/812/fd/30", "->/dev/vfio/11");
    g_strdelimit(text, " ", '\0');
    ifxTestWrite("proc/812/cmdline", text, strlen(test->arguments) + 1);
    ifxTestLoad();
    ifxAssertEvidence("0000:01:00.0", expected);
}
END_TEST

START_TEST(a_process_counts_once_for_each_thing)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");

    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAddDisk("sda1", "0000:04:00.0");
    ifxUseGraphAddAlias(graph, "/dev/disk/by-id/x", "block/sda");
    ifxTestAdd("proc/9/comm", "dd\n",
               "proc/9/fd/3", "->/dev/sda", "proc/9/fd/4", "->/dev/sda",
               "proc/9/fd/5", "->/dev/disk/by-id/x", "proc/9/fd/6", "->/dev/sda1",
               "proc/10/comm", "dd\n", "proc/10/fd/3", "->/dev/sda");
    ifxTestLoad();
    ck_assert_uint_eq(ifxUseEvidenceGet(graph, &address)->len, 3);
}
END_TEST

START_TEST(a_file_that_was_removed_is_still_open)
{
    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAdd("proc/9/comm", "dd\n", "proc/9/fd/3", "->/dev/sda (deleted)");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "process sda -> dd (9)\n");
}
END_TEST

START_TEST(a_usb_device_file_is_found_by_bus_and_number)
{
    const ifxPciAddress address = ifxTestAddress("0000:00:14.0");

    ifxUseGraphAddThing(graph, "usb/1-4", "usb 1-4");
    ifxUseGraphAddDevice(graph, "usb/1-4", &address);
    ifxUseGraphAddAlias(graph, "usb/001/004", "usb/1-4");
    ifxTestAdd("proc/9/comm", "pcscd\n", "proc/9/fd/3", "->/dev/bus/usb/001/004");
    ifxTestLoad();
    ifxAssertEvidence("0000:00:14.0", "process usb 1-4 -> pcscd (9)\n");
}
END_TEST

START_TEST(files_that_are_no_devices_are_nothing)
{
    ifxTestAddDisk("null", "0000:04:00.0");
    ifxTestAddDisk("pts/1", "0000:04:00.0");
    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAdd("proc/9/comm", "sh\n",
               "proc/9/fd/0", "->/dev/null", "proc/9/fd/1", "->/dev/pts/1",
               "proc/9/fd/2", "->socket:[4711]", "proc/9/fd/3", "->/srv/dev/sda",
               "proc/9/fd/4", "->block/sda", "proc/9/fd/5", "->/dev/sdb",
               "proc/9/fd/6", "->/dev/", "proc/9/fd/7", "-> (deleted)",
               "proc/9/fd/8", "->/dev/ (deleted)", "proc/9/fd/9", "->/dev/bus/usb/");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "");
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_PROCESSES);
}
END_TEST

START_TEST(a_process_without_a_name_is_one)
{
    g_autofree char *evidence = NULL;

    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAdd("proc/9/fd/3", "->/dev/sda",
               "proc/10/comm", "\n", "proc/10/fd/3", "->/dev/sda");
    ifxTestLoad();
    evidence = ifxTestEvidence("0000:04:00.0");
    ck_assert_ptr_nonnull(strstr(evidence, "process sda -> process (9)\n"));
    ck_assert_ptr_nonnull(strstr(evidence, "process sda -> process (10)\n"));
}
END_TEST

START_TEST(processes_are_seen_where_their_files_can_be_listed)
{
    ifxTestAdd("proc/1/fd/0", "->/dev/null",
               "proc/2/fd", "/",
               "proc/3/comm", "gone\n",
               "proc/self", "->1",
               "proc/sys/fd", "a file\n",
               "proc/9x/fd", "a file\n",
               "proc/mounts", "->self/mounts");
    ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_PROCESSES);
}
END_TEST

START_TEST(no_process_is_no_sight)
{
    ifxTestAdd("proc/self", "->1", "proc/1/comm", "gone\n", "proc/2", "/");
    ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
}
END_TEST

typedef struct {
    const char *path;
    const char *what;
} ifxTestBlind;

static const ifxTestBlind blinds[] = {
    { "proc/7/fd", "a file\n" },
    { "proc/7/fd", "->fd" },
    { "proc/7", "a file\n" },
    { "proc/7", "->7" },
    { "proc/7/fd/3", "a file\n" },
    { "proc/7/fd/3", "/" },
};

START_TEST(without_all_open_files_there_is_no_sight)
{
    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAdd("proc/1/fd/0", "->/dev/null", blinds[_i].path, blinds[_i].what,
               "proc/8/comm", "dd\n", "proc/8/fd/3", "->/dev/sda");
    ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
    ifxAssertEvidence("0000:04:00.0", "process sda -> dd (8)\n");
}
END_TEST

START_TEST(a_fifo_does_not_block)
{
    g_autofree char *fd = NULL;
    g_autofree char *comm = NULL;

    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAdd("proc/1/fd/0", "->/dev/sda", "proc/2", "/", "sys/class", "/");
    fd = g_build_filename(host, "proc/2/fd", NULL);
    comm = g_build_filename(host, "proc/1/comm", NULL);
    ck_assert_int_eq(mkfifo(fd, 0644), 0);
    ck_assert_int_eq(mkfifo(comm, 0644), 0);
    ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
    ifxAssertEvidence("0000:04:00.0", "process sda -> process (1)\n");
}
END_TEST

/* /dev/zero under another name, where the test may make one; otherwise by its own. */
static int
ifxTestOpenZero(void)
{
    g_autofree char *node = g_build_filename(host, "another-name", NULL);
    int fd = -1;

    if (mknod(node, S_IFCHR | 0600, makedev(1, 5)) == 0)
        fd = open(node, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

/* That device as a part of a PCI device. */
static void
ifxTestAddZero(void)
{
    ifxTestAddDisk("zero", "0000:04:00.0");
    ifxUseGraphAddAlias(graph, "/dev/char/1:5", "block/zero");
}

START_TEST(the_own_process_does_not_count)
{
    const int fd = ifxTestOpenZero();
    g_autofree char *own = g_strdup_printf("(%d)", (int) getpid());
    g_autofree char *evidence = NULL;
    g_autofree char *copied = NULL;
    g_autofree char *pid = g_strdup_printf("proc/%d/fd/3", (int) getpid());

    if (fd < 0 || access("/proc/self/fd", R_OK) != 0)
        return;
    ifxTestAddZero();
    ifxTestAdd("proc", "->/proc");
    ifxTestLoad();
    evidence = ifxTestEvidence("0000:04:00.0");
    ck_assert_ptr_null(strstr(evidence, own));
    close(fd);

    /* In a made tree another process has that number. */
    ck_assert_int_eq(ifxUseGraphGetSight(graph) & ~(guint) IFX_SIGHT_PROCESSES, 0);
    ifxTestEnd();
    ifxTestStart();
    ifxTestAddZero();
    ifxTestAdd(pid, "->/dev/zero");
    ifxTestLoad();
    copied = ifxTestEvidence("0000:04:00.0");
    ck_assert_ptr_nonnull(strstr(copied, own));
}
END_TEST

START_TEST(a_process_of_the_real_proc_is_found)
{
    const char *argv[] = { "sleep", "60", NULL };
    const GSpawnFlags flags =
        (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD);
    const int fd = ifxTestOpenZero();
    g_autofree char *evidence = NULL;
    g_autofree char *expected = NULL;
    GPid child = 0;

    if (fd < 0 || access("/proc/self/fd", R_OK) != 0)
        return;
    ifxTestAddZero();
    ifxTestAdd("proc", "->/proc");
    ck_assert(g_spawn_async_with_fds(NULL, (char **) argv, NULL, flags, NULL, NULL, &child, fd,
                                     -1, -1, NULL));
    close(fd);
    ifxTestLoad();
    kill(child, SIGKILL);
    evidence = ifxTestEvidence("0000:04:00.0");
    expected = g_strdup_printf(" (%d)\n", (int) child);
    ck_assert_msg(strstr(evidence, expected) != NULL, "'%s' does not say '%s'", evidence,
                  expected);
}
END_TEST

START_TEST(memory_of_a_card_is_open_in_sysfs)
{
    ifxTestAdd("sys/devices/pci0000:00/0000:04:00.0/resource0", "",
               "proc/9/comm", "bench\n",
               "proc/9/fd/3", "->/sys/devices/pci0000:00/0000:00:1c.0/0000:04:00.0/resource0",
               "proc/9/fd/4", "->/sys/devices/pci0000:00/0000:00:1c.0/0000:04:00.0/resource2_wc",
               "proc/9/fd/5", "->/sys/devices/pci0000:00/0000:05:00.0/config",
               "proc/9/fd/6", "->/sys/devices/pci0000:00/0000:06:00.0/resource0/x",
               "proc/9/fd/7", "->/sys/devices/resource0");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "process PCI memory -> bench (9)\n");
    ifxAssertEvidence("0000:00:1c.0", "");
    ifxAssertEvidence("0000:05:00.0", "");
    ifxAssertEvidence("0000:06:00.0", "");
}
END_TEST

Suite *
ifxSuiteUseProcess(void)
{
    Suite *suite = suite_create("use-process");
    TCase *vfio = tcase_create("vfio");
    TCase *process = tcase_create("process");
    TCase *sight = tcase_create("sight");

    tcase_add_checked_fixture(vfio, ifxTestStart, ifxTestEnd);
    tcase_add_test(vfio, a_group_that_nobody_has_is_free);
    tcase_add_test(vfio, a_process_with_a_group_holds_every_member);
    tcase_add_test(vfio, a_process_holds_what_one_of_its_threads_has_open);
    tcase_add_test(vfio, a_process_whose_first_thread_has_ended_holds_what_it_has_open);
    tcase_add_test(vfio, memory_of_a_card_is_open_in_sysfs);
    tcase_add_test(vfio, a_group_without_a_vfio_driver_is_no_thing);
    tcase_add_test(vfio, a_variant_driver_is_vfio_by_its_name_or_its_folder);
    tcase_add_test(vfio, a_device_file_leads_to_its_device_and_its_group);
    tcase_add_test(vfio, an_mdev_beside_devices_is_below_their_group);
    suite_add_tcase(suite, vfio);

    tcase_add_checked_fixture(process, ifxTestStart, ifxTestEnd);
    tcase_add_test(process, a_domain_holds_its_group_itself_and_its_disk_through_the_host);
    tcase_add_loop_test(process, a_domain_is_known_by_what_libvirt_calls_it, 0,
                        G_N_ELEMENTS(arguments));
    tcase_add_test(process, a_process_counts_once_for_each_thing);
    tcase_add_test(process, a_file_that_was_removed_is_still_open);
    tcase_add_test(process, a_usb_device_file_is_found_by_bus_and_number);
    tcase_add_test(process, files_that_are_no_devices_are_nothing);
    tcase_add_test(process, a_process_without_a_name_is_one);
    suite_add_tcase(suite, process);

    tcase_add_checked_fixture(sight, ifxTestStart, ifxTestEnd);
    tcase_add_test(sight, processes_are_seen_where_their_files_can_be_listed);
    tcase_add_test(sight, no_process_is_no_sight);
    tcase_add_loop_test(sight, without_all_open_files_there_is_no_sight, 0, G_N_ELEMENTS(blinds));
    tcase_add_test(sight, a_fifo_does_not_block);
    tcase_add_test(sight, the_own_process_does_not_count);
    tcase_add_test(sight, a_process_of_the_real_proc_is_found);
    suite_add_tcase(suite, sight);
    return suite;
}
