/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-use-process.h"

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
    { IFX_TEST_PCI "usb1/1-4/1-4:1.0/0003:051D:0002.0001/hidraw/hidraw0", "hidraw", "hidraw0",
      "process usb 1-4 -> hidraw0 -> cat (9)\n" },
    { "sys/devices/virtual/mem/null", "mem", "null", "" },
    { "sys/devices/virtual/misc/hwrng", "misc", "hwrng", "" },
    { "sys/devices/platform/serial8250/tty/ttyS0", "tty", "ttyS0", "" },
};

/* Of a keyboard, which has an input device too. */
START_TEST(hidraw_beside_input_is_input)
{
    static const char dir[] = IFX_TEST_PCI "usb1/1-4/1-4:1.0/0003:046D:C31C.0001/hidraw/hidraw0";
    g_autofree char *device = g_strconcat(dir, "/device", NULL);

    ifxTestAddNode(dir, "hidraw", "240:7", "hidraw0");
    ifxTestAdd("proc/9/comm", "cat\n", "proc/9/fd/3", "->/dev/char/240:7", device, "->../..");
    ifxTestAdd(IFX_TEST_PCI "usb1/1-4/1-4:1.0/0003:046D:C31C.0001/input", "/");
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "listener usb 1-4 -> hidraw0 -> cat (9)\n");
}
END_TEST

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

START_TEST(a_controller_that_nvmet_hands_on_is_held)
{
    ifxTestAddNode(IFX_TEST_PCI "nvme/nvme0", "nvme", "240:0", "nvme0");
    ifxTestAddNode("sys/devices/pci0000:00/0000:05:00.0/nvme/nvme1", "nvme", "240:1", "nvme1");
    ifxTestAdd("sys/kernel/config/nvmet/subsystems/nqn.a/passthru/device_path", "/dev/nvme0\n",
               "sys/kernel/config/nvmet/subsystems/nqn.a/passthru/enable", "1\n",
               "sys/kernel/config/nvmet/subsystems/nqn.b/passthru/device_path", "/dev/nvme1\n",
               "sys/kernel/config/nvmet/subsystems/nqn.b/passthru/enable", "0\n",
               "sys/kernel/config/nvmet/subsystems/nqn.c/passthru/device_path", "/dev/nvme7\n",
               "sys/kernel/config/nvmet/subsystems/nqn.c/passthru/enable", "1\n");
    graph->sysroot = g_strdup(host);
    ifxTestRunLoader("export", host, graph);
    ifxAssertEvidence("0000:04:00.0", "other nvme0 -> exported over NVMe: nqn.a/passthru\n");
    ifxAssertEvidence("0000:05:00.0", "");
}
END_TEST

START_TEST(a_port_of_fibre_channel_that_exports_is_held)
{
    ifxTestAdd("sys/class/scsi_host/host5",
               "->../../devices/pci0000:00/0000:04:00.0/host5/scsi_host/host5",
               "sys/devices/pci0000:00/0000:04:00.0/host5/scsi_host/host5", "/",
               "sys/class/scsi_host/host6",
               "->../../devices/pci0000:00/0000:05:00.0/host6/scsi_host/host6",
               "sys/devices/pci0000:00/0000:05:00.0/host6/scsi_host/host6", "/",
               "sys/class/scsi_host/host7",
               "->../../devices/pci0000:00/0000:06:00.0/host7/scsi_host/host7",
               "sys/devices/pci0000:00/0000:06:00.0/host7/scsi_host/host7", "/",
               "sys/class/fc_host/host5/port_name", "0x21000024ff314c48\n",
               "sys/class/fc_host/host6/port_name", "0x10000090fa942779\n",
               "sys/class/fc_host/host7/port_name", "0x21000024ff314c49\n");
    ifxTestAdd("sys/kernel/config/target/qla2xxx/21:00:00:24:ff:31:4C:48/tpgt_1/enable", "1\n",
               "sys/kernel/config/target/qla2xxx/21:00:00:24:ff:31:4c:49/tpgt_1/enable", "0\n",
               "sys/kernel/config/target/core/iblock_0/disk/enable", "1\n",
               "sys/kernel/config/nvmet/ports/1/addr_traddr",
               "nn-0x20000090fa942779:pn-0x10000090fa942779\n",
               "sys/kernel/config/nvmet/ports/1/subsystems/nqn.a", "/",
               "sys/kernel/config/nvmet/ports/2/addr_traddr",
               "nn-0x20000024ff314c49:pn-0x21000024ff314c49\n",
               "sys/kernel/config/nvmet/ports/2/subsystems", "/");
    graph->sysroot = g_strdup(host);
    ifxTestRunLoader("bus", host, graph);
    ifxTestRunLoader("export", host, graph);
    ifxAssertEvidence("0000:04:00.0",
                      "other host5 -> exported by LIO: 21:00:00:24:ff:31:4C:48\n");
    ifxAssertEvidence("0000:05:00.0", "other host6 -> exported over NVMe: port 1\n");
    ifxAssertEvidence("0000:06:00.0", "");
}
END_TEST

/* An accelerator of the class @code with a driver of this module. */
static void
ifxTestAddAccelerator(const char *address,
                      const char *code,
                      const char *module)
{
    g_autofree char *dir = g_strconcat("sys/devices/pci0000:00/", address, NULL);
    g_autofree char *class = g_strconcat(dir, "/class", NULL);
    g_autofree char *link = g_strconcat("sys/bus/pci/devices/", address, NULL);
    g_autofree char *to = g_strconcat("->../../../devices/pci0000:00/", address, NULL);
    g_autofree char *driver = g_strconcat(dir, "/driver", NULL);
    g_autofree char *of = g_strconcat("->../../../bus/pci/drivers/", module, NULL);
    g_autofree char *owner = g_strconcat("sys/bus/pci/drivers/", module, "/module", NULL);
    g_autofree char *owner_to = g_strconcat("->../../../../module/", module, NULL);
    g_autofree char *loaded = g_strconcat("sys/module/", module, "/holders", NULL);

    ifxTestAdd(class, code, link, to, driver, of, owner, owner_to, loaded, "/");
}

START_TEST(an_accelerator_whose_ciphers_somebody_has_is_unclear)
{
    ifxTestAddAccelerator("0000:04:00.0", "0x108000\n", "ccp");
    ifxTestAddAccelerator("0000:05:00.0", "0x0b4000\n", "qat_c62x");
    ifxTestAddAccelerator("0000:06:00.0", "0x120000\n", "own");
    ifxTestAddAccelerator("0000:07:00.0", "0x108000\n", "idle");
    ifxTestAddAccelerator("0000:08:00.0", "0x020000\n", "nic");
    ifxTestAdd("sys/module/ccp/holders/ccp_crypto", "->../../ccp_crypto",
               "sys/module/intel_qat/holders/qat_c62x", "->../../qat_c62x",
               "sys/module/ccp_crypto/holders", "/",
               "sys/module/aesni_intel/holders", "/",
               "proc/crypto",
               "name         : cbc(aes)\ndriver       : cbc-aes-ccp\nmodule       : ccp_crypto\n"
               "priority     : 300\nrefcnt       : 2\ntype         : skcipher\n\n"
               "name         : ecb(aes)\ndriver       : ecb-aes-ccp\nmodule       : ccp_crypto\n"
               "refcnt       : 1\n\n"
               "driver       : qat_aes_xts\nmodule       : intel_qat\nrefcnt       : 4\n\n"
               "driver       : own-rsa\nmodule       : own\nrefcnt       : 3\n\n"
               "driver       : nic-aes\nmodule       : nic\nrefcnt       : 2\n\n"
               "driver       : idle-aes\nmodule       : idle\nrefcnt       : 1\n\n"
               "driver       : xts-aes-aesni\nmodule       : aesni_intel\nrefcnt       : 9\n\n"
               "driver       : aes-generic\nmodule       : kernel\nrefcnt       : 5\n");
    ifxTestRunLoader("crypto", host, graph);
    ifxAssertEvidence("0000:04:00.0",
                      "other ccp -> the kernel may encrypt with it (cbc-aes-ccp)\n");
    ifxAssertEvidence("0000:05:00.0",
                      "other qat_c62x -> the kernel may encrypt with it (qat_aes_xts)\n");
    ifxAssertEvidence("0000:06:00.0", "other own -> the kernel may encrypt with it (own-rsa)\n");
    ifxAssertEvidence("0000:07:00.0", "");
    ifxAssertEvidence("0000:08:00.0", "");
}
END_TEST

START_TEST(a_sound_card_is_found_by_its_id)
{
    ifxTestAddNode(IFX_TEST_PCI "sound/card1/controlC1", "sound", "116:2", "snd/controlC1");
    ifxTestAdd("sys/class/sound/card0/id", "HDMI\n", "sys/class/sound/card1/id", "PCH\n",
               "sys/class/sound/controlC1", "/");
    ck_assert_ptr_null(ifxUseNeedFind(graph, "sound-card/PCH"));
    graph->sysroot = g_strdup(host);
    ck_assert_str_eq(ifxUseNeedFind(graph, "sound-card/PCH"), "sound/snd/controlC1");
    ck_assert_ptr_null(ifxUseNeedFind(graph, "sound-card/HDMI"));
    ck_assert_ptr_null(ifxUseNeedFind(graph, "sound-card/card1"));
}
END_TEST

START_TEST(a_program_that_computes_holds_the_nvidia_card)
{
    ifxTestAdd("proc/driver/nvidia/gpus/0000:04:00.0/information",
               "Model: \t\t Tesla K80\nBus Location: \t 0000:04:00.0\nDevice Minor: \t 1\n",
               "proc/driver/nvidia/gpus/0000:05:00.0/information",
               "Model: \t\t Tesla K80\nDevice Minor: \t 0\n",
               "proc/driver/nvidia/gpus/0000:06:00.0/information", "Model: x\n",
               "proc/driver/nvidia/gpus/0000:07:00.0/information", "Device Minor: 255\n",
               "proc/driver/nvidia/gpus/x/information", "Device Minor: 2\n",
               "proc/9/comm", "python3\n", "proc/9/fd/3", "->/dev/char/195:1",
               "proc/9/fd/4", "->/dev/char/195:255", "proc/9/fd/5", "->/dev/char/195:2",
               "proc/10/comm", "smi\n", "proc/10/fd/3", "->/dev/nvidia0");
    ifxTestRunLoader("console", host, graph);
    ifxTestLoad();
    ifxAssertEvidence("0000:04:00.0", "process nvidia1 -> python3 (9)\n");
    ifxAssertEvidence("0000:05:00.0", "process nvidia0 -> smi (10)\n");
    ifxAssertEvidence("0000:06:00.0", "");
    ifxAssertEvidence("0000:07:00.0", "");
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

Suite *
ifxSuiteUseNode(void)
{
    Suite *suite = suite_create("use-node");
    TCase *node = tcase_create("node");

    tcase_add_checked_fixture(node, ifxTestStart, ifxTestEnd);
    tcase_add_loop_test(node, a_node_is_what_its_number_leads_to, 0, G_N_ELEMENTS(nodes));
    tcase_add_test(node, hidraw_beside_input_is_input);
    tcase_add_test(node, a_node_of_an_nvme_subsystem_is_on_its_controllers);
    tcase_add_test(node, a_number_is_another_name_of_a_thing);
    tcase_add_test(node, what_a_domain_listens_to_is_its_need);
    tcase_add_test(node, an_accelerator_whose_ciphers_somebody_has_is_unclear);
    tcase_add_test(node, a_sound_card_is_found_by_its_id);
    tcase_add_test(node, a_port_of_fibre_channel_that_exports_is_held);
    tcase_add_test(node, a_controller_that_nvmet_hands_on_is_held);
    tcase_add_test(node, a_program_that_computes_holds_the_nvidia_card);
    tcase_add_test(node, a_watchdog_that_runs_is_in_use);
    suite_add_tcase(suite, node);
    return suite;
}
