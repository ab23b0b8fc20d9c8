/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence.h"
#include "loader.h"
#include "suite.h"
#include "tree.h"

/* One controller with sda and its partitions sda1 and sda2; nothing is mounted. */
#define DISK "0000:00:17.0"
#define DISK_PATH "sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"
#define ROOT "1 0 0:2 / / rw - tmpfs tmpfs rw\n"

static char *root;

static void
ifxTestAdd(const char *path,
           const char *content)
{
    const char *const entries[] = { path, content, NULL };

    ifxTestTreeAdd(root, entries);
}

/* Replaces the file. */
static void
ifxTestPut(const char *path,
           const char *content)
{
    g_autofree char *full = g_build_filename(root, path, NULL);

    unlink(full);
    ifxTestAdd(path, content);
}

static void
ifxTestAddIn(const char *folder,
             const char *name,
             const char *content)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    ifxTestAdd(path, content);
}

/* A block device at @path, which ends with its name; @udev NULL: udev does not know it. */
static void
ifxTestAddBlock(const char *path,
                const char *number,
                const char *udev)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *link = g_strconcat("sys/class/block/", name, NULL);
    g_autofree char *target = g_strconcat("->../../../", path, NULL);
    g_autofree char *data = g_strconcat("run/udev/data/b", number, NULL);

    ifxTestAdd(link, target);
    ifxTestAddIn(path, "dev", number);
    ifxTestAddIn(path, "size", "1000\n");
    if (udev)
        ifxTestAdd(data, udev);
}

static void
ifxTestAddStacked(const char *name,
                  const char *number,
                  const char *below,
                  const char *udev)
{
    g_autofree char *path = g_strconcat("sys/devices/virtual/block/", name, NULL);
    g_autofree char *slave = g_strconcat("slaves/", below, NULL);

    ifxTestAddBlock(path, number, udev);
    ifxTestAddIn(path, slave, "->../../../../../class/block/x");
}

static void
ifxTestSetup(void)
{
    const char *const nothing[] = { NULL };

    root = ifxTestTreeNew(nothing);
    ifxTestAddBlock(DISK_PATH, "8:0", "E:ID_PART_TABLE_TYPE=gpt\nS:disk/by-id/ata-DISK\n");
    ifxTestAddBlock(DISK_PATH "/sda1", "8:1", "E:ID_FS_TYPE=ext4\nS:disk/by-uuid/one\n");
    ifxTestAddBlock(DISK_PATH "/sda2", "8:2", "I:1\n");
    ifxTestAdd(DISK_PATH "/sda1/partition", "1\n");
    ifxTestAdd(DISK_PATH "/sda2/partition", "2\n");
    ifxTestAdd("proc/1/mountinfo", ROOT);
    ifxTestAdd("proc/1/ns/mnt", "->mnt:[1]");
    ifxTestAdd("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
}

static void
ifxTestTeardown(void)
{
    ifxTestTreeFree(root);
}

static ifxUseGraph *
ifxTestLoad(void)
{
    ifxUseGraph *graph = ifxUseGraphNew();

    ifxTestRunLoader("block", root, graph);
    ifxTestRunLoader("mount", root, graph);
    return graph;
}

/* The evidence against the disk, and whether there is sight. */
static void
ifxAssertDisk(const char *expected,
              bool seen)
{
    g_autoptr(ifxUseGraph) graph = ifxTestLoad();

    ifxTestExpect(graph, DISK, expected);
    ck_assert_int_eq(ifxUseGraphGetSight(graph), seen ? IFX_SIGHT_STORAGE : 0);
}

START_TEST(idle_disk_is_free)
{
    ifxAssertDisk("", true);
}
END_TEST

typedef struct {
    const char *mounts;
    const char *evidence;
} ifxTestMounts;

static const ifxTestMounts mounts[] = {
    { "2 1 8:1 / /mnt rw shared:1 - ext4 /dev/sda1 rw\n", "mounted: sda -> sda1 -> /mnt\n" },
    /* By the number of the device, whatever the source is called */
    { "2 1 8:1 / / rw - ext4 /dev/root rw\n", "mounted: sda -> sda1 -> /\n" },
    { "2 1 8:1 /a /b\\040c rw - ext4 /dev/sda1 rw\n", "mounted: sda -> sda1 -> /b c\n" },
    { "2 1 8:0 / /whole rw - xfs /dev/sda rw\n", "mounted: sda -> /whole\n" },
    /* Without a number of its own by the source and udev's links */
    { "2 1 0:42 /@ /srv rw - btrfs /dev/sda2 rw\n", "mounted: sda -> sda2 -> /srv\n" },
    { "2 1 0:42 / /srv rw - btrfs /dev/disk/by-uuid/one rw\n", "mounted: sda -> sda1 -> /srv\n" },
    { "2 1 0:42 / /srv rw - bcachefs /dev/sda1:/dev/sda2 rw\n",
      "mounted: sda -> sda1 -> bcachefs -> /srv\n" },
    { "2 1 0:42 / /srv rw - fuse.ntfs-3g /dev/sda1 rw\n", "mounted: sda -> sda1 -> /srv\n" },
    /* Of many mounts the vital and the shortest ones */
    { "2 1 8:1 / /aaaa rw - ext4 x rw\n3 1 8:1 / /bbb rw - ext4 x rw\n"
      "4 1 8:1 / /cc rw - ext4 x rw\n5 1 8:1 / /var rw - ext4 x rw\n"
      "6 1 8:1 / /ddddd rw - ext4 x rw\n7 1 8:1 / /cc rw - ext4 x rw\n",
      "mounted: sda -> sda1 -> /var\nmounted: sda -> sda1 -> /cc\nmounted: sda -> sda1 -> /bbb\n"
      "mounted: sda -> sda1 -> 2 more mounts\n" },
    { "2 1 8:1 / / rw - ext4 x rw\n3 1 8:1 / /usr rw - ext4 x rw\n4 1 8:1 / /var rw - ext4 x rw\n"
      "5 1 8:1 / /boot rw - ext4 x rw\n6 1 8:1 / /a rw - ext4 x rw\n",
      "mounted: sda -> sda1 -> /\nmounted: sda -> sda1 -> /usr\nmounted: sda -> sda1 -> /var\n"
      "mounted: sda -> sda1 -> /boot\nmounted: sda -> sda1 -> 1 more mount\n" },
    { "2 1 0:42 / /run rw - tmpfs tmpfs rw\n3 1 0:43 / /net rw - nfs4 host:/dev/sda1 rw\n", "" },
    { "2 1 7:7 / /gone rw - ext4 /dev/gone rw\n", "" },
};

START_TEST(mounts_lead_to_their_disk)
{
    g_autofree char *text = g_strconcat(ROOT, mounts[_i].mounts, NULL);

    ifxTestPut("proc/1/mountinfo", text);
    ifxAssertDisk(mounts[_i].evidence, true);
}
END_TEST

START_TEST(what_the_host_lives_on_is_vital)
{
    static const char *const folders[] = {
        "/", "/boot", "/boot/efi", "/efi", "/usr", "/var", "/home", "/usr/local",
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *text = g_strdup_printf("2 1 8:1 / %s rw - ext4 /dev/sda1 rw\n",
                                                folders[i]);
        const ifxPciAddress address = { .slot = 0x17 };
        g_autoptr(ifxUseGraph) graph = NULL;
        const GPtrArray *evidence;

        ifxTestPut("proc/1/mountinfo", text);
        graph = ifxTestLoad();
        evidence = ifxUseEvidenceGet(graph, &address);
        ck_assert_int_eq(((const ifxUse *) evidence->pdata[0])->vital, i < 6);
    }
}
END_TEST

START_TEST(other_namespaces_are_looked_into)
{
    ifxTestAdd("proc/812/ns/mnt", "->mnt:[2]");
    ifxTestAdd("proc/812/comm", "nginx\n");
    ifxTestAdd("proc/812/mountinfo", "2 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    ifxTestAdd("proc/813/ns/mnt", "->mnt:[2]");
    ifxTestAdd("proc/813/mountinfo", "2 1 8:2 / /same/space rw - ext4 /dev/sda2 rw\n");
    ifxTestAdd("proc/814/ns/mnt", "->mnt:[1]");
    ifxTestAdd("proc/814/mountinfo", "2 1 8:2 / /own/space rw - ext4 /dev/sda2 rw\n");
    ifxAssertDisk("mounted: sda -> sda1 -> / (in the mount namespace of nginx, process 812)\n",
                  true);
}
END_TEST

START_TEST(without_process_1_it_is_the_tools_own_namespace)
{
    ifxTestPut("proc/1/mountinfo", "");
    ifxTestAdd("proc/self", "->77");
    ifxTestAdd("proc/77/mountinfo", "2 1 8:1 / /mnt rw - ext4 /dev/sda1 rw\n");
    ifxAssertDisk("mounted: sda -> sda1 -> /mnt\n", true);
}
END_TEST

typedef struct {
    const char *swaps;
    const char *evidence;
} ifxTestSwaps;

static const ifxTestSwaps swaps[] = {
    { "/dev/sda2 partition\t1\t0\t-2\n", "swap: sda -> sda2 -> swap\n" },
    { "/dev/disk/by-id/ata-DISK partition\t1\t0\t-2\n", "swap: sda -> swap\n" },
    { "/srv/a\\040file file\t1\t0\t-2\n",
      "mounted: sda -> sda1 -> /srv\nswap: sda -> sda1 -> swap file /srv/a file\n" },
    { "/dev/zram0 partition\t1\t0\t-2\n", "" },
};

START_TEST(swap_leads_to_its_disk)
{
    g_autofree char *text =
        g_strconcat("Filename Type Size Used Priority\n", swaps[_i].swaps, NULL);

    if (strstr(text, "file\t"))
        ifxTestPut("proc/1/mountinfo", ROOT "2 1 8:1 / /srv rw - ext4 /dev/sda1 rw\n");
    ifxTestPut("proc/swaps", text);
    ifxAssertDisk(swaps[_i].evidence, true);
}
END_TEST

typedef struct {
    const char *udev;       /* of sda2; NULL: udev does not know it */
    const char *words;      /* NULL: it is free */
} ifxTestLeft;

static const ifxTestLeft left[] = {
    { "E:ID_FS_TYPE=ext4\n", NULL },
    { "E:ID_FS_TYPE=crypto_LUKS\n", NULL },
    { "E:ID_FS_TYPE=swap\n", NULL },
    { "E:ID_FS_TYPE=btrfs\n", NULL },
    { "E:ID_FS_TYPE=LVM2_member\n", "member of LVM" },
    { "E:ID_FS_TYPE=linux_raid_member\n", "member of a RAID" },
    { "E:ID_FS_TYPE=isw_raid_member\n", "member of a RAID" },
    { "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n", "member of ZFS" },
    { "E:ID_FS_TYPE=ceph_bluestore\n", "disk of Ceph" },
    { "E:ID_FS_TYPE=bcache\n", "part of bcache" },
    { "E:ID_FS_TYPE=drbd\n", "part of DRBD" },
    { "E:ID_FS_TYPE=mpath_member\n", "path of multipath" },
    { "E:ID_FS_TYPE=VMFS_volume_member\n", "member of VMFS" },
    { NULL, "content unknown" },
};

START_TEST(what_is_on_an_unmounted_disk_may_be_needed)
{
    g_autofree char *expected = left[_i].words ?
        g_strdup_printf("unclear: sda -> sda2 -> %s\n", left[_i].words) : g_strdup("");

    ifxTestPut("run/udev/data/b8:2", left[_i].udev ? left[_i].udev : "->nowhere");
    ifxAssertDisk(expected, true);
}
END_TEST

START_TEST(card_reader_without_a_card_is_free)
{
    ifxTestPut(DISK_PATH "/sda2/size", "0\n");
    ifxTestPut("run/udev/data/b8:2", "->nowhere");
    ifxAssertDisk("", true);
}
END_TEST

START_TEST(stacks_lead_down_to_the_disk)
{
    ifxTestAddStacked("dm-0", "254:0", "sda2", "E:ID_FS_TYPE=LVM2_member\n");
    ifxTestAdd("sys/devices/virtual/block/dm-0/dm/uuid", "CRYPT-LUKS2-x\n");
    ifxTestAdd("sys/devices/virtual/block/dm-0/dm/name", "luks\n");
    ifxTestAddStacked("dm-1", "254:1", "dm-0", "E:ID_FS_TYPE=ext4\n");
    ifxTestAdd("sys/devices/virtual/block/dm-1/dm/uuid", "LVM-x\n");
    ifxTestAdd("sys/devices/virtual/block/dm-1/dm/name", "vg-lv\n");
    ifxAssertDisk("unclear: sda -> sda2 -> dm-0 (luks) -> dm-1 (lvm) -> assembled, not mounted\n",
                  true);
    ifxTestPut("proc/1/mountinfo", ROOT "2 1 0:9 / /mnt rw - btrfs /dev/mapper/vg-lv rw\n");
    ifxAssertDisk("mounted: sda -> sda2 -> dm-0 (luks) -> dm-1 (lvm) -> /mnt\n", true);
}
END_TEST

START_TEST(a_disk_of_ata_over_ethernet_sits_on_its_interfaces)
{
    g_autoptr(ifxUseGraph) graph = ifxUseGraphNew();
    ifxPciAddress address;

    ifxTestAddBlock("sys/devices/virtual/block/etherd!e0.0", "152:0", NULL);
    ifxTestAdd("sys/devices/virtual/block/etherd!e0.0/netif", "eth0,eth1\n");
    ck_assert(ifxPciAddressParse(DISK, &address));
    ifxUseGraphAddDevice(graph, "net/eth1", &address);
    ifxUseGraphAddThing(graph, "net/eth1", "eth1");
    ifxTestRunLoader("block", root, graph);
    ifxUseGraphAddUse(graph, ifxUseGraphLookup(graph, "/dev/etherd/e0.0"), IFX_USE_MOUNTED, false,
                      "/srv");
    ifxTestExpect(graph, DISK, "mounted: eth1 -> etherd!e0.0 -> /srv\n");
}
END_TEST

START_TEST(a_loop_device_sits_where_its_file_is)
{
    ifxTestAddBlock("sys/devices/virtual/block/loop0", "7:0", "E:ID_FS_TYPE=ext4\n");
    ifxTestAdd("sys/devices/virtual/block/loop0/loop/backing_file", "/srv/x.img (deleted)\n");
    ifxTestPut("proc/1/mountinfo", ROOT "2 1 8:1 / /srv rw - ext4 /dev/sda1 rw\n"
               "3 1 7:0 / /var rw - ext4 /dev/loop0 rw\n");
    ifxAssertDisk("mounted: sda -> sda1 -> /srv\nmounted: sda -> sda1 -> loop0 -> /var\n", true);
}
END_TEST

START_TEST(btrfs_of_two_disks_and_pools_lead_to_all)
{
    ifxTestAdd("sys/fs/btrfs/UUID/devices/sda1", "->x");
    ifxTestAdd("sys/fs/btrfs/UUID/devices/sdb", "->x");
    ifxTestPut("proc/1/mountinfo", ROOT "2 1 0:42 / /srv rw - btrfs /dev/sdb rw\n"
               "3 1 0:43 / /tank rw - zfs tank/home rw\n");
    ifxTestAddBlock("sys/devices/pci0000:00/0000:00:18.0/block/sdb", "8:16", "I:1\n");
    ifxTestPut("run/udev/data/b8:2", "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n");
    ifxAssertDisk("mounted: sda -> sda1 -> btrfs -> /srv\n"
                  "mounted: sda -> sda2 -> tank (zfs) -> /tank\n", true);
}
END_TEST

START_TEST(what_sysfs_says_is_mounted_somewhere_is_not_free)
{
    ifxTestAdd("sys/fs/ext4/sda1/errors_count", "0\n");
    ifxTestAdd("sys/fs/ext4/features/x", "0\n");
    ifxTestAdd("sys/fs/btrfs/UUID/devices/sda2", "->x");
    ifxAssertDisk("mounted: sda -> sda1 -> mounted, mount point not visible\n"
                  "mounted: sda -> sda2 -> mounted, mount point not visible\n", true);
}
END_TEST

START_TEST(nvme_disk_of_two_controllers_leads_to_both)
{
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestAddBlock("sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "259:0", "I:1\n");
    ifxTestAdd("sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
               "->../../../pci0000:00/0000:02:00.0/nvme/nvme0");
    ifxTestAdd("sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1",
               "->../../../pci0000:00/0000:03:00.0/nvme/nvme1");
    ifxTestAdd("sys/devices/pci0000:00/0000:02:00.0/nvme/nvme0", "/");
    ifxTestAdd("sys/devices/pci0000:00/0000:03:00.0/nvme/nvme1", "/");
    ifxTestPut("proc/1/mountinfo", "2 1 259:0 / / rw - ext4 /dev/nvme0n1 rw\n");
    graph = ifxTestLoad();
    ifxTestExpect(graph, "0000:02:00.0", "mounted: nvme0n1 -> /\n");
    ifxTestExpect(graph, "0000:03:00.0", "mounted: nvme0n1 -> /\n");
}
END_TEST

typedef struct {
    const char *path;
    const char *content;    /* NULL: a FIFO is there */
    bool seen;
} ifxTestHostile;

static const ifxTestHostile hostile[] = {
    { "proc/1/mountinfo", "", false },
    { "proc/1/mountinfo", NULL, false },
    { "proc/1/mountinfo", "/", false },
    { "proc/1/mountinfo", "no mount at all\n", false },
    { "proc/1/mountinfo", ROOT "2 1 8:1 / /mnt rw - \n", false },
    { "proc/1/mountinfo", "->mountinfo", false },
    { "proc/swaps", NULL, false },
    { "proc/swaps", "/", false },
    { "proc/swaps", "->nowhere", true },
    { "run/udev/data/b8:1", NULL, true },
    { "sys/class/block/loop", "->loop", true },
    { "sys/class/block/nothing", "->nowhere", true },
    { "sys/class/block/outside", "->/", true },
    { "sys/class/block/file", "text", true },
    { "proc/5/ns/mnt", "->mnt:[5]", true },
    { "proc/6/mountinfo", "binary \001\377\n", true },
};

START_TEST(hostile_trees_harm_nobody)
{
    g_autofree char *path = g_build_filename(root, hostile[_i].path, NULL);

    if (hostile[_i].content) {
        ifxTestPut(hostile[_i].path, hostile[_i].content);
    } else {
        unlink(path);
        ck_assert_int_eq(mkfifo(path, 0600), 0);
    }
    {
        g_autoptr(ifxUseGraph) graph = ifxTestLoad();

        ck_assert_int_eq(ifxUseGraphGetSight(graph), hostile[_i].seen ? IFX_SIGHT_STORAGE : 0);
    }
}
END_TEST

START_TEST(stacks_in_a_circle_end)
{
    ifxTestAddStacked("dm-0", "254:0", "dm-1", "I:1\n");
    ifxTestAddStacked("dm-1", "254:1", "dm-0", "I:1\n");
    ifxTestAdd("sys/devices/virtual/block/dm-1/slaves/sda2", "->x");
    ifxTestPut("proc/1/mountinfo", "2 1 254:0 / / rw - ext4 /dev/dm-0 rw\n");
    ifxAssertDisk("mounted: sda -> sda2 -> dm-1 -> dm-0 -> /\n", true);
}
END_TEST

Suite *
ifxSuiteUseStorage(void)
{
    Suite *suite = suite_create("use-storage");
    TCase *tests = tcase_create("tests");

    tcase_add_checked_fixture(tests, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(tests, idle_disk_is_free);
    tcase_add_loop_test(tests, mounts_lead_to_their_disk, 0, G_N_ELEMENTS(mounts));
    tcase_add_test(tests, what_the_host_lives_on_is_vital);
    tcase_add_test(tests, other_namespaces_are_looked_into);
    tcase_add_test(tests, without_process_1_it_is_the_tools_own_namespace);
    tcase_add_loop_test(tests, swap_leads_to_its_disk, 0, G_N_ELEMENTS(swaps));
    tcase_add_loop_test(tests, what_is_on_an_unmounted_disk_may_be_needed, 0, G_N_ELEMENTS(left));
    tcase_add_test(tests, card_reader_without_a_card_is_free);
    tcase_add_test(tests, stacks_lead_down_to_the_disk);
    tcase_add_test(tests, a_loop_device_sits_where_its_file_is);
    tcase_add_test(tests, a_disk_of_ata_over_ethernet_sits_on_its_interfaces);
    tcase_add_test(tests, btrfs_of_two_disks_and_pools_lead_to_all);
    tcase_add_test(tests, what_sysfs_says_is_mounted_somewhere_is_not_free);
    tcase_add_test(tests, nvme_disk_of_two_controllers_leads_to_both);
    tcase_add_loop_test(tests, hostile_trees_harm_nobody, 0, G_N_ELEMENTS(hostile));
    tcase_add_test(tests, stacks_in_a_circle_end);
    suite_add_tcase(suite, tests);
    return suite;
}
