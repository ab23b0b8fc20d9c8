/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "evidence.h"
#include "loader.h"
#include "suite.h"
#include "tree.h"

#define GPU "0000:01:00.0"
#define GPU_PATH "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0"
#define IGPU "0000:00:02.0"
#define IGPU_PATH "sys/devices/pci0000:00/0000:00:02.0"
#define USB "0000:00:14.0"
#define USB_PATH "sys/devices/pci0000:00/0000:00:14.0"
#define USB2 "0000:00:14.5"
#define USB2_PATH "sys/devices/pci0000:00/0000:00:14.5"

/* What each kernel prints for a keyboard, and for the buttons of a mouse. */
#define KEYS "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n"
#define BUTTONS "1f0000 0 0 0 0\n"

static char *root;

static void
ifxTestAdd(const char *path,
           const char *content)
{
    const char *const entries[] = { path, content, NULL };

    ifxTestTreeAdd(root, entries);
}

/* Adds the file @name with @content to @folder. */
static void
ifxTestAddIn(const char *folder,
             const char *name,
             const char *content)
{
    g_autofree char *path = g_strconcat(folder, "/", name, NULL);

    ifxTestAdd(path, content);
}

static void
ifxTestAddPci(const char *address,
              const char *path,
              const char *class_code,
              const char *driver)
{
    g_autofree char *target = g_strconcat("->../../../../", path, NULL);
    g_autofree char *driver_target =
        g_strconcat("->../../bus/pci/drivers/", driver ? driver : "", NULL);

    ifxTestAddIn("sys/bus/pci/devices", address, target);
    ifxTestAddIn(path, "class", class_code);
    if (driver)
        ifxTestAddIn(path, "driver", driver_target);
}

/* @name in the class @class_name, at @path/@name. */
static void
ifxTestAddClass(const char *class_name,
                const char *name,
                const char *path)
{
    g_autofree char *folder = g_strconcat("sys/class/", class_name, NULL);
    g_autofree char *target = g_strconcat("->../../../", path, "/", name, NULL);

    ifxTestAddIn(folder, name, target);
    ifxTestAddIn(path, name, "/");
}

static void
ifxTestAddInput(const char *name,
                const char *path,
                const char *label,
                const char *keys)
{
    g_autofree char *folder = g_strconcat(path, "/", name, NULL);

    ifxTestAddClass("input", name, path);
    ifxTestAddIn(folder, "name", label);
    ifxTestAddIn(folder, "capabilities/key", keys);
}

static void
ifxTestSetup(void)
{
    const char *const entries[] = { "sys/class/input", "/", NULL };

    root = ifxTestTreeNew(entries);
    ifxTestAddPci(USB, USB_PATH, "0x0c0330\n", "xhci_hcd");
    ifxTestAddPci(USB2, USB2_PATH, "0x0c0330\n", "xhci_hcd");
}

static void
ifxTestTeardown(void)
{
    g_clear_pointer(&root, ifxTestTreeFree);
}

static ifxUseGraph *
ifxTestLoad(void)
{
    ifxUseGraph *graph = ifxUseGraphNew();

    ifxTestRunLoader("console", root, graph);
    return graph;
}

static void
ifxTestExpectSeen(const char *first_address,
                  const char *first,
                  const char *second_address,
                  const char *second)
{
    g_autoptr(ifxUseGraph) graph = ifxTestLoad();

    ifxTestExpect(graph, first_address, first);
    ifxTestExpect(graph, second_address, second);
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_CONSOLE);
}

typedef struct {
    const char *driver;
    const char *boot_vga;
    const char *card;       /* of DRM; NULL: none */
    const char *evidence;
} ifxTestDisplay;

static const ifxTestDisplay displays[] = {
    { "nouveau", "1\n", "card0", "display: card0 -> boot display\n" },
    { "nvidia", "1\n", NULL, "display: nvidia -> boot display\n" },
    { NULL, "1\n", NULL, "display: console -> boot display\n" },
    { "ast", "0\n", "card0", "display: card0 -> the only display\n" },
    { "nvidia", NULL, "card0", "display: card0 -> the only display\n" },
    { "nouveau", "0\n", NULL, "" },
    { NULL, "0\n", NULL, "" },
    { "vfio-pci", "1\n", NULL, "" },
    { "vfio-pci", "1\n", "card0", "" },
    { "xe_vfio_pci", "1\n", NULL, "" },
    { "pci-stub", "1\n", NULL, "" },
    { "pciback", "1\n", NULL, "" },
};

START_TEST(the_boot_display_and_the_only_one_are_in_use)
{
    const ifxTestDisplay *display = &displays[_i];

    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", display->driver);
    if (display->boot_vga)
        ifxTestAdd(GPU_PATH "/boot_vga", display->boot_vga);
    if (display->card)
        ifxTestAddClass("drm", display->card, GPU_PATH "/drm");
    ifxTestExpectSeen(GPU, display->evidence, IGPU, "");
}
END_TEST

START_TEST(of_two_displays_only_the_one_that_boots_is_in_use)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", "amdgpu");
    ifxTestAddPci(IGPU, IGPU_PATH, "0x030000\n", "i915");
    ifxTestAddClass("drm", "card0", IGPU_PATH "/drm");
    ifxTestAddClass("drm", "card1", GPU_PATH "/drm");
    ifxTestAdd(IGPU_PATH "/boot_vga", "1\n");
    ifxTestAdd(GPU_PATH "/boot_vga", "0\n");
    ifxTestExpectSeen(GPU, "", IGPU, "display: card0 -> boot display\n");
}
END_TEST

START_TEST(a_display_beside_that_of_a_guest_is_the_only_one)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", "vfio-pci");
    ifxTestAddPci(IGPU, IGPU_PATH, "0x038000\n", "i915");
    ifxTestAddClass("drm", "card0", IGPU_PATH "/drm");
    ifxTestAddClass("graphics", "fb0", GPU_PATH "/efi-framebuffer.0/graphics");
    ifxTestExpectSeen(GPU, "", IGPU, "display: card0 -> the only display\n");
}
END_TEST

START_TEST(a_render_node_alone_is_no_display)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x030200\n", "nvidia");
    ifxTestAddClass("drm", "renderD128", GPU_PATH "/drm");
    ifxTestExpectSeen(GPU, "", IGPU, "");
}
END_TEST

START_TEST(two_cards_of_one_device_are_one_display)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", "amdgpu");
    ifxTestAddClass("drm", "card0", GPU_PATH "/drm");
    ifxTestAddClass("drm", "card1", GPU_PATH "/drm");
    ifxTestAddClass("graphics", "fb0", GPU_PATH "/graphics");
    ifxTestExpectSeen(GPU, "display: card0 -> the only display\n", IGPU, "");
}
END_TEST

START_TEST(a_frame_buffer_alone_makes_a_display)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", "nvidiafb");
    ifxTestAddClass("graphics", "fb0", GPU_PATH "/graphics");
    ifxTestAddClass("graphics", "fbcon", "sys/devices/virtual/graphics");
    ifxTestExpectSeen(GPU, "display: fb0 -> the only display\n", IGPU, "");
}
END_TEST

START_TEST(the_frame_buffer_of_the_firmware_counts_for_its_parent)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", NULL);
    ifxTestAddPci(IGPU, IGPU_PATH, "0x030000\n", "i915");
    ifxTestAddClass("drm", "card0", GPU_PATH "/simple-framebuffer.0/drm");
    ifxTestAddClass("drm", "card1", IGPU_PATH "/drm");
    ifxTestAdd(GPU_PATH "/boot_vga", "1\n");
    ifxTestExpectSeen(GPU, "display: card0 -> boot display\n", IGPU, "");
}
END_TEST

START_TEST(a_card_of_no_pci_display_is_no_display)
{
    ifxTestAddPci(GPU, GPU_PATH, "0x120000\n", "habanalabs");
    ifxTestAddPci(IGPU, IGPU_PATH, "0x030000\n", "i915");
    ifxTestAddClass("drm", "card0", GPU_PATH "/drm");
    ifxTestAddClass("drm", "card1", IGPU_PATH "/drm");
    ifxTestAddClass("drm", "card2", "sys/devices/platform/vgem/drm");
    ifxTestExpectSeen(GPU, "", IGPU, "display: card1 -> the only display\n");
}
END_TEST

START_TEST(cards_and_render_nodes_are_things_by_each_name)
{
    g_autoptr(ifxUseGraph) graph = NULL;
    g_autoptr(GArray) devices = NULL;
    ifxPciAddress address;

    ifxTestAddPci(GPU, GPU_PATH, "0x030000\n", "amdgpu");
    ifxTestAddClass("drm", "card0", GPU_PATH "/drm");
    ifxTestAddClass("drm", "card0-HDMI-A-1", GPU_PATH "/drm/card0");
    ifxTestAddClass("drm", "renderD128", GPU_PATH "/drm");
    ifxTestAdd(GPU_PATH "/drm/renderD128/dev", "226:128\n");
    ifxTestAdd("sys/class/drm/version", "drm 1.1.0 20060810\n");
    ifxTestAdd("run/udev/data/c226:128",
               "S:dri/by-path/pci-" GPU "-render\nI:12345\nE:ID_PATH=pci-" GPU "\n");

    graph = ifxTestLoad();
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/dri/card0"), "drm/card0");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/dri/renderD128"), "drm/renderD128");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/dri/by-path/pci-" GPU "-render"),
                     "drm/renderD128");
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "drm/card0-HDMI-A-1"));
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "drm/version"));
    devices = ifxUseEvidenceListDevices(graph, "drm/renderD128");
    ck_assert_uint_ge(devices->len, 1);
    ck_assert(ifxPciAddressParse(GPU, &address));
    ck_assert(ifxPciAddressEqual(&g_array_index(devices, ifxPciAddress, 0), &address));
}
END_TEST

START_TEST(the_only_keyboard_is_in_use)
{
    ifxTestAddInput("input5", USB_PATH "/usb1/1-4/1-4:1.0/0003:046D:C31C.0001/input",
                    "Logitech USB Keyboard\n", KEYS);
    ifxTestAddInput("input6", USB2_PATH "/usb2/2-1/2-1:1.0/0003:046D:C077.0002/input",
                    "Logitech Mouse\n", BUTTONS);
    ifxTestExpectSeen(USB, "input: usb 1-4 -> Logitech USB Keyboard -> the only keyboard\n",
                      USB2, "");
}
END_TEST

START_TEST(two_keyboards_on_one_controller_are_the_only_ones)
{
    ifxTestAddInput("input5", USB_PATH "/usb1/1-4/1-4:1.0/input", "A\n", KEYS);
    ifxTestAddInput("input6", USB_PATH "/usb1/1-5/1-5:1.0/input", "\n", KEYS);
    ifxTestExpectSeen(USB, "input: usb 1-4 -> A -> the only keyboards\n"
                      "input: usb 1-5 -> input6 -> the only keyboards\n", USB2, "");
}
END_TEST

START_TEST(keyboards_on_two_controllers_of_one_group_are_the_only_ones)
{
    ifxTestAdd(USB_PATH "/iommu_group", "->../../../kernel/iommu_groups/7");
    ifxTestAdd(USB2_PATH "/iommu_group", "->../../../kernel/iommu_groups/7");
    ifxTestAddInput("input5", USB_PATH "/usb1/1-4/1-4:1.0/input", "A\n", KEYS);
    ifxTestAddInput("input6", USB2_PATH "/usb2/2-5/2-5:1.0/input", "B\n", KEYS);
    ifxTestExpectSeen(USB, "input: usb 1-4 -> A -> the only keyboards\n",
                      USB2, "input: usb 2-5 -> B -> the only keyboards\n");
}
END_TEST

/* Where the second keyboard is. */
static const char *const elsewhere[] = {
    "sys/devices/platform/i8042/serio0/input",
    USB2_PATH "/usb2/2-5/2-5:1.0/input",
};

START_TEST(a_keyboard_on_another_group_leaves_the_host_one)
{
    ifxTestAdd(USB_PATH "/iommu_group", "->../../../kernel/iommu_groups/7");
    ifxTestAdd(USB2_PATH "/iommu_group", "->../../../kernel/iommu_groups/8");
    ifxTestAddInput("input5", USB_PATH "/usb1/1-4/1-4:1.0/input", "A\n", KEYS);
    ifxTestAddInput("input6", elsewhere[_i], "B\n", KEYS);
    ifxTestExpectSeen(USB, "", USB2, "");
}
END_TEST

START_TEST(without_groups_two_controllers_are_two)
{
    ifxTestAddInput("input5", USB_PATH "/usb1/1-4/1-4:1.0/input", "A\n", KEYS);
    ifxTestAddInput("input6", USB2_PATH "/usb2/2-5/2-5:1.0/input", "B\n", KEYS);
    ifxTestExpectSeen(USB, "", USB2, "");
}
END_TEST

START_TEST(a_virtual_keyboard_is_none)
{
    ifxTestAddInput("input5", USB_PATH "/usb1/1-4/1-4:1.0/input", "A\n", KEYS);
    ifxTestAddInput("input6", "sys/devices/virtual/input", "uinput\n", KEYS);
    ifxTestExpectSeen(USB, "input: usb 1-4 -> A -> the only keyboard\n", USB2, "");
}
END_TEST

typedef struct {
    const char *keys;
    bool keyboard;
} ifxTestKeys;

static const ifxTestKeys keys[] = {
    { KEYS, true },
    { "fffffffe\n", true },                 /* on a 32-bit kernel, at least */
    { "ffffffff\n", true },
    { "1 fffffffe", true },
    { "fffffffe 0\n", false },              /* most significant first */
    { "fffffffc\n", false },
    { "7ffffffe\n", false },
    { "\n", false },
    { "fffffffffffffffffe\n", false },
    { "fffffffe x\n", false },
};

START_TEST(a_keyboard_has_the_first_31_keys)
{
    ifxTestAddInput("input5", USB_PATH "/input", "A\n", keys[_i].keys);
    ifxTestExpectSeen(USB, keys[_i].keyboard ? "input: A -> the only keyboard\n" : "", USB2, "");
}
END_TEST

typedef struct {
    const char *input;      /* "/": a folder; NULL: not there */
    const char *drm;
    bool pci;
    bool seen;
} ifxTestSight;

static const ifxTestSight sights[] = {
    { "/", "/", true, true },
    { "/", NULL, true, true },
    { NULL, "/", true, true },
    { NULL, NULL, true, false },
    { "/", "a file", true, false },
    { "a file", "/", true, false },
    { "/", "/", false, false },
};

START_TEST(sight_needs_a_class_and_the_pci_devices)
{
    const ifxTestSight *sight = &sights[_i];
    const char *const none[] = { NULL };
    g_autoptr(ifxUseGraph) graph = NULL;

    ifxTestTeardown();
    root = ifxTestTreeNew(none);
    if (sight->input)
        ifxTestAdd("sys/class/input", sight->input);
    if (sight->drm)
        ifxTestAdd("sys/class/drm", sight->drm);
    if (sight->pci)
        ifxTestAddPci(USB, USB_PATH, "0x0c0330\n", "xhci_hcd");
    graph = ifxTestLoad();
    ck_assert_int_eq(ifxUseGraphGetSight(graph), sight->seen ? IFX_SIGHT_CONSOLE : 0);
}
END_TEST

Suite *
ifxSuiteUseConsole(void)
{
    Suite *suite = suite_create("use-console");
    TCase *display = tcase_create("display");
    TCase *keyboard = tcase_create("keyboard");

    tcase_add_checked_fixture(display, ifxTestSetup, ifxTestTeardown);
    tcase_add_loop_test(display, the_boot_display_and_the_only_one_are_in_use,
                        0, G_N_ELEMENTS(displays));
    tcase_add_test(display, of_two_displays_only_the_one_that_boots_is_in_use);
    tcase_add_test(display, a_display_beside_that_of_a_guest_is_the_only_one);
    tcase_add_test(display, a_render_node_alone_is_no_display);
    tcase_add_test(display, two_cards_of_one_device_are_one_display);
    tcase_add_test(display, a_frame_buffer_alone_makes_a_display);
    tcase_add_test(display, the_frame_buffer_of_the_firmware_counts_for_its_parent);
    tcase_add_test(display, a_card_of_no_pci_display_is_no_display);
    tcase_add_test(display, cards_and_render_nodes_are_things_by_each_name);
    tcase_add_loop_test(display, sight_needs_a_class_and_the_pci_devices,
                        0, G_N_ELEMENTS(sights));
    suite_add_tcase(suite, display);

    tcase_add_checked_fixture(keyboard, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(keyboard, the_only_keyboard_is_in_use);
    tcase_add_test(keyboard, two_keyboards_on_one_controller_are_the_only_ones);
    tcase_add_test(keyboard, keyboards_on_two_controllers_of_one_group_are_the_only_ones);
    tcase_add_loop_test(keyboard, a_keyboard_on_another_group_leaves_the_host_one,
                        0, G_N_ELEMENTS(elsewhere));
    tcase_add_test(keyboard, without_groups_two_controllers_are_two);
    tcase_add_test(keyboard, a_virtual_keyboard_is_none);
    tcase_add_loop_test(keyboard, a_keyboard_has_the_first_31_keys, 0, G_N_ELEMENTS(keys));
    suite_add_tcase(suite, keyboard);
    return suite;
}
