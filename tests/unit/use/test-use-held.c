/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence.h"
#include "suite.h"
#include "tree.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#define DISK "0000:00:17.0"
#define DISK_PATH "sys/devices/pci0000:00/0000:00:17.0/block/"

static char *root;

static void
ifxTestAdd(const char *path,
           const char *content)
{
    const char *const entries[] = { path, content, NULL };

    ifxTestTreeAdd(root, entries);
}

/* A disk of the controller, or a partition, that udev knows; @path is below block/. */
static void
ifxTestAddDisk(const char *path,
               const char *number)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *link = g_strconcat("sys/class/block/", name, NULL);
    g_autofree char *target = g_strconcat("->../../../" DISK_PATH, path, NULL);
    g_autofree char *dev = g_strconcat(DISK_PATH, path, "/dev", NULL);
    g_autofree char *data = g_strconcat("run/udev/data/b", number, NULL);

    ifxTestAdd(link, target);
    ifxTestAdd(dev, number);
    ifxTestAdd(data, "I:1\n");
}

static void
ifxTestSetup(void)
{
    const char *const entries[] = {
        "proc/1/mountinfo", "1 0 0:2 / / rw - tmpfs tmpfs rw\n", NULL,
    };

    root = ifxTestTreeNew(entries);
}

static void
ifxTestTeardown(void)
{
    ifxTestTreeFree(root);
}

/* What is known of the controller after the kernel was asked. */
static void
ifxTestExpectAsked(const char *expected)
{
    g_autoptr(ifxUseGraph) graph = ifxUseLoad(root);
    ifxPciAddress address;

    ck_assert(ifxPciAddressParse(DISK, &address));
    ifxUseHeldAsk(graph, &address);
    ifxTestExpect(graph, DISK, expected);
    ifxUseHeldAsk(graph, &address);
    ifxTestExpect(graph, DISK, expected);
}

START_TEST(recorded_answer_counts)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("dev/sda", "");
    ifxTestExpectAsked("");
    ifxTestAdd("dev/sda", "held\n");
    ifxTestExpectAsked("held: sda -> held by the kernel or a process\n");
}
END_TEST

START_TEST(without_an_answer_it_is_unclear)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestExpectAsked("unclear: sda -> cannot ask the kernel whether it is held: "
                       "/dev/sda: No such file or directory\n");
    ifxTestAdd("dev/sda", "free\n");
    ifxTestExpectAsked("unclear: sda -> cannot ask the kernel whether it is held: "
                       "/dev/sda is no block device\n");
}
END_TEST

START_TEST(disk_answers_for_its_partitions)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAddDisk("sda/sda1", "8:1");
    ifxTestAdd(DISK_PATH "sda/sda1/partition", "1\n");
    ifxTestAdd("dev/sda", "");
    ifxTestExpectAsked("");
    ifxTestAdd("dev/sda", "held");
    ifxTestAdd("dev/sda1", "held");
    ifxTestExpectAsked("held: sda -> sda1 -> held by the kernel or a process\n");
}
END_TEST

START_TEST(known_use_is_not_asked_about)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("proc/1/mountinfo", "1 0 0:2 / / rw - tmpfs tmpfs rw\n"
               "2 1 8:0 / /srv rw - ext4 /dev/sda rw\n");
    ifxTestAdd("dev/sda", "held");
    ifxTestExpectAsked("mounted: sda -> /srv\n");
}
END_TEST

START_TEST(unclear_use_is_asked_about)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("run/udev/data/b8:0", "E:ID_FS_TYPE=linux_raid_member\n");
    ifxTestAdd("dev/sda", "held");
    ifxTestExpectAsked("unclear: sda -> member of a RAID\n"
                       "held: sda -> held by the kernel or a process\n");
}
END_TEST

START_TEST(disabled_exports_and_other_disks_are_free)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("dev/sda", "");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/device_path", "/dev/sda\n");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/enable", "0\n");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/2/device_path", "/dev/sdb\n");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/2/enable", "1\n");
    ifxTestExpectAsked("");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/1/enable", "1\n");
    ifxTestExpectAsked("held: sda -> exported over NVMe: nqn/1\n");
}
END_TEST

#define FILEIO "TCM FILEIO ID: 0        File: "
#define FILEIO_END "  Size: 512  Mode: O_DSYNC Async: 0"
#define PSCSI "SCSI Device Bus Location: Channel ID: 0 Target ID: 1 LUN: 0 Host ID: "

/* A LUN of LIO that is enabled. */
static void
ifxTestAddLun(const char *path,
              const char *info)
{
    g_autofree char *attribute = g_strconcat("sys/kernel/config/target/core/", path, "/info", NULL);
    g_autofree char *enable = g_strconcat("sys/kernel/config/target/core/", path, "/enable", NULL);
    g_autofree char *text = g_strconcat("Status: ACTIVATED  Max Queue Depth: 128\n        ", info,
                                        "\n", NULL);

    ifxTestAdd(attribute, text);
    ifxTestAdd(enable, "1\n");
}

static void
ifxTestAddTape(void)
{
    ifxTestAdd("sys/bus/scsi/devices/7:0:1:0",
               "->../../../devices/pci0000:00/0000:00:17.0/7:0:1:0");
    ifxTestAdd("sys/devices/pci0000:00/0000:00:17.0/7:0:1:0/type", "1\n");
}

/* Which question of storage has no answer? "": none. */
static void
ifxTestExpectUnanswered(const char *expected)
{
    g_autoptr(ifxUseGraph) graph = ifxUseLoad(root);
    const char *question = ifxUseGraphGetUnanswered(graph, IFX_SIGHT_STORAGE);

    ck_assert_str_eq(question ? question : "", expected);
    ck_assert((ifxUseGraphGetSight(graph) & IFX_SIGHT_STORAGE) == (question ? 0 : IFX_SIGHT_STORAGE));
}

START_TEST(a_disk_that_lio_opened_as_a_file_is_held)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("dev/sda", "");
    ifxTestAddLun("fileio_0/a disk", FILEIO "/dev/sda" FILEIO_END);
    ifxTestExpectAsked("held: sda -> exported by LIO: fileio_0/a disk\n");
    ifxTestExpectUnanswered("");
    ifxTestAdd("sys/kernel/config/target/core/fileio_0/a disk/enable", "0\n");
    ifxTestExpectAsked("");
}
END_TEST

START_TEST(a_file_that_lio_opened_is_a_mount)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("srv/image", "");
    ifxTestAddLun("fileio_0/disk", FILEIO "/srv/image" FILEIO_END);
    ifxTestExpectUnanswered("");
    ifxTestAddLun("fileio_0/other", FILEIO "/srv/gone" FILEIO_END);
    ifxTestExpectUnanswered("nothing shows the file or disk that is exported by LIO: "
                            "fileio_0/other");
}
END_TEST

START_TEST(without_configfs_exports_are_unanswered)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestExpectUnanswered("");
    ifxTestAdd("sys/module/nvmet/refcnt", "1\n");
    ifxTestExpectUnanswered("cannot read what nvmet exports: /sys/kernel/config is not mounted");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems", "/");
    ifxTestExpectUnanswered("");
    ifxTestAdd("sys/module/target_core_mod/refcnt", "1\n");
    ifxTestExpectUnanswered("cannot read what target_core_mod exports: /sys/kernel/config is not "
                            "mounted");
}
END_TEST

START_TEST(a_lun_without_a_name_is_unanswered)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAddLun("fileio_0/disk", "TCM FILEIO ID: 0");
    ifxTestExpectUnanswered("nothing shows the file or disk that is exported by LIO: "
                            "fileio_0/disk");
}
END_TEST

START_TEST(a_name_that_nvmet_shows_and_nobody_knows_is_unanswered)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/2/device_path", "/srv/node\n");
    ifxTestExpectUnanswered("");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn/namespaces/2/enable", "1\n");
    ifxTestExpectUnanswered("nothing shows the file or disk that is exported over NVMe: nqn/2");
}
END_TEST

START_TEST(a_scsi_device_that_lio_hands_on_is_held)
{
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd("dev/sda", "");
    ifxTestAddTape();
    ifxTestAddLun("pscsi_0/tape", PSCSI "7");
    ifxTestExpectAsked("held: 7:0:1:0 -> exported by LIO: pscsi_0/tape\n");
    ifxTestAddLun("pscsi_0/tape",
                  "SCSI Device Bus Location: Channel ID: 0 Target ID: 2 LUN: 0 Host ID: 7");
    ifxTestExpectAsked("");
    ifxTestExpectUnanswered("nothing shows the SCSI device that is exported by LIO: pscsi_0/tape");
    ifxTestAdd("sys/kernel/config/target/core/pscsi_0/tape/enable", "0\n");
    ifxTestExpectUnanswered("");
}
END_TEST

/* The folder has the number of the host (drivers/target/target_core_pscsi.c). */
START_TEST(an_adapter_that_lio_hands_on_whole_is_found)
{
    ifxTestAddTape();
    ifxTestAddLun("pscsi_7/tape", PSCSI "PHBA Mode");
    ifxTestExpectAsked("held: 7:0:1:0 -> exported by LIO: pscsi_7/tape\n");
}
END_TEST

/* A loop device of this machine over a new file, which goes when it is closed; -1: this machine
 * gives us none. */
static int
ifxTestOpenLoop(char **name)
{
    g_autofree char *path = g_build_filename(root, "image", NULL);
    const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct loop_config config = { .fd = (guint32) file, .info.lo_flags = LO_FLAGS_AUTOCLEAR };
    int loop = -1;
    guint tries;

    ck_assert_int_eq(ftruncate(file, 1024 * 1024), 0);
    for (tries = 0; control >= 0 && loop < 0 && tries < 10; tries++) {
        g_autofree char *node = NULL;

        g_free(*name);
        *name = g_strdup_printf("loop%d", ioctl(control, LOOP_CTL_GET_FREE));
        node = g_strconcat("/dev/", *name, NULL);
        loop = open(node, O_RDWR | O_CLOEXEC);
        if (loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &config) < 0) {
            close(loop);
            loop = -1;
        }
    }
    if (control >= 0)
        close(control);
    close(file);
    return loop;
}

START_TEST(kernel_answers)
{
    g_autofree char *name = NULL;
    g_autofree char *node = NULL;
    g_autofree char *number = NULL;
    g_autofree char *held = NULL;
    const int loop = ifxTestOpenLoop(&name);
    struct stat state;
    int claim;

    /* Not root, or a kernel without loop devices. */
    if (loop < 0)
        return;
    ck_assert_int_eq(fstat(loop, &state), 0);
    node = g_strconcat("/dev/", name, NULL);
    number = g_strdup_printf("%u:%u", major(state.st_rdev), minor(state.st_rdev));
    held = g_strdup_printf("held: %s -> held by the kernel or a process\n", name);
    ifxTestAddDisk(name, number);
    ifxTestAdd("dev", "->/dev");

    ifxTestExpectAsked("");
    claim = open(node, O_RDONLY | O_EXCL | O_CLOEXEC);
    ck_assert_int_ge(claim, 0);
    ifxTestExpectAsked(held);
    close(claim);
    ifxTestExpectAsked("");
    close(loop);
}
END_TEST

START_TEST(name_is_not_the_identity)
{
    g_autofree char *name = NULL;
    g_autofree char *unclear = NULL;
    const int loop = ifxTestOpenLoop(&name);

    if (loop < 0)
        return;
    unclear = g_strdup_printf("unclear: %s -> cannot ask the kernel whether it is held: "
                              "/dev/%s is another device\n", name, name);
    ifxTestAddDisk(name, "8:0");
    ifxTestAdd("dev", "->/dev");
    ifxTestExpectAsked(unclear);
    close(loop);
}
END_TEST

/* The name of the file is one in another mount namespace; its file system is that of the disk here.
 * Then no mount shows that file system. */
START_TEST(the_kernel_tells_where_a_loop_device_has_its_bytes)
{
    g_autofree char *name = NULL;
    g_autofree char *number = NULL;
    g_autofree char *mounts = NULL;
    g_autofree char *path = NULL;
    g_autofree char *link = NULL;
    g_autofree char *target = NULL;
    g_autofree char *dev = NULL;
    g_autofree char *file = NULL;
    g_autofree char *expected = NULL;
    const int loop = ifxTestOpenLoop(&name);
    g_autoptr(ifxUseGraph) graph = NULL;
    struct stat state;
    struct stat device;

    if (loop < 0)
        return;
    ck_assert_int_eq(stat(root, &state), 0);
    ck_assert_int_eq(fstat(loop, &device), 0);
    number = g_strdup_printf("%u:%u", major(device.st_rdev), minor(device.st_rdev));
    mounts = g_strdup_printf("1 0 0:2 / / rw - tmpfs tmpfs rw\n"
                             "2 1 %u:%u / /srv rw - ext4 /dev/sda rw\n"
                             "3 1 %s / /mnt rw - ext4 /dev/%s rw\n", major(state.st_dev),
                             minor(state.st_dev), number, name);
    path = g_strconcat("sys/devices/virtual/block/", name, NULL);
    link = g_strconcat("sys/class/block/", name, NULL);
    target = g_strconcat("->../../devices/virtual/block/", name, NULL);
    dev = g_strconcat(path, "/dev", NULL);
    file = g_strconcat(path, "/loop/backing_file", NULL);
    expected = g_strdup_printf("mounted: sda -> /srv\nmounted: sda -> %s -> /mnt\n", name);
    ifxTestAddDisk("sda", "8:0");
    ifxTestAdd(dev, number);
    ifxTestAdd(link, target);
    ifxTestAdd(file, "/elsewhere/image (deleted)\n");
    ifxTestAdd("proc/1/mountinfo", mounts);
    ifxTestAdd("dev", "->/dev");
    graph = ifxUseLoad(root);
    ifxTestExpect(graph, DISK, expected);
    ck_assert(ifxUseGraphGetSight(graph) & IFX_SIGHT_STORAGE);

    ifxTestAdd("proc/1/mountinfo", "1 0 0:2 / / rw - tmpfs tmpfs rw\n");
    ifxUseGraphUnref(graph);
    graph = ifxUseLoad(root);
    ck_assert_str_eq(ifxUseGraphGetUnanswered(graph, IFX_SIGHT_STORAGE) +
                     strlen("nothing shows which file system has the file of "), name);
    ck_assert(!(ifxUseGraphGetSight(graph) & IFX_SIGHT_STORAGE));
    close(loop);
}
END_TEST

Suite *
ifxSuiteUseHeld(void)
{
    Suite *suite = suite_create(__FILE__);
    TCase *record = tcase_create("record");
    TCase *kernel = tcase_create("kernel");

    tcase_add_checked_fixture(record, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(record, recorded_answer_counts);
    tcase_add_test(record, without_an_answer_it_is_unclear);
    tcase_add_test(record, disk_answers_for_its_partitions);
    tcase_add_test(record, known_use_is_not_asked_about);
    tcase_add_test(record, unclear_use_is_asked_about);
    tcase_add_test(record, disabled_exports_and_other_disks_are_free);
    tcase_add_test(record, a_disk_that_lio_opened_as_a_file_is_held);
    tcase_add_test(record, a_file_that_lio_opened_is_a_mount);
    tcase_add_test(record, without_configfs_exports_are_unanswered);
    tcase_add_test(record, a_lun_without_a_name_is_unanswered);
    tcase_add_test(record, a_name_that_nvmet_shows_and_nobody_knows_is_unanswered);
    tcase_add_test(record, a_scsi_device_that_lio_hands_on_is_held);
    tcase_add_test(record, an_adapter_that_lio_hands_on_whole_is_found);
    tcase_add_checked_fixture(kernel, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(kernel, kernel_answers);
    tcase_add_test(kernel, name_is_not_the_identity);
    tcase_add_test(kernel, the_kernel_tells_where_a_loop_device_has_its_bytes);
    suite_add_tcase(suite, record);
    suite_add_tcase(suite, kernel);
    return suite;
}
