/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence.h"
#include "helpers.h"
#include "use/use.h"
#include "suite.h"

#define IFX_UNSEEN " -> use unknown\n"
#define IFX_UUID "3627463d-b7f0-4fea-b468-f1da537d301b"

/* A node device, and one that is PCI. */
#define IFX_NODEDEV(name, place, type, inside) \
    "<device><name>" name "</name>" place "<capability type='" type "'>" inside \
    "</capability></device>"
#define IFX_PCI(name, place, bus) \
    IFX_NODEDEV(name, place, "pci", "<domain>0</domain><bus>" bus "</bus><slot>0</slot>" \
                "<function>0</function>")
#define IFX_PATH(path) "<path>/sys/devices/pci0000:00/" path "</path>"
#define IFX_PARENT(name) "<parent>" name "</parent>"

static ifxUseGraph *
ifxTestUseOf(const char *xml)
{
    ifxUseGraph *graph = ifxUseGraphNew();
    g_autoptr(GError) error = NULL;
    const char *root = g_str_has_prefix(xml, "<node") ? "node" : "device";
    const bool ok = ifxUseNodedevAdd(graph, xml, strlen(xml), root, &error);

    ifxAssertNoError(error);
    ck_assert(ok);
    ck_assert_int_eq(ifxUseGraphGetSight(graph) & ~(guint) IFX_SIGHT_DEVICES, 0);
    return graph;
}

typedef struct {
    const char *xml;
    const char *evidence;   /* against 0000:01:00.0 */
    const char *id;         /* of a thing there; NULL: there is none */
    const char *names[4];   /* its other ones */
} ifxTestSitting;

static const ifxTestSitting sittings[] = {
    { IFX_NODEDEV("net_eno1_00_11_22_33_44_55", IFX_PATH("0000:01:00.0/net/eno1"), "net",
                  "<interface>eno1</interface><link speed='1000' state='up'/>"),
      "unclear: eno1" IFX_UNSEEN, "net/eno1", { NULL } },
    { IFX_NODEDEV("n", IFX_PATH("0000:01:00.0/net/eno1"), "net",
                  "<interface>eno1</interface><link state='down'/>"),
      "unclear: eno1 (no link)" IFX_UNSEEN, "net/eno1", { NULL } },
    { IFX_NODEDEV("n", IFX_PATH("0000:01:00.0/net/eno1"), "net",
                  "<interface>eno1</interface><link state='lowerlayerdown'/>"),
      "unclear: eno1 (no link)" IFX_UNSEEN, "net/eno1", { NULL } },
    { IFX_NODEDEV("n", IFX_PATH("0000:01:00.0/net/eno1"), "net",
                  "<interface>eno1</interface><link state='notpresent'/>"),
      "unclear: eno1 (no link)" IFX_UNSEEN, "net/eno1", { NULL } },
    { IFX_NODEDEV("n", IFX_PATH("0000:01:00.0/net/eno1"), "net",
                  "<interface> eno1\n</interface><link state='unknown'/>"),
      "unclear: eno1" IFX_UNSEEN, "net/eno1", { NULL } },
    { IFX_NODEDEV("net_br0", "<path>/sys/devices/virtual/net/br0</path>" IFX_PARENT("computer"),
                  "net", "<interface>br0</interface>"), "", "net/br0", { NULL } },
    { IFX_NODEDEV("n", IFX_PATH("0000:01:00.0/net/eno1"), "net", "<interface/>"),
      "", NULL, { NULL } },
    { IFX_NODEDEV("block_sda_SERIAL",
                  IFX_PATH("0000:01:00.0/ata1/host5/target5:0:0/5:0:0:0/block/sda")
                  "<devnode type='dev'>/dev/sda</devnode>"
                  "<devnode type='link'>/dev/disk/by-id/wwn-1</devnode><devnode type='link'/>",
                  "storage", "<block>/dev/sda</block><size>1</size>"),
      "unclear: sda" IFX_UNSEEN, "block/sda", { "/dev/sda", "/dev/disk/by-id/wwn-1" } },
    { IFX_NODEDEV("b", IFX_PATH("0000:01:00.0/cciss0/block/cciss!c0d0"), "storage",
                  "<block>/dev/cciss/c0d0</block>"),
      "unclear: cciss!c0d0" IFX_UNSEEN, "block/cciss!c0d0", { "/dev/cciss/c0d0" } },
    { IFX_NODEDEV("b", IFX_PATH("0000:01:00.0/usb1/1-4/1-4.2/1-4.2:1.0/host9/block/sdb"),
                  "storage", "<block>/dev/sdb</block>"),
      "unclear: usb 1-4.2 -> sdb" IFX_UNSEEN, "usb/1-4.2", { NULL } },
    { IFX_NODEDEV("b", IFX_PATH("0000:01:00.0"), "storage", "<block>/dev/</block>"),
      "", NULL, { NULL } },
    { IFX_NODEDEV("scsi_host5", IFX_PATH("0000:01:00.0/ata1/host5/scsi_host/host5"), "scsi_host",
                  "<host>5</host><unique_id>1</unique_id>"),
      "", "scsi_host/host5", { NULL } },
    { IFX_NODEDEV("usb_1_4", IFX_PATH("0000:01:00.0/usb1/1-4"), "usb_device",
                  "<bus>1</bus><device>4</device><product id='0xc31c'>Keyboard</product>"
                  "<vendor id='0x046d'/>"),
      "", "usb/1-4", { "usb/001/004", "usb/046d:c31c" } },
    { IFX_NODEDEV("usb_1_4_2", "", "usb_device", "<vendor id='0x046d'/>"),
      "", "usb/1-4.2", { NULL } },
    { IFX_NODEDEV("usb_usb1", IFX_PATH("0000:01:00.0/usb1"), "usb_device",
                  "<bus>1</bus><device>1</device>"), "", NULL, { NULL } },
    { IFX_NODEDEV("hal", IFX_PARENT("pci_0000_01_00_0"), "usb_device",
                  "<bus>1</bus><device>4</device>"), "", "usb/001/004", { NULL } },
    { IFX_NODEDEV("hal", "", "usb_device", "<bus>1</bus><device>1000</device>"),
      "", NULL, { NULL } },
    { IFX_NODEDEV("hal", "", "usb_device", "<bus>1000</bus><device>1</device>"),
      "", NULL, { NULL } },
    { IFX_NODEDEV("drm_card0", IFX_PATH("0000:01:00.0/drm/card0")
                  "<devnode type='dev'>/dev/dri/card0</devnode>"
                  "<devnode type='link'>/dev/dri/by-path/pci-0000:01:00.0-card</devnode>",
                  "drm", "<type>primary</type>"),
      "", "drm/card0", { "/dev/dri/card0", "/dev/dri/by-path/pci-0000:01:00.0-card" } },
    { IFX_NODEDEV("drm_renderD128", IFX_PARENT("pci_0000_01_00_0")
                  "<devnode type='dev'>/dev/dri/renderD128</devnode>",
                  "drm", "<type>render</type>"),
      "", "drm/renderD128", { "/dev/dri/renderD128" } },
    { IFX_NODEDEV("mdev_x", IFX_PATH("0000:01:00.0/" IFX_UUID), "mdev",
                  "<type id='i915-GVTg_V5_8'/><uuid>3627463D-B7F0-4FEA-B468-F1DA537D301B</uuid>"),
      "mdev: mdev 3627463d\n", "mdev/" IFX_UUID, { NULL } },
    { IFX_NODEDEV("mdev_x", IFX_PATH("0000:01:00.0/" IFX_UUID), "mdev", ""),
      "mdev: mdev 3627463d\n", "mdev/" IFX_UUID, { NULL } },
    { IFX_NODEDEV("mdev_3627463d_b7f0_4fea_b468_f1da537d301b_0000_01_00_0",
                  IFX_PARENT("pci_0000_01_00_0"), "mdev", "<type id='x'/>"),
      "mdev: mdev 3627463d\n", "mdev/" IFX_UUID, { NULL } },
    { IFX_NODEDEV("mdev_3627463d_b7f0_4fea_b468_f1da537d301b",
                  IFX_PARENT("\n pci_0000_01_00_0 "), "mdev", "<uuid>x</uuid>"),
      "mdev: mdev 3627463d\n", "mdev/3627463d_b7f0_4fea_b468_f1da537d301b", { NULL } },
    { "<device>" IFX_PATH("0000:01:00.0/matrix") "<capability type='mdev'/></device>",
      "mdev: mdev matrix\n", "mdev/matrix", { NULL } },
    { "<device><capability type='mdev'/><capability type='vdpa'/><capability type='drm'/>"
      "<capability type='scsi_host'/><capability type='storage'/></device>", "", NULL, { NULL } },
    { IFX_NODEDEV("vdpa_vdpa0", IFX_PATH("0000:01:00.0/vdpa0")
                  "<driver><name>vhost_vdpa</name></driver>", "vdpa",
                  "<chardev>/dev/vhost-vdpa-0</chardev>"),
      "vdpa: vdpa0 (vhost_vdpa)\n", "vdpa/vdpa0", { "/dev/vhost-vdpa-0" } },
    { IFX_NODEDEV("vdpa_vdpa0", IFX_PARENT("pci_0000_01_00_0"), "vdpa", ""),
      "vdpa: vdpa0\n", "vdpa/vdpa0", { NULL } },
    { IFX_PCI("pci_0000_01_00_0", IFX_PATH("0000:01:00.0"), "1"), "", NULL, { NULL } },
    { "<device><name>computer</name><capability type='system'/></device>", "", NULL, { NULL } },
};

START_TEST(node_device_is_a_thing_on_its_pci_device)
{
    const ifxTestSitting *test = &sittings[_i];
    g_autoptr(ifxUseGraph) graph = ifxTestUseOf(test->xml);
    g_autofree char *capture = g_strconcat("<node>", test->xml, "</node>", NULL);
    g_autoptr(ifxUseGraph) captured = ifxTestUseOf(capture);
    static const char *const any[] = {
        "net/", "net/eno1", "block/", "block/sda", "mdev/", "vdpa/", "drm/", "scsi_host/host",
        "usb/usb1", "usb/001/001", "usb/001/1000", "usb/1000/001",
    };
    guint i;

    ifxTestExpect(graph, "0000:01:00.0", test->evidence);
    ifxTestExpect(captured, "0000:01:00.0", test->evidence);
    ck_assert_ptr_null(ifxUseGraphLookup(graph, ""));
    if (test->id) {
        ck_assert_pstr_eq(ifxUseGraphLookup(graph, test->id), test->id);
        for (i = 0; i < G_N_ELEMENTS(test->names) && test->names[i]; i++)
            ck_assert_pstr_eq(ifxUseGraphLookup(graph, test->names[i]), test->id);
    }
    for (i = 0; !test->id && i < G_N_ELEMENTS(any); i++)
        ck_assert_msg(!ifxUseGraphLookup(graph, any[i]), "there is a thing %s", any[i]);
}
END_TEST

/* A use of the thing is one of the device, and of the controller above it. */
typedef struct {
    const char *xml;
    const char *id;
    const char *inner;      /* evidence against 0000:02:00.0, */
    const char *outer;      /* and against 0000:01:00.0 */
} ifxTestWay;

#define IFX_USED(way) "domain: " way " -> vm\n"
#define IFX_CARD IFX_NODEDEV("drm_card0", IFX_PARENT("p"), "drm", "<type>primary</type>")

static const ifxTestWay ways[] = {
    { IFX_NODEDEV("drm_card0", IFX_PATH("0000:01:00.0/0000:02:00.0/drm/card0"), "drm", ""),
      "drm/card0", IFX_USED("card0"), IFX_USED("0000:02:00.0 -> card0") },
    { IFX_NODEDEV("drm_card0", IFX_PARENT("pci_0000_02_00_0"), "drm", ""),
      "drm/card0", IFX_USED("card0"), "" },
    { IFX_NODEDEV("drm_card0", IFX_PARENT("pci_0000_02_00"), "drm", ""), "drm/card0", "", "" },
    { IFX_NODEDEV("drm_card0", IFX_PARENT("usb_0000_02_00_0"), "drm", ""), "drm/card0", "", "" },
    { IFX_NODEDEV("drm_card0", IFX_PARENT("pci_0000_02_00_0_0"), "drm", ""), "drm/card0", "", "" },
    { IFX_NODEDEV("drm_card0", "<path/>" IFX_PARENT("pci_0000_02_00_0"), "drm", ""),
      "drm/card0", IFX_USED("card0"), "" },
    /* The parent in the document: by its address, its path, its name; before and after. */
    { "<node>" IFX_PCI("p", "", "2") IFX_CARD "</node>", "drm/card0", IFX_USED("card0"), "" },
    { "<node>" IFX_CARD IFX_PCI("p", "", "2") "</node>", "drm/card0", IFX_USED("card0"), "" },
    { "<node>" IFX_CARD IFX_PCI("p", IFX_PARENT("q"), "2") IFX_PCI("q", "", "1") "</node>",
      "drm/card0", IFX_USED("card0"), IFX_USED("0000:02:00.0 -> card0") },
    { "<node>" IFX_CARD IFX_PCI("p", IFX_PARENT("pci_0000_01_00_0"), "2") "</node>",
      "drm/card0", IFX_USED("card0"), IFX_USED("0000:02:00.0 -> card0") },
    { "<node>" IFX_CARD IFX_PCI("p", IFX_PATH("0000:01:00.0/0000:02:00.0"), "9") "</node>",
      "drm/card0", IFX_USED("card0"), IFX_USED("0000:02:00.0 -> card0") },
    { "<node>" IFX_CARD IFX_NODEDEV("p", IFX_PARENT("pci_0000_02_00_0"), "drm_host", "")
      "</node>", "drm/card0", IFX_USED("card0"), "" },
    { "<node>" IFX_NODEDEV("block_sda", IFX_PARENT("scsi_0"), "storage", "<block>/dev/sda</block>")
      IFX_NODEDEV("scsi_0", IFX_PARENT("scsi_target0"), "scsi", "")
      IFX_NODEDEV("scsi_target0", IFX_PARENT("scsi_host0"), "scsi_target", "")
      IFX_NODEDEV("scsi_host0", IFX_PARENT("usb_1_4_2_1_0"), "scsi_host", "")
      IFX_NODEDEV("usb_1_4_2_1_0", IFX_PARENT("usb_1_4_2"), "usb", "")
      IFX_NODEDEV("usb_1_4_2", IFX_PARENT("usb_1_4"), "usb_device", "")
      IFX_NODEDEV("usb_1_4", IFX_PARENT("usb_usb1"), "usb_device", "")
      IFX_NODEDEV("usb_usb1", IFX_PARENT("pci_0000_02_00_0"), "usb_device", "") "</node>",
      "block/sda", "unclear: usb 1-4.2 -> sda" IFX_UNSEEN IFX_USED("usb 1-4.2 -> sda"), "" },
    /* The first of a name stays. */
    { "<node>" IFX_CARD IFX_PCI("p", "", "2") IFX_PCI("p", "", "1") "</node>",
      "drm/card0", IFX_USED("card0"), "" },
    /* Parents in a circle lead nowhere. */
    { "<node>" IFX_CARD IFX_PCI("p", IFX_PARENT("q"), "2") IFX_PCI("q", IFX_PARENT("p"), "3")
      "</node>", "drm/card0", IFX_USED("card0"), "" },
    { "<node>" IFX_NODEDEV("drm_card0", IFX_PARENT("drm_card0"), "drm", "") "</node>",
      "drm/card0", "", "" },
    /* A device without a name is no parent. */
    { "<node><device><capability type='pci'><bus>2</bus></capability></device>"
      IFX_NODEDEV("drm_card0", "<parent/>", "drm", "") "</node>", "drm/card0", "", "" },
};

START_TEST(way_to_the_device_is_that_of_the_path_or_of_the_parents)
{
    const ifxTestWay *test = &ways[_i];
    g_autoptr(ifxUseGraph) graph = ifxTestUseOf(test->xml);

    ifxUseGraphAddUse(graph, test->id, IFX_USE_DOMAIN, false, "vm");
    ifxTestExpect(graph, "0000:02:00.0", test->inner);
    ifxTestExpect(graph, "0000:01:00.0", test->outer);
}
END_TEST

START_TEST(several_documents_are_one_host)
{
    static const char *const documents[] = {
        IFX_NODEDEV("net_a", IFX_PATH("0000:01:00.0/net/a"), "net", "<interface>a</interface>"),
        IFX_PCI("pci_0000_01_00_0", IFX_PATH("0000:01:00.0"), "1"),
        IFX_NODEDEV("net_b", IFX_PATH("0000:01:00.0/net/b"), "net", "<interface>b</interface>"),
    };
    g_autoptr(ifxUseGraph) graph = ifxUseGraphNew();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(documents); i++)
        ck_assert(ifxUseNodedevAdd(graph, documents[i], strlen(documents[i]), "device", NULL));
    ifxTestExpect(graph, "0000:01:00.0", "unclear: a" IFX_UNSEEN "unclear: b" IFX_UNSEEN);
    ifxTestExpect(graph, "0000:02:00.0", "");
}
END_TEST

/* What a line of parents costs, and paths without end, must not grow with their square. */
START_TEST(endless_parents_and_paths_end)
{
    GString *xml = g_string_new("<node>");
    g_autofree char *path = g_strnfill(100 * 1000, '/');
    g_autoptr(ifxUseGraph) graph = NULL;
    guint i;

    for (i = 0; i < 20 * 1000; i++)
        g_string_append_printf(xml, "<device><name>d%u</name><parent>d%u</parent>"
                               "<capability type='net'><interface>n%u</interface></capability>"
                               "</device>", i, i + 1, i);
    g_string_append_printf(xml, "<device><name>d%u</name><path>%s0000:01:00.0</path>"
                           "<capability type='pci'><bus>2</bus></capability></device></node>",
                           i, path);
    graph = ifxTestUseOf(xml->str);
    g_string_free(xml, TRUE);
    ck_assert_ptr_nonnull(ifxUseGraphLookup(graph, "net/n0"));
    ifxTestExpect(graph, "0000:01:00.0", "");
}
END_TEST

typedef struct {
    const char *xml;
    bool capture;
    const char *message;
} ifxTestBad;

static const ifxTestBad bads[] = {
    { "", false, "empty" },
    { "", true, "empty" },
    { "<device>", false, "line 1: " },
    { "<node><device></node>", true, "line 1: " },
    { "<node/>", false, "it holds a <node>, not a <device>" },
    { "<device/>", true, "it holds a <device>, not a <node>" },
    { "<!DOCTYPE device [<!ENTITY e 'x'>]><device>&e;</device>", false, "there is a DOCTYPE" },
    { "<!DOCTYPE node SYSTEM 'file:///etc/passwd'><node/>", true, "there is a DOCTYPE" },
};

START_TEST(what_is_no_node_device_is_an_error)
{
    const ifxTestBad *bad = &bads[_i];
    g_autoptr(ifxUseGraph) graph = ifxUseGraphNew();
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxUseNodedevAdd(graph, bad->xml, strlen(bad->xml),
                                bad->capture ? "node" : "device", &error));
    ifxAssertError(error, IFX_ERROR_XML, bad->message);
}
END_TEST

Suite *
ifxSuiteUseNodedev(void)
{
    Suite *suite = suite_create("use-nodedev");
    TCase *all = tcase_create("all");

    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, node_device_is_a_thing_on_its_pci_device, 0,
                        G_N_ELEMENTS(sittings));
    tcase_add_loop_test(all, way_to_the_device_is_that_of_the_path_or_of_the_parents, 0,
                        G_N_ELEMENTS(ways));
    tcase_add_test(all, several_documents_are_one_host);
    tcase_add_test(all, endless_parents_and_paths_end);
    tcase_add_loop_test(all, what_is_no_node_device_is_an_error, 0, G_N_ELEMENTS(bads));
    suite_add_tcase(suite, all);
    return suite;
}
