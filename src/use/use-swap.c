/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-swap.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_SWAPS_MAX (1024 * 1024)

static void
ifxSwapClear(gpointer data)
{
    g_free(((ifxSwap *) data)->path);
}

bool
ifxSwapLoad(const char *proc,
            GArray **spaces)
{
    g_autofree char *text = ifxSysfsReadAll(proc, "swaps", IFX_SWAPS_MAX, NULL);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;
    guint i;

    *spaces = g_array_new(FALSE, FALSE, sizeof(ifxSwap));
    g_array_set_clear_func(*spaces, ifxSwapClear);
    if (!lines)
        return !ifxSysfsExists(proc, "swaps");

    /* "Filename Type Size ..." heads the lines; octal stands for blanks (seq_file_path()). */
    for (i = 1; lines[0] && lines[i]; i++) {
        const gsize length = strcspn(lines[i], " \t");
        const char *type = lines[i] + length + strspn(lines[i] + length, " \t");
        g_autofree char *path = g_strndup(lines[i], length);
        const ifxSwap swap = {
            .path = *path == '/' ? g_strcompress(path) : NULL,
            .file = g_str_has_prefix(type, "file"),
        };

        if (swap.path)
            g_array_append_val(*spaces, swap);
    }
    return true;
}
