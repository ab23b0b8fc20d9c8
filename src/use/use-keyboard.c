/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-keyboard.h"

#include <string.h>

#include "base/sysfs.h"
#include "use/use-pci.h"

#define IFX_KEYBOARD_FOLDER "sys/class/input"
#define IFX_KEYBOARD_PCI "sys/bus/pci/devices"

/* KEY_ESC to KEY_S; bit 0 is KEY_RESERVED. */
#define IFX_KEYBOARD_KEYS G_GUINT64_CONSTANT(0xfffffffe)

/* The bits of all keys, in words, the most significant first. */
static bool
ifxKeyboardHasKeys(const char *dir)
{
    g_autofree char *keys = ifxSysfsReadLine(dir, "capabilities/key");
    const char *last = keys ? strrchr(keys, ' ') : NULL;
    guint64 word;

    if (!keys)
        return false;
    last = last ? last + 1 : keys;
    return g_ascii_string_to_unsigned(last, 16, 0, G_MAXUINT64, &word, NULL) &&
        (word & IFX_KEYBOARD_KEYS) == IFX_KEYBOARD_KEYS;
}

/* "pci/..." or "group/...": the one thing that is taken with the keyboard; NULL: none is. */
static char *
ifxKeyboardUnit(const char *sysroot,
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
    dir = g_build_filename(sysroot, IFX_KEYBOARD_PCI, ifxPciAddressFormat(innermost, spelled),
                           NULL);
    group = ifxSysfsReadLink(dir, "iommu_group");
    return group ? g_strconcat("group/", group, NULL) : ifxUsePciId(innermost);
}

static void
ifxKeyboardAdd(ifxUseGraph *use,
               const char *id,
               const char *dir,
               const char *name,
               const char *path)
{
    g_autofree char *label = ifxSysfsReadLine(dir, "name");

    ifxUseGraphAddThing(use, id, label && *label ? label : name);
    ifxUseGraphAddPath(use, id, path);
}

void
ifxUseKeyboardLoad(const char *sysroot,
                   ifxUseGraph *use)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_KEYBOARD_FOLDER, NULL);
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

        if (!ifxKeyboardHasKeys(dir))
            continue;
        path = ifxUsePciResolve(dir, "");
        if (!path || g_str_has_prefix(path, "/devices/virtual/"))
            continue;
        id = g_strconcat("input/", (const char *) names->pdata[i], NULL);
        g_ptr_array_add(keyboards, id);
        ifxKeyboardAdd(use, id, dir, names->pdata[i], path);

        unit = ifxKeyboardUnit(sysroot, path);
        if (!unit || (common && strcmp(unit, common) != 0))
            elsewhere = true;
        else if (!common)
            common = g_steal_pointer(&unit);
    }
    for (i = 0; !elsewhere && i < keyboards->len; i++)
        ifxUseGraphAddUse(use, keyboards->pdata[i], IFX_USE_LAST_INPUT, false,
                          keyboards->len == 1 ? "the only keyboard" : "the only keyboards");
}
