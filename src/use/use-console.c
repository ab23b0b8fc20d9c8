/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-console.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/sysfs.h"
#include "use/use-keyboard.h"
#include "use/use-pci.h"

#define IFX_CONSOLE_DRM "sys/class/drm"
#define IFX_CONSOLE_FRAMEBUFFERS "sys/class/graphics"
#define IFX_CONSOLE_INPUT "sys/class/input"
#define IFX_CONSOLE_PCI "sys/bus/pci/devices"
#define IFX_CONSOLE_UDEV "run/udev/data"

/* A card has a symbolic link or two. */
#define IFX_CONSOLE_UDEV_MAX (64 * 1024)

/* "card0", not its connector "card0-HDMI-A-1". */
static bool
ifxConsoleIsNumbered(const char *name,
                     const char *prefix)
{
    const char *number = g_str_has_prefix(name, prefix) ? name + strlen(prefix) : "";

    return *number && number[strspn(number, "0123456789")] == '\0';
}

/* What udev calls it beside its own name: /dev/dri/by-path/... */
static void
ifxConsoleAddLinks(const char *sysroot,
                   ifxUseGraph *use,
                   const char *dir,
                   const char *id)
{
    g_autofree char *numbers = ifxSysfsReadLine(dir, "dev");
    g_autofree char *file = g_strconcat("c", numbers ? numbers : "", NULL);
    g_autofree char *folder = g_build_filename(sysroot, IFX_CONSOLE_UDEV, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    guint i;

    if (!numbers || strchr(numbers, '/'))
        return;
    text = ifxSysfsReadAll(folder, file, IFX_CONSOLE_UDEV_MAX, NULL);
    lines = g_strsplit(text ? text : "", "\n", -1);
    for (i = 0; lines[i]; i++) {
        g_autofree char *alias = NULL;

        if (!g_str_has_prefix(lines[i], "S:"))
            continue;
        alias = g_strconcat("/dev/", lines[i] + strlen("S:"), NULL);
        ifxUseGraphAddAlias(use, alias, id);
    }
}

/* Notes that the host drives the PCI device at @path by @name, the first of them. */
static void
ifxConsoleNoteDriven(GHashTable *driven,
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
ifxConsoleAddDrm(const char *sysroot,
                 ifxUseGraph *use,
                 GHashTable *driven,
                 GError **problem)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_CONSOLE_DRM, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, problem);
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        const bool card = ifxConsoleIsNumbered(name, "card");
        g_autofree char *dir = NULL;
        g_autofree char *id = NULL;
        g_autofree char *alias = NULL;
        g_autofree char *path = NULL;

        if (!card && !ifxConsoleIsNumbered(name, "renderD"))
            continue;
        dir = g_build_filename(folder, name, NULL);
        id = g_strconcat("drm/", name, NULL);
        alias = g_strconcat("/dev/dri/", name, NULL);
        path = ifxUsePciResolve(dir, "");
        ifxUseGraphAddThing(use, id, name);
        ifxUseGraphAddAlias(use, alias, id);
        ifxConsoleAddLinks(sysroot, use, dir, id);
        if (path)
            ifxUseGraphAddPath(use, id, path);
        if (path && card)
            ifxConsoleNoteDriven(driven, path, name);
    }
}

static void
ifxConsoleFindFramebuffers(const char *sysroot,
                           GHashTable *driven)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_CONSOLE_FRAMEBUFFERS, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *path = NULL;

        if (!ifxConsoleIsNumbered(names->pdata[i], "fb"))
            continue;
        path = ifxUsePciResolve(folder, names->pdata[i]);
        if (path)
            ifxConsoleNoteDriven(driven, path, names->pdata[i]);
    }
}

static bool
ifxConsoleMatchClass(guint32 class_code)
{
    return IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_DISPLAY ||
        IFX_PCI_SUBCLASS(class_code) == IFX_PCI_CLASS_OLD_VGA;
}

static bool
ifxConsoleIsBootVga(const char *sysroot,
                    const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = g_build_filename(sysroot, IFX_CONSOLE_PCI,
                                            ifxPciAddressFormat(address, spelled), NULL);
    guint64 boot;

    return ifxSysfsReadNumber(dir, "boot_vga", 1, &boot) && boot == 1;
}

/* @card: what it is driven by, a thing in drm or a frame buffer; NULL: by nothing. */
static void
ifxConsoleAddDisplay(ifxUseGraph *use,
                     const ifxUsePci *display,
                     const char *card,
                     const char *what)
{
    g_autofree char *drm = g_strconcat("drm/", card ? card : "", NULL);
    g_autofree char *pci = ifxUsePciId(&display->address);

    if (ifxUseGraphLookup(use, drm)) {
        ifxUseGraphAddUse(use, drm, IFX_USE_BOOT_VGA, false, what);
        return;
    }
    ifxUseGraphAddThing(use, pci, card ? card : display->driver ? display->driver : "console");
    ifxUseGraphAddDevice(use, pci, &display->address);
    ifxUseGraphAddUse(use, pci, IFX_USE_BOOT_VGA, false, what);
}

/* @driven: of those which the host drives, the name of a card. */
static void
ifxConsoleAddDisplays(const char *sysroot,
                      ifxUseGraph *use,
                      const GArray *displays,
                      GHashTable *driven)
{
    guint count = 0;
    guint i;

    for (i = 0; i < displays->len; i++) {
        const ifxUsePci *display = &g_array_index(displays, ifxUsePci, i);

        /* One that is kept for a guest can have a frame buffer of the firmware left. */
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
        if (ifxConsoleIsBootVga(sysroot, &display->address))
            ifxConsoleAddDisplay(use, display, card, "boot display");
        else if (card && count == 1)
            ifxConsoleAddDisplay(use, display, card, "the only display");
    }
}

/* Can one of them be listed, and is none there that can't? */
static bool
ifxConsoleCanList(const char *sysroot)
{
    g_autofree char *input = g_build_filename(sysroot, IFX_CONSOLE_INPUT, NULL);
    g_autofree char *drm = g_build_filename(sysroot, IFX_CONSOLE_DRM, NULL);
    g_autoptr(GError) problem = NULL;

    g_ptr_array_unref(ifxSysfsList(input, &problem));
    return !problem && (ifxSysfsExists(input, "") || ifxSysfsExists(drm, ""));
}

void
ifxUseConsoleLoad(const char *sysroot,
                  ifxUseGraph *use)
{
    g_autoptr(GArray) displays = ifxUsePciList(sysroot, ifxConsoleMatchClass);
    g_autoptr(GHashTable) driven =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, g_free);
    g_autoptr(GError) problem = NULL;

    ifxConsoleAddDrm(sysroot, use, driven, &problem);
    ifxConsoleFindFramebuffers(sysroot, driven);
    if (displays)
        ifxConsoleAddDisplays(sysroot, use, displays, driven);
    ifxUseKeyboardLoad(sysroot, use);
    if (displays && !problem && ifxConsoleCanList(sysroot))
        ifxUseGraphAddSight(use, IFX_SIGHT_CONSOLE);
}
