/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-mount.h"

#include <string.h>

#include "base/sysfs.h"
#include "use/use-filesystem.h"
#include "use/use-mountinfo.h"
#include "use/use-swap.h"

typedef struct {
    const char *sysroot;
    ifxUseGraph *use;
    char *proc;
    GArray *own;            /* ifxMount of the host's own namespace, or NULL */
    GHashTable *mounted;    /* set of ids of things that are mounted there, lent by use */
    bool sound;             /* all that was read made sense */
} ifxMountRun;

/* What the host does not live without. */
static bool
ifxMountIsVital(const char *target)
{
    static const char *const folders[] = {
        "/", "/boot", "/boot/efi", "/efi", "/usr", "/var", NULL,
    };

    return g_strv_contains(folders, target);
}

/* The vital ones first, then the shortest. */
static int
ifxMountCompareTargets(const void *a,
                       const void *b)
{
    const char *left = *(const char *const *) a;
    const char *right = *(const char *const *) b;
    const int vital = ifxMountIsVital(right) - ifxMountIsVital(left);
    const gsize left_length = strlen(left);
    const gsize right_length = strlen(right);

    if (vital != 0)
        return vital;
    if (left_length != right_length)
        return left_length > right_length ? 1 : -1;
    return strcmp(left, right);
}

static void
ifxMountAddTargets(const ifxMountRun *run,
                   const char *id,
                   GPtrArray *targets)
{
    guint told = 0;
    guint i;

    g_ptr_array_sort(targets, ifxMountCompareTargets);
    for (i = 0; i < targets->len; i++) {
        const char *target = targets->pdata[i];
        const bool vital = ifxMountIsVital(target);

        if (i > 0 && strcmp(target, targets->pdata[i - 1]) == 0)
            continue;
        if (!vital && told >= IFX_MOUNTS_TOLD)
            break;
        ifxUseGraphAddUse(run->use, id, IFX_USE_MOUNTED, vital, target);
        told++;
    }
    if (i < targets->len) {
        g_autofree char *more = g_strdup_printf("%u more mount%s", targets->len - i,
                                                targets->len - i == 1 ? "" : "s");

        ifxUseGraphAddUse(run->use, id, IFX_USE_MOUNTED, false, more);
    }
}

static void
ifxMountFreeTargets(gpointer targets)
{
    g_ptr_array_unref(targets);
}

static void
ifxMountAddOwn(const ifxMountRun *run)
{
    g_autoptr(GHashTable) targets =
        g_hash_table_new_full(NULL, NULL, NULL, ifxMountFreeTargets);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    guint i;

    for (i = 0; i < run->own->len; i++) {
        const ifxMount *mount = &g_array_index(run->own, ifxMount, i);
        const char *id = ifxUseFilesystemFind(run->use, mount);
        GPtrArray *list;

        if (!id)
            continue;
        list = g_hash_table_lookup(targets, id);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(targets, (gpointer) id, list);
            g_ptr_array_add(ids, (gpointer) id);
            g_hash_table_add(run->mounted, (gpointer) id);
        }
        g_ptr_array_add(list, mount->target);
    }
    for (i = 0; i < ids->len; i++)
        ifxMountAddTargets(run, ids->pdata[i], g_hash_table_lookup(targets, ids->pdata[i]));
}

/* What the namespace of process @pid has that others have not. */
static void
ifxMountAddForeign(ifxMountRun *run,
                   const char *pid)
{
    g_autofree char *dir = g_build_filename(run->proc, pid, NULL);
    g_autofree char *name = ifxSysfsReadLine(dir, "comm");
    g_autoptr(GArray) mounts = ifxMountInfoLoad(run->proc, pid, &run->sound);
    guint i;

    for (i = 0; mounts && i < mounts->len; i++) {
        const ifxMount *mount = &g_array_index(mounts, ifxMount, i);
        const char *id = ifxUseFilesystemFind(run->use, mount);
        g_autofree char *what = NULL;

        if (!id || !g_hash_table_add(run->mounted, (gpointer) id))
            continue;
        what = g_strdup_printf("%s (in the mount namespace of %s, process %s)", mount->target,
                               name ? name : "?", pid);
        ifxUseGraphAddUse(run->use, id, IFX_USE_MOUNTED, false, what);
    }
}

static char *
ifxMountNamespace(const ifxMountRun *run,
                  const char *pid)
{
    g_autofree char *dir = g_build_filename(run->proc, pid, "ns", NULL);

    return ifxSysfsReadLink(dir, "mnt");
}

static void
ifxMountAddNamespaces(ifxMountRun *run,
                      const char *own)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) pids = ifxSysfsList(run->proc, NULL);
    char *space = ifxMountNamespace(run, own);
    guint i;

    if (space)
        g_hash_table_add(seen, space);
    for (i = 0; i < pids->len; i++) {
        const char *pid = pids->pdata[i];

        if (!g_ascii_isdigit(*pid))
            continue;
        space = ifxMountNamespace(run, pid);
        if (space && g_hash_table_add(seen, space))
            ifxMountAddForeign(run, pid);
    }
}

/* The thing that the file system around @path is on; NULL: none that is known. */
static const char *
ifxMountAround(const ifxMountRun *run,
               const char *path)
{
    const ifxMount *around = NULL;
    gsize longest = 0;
    guint i;

    for (i = 0; i < run->own->len; i++) {
        const ifxMount *mount = &g_array_index(run->own, ifxMount, i);
        const gsize length = strcmp(mount->target, "/") == 0 ? 0 : strlen(mount->target);

        /* Of several at one place the last covers the others. */
        if (length >= longest && strncmp(path, mount->target, length) == 0 &&
            path[length] == '/') {
            around = mount;
            longest = length;
        }
    }
    return around ? ifxUseFilesystemFind(run->use, around) : NULL;
}

static void
ifxMountAddLoops(const ifxMountRun *run)
{
    g_autofree char *folder = g_build_filename(run->sysroot, "sys/class/block", NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *file = ifxSysfsReadLine(dir, "loop/backing_file");
        g_autofree char *id = g_strconcat("block/", names->pdata[i], NULL);
        const char *below = file ? ifxUseGraphLookup(run->use, file) : NULL;

        if (file && !below)
            below = ifxMountAround(run, file);
        if (below)
            ifxUseGraphAddBelow(run->use, id, below);
    }
}

static bool
ifxMountAddSwap(const ifxMountRun *run)
{
    g_autoptr(GArray) spaces = NULL;
    guint i;

    if (!ifxSwapLoad(run->proc, &spaces))
        return false;
    for (i = 0; i < spaces->len; i++) {
        const ifxSwap *swap = &g_array_index(spaces, ifxSwap, i);
        const char *id = swap->file ? ifxMountAround(run, swap->path) :
            ifxUseGraphLookup(run->use, swap->path);
        g_autofree char *what = swap->file ? g_strdup_printf("swap file %s", swap->path) :
            g_strdup("swap");

        if (id)
            ifxUseGraphAddUse(run->use, id, IFX_USE_SWAP, true, what);
    }
    return true;
}

void
ifxUseMountLoad(const char *sysroot,
                ifxUseGraph *use)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autoptr(GHashTable) mounted = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) own = NULL;
    ifxMountRun run = {
        .sysroot = sysroot, .use = use, .proc = proc, .mounted = mounted, .sound = true,
    };
    const char *pid = "1";

    own = ifxMountInfoLoad(proc, pid, &run.sound);
    if (!own) {
        pid = "self";
        own = ifxMountInfoLoad(proc, pid, &run.sound);
    }
    if (!own)
        return;
    run.own = own;
    ifxUseFilesystemLoad(sysroot, use);
    ifxMountAddOwn(&run);
    ifxMountAddNamespaces(&run, pid);
    ifxMountAddLoops(&run);
    ifxUseFilesystemAddUnseen(sysroot, use, mounted);
    if (ifxMountAddSwap(&run) && run.sound && own->len > 0 &&
        ifxSysfsExists(sysroot, "sys/class/block"))
        ifxUseGraphAddSight(use, IFX_SIGHT_STORAGE);
}
