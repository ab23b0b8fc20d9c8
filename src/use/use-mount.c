/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-mount: mounted file systems and swap.
 *
 * The mounts are those of the host's own namespace, which is that of process 1 (of the tool
 * itself where that cannot be read), and of every other namespace that can be read. File systems
 * of several devices are things of their own: btrfs/UUID (/sys/fs/btrfs), zfs/POOL (the members by
 * udev's label), bcachefs/FIRST (the source of the mount names them all).
 *
 * Where a thing is mounted is IFX_USE_MOUNTED. In the host's own namespace these are the
 * IFX_USE_MOUNT_SHOWN shortest folders and the number of the others; /, /boot, /boot/efi, /efi,
 * /usr and /var are vital and always among them. Another namespace adds only things that the host's
 * own does not mount. Swap is IFX_USE_SWAP and always vital. Loop devices (use-loop.c) and swap
 * files sit on the file system that holds their file.
 *
 * IFX_SIGHT_STORAGE: the block devices, the mounts of the host's own namespace and swap could be
 * read, and it is known where each loop device has its bytes and what the kernel serves to others
 * (use-backstore.c). Other namespaces need not be readable: for the usual file systems /sys/fs shows
 * that they are mounted, and what processes have open is another sight.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"
#include "use/use-nets.h"

#define IFX_USE_MOUNT_SHOWN 3

typedef struct {
    ifxUseGraph *graph;
    char *proc;
    GArray *own;            /* ifxUseMount of the host's own namespace, or NULL */
    GHashTable *numbers;    /* "0:42" -> id of a thing that is mounted in any namespace, lent by
                             * graph, or NULL */
    GHashTable *mounted;    /* set of ids of things that are mounted there, lent by graph */
    bool sound;             /* everything that was read made sense */
} ifxUseMountRun;

/* The host cannot live without these. */
static bool
ifxUseMountIsVital(const char *target)
{
    static const char *const folders[] = {
        "/", "/boot", "/boot/efi", "/efi", "/usr", "/var", NULL,
    };

    return g_strv_contains(folders, target);
}

/* The vital ones first, then the shortest. */
static int
ifxUseMountCompareTargets(const void *a,
                          const void *b)
{
    const char *left = *(const char *const *) a;
    const char *right = *(const char *const *) b;
    const int vital = ifxUseMountIsVital(right) - ifxUseMountIsVital(left);
    const gsize left_length = strlen(left);
    const gsize right_length = strlen(right);

    if (vital != 0)
        return vital;
    if (left_length != right_length)
        return left_length > right_length ? 1 : -1;
    return strcmp(left, right);
}

static void
ifxUseMountAddTargets(const ifxUseMountRun *run,
                      const char *id,
                      GPtrArray *targets)
{
    guint shown = 0;
    guint i;

    g_ptr_array_sort(targets, ifxUseMountCompareTargets);
    for (i = 0; i < targets->len; i++) {
        const char *target = targets->pdata[i];
        const bool vital = ifxUseMountIsVital(target);

        if (i > 0 && strcmp(target, targets->pdata[i - 1]) == 0)
            continue;
        if (!vital && shown >= IFX_USE_MOUNT_SHOWN)
            break;
        ifxUseGraphAddUse(run->graph, id, IFX_USE_MOUNTED, vital, target);
        shown++;
    }
    if (i < targets->len) {
        g_autofree char *more = g_strdup_printf("%u more mount%s", targets->len - i,
                                                targets->len - i == 1 ? "" : "s");

        ifxUseGraphAddUse(run->graph, id, IFX_USE_MOUNTED, false, more);
    }
}

static void
ifxUseMountFreeTargets(gpointer targets)
{
    g_ptr_array_unref(targets);
}

/* A mount in the namespace of process @pid can hold a network namespace. */
static void
ifxUseMountAddSpace(const ifxUseMountRun *run,
                    const char *pid,
                    const ifxUseMount *mount)
{
    ifxUseNetnsHolder holder = { .number = 0 };

    if (strcmp(mount->fs_type, "nsfs") != 0 || !mount->root ||
        !ifxUseNetnsParseName(mount->root, &holder.number))
        return;
    g_array_append_val(run->graph->spaces, holder);
    g_array_index(run->graph->spaces, ifxUseNetnsHolder, run->graph->spaces->len - 1).path =
        g_build_filename(run->proc, pid, "root", mount->target, NULL);
}

static void
ifxUseMountAddOwn(const ifxUseMountRun *run,
                  const char *pid)
{
    g_autoptr(GHashTable) targets =
        g_hash_table_new_full(NULL, NULL, NULL, ifxUseMountFreeTargets);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    guint i;

    for (i = 0; i < run->own->len; i++) {
        const ifxUseMount *mount = &g_array_index(run->own, ifxUseMount, i);
        const char *id = ifxUseFilesystemFind(run->graph, mount);
        GPtrArray *list;

        ifxUseMountAddSpace(run, pid, mount);
        g_hash_table_insert(run->numbers, g_strdup(mount->number), (gpointer) id);
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
        ifxUseMountAddTargets(run, ids->pdata[i], g_hash_table_lookup(targets, ids->pdata[i]));
}

/* What only the namespace of process @pid mounts. */
static void
ifxUseMountAddForeign(ifxUseMountRun *run,
                      const char *pid)
{
    g_autofree char *dir = g_build_filename(run->proc, pid, NULL);
    g_autofree char *name = ifxSysfsReadLine(dir, "comm");
    g_autoptr(GArray) mounts = ifxUseMountinfoLoad(run->proc, pid, &run->sound);
    guint i;

    for (i = 0; mounts && i < mounts->len; i++) {
        const ifxUseMount *mount = &g_array_index(mounts, ifxUseMount, i);
        const char *id = ifxUseFilesystemFind(run->graph, mount);
        g_autofree char *what = NULL;

        ifxUseMountAddSpace(run, pid, mount);
        g_hash_table_insert(run->numbers, g_strdup(mount->number), (gpointer) id);
        if (!id || !g_hash_table_add(run->mounted, (gpointer) id))
            continue;
        what = g_strdup_printf("%s (in the mount namespace of %s, process %s)", mount->target,
                               name ? name : "?", pid);
        ifxUseGraphAddUse(run->graph, id, IFX_USE_MOUNTED, false, what);
    }
}

static char *
ifxUseMountNamespace(const ifxUseMountRun *run,
                     const char *pid)
{
    g_autofree char *dir = g_build_filename(run->proc, pid, "ns", NULL);

    return ifxSysfsReadLink(dir, "mnt");
}

static void
ifxUseMountAddNamespaces(ifxUseMountRun *run,
                         const char *own)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) pids = ifxSysfsList(run->proc, NULL);
    char *space = ifxUseMountNamespace(run, own);
    guint i;

    if (space)
        g_hash_table_add(seen, space);
    for (i = 0; i < pids->len; i++) {
        const char *pid = pids->pdata[i];

        if (!g_ascii_isdigit(*pid))
            continue;
        space = ifxUseMountNamespace(run, pid);
        if (space && g_hash_table_add(seen, space))
            ifxUseMountAddForeign(run, pid);
    }
}

/* The thing that holds the file @path, by the mount that it is in; NULL: it is not known. */
static const char *
ifxUseMountFindFile(const ifxUseMountRun *run,
                    const char *path)
{
    const ifxUseMount *holder = ifxUseMountinfoFind(run->own, path);

    return holder ? ifxUseFilesystemFind(run->graph, holder) : NULL;
}

static bool
ifxUseMountAddSwap(const ifxUseMountRun *run)
{
    g_autoptr(GArray) spaces = ifxUseMountinfoLoadSwap(run->proc);
    guint i;

    if (!spaces)
        return false;
    for (i = 0; i < spaces->len; i++) {
        const ifxUseSwap *swap = &g_array_index(spaces, ifxUseSwap, i);
        const char *id = swap->file ? ifxUseMountFindFile(run, swap->path) :
            ifxUseGraphLookup(run->graph, swap->path);
        g_autofree char *what = swap->file ? g_strdup_printf("swap file %s", swap->path) :
            g_strdup("swap");

        if (id)
            ifxUseGraphAddUse(run->graph, id, IFX_USE_SWAP, true, what);
    }
    return true;
}

static bool
ifxUseMountLoad(const char *sysroot,
                ifxUseGraph *graph)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autoptr(GHashTable) mounted = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) own = NULL;
    ifxUseMountRun run = {
        .graph = graph, .proc = proc, .numbers = numbers, .mounted = mounted, .sound = true,
    };
    const char *pid = "1";
    bool placed;

    own = ifxUseMountinfoLoad(proc, pid, &run.sound);
    if (!own) {
        pid = "self";
        own = ifxUseMountinfoLoad(proc, pid, &run.sound);
    }
    if (!own)
        return false;
    run.own = own;
    ifxUseFilesystemLoad(sysroot, graph);
    ifxUseMountAddOwn(&run, pid);
    ifxUseMountAddNamespaces(&run, pid);
    placed = ifxUseLoopAdd(sysroot, graph, own, numbers);
    ifxUseFilesystemAddUnseen(sysroot, graph, mounted);
    placed &= ifxUseBackstoreAddAll(sysroot, graph);
    return ifxUseMountAddSwap(&run) && placed && run.sound && own->len > 0 &&
        ifxSysfsExists(sysroot, IFX_USE_BLOCK_FOLDER);
}

const ifxUseLoader ifxUseLoaderMount = {
    .name = "mount",
    .sight = IFX_SIGHT_STORAGE,
    .load = ifxUseMountLoad,
};
