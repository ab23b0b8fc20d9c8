/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "helpers.h"
#include "suite.h"
#include "test-use-process.h"

/* A disk that use-block would have found. */
static void
ifxTestAddDisk(const char *name,
               const char *address)
{
    const ifxPciAddress parsed = ifxTestAddress(address);
    g_autofree char *id = g_strconcat("block/", name, NULL);
    g_autofree char *file = g_strconcat("/dev/", name, NULL);

    ifxUseGraphAddThing(graph, id, name);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddDevice(graph, id, &parsed);
}

/* Two functions on vfio-pci and a bridge in group 11. */
static void
ifxTestAddGroup(void)
{
    ifxTestAdd("sys/bus/pci/drivers/vfio-pci", "/",
               "sys/bus/pci/drivers/pcieport", "/",
               "sys/devices/pci0000:00/0000:00:01.0/driver", "->../../../bus/pci/drivers/pcieport",
               "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver",
               "->../../../../bus/pci/drivers/vfio-pci",
               "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/iommu_group",
               "->../../../../kernel/iommu_groups/11",
               "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/vendor", "0x10de\n",
               "sys/kernel/iommu_groups/11/devices/0000:00:01.0",
               "->../../../../devices/pci0000:00/0000:00:01.0",
               "sys/kernel/iommu_groups/11/devices/0000:01:00.0",
               "->../../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0",
               "sys/kernel/iommu_groups/11/devices/0000:01:00.1",
               "->../../../../devices/pci0000:00/0000:00:01.0/0000:01:00.1");
}

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
    ifxAssertEvidence("0000:01:00.0", "process vfio0 -> domain a (812) by " IFX_TEST_UUID "\n");
    ifxAssertEvidence("0000:01:00.1",
                      "process vfio group 11 -> vfio0 -> domain a (812) by " IFX_TEST_UUID "\n");
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
                      "process vfio group 11 -> domain web,1 (812) by " IFX_TEST_UUID "\n");
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
        g_strdup_printf("process vfio group 11 -> domain %s (812) by " IFX_TEST_UUID "\n",
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

/* A character device of class @class, "DIR/NAME", with its node /dev/@node. */
static void
ifxTestAddNode(const char *dir,
               const char *class,
               const char *number,
               const char *node)
{
    g_autofree char *subsystem = g_strconcat(dir, "/subsystem", NULL);
    g_autofree char *of = g_strconcat("->/sys/class/", class, NULL);
    g_autofree char *uevent = g_strconcat(dir, "/uevent", NULL);
    g_autofree char *text = g_strdup_printf("MAJOR=1\nMINOR=2\n%s%s\n", node ? "DEVNAME=" : "",
                                            node ? node : "X=y");
    g_autofree char *link = g_strconcat("sys/dev/char/", number, NULL);
    g_autofree char *to = g_strconcat("->../../../", dir, NULL);

    ifxTestAdd(subsystem, of, uevent, text, link, to);
}

#define IFX_TEST_PCI "sys/devices/pci0000:00/0000:04:00.0/"

typedef struct {
    const char *dir;
    const char *class;
    const char *node;       /* NULL: its uevent names none */
    const char *evidence;   /* against 0000:04:00.0 */
} ifxTestNode;

static const ifxTestNode nodes[] = {
    { IFX_TEST_PCI "nvme/nvme0", "nvme", "nvme0", "process nvme0 -> cat (9)\n" },
    { IFX_TEST_PCI "nvme/nvme0/ng0n2", "nvme-generic", "ng0n2", "process ng0n2 -> cat (9)\n" },
    { IFX_TEST_PCI "host0/target0:0:0/0:0:0:0/scsi_generic/sg0", "scsi_generic", "sg0",
      "process sg0 -> cat (9)\n" },
    { IFX_TEST_PCI "host0/target0:0:0/0:0:0:0/bsg/0:0:0:0", "bsg", "bsg/0:0:0:0",
      "process bsg/0:0:0:0 -> cat (9)\n" },
    { IFX_TEST_PCI "host0/target0:0:0/0:0:0:0/scsi_tape/nst0", "scsi_tape", NULL,
      "process nst0 -> cat (9)\n" },
    /* since Linux 6.6 a port has devices of the serial bus above it */
    { IFX_TEST_PCI "0000:04:00.0:0/0000:04:00.0:0.1/tty/ttyS4", "tty", "ttyS4",
      "process ttyS4 -> cat (9)\n" },
    { IFX_TEST_PCI "watchdog/watchdog0", "watchdog", "watchdog0",
      "process watchdog0 -> cat (9)\n" },
    { IFX_TEST_PCI "usb1", "usb", "bus/usb/001/001", "process bus/usb/001/001 -> cat (9)\n" },
    { IFX_TEST_PCI "usb1/1-4/1-4:1.0/ttyUSB0/tty/ttyUSB0", "tty", "ttyUSB0",
      "process usb 1-4 -> ttyUSB0 -> cat (9)\n" },
    { IFX_TEST_PCI "sound/card0/controlC0", "sound", "snd/controlC0",
      "listener snd/controlC0 -> cat (9)\n" },
    { IFX_TEST_PCI "sound/card0/input5/event5", "input", "input/event5",
      "listener input/event5 -> cat (9)\n" },
    { "sys/devices/virtual/mem/null", "mem", "null", "" },
    { "sys/devices/virtual/misc/hwrng", "misc", "hwrng", "" },
    { "sys/devices/platform/serial8250/tty/ttyS0", "tty", "ttyS0", "" },
};

START_TEST(a_node_is_what_its_number_leads_to)
{
    const ifxTestNode *test = &nodes[_i];

    ifxTestAddNode(test->dir, test->class, "240:7", test->node);
    ifxTestAdd("proc/9/comm", "cat\n", "proc/9/fd/3", "->/dev/char/240:7",
               "proc/9/fd/4", "->/dev/char/240:7");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", test->evidence);
}
END_TEST

START_TEST(a_node_of_an_nvme_subsystem_is_on_its_controllers)
{
    ifxTestAddNode("sys/devices/virtual/nvme-subsystem/nvme-subsys0/ng0n1", "nvme-generic",
                   "240:7", "ng0n1");
    ifxTestAdd(IFX_TEST_PCI "nvme/nvme0", "/",
               "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
               "->../../../pci0000:00/0000:04:00.0/nvme/nvme0",
               "proc/9/comm", "cat\n", "proc/9/fd/3", "->/dev/char/240:7");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "process ng0n1 -> cat (9)\n");
}
END_TEST

START_TEST(a_number_is_another_name_of_a_thing)
{
    ifxTestAddGroup();
    ifxTestAddDisk("sda", "0000:04:00.0");
    ifxTestAddDisk("sdb", "0000:05:00.0");
    ifxUseGraphAddAlias(graph, "/dev/block/8:0", "block/sda");
    ifxTestAddNode("sys/devices/pci0000:00/0000:05:00.0/block/sdb", "block", "8:16", "sdb");
    ifxTestAddNode("sys/devices/virtual/vfio/11", "vfio", "243:0", "vfio/11");
    ifxTestAdd("sys/dev/block/8:16", "->../../devices/pci0000:00/0000:05:00.0/block/sdb",
               "proc/9/comm", "dd\n", "proc/9/fd/3", "->/dev/block/8:0",
               "proc/9/fd/4", "->/dev/char/243:0", "proc/9/fd/5", "->/dev/block/8:16",
               "proc/9/fd/6", "->/dev/block/9:9", "proc/9/fd/7", "->/dev/char/",
               "proc/9/fd/8", "->/dev/char/../block/8:0", "proc/9/fd/10", "->/dev/char/:");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "process sda -> dd (9)\n");
    ifxAssertEvidence("0000:05:00.0", "process sdb -> dd (9)\n");
    ifxAssertEvidence("0000:01:00.1", "process vfio group 11 -> dd (9)\n");
}
END_TEST

START_TEST(what_a_domain_listens_to_is_its_need)
{
    ifxTestAddNode(IFX_TEST_PCI "sound/card0/controlC0", "sound", "116:2", "snd/controlC0");
    ifxTestAdd("proc/9/comm", "qemu\n", "proc/9/fd/3", "->/dev/char/116:2");
    ifxTestWriteArguments("9", "qemu\0-name\0guest=a\0-uuid\0" IFX_TEST_UUID "\0");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "domain snd/controlC0 -> domain a\n");
}
END_TEST

START_TEST(a_watchdog_that_runs_is_in_use)
{
    ifxTestAdd(IFX_TEST_PCI "watchdog/watchdog0/state", "active\n",
               "sys/devices/virtual/watchdog/watchdog1/state", "active\n",
               "sys/devices/virtual/watchdog/watchdog1/identity", "i6300ESB timer\n",
               "sys/devices/virtual/watchdog/watchdog2/state", "active\n",
               "sys/devices/virtual/watchdog/watchdog2/identity", "Software Watchdog\n",
               "sys/devices/pci0000:00/0000:06:00.0/watchdog/watchdog3/state", "inactive\n",
               "sys/class/watchdog/watchdog0",
               "->../../devices/pci0000:00/0000:04:00.0/watchdog/watchdog0",
               "sys/class/watchdog/watchdog1", "->../../devices/virtual/watchdog/watchdog1",
               "sys/class/watchdog/watchdog2", "->../../devices/virtual/watchdog/watchdog2",
               "sys/class/watchdog/watchdog3",
               "->../../devices/pci0000:00/0000:06:00.0/watchdog/watchdog3",
               "sys/bus/pci/drivers/i6300ESB timer/0000:05:00.0", "/",
               "sys/bus/pci/drivers/i6300ESB timer/new_id", "",
               "sys/bus/pci/drivers/i63/0000:07:00.0", "/",
               "sys/bus/pci/drivers/Soft/0000:07:00.0", "/",
               "proc/1/comm", "systemd\n", "proc/1/fd/9", "->/dev/watchdog");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "process watchdog0 -> active\n"
                      "process watchdog0 -> systemd (1)\n");
    ifxAssertEvidence("0000:05:00.0", "process watchdog1 -> active\n");
    ifxAssertEvidence("0000:06:00.0", "");
    ifxAssertEvidence("0000:07:00.0", "");
}
END_TEST

/* /dev/zero under another name, where the test may make one; else by its own. */
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

Suite *
ifxSuiteUseProcess(void)
{
    Suite *suite = suite_create("use-process");
    TCase *vfio = tcase_create("vfio");
    TCase *process = tcase_create("process");
    TCase *node = tcase_create("node");
    TCase *sight = tcase_create("sight");

    tcase_add_checked_fixture(vfio, ifxTestStart, ifxTestEnd);
    tcase_add_test(vfio, a_group_that_nobody_has_is_free);
    tcase_add_test(vfio, a_process_with_a_group_holds_every_member);
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

    tcase_add_checked_fixture(node, ifxTestStart, ifxTestEnd);
    tcase_add_loop_test(node, a_node_is_what_its_number_leads_to, 0, G_N_ELEMENTS(nodes));
    tcase_add_test(node, a_node_of_an_nvme_subsystem_is_on_its_controllers);
    tcase_add_test(node, a_number_is_another_name_of_a_thing);
    tcase_add_test(node, what_a_domain_listens_to_is_its_need);
    tcase_add_test(node, a_watchdog_that_runs_is_in_use);
    suite_add_tcase(suite, node);

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
