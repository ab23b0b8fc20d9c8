/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-console: the host's displays and keyboards.
 *
 * Displays are drm/card0 and drm/renderD128; aliases are their names in /dev/dri and udev's links.
 * IFX_USE_BOOT_VGA are the boot display, unless a driver keeps it for a guest, and a display that
 * is the only one which the host drives: "card0 -> boot display", without a card "nvidia -> boot
 * display", "console -> boot display". The boot display is the one with boot_vga (Linux
 * Documentation/ABI/testing/sysfs-bus-pci): there are the firmware's console and, without a driver,
 * the text or EFI console. A display is driven if it has a DRM card or a frame buffer; the one of
 * the firmware (simple-framebuffer, efi-framebuffer) counts for its parent if this is a PCI device.
 *
 * nvidia/nvidia0 is each entry of /proc/driver/nvidia/gpus: NVIDIA's own driver has no device in
 * sysfs for its node /dev/nvidia0, which a program that only computes opens instead of /dev/dri.
 * Its major number is 195, its minor number is in the file information ("Device Minor: 0").
 *
 * Keyboards are input/NAME for each entry of /sys/class/input that has all the keys that udev asks
 * of one (systemd src/udev/udev-builtin-input_id.c), except for those that a process makes
 * (/devices/virtual). If each keyboard is below a PCI device, and all these are one device or of
 * one IOMMU group, the keyboards are in use (IFX_USE_LAST_INPUT): a guest with that group would
 * have the host's last keyboard.
 *
 * IFX_SIGHT_CONSOLE: the PCI devices and the devices of DRM and input could be listed; a kernel may
 * have only one of the latter two.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/sysfs.h"

#define IFX_CONSOLE_DRM "sys/class/drm"
#define IFX_CONSOLE_FRAMEBUFFERS "sys/class/graphics"
#define IFX_CONSOLE_INPUT "sys/class/input"
#define IFX_CONSOLE_NVIDIA "proc/driver/nvidia/gpus"

/* KEY_ESC to KEY_S; bit 0 is KEY_RESERVED. */
#define IFX_CONSOLE_KEYS G_GUINT64_CONSTANT(0xfffffffe)

/* "card0", not its connector "card0-HDMI-A-1". */
static bool
ifxUseConsoleIsNumbered(const char *name,
                        const char *prefix)
{
    const char *number = g_str_has_prefix(name, prefix) ? name + strlen(prefix) : "";

    return *number && number[strspn(number, "0123456789")] == '\0';
}

/* udev's links to it: /dev/dri/by-path/... */
static void
ifxUseConsoleAddLinks(const char *sysroot,
                      ifxUseGraph *graph,
                      const char *dir,
                      const char *id)
{
    g_autofree char *number = ifxSysfsReadLine(dir, "dev");
    g_autoptr(ifxUseUdev) udev = number ? ifxUseUdevLoad(sysroot, 'c', number) : NULL;
    guint i;

    for (i = 0; udev && i < udev->links->len; i++)
        ifxUseGraphAddAlias(graph, udev->links->pdata[i], id);
}

/* The host drives the PCI device at @path by @name; the first name stays. */
static void
ifxUseConsoleAddDriven(GHashTable *driven,
                       const char *path,
                       const char *name)
{
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(path);
    const ifxPciAddress *innermost;

    if (devices->len == 0)
        return;
    innermost = &g_array_index(devices, ifxPciAddress, devices->len - 1);
    if (!g_hash_table_contains(driven, innermost))
        g_hash_table_insert(driven, g_memdup2(innermost, sizeof(*innermost)), g_strdup(name));
}

static void
ifxUseConsoleAddDrm(const char *sysroot,
                    ifxUseGraph *graph,
                    GHashTable *driven,
                    GError **problem)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_CONSOLE_DRM, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, problem);
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        const bool card = ifxUseConsoleIsNumbered(name, "card");
        g_autofree char *dir = NULL;
        g_autofree char *id = NULL;
        g_autofree char *alias = NULL;
        g_autofree char *path = NULL;

        if (!card && !ifxUseConsoleIsNumbered(name, "renderD"))
            continue;
        dir = g_build_filename(folder, name, NULL);
        id = g_strconcat("drm/", name, NULL);
        alias = g_strconcat("/dev/dri/", name, NULL);
        path = ifxUsePciResolve(dir, "");
        ifxUseGraphAddThing(graph, id, name);
        ifxUseGraphAddAlias(graph, alias, id);
        ifxUseConsoleAddLinks(sysroot, graph, dir, id);
        ifxUseGraphAddPath(graph, id, path);
        if (path && card)
            ifxUseConsoleAddDriven(driven, path, name);
    }
}

static void
ifxUseConsoleFindFramebuffers(const char *sysroot,
                              GHashTable *driven)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_CONSOLE_FRAMEBUFFERS, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = NULL;

        if (!ifxUseConsoleIsNumbered(names->pdata[i], "fb"))
            continue;
        path = ifxUsePciResolve(folder, names->pdata[i]);
        if (path)
            ifxUseConsoleAddDriven(driven, path, names->pdata[i]);
    }
}

static bool
ifxUseConsoleMatchClass(guint32 class_code)
{
    return IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_DISPLAY ||
        IFX_PCI_SUBCLASS(class_code) == IFX_PCI_CLASS_OLD_VGA;
}

/* New array of ifxUsePci. A display that the host does not drive concerns no other device, while
 * each one that it drives counts. */
static GArray *
ifxUseConsoleListDisplays(const char *sysroot,
                          const ifxUseGraph *graph,
                          GHashTable *driven)
{
    g_autoptr(GHashTable) only = graph->scope ?
        g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual) : NULL;
    GHashTable *const sets[] = { graph->scope, driven };
    GHashTableIter iter;
    gpointer address;
    guint i;

    for (i = 0; only && i < G_N_ELEMENTS(sets); i++) {
        g_hash_table_iter_init(&iter, sets[i]);
        while (g_hash_table_iter_next(&iter, &address, NULL))
            g_hash_table_add(only, address);
    }
    return ifxUsePciList(sysroot, only, ifxUseConsoleMatchClass);
}

static bool
ifxUseConsoleIsBootVga(const char *sysroot,
                       const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = g_build_filename(sysroot, IFX_USE_PCI_DEVICES,
                                            ifxPciAddressFormat(address, spelled), NULL);
    guint64 boot;

    return ifxSysfsReadNumber(dir, "boot_vga", 1, &boot) && boot == 1;
}

/* @card: the DRM card or the frame buffer that drives it; NULL: nothing does. */
static void
ifxUseConsoleAddDisplay(ifxUseGraph *graph,
                        const ifxUsePci *display,
                        const char *card,
                        const char *what)
{
    g_autofree char *drm = g_strconcat("drm/", card ? card : "", NULL);
    g_autofree char *pci = ifxUsePciId(&display->address);

    if (ifxUseGraphLookup(graph, drm)) {
        ifxUseGraphAddUse(graph, drm, IFX_USE_BOOT_VGA, false, what);
        return;
    }
    ifxUseGraphAddThing(graph, pci, card ? card : display->driver ? display->driver : "console");
    ifxUseGraphAddDevice(graph, pci, &display->address);
    ifxUseGraphAddUse(graph, pci, IFX_USE_BOOT_VGA, false, what);
}

/* @driven: ifxPciAddress -> name of the card, for the displays that the host drives. */
static void
ifxUseConsoleAddDisplays(const char *sysroot,
                         ifxUseGraph *graph,
                         const GArray *displays,
                         GHashTable *driven)
{
    guint count = 0;
    guint i;

    for (i = 0; i < displays->len; i++) {
        const ifxUsePci *display = &g_array_index(displays, ifxUsePci, i);

        /* A display that is kept for a guest can still have a frame buffer of the firmware. */
        if (display->driver && !display->host_driver)
            g_hash_table_remove(driven, &display->address);
        else if (g_hash_table_contains(driven, &display->address))
            count++;
    }
    for (i = 0; i < displays->len; i++) {
        const ifxUsePci *display = &g_array_index(displays, ifxUsePci, i);
        const char *card = g_hash_table_lookup(driven, &display->address);

        if (display->driver && !display->host_driver)
            continue;
        if (ifxUseConsoleIsBootVga(sysroot, &display->address))
            ifxUseConsoleAddDisplay(graph, display, card, "boot display");
        else if (card && count == 1)
            ifxUseConsoleAddDisplay(graph, display, card, "the only display");
    }
}

/* capabilities/key has a bit for each key, in words, the most significant first. */
static bool
ifxUseConsoleHasKeys(const char *dir)
{
    g_autofree char *keys = ifxSysfsReadLine(dir, "capabilities/key");
    const char *last = keys ? strrchr(keys, ' ') : NULL;
    guint64 word;

    if (!keys)
        return false;
    last = last ? last + 1 : keys;
    return g_ascii_string_to_unsigned(last, 16, 0, G_MAXUINT64, &word, NULL) &&
        (word & IFX_CONSOLE_KEYS) == IFX_CONSOLE_KEYS;
}

/* What a guest would take with the keyboard: "group/N", its IOMMU group, or "pci/...", the device
 * if there is no group; NULL: nothing. */
static char *
ifxUseConsoleFindUnit(const char *sysroot,
                      const char *path)
{
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(path);
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = NULL;
    g_autofree char *group = NULL;
    const ifxPciAddress *innermost;

    if (devices->len == 0)
        return NULL;
    innermost = &g_array_index(devices, ifxPciAddress, devices->len - 1);
    dir = g_build_filename(sysroot, IFX_USE_PCI_DEVICES, ifxPciAddressFormat(innermost, spelled),
                           NULL);
    group = ifxSysfsReadLink(dir, "iommu_group");
    return group ? g_strconcat("group/", group, NULL) : ifxUsePciId(innermost);
}

static void
ifxUseConsoleAddKeyboard(ifxUseGraph *graph,
                         const char *id,
                         const char *dir,
                         const char *name,
                         const char *path)
{
    g_autofree char *label = ifxSysfsReadLine(dir, "name");

    ifxUseGraphAddThing(graph, id, label && *label ? label : name);
    ifxUseGraphAddPath(graph, id, path);
}

static void
ifxUseConsoleAddKeyboards(const char *sysroot,
                          ifxUseGraph *graph)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_CONSOLE_INPUT, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    g_autoptr(GPtrArray) keyboards = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *common = NULL;
    bool elsewhere = false;
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *path = NULL;
        g_autofree char *unit = NULL;
        char *id;

        if (!ifxUseConsoleHasKeys(dir))
            continue;
        path = ifxUsePciResolve(dir, "");
        if (!path || g_str_has_prefix(path, "/devices/virtual/"))
            continue;
        id = g_strconcat("input/", (const char *) names->pdata[i], NULL);
        g_ptr_array_add(keyboards, id);
        ifxUseConsoleAddKeyboard(graph, id, dir, names->pdata[i], path);

        unit = ifxUseConsoleFindUnit(sysroot, path);
        if (!unit || (common && strcmp(unit, common) != 0))
            elsewhere = true;
        else if (!common)
            common = g_steal_pointer(&unit);
    }
    for (i = 0; !elsewhere && i < keyboards->len; i++)
        ifxUseGraphAddUse(graph, keyboards->pdata[i], IFX_USE_LAST_INPUT, false,
                          keyboards->len == 1 ? "the only keyboard" : "the only keyboards");
}

/* Is there DRM or input, and can both be listed if they are there? */
static bool
ifxUseConsoleCanList(const char *sysroot)
{
    g_autofree char *input = g_build_filename(sysroot, IFX_CONSOLE_INPUT, NULL);
    g_autofree char *drm = g_build_filename(sysroot, IFX_CONSOLE_DRM, NULL);
    g_autoptr(GError) problem = NULL;

    g_ptr_array_unref(ifxSysfsList(input, &problem));
    return !problem && (ifxSysfsExists(input, "") || ifxSysfsExists(drm, ""));
}

/* The minor number in the file "information"; -1: it has none. */
static int
ifxUseConsoleReadNvidiaMinor(const char *dir)
{
    g_autofree char *text = ifxSysfsReadAll(dir, "information", IFX_SYSFS_LINE_MAX, NULL);
    const char *minor = text ? strstr(text, "Device Minor:") : NULL;
    guint64 number;

    if (!minor)
        return -1;
    number = g_ascii_strtoull(minor + strlen("Device Minor:"), NULL, 10);
    return number < 255 ? (int) number : -1;
}

static void
ifxUseConsoleAddNvidia(ifxUseGraph *graph,
                       const char *dir,
                       const char *name)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);
    const int minor = ifxUseConsoleReadNvidiaMinor(folder);
    g_autofree char *label = g_strdup_printf("nvidia%d", minor);
    g_autofree char *id = g_strconcat("nvidia/", label, NULL);
    g_autofree char *file = g_strconcat("/dev/", label, NULL);
    g_autofree char *node = g_strdup_printf("/dev/char/195:%d", minor);
    ifxPciAddress address;

    if (minor < 0 || !ifxPciAddressParse(name, &address))
        return;
    ifxUseGraphAddThing(graph, id, label);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddAlias(graph, node, id);
    ifxUseGraphAddDevice(graph, id, &address);
}

static bool
ifxUseConsoleLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    g_autoptr(GHashTable) driven =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, g_free);
    g_autoptr(GArray) displays = NULL;
    g_autoptr(GError) problem = NULL;

    ifxUseConsoleAddDrm(sysroot, graph, driven, &problem);
    ifxUseConsoleFindFramebuffers(sysroot, driven);
    displays = ifxUseConsoleListDisplays(sysroot, graph, driven);
    if (displays)
        ifxUseConsoleAddDisplays(sysroot, graph, displays, driven);
    ifxUseConsoleAddKeyboards(sysroot, graph);
    ifxUseLoadEach(sysroot, IFX_CONSOLE_NVIDIA, graph, ifxUseConsoleAddNvidia);
    return displays && !problem && ifxUseConsoleCanList(sysroot);
}

const ifxUseLoader ifxUseLoaderConsole = {
    .name = "console",
    .sight = IFX_SIGHT_CONSOLE,
    .load = ifxUseConsoleLoad,
};
