/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <limits.h>
#include <string.h>

#include "base/sysfs.h"

/* A sound card by its ID (ifxDomainNeedsFind()). */
#define IFX_NEED_CARD "sound-card/"

/* Two links that udev makes by a rule and lists nowhere: /dev/VG/LV is the device mapper's VG-LV
 * with each dash inside a name doubled (dm_build_dm_name, lvm2 libdm), and /dev/zvol/POOL/... is a
 * volume of a ZFS pool. */
static char *
ifxUseNeedRename(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autofree char *group = NULL;
    g_autofree char *volume = NULL;
    g_auto(GStrv) group_parts = NULL;
    g_auto(GStrv) volume_parts = NULL;

    if (g_strv_length(parts) < 4 || strcmp(parts[1], "dev") != 0)
        return NULL;
    if (strcmp(parts[2], "zvol") == 0)
        return g_strconcat("zfs/", parts[3], NULL);
    if (parts[4])
        return NULL;
    group_parts = g_strsplit(parts[2], "-", -1);
    volume_parts = g_strsplit(parts[3], "-", -1);
    group = g_strjoinv("--", group_parts);
    volume = g_strjoinv("--", volume_parts);
    return g_strconcat("/dev/mapper/", group, "-", volume, NULL);
}

/* The control node of the sound card with the ID @card: each card has one. NULL: there is no such
 * card, or the host can't be asked. */
static char *
ifxUseNeedFindCard(const ifxUseGraph *graph,
                   const char *card)
{
    g_autofree char *folder = NULL;
    g_autoptr(GPtrArray) names = NULL;
    guint i;

    if (!graph->sysroot)
        return NULL;
    folder = g_build_filename(graph->sysroot, "sys/class/sound", NULL);
    names = ifxSysfsList(folder, NULL);
    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *dir = g_build_filename(folder, name, NULL);
        g_autofree char *id = g_str_has_prefix(name, "card") ? ifxSysfsReadLine(dir, "id") : NULL;

        if (g_strcmp0(id, card) == 0)
            return g_strconcat("/dev/snd/controlC", name + strlen("card"), NULL);
    }
    return NULL;
}

const char *
ifxUseNeedFind(ifxUseGraph *graph,
               const char *need)
{
    g_autofree char *card = g_str_has_prefix(need, IFX_NEED_CARD) ?
        ifxUseNeedFindCard(graph, need + strlen(IFX_NEED_CARD)) : NULL;
    const char *id;
    g_autofree char *path = NULL;
    g_autofree char *other = NULL;

    if (card)
        need = card;
    id = ifxUseGraphLookup(graph, need);

    /* g_canonicalize_filename() can take the square of its length. */
    if (id || !g_path_is_absolute(need) || strlen(need) >= PATH_MAX)
        return id;
    path = g_canonicalize_filename(need, "/");
    id = ifxUseGraphLookup(graph, path);
    if (id)
        return id;
    other = ifxUseNeedRename(path);
    id = other ? ifxUseGraphLookup(graph, other) : NULL;
    return id ? id : ifxUseNodeFindPath(graph, path);
}

ifxUseKind
ifxUseNeedGetKind(const char *id)
{
    if (g_str_has_prefix(id, "mdev/"))
        return IFX_USE_MDEV_PARENT;
    return g_str_has_prefix(id, "vdpa/") ? IFX_USE_VDPA_PARENT : IFX_USE_DOMAIN;
}

bool
ifxUseNeedIsVital(ifxUseKind kind)
{
    return kind != IFX_USE_DOMAIN;
}
