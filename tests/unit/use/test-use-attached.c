/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "tree.h"

#define IFX_TEST_PLACE "sys/devices/pci0000:00/0000:04:00.0"

static const ifxPciAddress address = { .bus = 4 };

static char *root;
static ifxUseGraph *graph;

static void
ifxSetUp(void)
{
    static const char *const entries[] = {
        IFX_TEST_PLACE "/class", "0x0c0330",
        IFX_TEST_PLACE "/subsystem", "->../../../bus/pci",
        IFX_TEST_PLACE "/driver", "->../../../bus/pci/drivers/host",
        IFX_TEST_PLACE "/power/control", "on",
        "sys/bus/pci/devices/0000:04:00.0", "->../../../../" IFX_TEST_PLACE, NULL,
    };

    root = ifxTestTreeNew(entries);
    graph = NULL;
}

static void
ifxTearDown(void)
{
    ifxUseGraphUnref(graph);
    ifxTestTreeFree(root);
}

/* A line is a device below the PCI device: "FOLDER SUBSYSTEM", then FILE=TEXT; driver= is a link. */
static void
ifxTestAddLine(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint i;

    for (i = 1; words[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);
        g_autofree char *path = g_strconcat(IFX_TEST_PLACE, "/", words[0], "/",
                                            i == 1 ? "subsystem" : pair[0], NULL);
        g_autofree char *text = i == 1 ? g_strconcat("->/sys/class/", words[1], NULL) :
            g_strconcat(strcmp(pair[0], "driver") == 0 ? "->/sys/bus/x/drivers/" : "", pair[1],
                        NULL);
        const char *entries[] = { path, text, NULL };

        ifxTestTreeAdd(root, entries);
    }
}

static const ifxUseAttached *
ifxTestFind(const char *lines)
{
    g_auto(GStrv) split = g_strsplit(lines, "\n", -1);
    guint i;

    for (i = 0; split[i]; i++) {
        if (*split[i])
            ifxTestAddLine(split[i]);
    }
    graph = ifxUseLoad(root);
    ck_assert(ifxUseGraphGetSight(graph) & IFX_SIGHT_DEVICES);
    return ifxUseAttachedFind(graph, &address);
}

typedef struct {
    const char *lines;
    const char *ids;
} ifxTestAttached;

static const ifxTestAttached attached[] = {
    { "", "" },
    /* root hub and hub alone; a device; its driver's interfaces */
    { "usb1 usb bDeviceClass=09\nusb1/1-0:1.0 usb driver=hub\n"
      "usb1/1-4 usb bDeviceClass=09\nusb1/1-4/1-4:1.0 usb driver=hub", "" },
    { "usb1 usb bDeviceClass=09\nusb1/1-4 usb bDeviceClass=00", "usb/1-4" },
    { "usb1 usb\nusb1/1-4 usb bDeviceClass=ff\nusb1/1-4/1-4:1.0 usb driver=usbfs", "usb/1-4" },
    { "usb1 usb\nusb1/1-4 usb bDeviceClass=ff\nusb1/1-4/1-4:1.0 usb driver=r8152",
      "usb/1-4 interface/1-4 (r8152)" },
    { "usb1 usb\nusb1/1-4 usb bDeviceClass=ff\nusb1/1-4/1-4:1.0 usb driver=cdc_ncm\n"
      "usb1/1-4/1-4:1.1 usb driver=cdc_ncm\nusb1/1-4/1-4:1.0/net/eth1 net", "net/eth1 usb/1-4" },
    { "usb1 usb\nusb1/1-4 usb bDeviceClass=00\nusb1/1-4/1-4:1.0 usb driver=usb-storage\n"
      "usb1/1-4/1-4:1.0/host6 scsi\nusb1/1-4/1-4:1.0/host6/scsi_host/host6 scsi_host\n"
      "usb1/1-4/1-4:1.0/host6/target6:0:0/6:0:0:0/block/sdb block",
      "scsi_host/host6 block/sdb usb/1-4" },
    /* a keyboard, and an uninterruptible power supply */
    { "usb1 usb\nusb1/1-4 usb bDeviceClass=00\nusb1/1-4/1-4:1.0 usb driver=usbhid\n"
      "usb1/1-4/1-4:1.0/0003:046D:C31C.0001 hid\n"
      "usb1/1-4/1-4:1.0/0003:046D:C31C.0001/hidraw/hidraw0 hidraw\n"
      "usb1/1-4/1-4:1.0/0003:046D:C31C.0001/input/input4 input", "input/input4 usb/1-4" },
    { "usb1 usb\nusb1/1-4 usb bDeviceClass=00\nusb1/1-4/1-4:1.0 usb driver=usbhid\n"
      "usb1/1-4/1-4:1.0/0003:051D:0002.0001 hid\n"
      "usb1/1-4/1-4:1.0/0003:051D:0002.0001/hidraw/hidraw0 hidraw", "hidraw/hidraw0 usb/1-4" },
    /* a card reader without a card, with one, and with a network card */
    { "rtsx_pci_sdmmc.0 platform driver=rtsx_pci_sdmmc\n"
      "rtsx_pci_sdmmc.0/mmc_host/mmc0 mmc_host", "" },
    { "rtsx_pci_sdmmc.0/mmc_host/mmc0/mmc0:0001 mmc\n"
      "rtsx_pci_sdmmc.0/mmc_host/mmc0/mmc0:0001/block/mmcblk0 block", "block/mmcblk0" },
    { "mmc_host/mmc0/mmc0:0001/mmc0:0001:1 sdio driver=brcmfmac", "sdio/mmc0:0001:1" },
    { "mmc_host/mmc0/mmc0:0001/mmc0:0001:1 sdio", "" },
    { "dma/dma0chan0 dma in_use=0\ndma/dma0chan1 dma in_use=0", "" },
    { "dma/dma0chan0 dma in_use=0\ndma/dma0chan1 dma in_use=1", "dma/dma0chan1" },
    { "infiniband/mlx5_0 infiniband ports/1/state=1:DOWN\n"
      "infiniband_verbs/uverbs0 infiniband_verbs", "infiniband/mlx5_0 infiniband_verbs/uverbs0" },
    { "infiniband/mlx5_0 infiniband ports/1/state=4:ACTIVE", "rdma/mlx5_0" },
    { "bluetooth/hci0 bluetooth", "" },
    { "bluetooth/hci0 bluetooth\nbluetooth/hci0/hci0:256 bluetooth", "bluetooth/hci0:256" },
    { "domain0 thunderbolt\ndomain0/0-0 thunderbolt\ndomain0/0-0/0-0:1.1 thunderbolt", "" },
    { "domain0 thunderbolt\ndomain0/0-0 thunderbolt\ndomain0/0-0/0-1 thunderbolt",
      "thunderbolt/0-1" },
    { "0000:04:00.0:0/0000:04:00.0:0.1/tty/ttyS4 tty console=N", "tty/ttyS4" },
    { "tty/ttyS4 tty console=Y", "console/ttyS4" },
    { "virtio3 virtio driver=virtiofs", "virtio/virtio3" },
    { "virtio3 virtio driver=9pnet_virtio", "virtio/virtio3" },
    { "virtio3 virtio driver=virtio_rng", "" },
    { "virtio3 virtio driver=virtio_blk\nvirtio3/block/vda block", "block/vda" },
    { "virtio3 virtio", "" },
    /* of several of a kind one; nothing below a disk, an interface, a card */
    { "nvme/nvme0 nvme\nnvme/nvme0/nvme0n1 block\nnvme/nvme0/nvme0n1/nvme0n1p1 block\n"
      "nvme/nvme0/ng0n1 nvme-generic\nnvme/nvme0/hwmon1 hwmon",
      "nvme-generic/ng0n1 block/nvme0n1 nvme/nvme0" },
    { "sound/card0 sound\nsound/card0/input5 input", "input/input5" },
    { "sound/card0 sound\nsound/card0/seq-midi-0-0 snd_seq\nsound/card0/midiC0D0 sound\n"
      "sound/card0/0-0:ALC850 ac97\ngameport0 gameport", "" },
    { "drm/card0 drm\ndrm/card0/card0-DP-1 drm\ni2c-4 i2c\ni2c-4/i2c-dev/i2c-4 i2c-dev",
      "drm/card0 i2c-dev/i2c-4" },
    { "ptp/ptp0 ptp\nnet/eno1 net", "net/eno1 ptp/ptp0" },
    /* what goes with it */
    { "pci10000:e0/10000:e0:06.0 pci\npci10000:e0/10000:e0:06.0/10000:e1:00.0 pci\n"
      "pci10000:e0/10000:e0:06.0/10000:e1:00.0/nvme/nvme0 nvme", "nvme/nvme0 pci/10000:e1:00.0" },
    { "tpm/tpm0 tpm", "tpm/tpm0" },
    { "strange/thing0 no-such-kind", "no-such-kind/thing0" },
};

START_TEST(devices_below_in_sysfs_raise_questions)
{
    const ifxUseAttached *found = ifxTestFind(attached[_i].lines);
    g_autofree char *ids = NULL;

    g_ptr_array_add(found->ids, NULL);
    ids = g_strjoinv(" ", (char **) found->ids->pdata);
    g_ptr_array_set_size(found->ids, (int) found->ids->len - 1);
    ck_assert_str_eq(ids, attached[_i].ids);
    ck_assert(found->complete);
}
END_TEST

START_TEST(a_device_that_is_not_there_carries_what_nobody_knows)
{
    const ifxPciAddress other = { .bus = 5 };

    ck_assert(ifxTestFind("usb1 usb")->complete);
    ck_assert(!ifxUseAttachedFind(graph, &other)->complete);
}
END_TEST

START_TEST(a_tree_is_read_once)
{
    ck_assert_uint_eq(ifxTestFind("usb1 usb")->ids->len, 0);
    ifxTestAddLine("usb1/1-4 usb");
    ck_assert_uint_eq(ifxUseAttachedFind(graph, &address)->ids->len, 0);
}
END_TEST

START_TEST(each_kind_is_found)
{
    static const char *const names[] = { "accel", "block", "usb", "wwan", "pci", "sound" };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++)
        ck_assert_str_eq(ifxUseKindRowLookup(names[i])->name, names[i]);
    ck_assert_str_eq(ifxUseKindRowLookup("block2")->name, "");
    ck_assert_ptr_nonnull(ifxUseKindRowLookup("")->unlisted);
}
END_TEST

START_TEST(questions_have_words)
{
    g_autofree char *one = ifxSightDescribe(IFX_SIGHT_PROCESSES);
    g_autofree char *two = ifxSightDescribe(IFX_SIGHT_DEVICES | IFX_SIGHT_STORAGE);

    ck_assert_str_eq(one, "what processes have open");
    ck_assert_str_eq(two, "what hangs on it, which disks are in use");
}
END_TEST

Suite *
ifxSuiteUseAttached(void)
{
    Suite *suite = suite_create("use-attached");
    TCase *all = tcase_create("all");

    tcase_add_checked_fixture(all, ifxSetUp, ifxTearDown);
    tcase_add_loop_test(all, devices_below_in_sysfs_raise_questions, 0, G_N_ELEMENTS(attached));
    tcase_add_test(all, a_device_that_is_not_there_carries_what_nobody_knows);
    tcase_add_test(all, a_tree_is_read_once);
    tcase_add_test(all, each_kind_is_found);
    tcase_add_test(all, questions_have_words);
    suite_add_tcase(suite, all);
    return suite;
}
