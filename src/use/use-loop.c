/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-loop: where loop devices have their bytes.
 *
 * loop/backing_file is the name of the file in the mount namespace of whoever set the device up. So
 * the kernel is asked: LOOP_GET_STATUS64 gives the device number of the file system that the file is
 * on, or that of the block device that is the file (lo_device and lo_rdevice; Linux
 * drivers/block/loop.c, loop_get_status()). It asks the file system of the file, so it can wait for
 * ever, and happens in a child process.
 *
 * btrfs and overlay give their files device numbers that no mount shows. There the name counts, if
 * it leads to such a file system. The name counts too where the kernel can't be asked: in the tree of
 * another host, and without permission.
 *
 * A loop device that is set up on a block device is IFX_USE_HELD: the kernel has that one open, but
 * does not claim it.
 */

#include "use/use-internal.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/child.h"
#include "base/sysfs.h"

/* A loop device that is set up. */
typedef struct _ifxUseLoop ifxUseLoop;
struct _ifxUseLoop {
    char *name;             /* "loop0" */
    char *file;             /* its backing_file */
};

typedef struct _ifxUseLoops ifxUseLoops;
struct _ifxUseLoops {
    const char *sysroot;
    ifxUseGraph *graph;
    const GArray *mounts;   /* ifxUseMount */
    GHashTable *numbers;    /* "0:42" -> id of the thing that is mounted, or NULL */
    GPtrArray *set_up;      /* ifxUseLoop */
    bool whole;             /* it is known where each of them has its bytes */
};

static void
ifxUseLoopFree(gpointer data)
{
    ifxUseLoop *loop = data;

    g_free(loop->name);
    g_free(loop->file);
    g_free(loop);
}

/* Appends "8:1 0:0", the device numbers of the file system and of the file; nothing if the kernel
 * can't be asked. */
static void
ifxUseLoopAsk(void *opaque,
              guint item,
              GString *answer)
{
    const ifxUseLoops *loops = opaque;
    const ifxUseLoop *loop = loops->set_up->pdata[item];
    g_autofree char *node = g_build_filename(loops->sysroot, "dev", loop->name, NULL);
    g_autofree char *dir = g_build_filename(loops->sysroot, IFX_USE_BLOCK_FOLDER, loop->name, NULL);
    g_autofree char *number = ifxSysfsReadLine(dir, "dev");
    g_autofree char *own = NULL;
    struct loop_info64 info = { 0 };
    struct stat state;
    int file;

    /* A FIFO in a tree is not opened. */
    if (stat(node, &state) < 0 || !S_ISBLK(state.st_mode))
        return;
    own = g_strdup_printf("%u:%u", major(state.st_rdev), minor(state.st_rdev));
    file = strcmp(own, number ? number : "") == 0 ?
        open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    if (ioctl(file, LOOP_GET_STATUS64, &info) == 0)
        g_string_append_printf(answer, "%u:%u %u:%u", major(info.lo_device),
                               minor(info.lo_device), major(info.lo_rdevice),
                               minor(info.lo_rdevice));
    close(file);
}

/* The thing that the loop device sits on, by the name of its file; NULL: none. False if the name
 * leads to no file system. */
static bool
ifxUseLoopFindByName(const ifxUseLoops *loops,
                     const ifxUseLoop *loop,
                     bool hidden,
                     const char **below)
{
    const ifxUseMount *mount = ifxUseMountinfoFind(loops->mounts, loop->file);

    *below = mount ? ifxUseFilesystemFind(loops->graph, mount) : NULL;
    return mount && (!hidden || strcmp(mount->fs_type, "btrfs") == 0 ||
                     strcmp(mount->fs_type, "overlay") == 0);
}

/* The same by @number, the device number of the file system. */
static bool
ifxUseLoopFindByNumber(const ifxUseLoops *loops,
                       const ifxUseLoop *loop,
                       char *number,
                       const char **below)
{
    char nothing[] = "";
    const ifxUseMount mount = { .source = nothing, .fs_type = nothing, .number = number };
    gpointer id;

    if (g_hash_table_lookup_extended(loops->numbers, number, NULL, &id)) {
        *below = id;
        return true;
    }
    *below = ifxUseFilesystemFind(loops->graph, &mount);
    return *below || ifxUseLoopFindByName(loops, loop, true, below);
}

static void
ifxUseLoopTake(void *opaque,
               guint item,
               ifxChildState state,
               const char *answer,
               gsize length)
{
    ifxUseLoops *loops = opaque;
    const ifxUseLoop *loop = loops->set_up->pdata[item];
    g_auto(GStrv) numbers = g_strsplit(answer, " ", 2);
    g_autofree char *id = ifxUseBlockId(loop->name);
    g_autofree char *node = length > 0 ? g_strconcat("/dev/block/", numbers[1], NULL) : NULL;
    const char *disk = ifxUseGraphLookup(loops->graph, node ? node : loop->file);
    const char *below = disk;
    bool known = state == IFX_CHILD_ANSWERED;

    if (disk)
        ifxUseGraphAddUse(loops->graph, id, IFX_USE_HELD, false, NULL);
    else if (length == 0)
        known &= ifxUseLoopFindByName(loops, loop, false, &below);
    else if (strcmp(numbers[1], "0:0") == 0)
        known &= ifxUseLoopFindByNumber(loops, loop, numbers[0], &below);
    if (below)
        ifxUseGraphAddBelow(loops->graph, id, below);
    if (!known) {
        g_autofree char *what = state == IFX_CHILD_ANSWERED ?
            g_strdup_printf("nothing shows which file system has the file of %s", loop->name) :
            g_strdup_printf("%s did not show in time where its file is", loop->name);

        ifxUseGraphAddUnanswered(loops->graph, IFX_SIGHT_STORAGE, what);
        loops->whole = false;
    }
}

bool
ifxUseLoopAdd(const char *sysroot,
              ifxUseGraph *graph,
              const GArray *mounts,
              GHashTable *numbers)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_USE_BLOCK_FOLDER, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    g_autoptr(GPtrArray) set_up = g_ptr_array_new_with_free_func(ifxUseLoopFree);
    ifxUseLoops loops = {
        .sysroot = sysroot, .graph = graph, .mounts = mounts, .numbers = numbers,
        .set_up = set_up, .whole = true,
    };
    const ifxChildWork work = {
        .ask = ifxUseLoopAsk,
        .take = ifxUseLoopTake,
        .opaque = &loops,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);
        g_autofree char *file = ifxSysfsReadLine(dir, "loop/backing_file");
        ifxUseLoop *loop;

        if (!file)
            continue;
        loop = g_new0(ifxUseLoop, 1);
        loop->name = g_strdup(names->pdata[i]);
        loop->file = g_steal_pointer(&file);
        g_ptr_array_add(set_up, loop);
    }
    ifxChildRun(&work, set_up->len);
    return loops.whole;
}
