/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-held: asks the kernel whether a block device is held.
 *
 * A block device can be in use without a mount, a link in /sys or a process that has it open: the
 * external journal of ext4, the backing device of zram, a LUN of LIO, a member of an md array that
 * did not start, a file system that was unmounted lazily. The kernel claims the device in each of
 * these cases, and then open() with O_EXCL fails with EBUSY (open(2); bd_may_claim(), Linux
 * block/bdev.c). A partition that is claimed claims its disk too, and the other way round.
 *
 * SYSROOT/dev/NAME must be the block device with the number that sysfs shows: the number tells
 * which device it is, never the name. The device is opened for reading, and closed at once.
 * For that moment the tool claims it itself, so that two tools could each find the other: it asks
 * again for 15 milliseconds before it believes EBUSY.
 *
 * open() of a disk whose last path is gone can wait for ever, so it happens in a child process.
 *
 * The kernel cannot be asked about a tree of another host. There SYSROOT/dev/NAME is a regular
 * file with the recorded answer: empty where the device is free, "held" where it is held. This
 * host's own root, "/", has no recorded answers.
 *
 * O_EXCL does not see what the kernel serves to others without a claim, which use-backstore finds, nor
 * files that are open without O_EXCL, which use-process finds.
 * What holds a device is read where the kernel or udev names it; these are only words.
 */

#include "use/use-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/child.h"
#include "base/sysfs.h"

#define IFX_HELD_TRIES 5
#define IFX_HELD_WAIT 1000      /* microseconds before the second try; doubled for each one more */

typedef enum {
    IFX_HELD_NO,
    IFX_HELD_YES,
    IFX_HELD_UNASKED,
} ifxUseHeldAnswer;

/* 0, or why the block device cannot be opened. */
static int
ifxUseHeldOpen(const char *path,
               dev_t number)
{
    const int file = open(path, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    struct stat state;
    int problem = 0;

    if (file < 0)
        return errno;
    if (fstat(file, &state) < 0)
        problem = errno;
    else if (!S_ISBLK(state.st_mode) || state.st_rdev != number)
        problem = ENODEV;
    close(file);
    return problem;
}

static int
ifxUseHeldClaim(const char *path,
                dev_t number)
{
    gulong wait = IFX_HELD_WAIT;
    int problem = ifxUseHeldOpen(path, number);
    guint i;

    for (i = 1; problem == EBUSY && i < IFX_HELD_TRIES; i++) {
        g_usleep(wait);
        wait *= 2;
        problem = ifxUseHeldOpen(path, number);
    }
    return problem;
}

/* *@why is set where the question could not be asked. */
static ifxUseHeldAnswer
ifxUseHeldAskKernel(const char *path,
                    dev_t number,
                    char **why)
{
    const int problem = ifxUseHeldClaim(path, number);

    /* A drive without a medium has nothing that could be held. */
    if (problem == 0 || problem == ENOMEDIUM)
        return IFX_HELD_NO;
    if (problem == EBUSY)
        return IFX_HELD_YES;
    *why = g_strdup(g_strerror(problem));
    return IFX_HELD_UNASKED;
}

static ifxUseHeldAnswer
ifxUseHeldReadRecord(const char *sysroot,
                     const char *node,
                     char **why)
{
    g_autofree char *text = strcmp(sysroot, "/") == 0 ? NULL : ifxSysfsReadLine(sysroot, node);

    if (text && *text == '\0')
        return IFX_HELD_NO;
    if (text && strcmp(text, "held") == 0)
        return IFX_HELD_YES;
    *why = g_strdup_printf("/%s is no block device", node);
    return IFX_HELD_UNASKED;
}

static ifxUseHeldAnswer
ifxUseHeldAskNode(const char *sysroot,
                  const char *name,
                  dev_t number,
                  char **why)
{
    g_autofree char *node = g_strdelimit(g_strconcat("dev/", name, NULL), "!", '/');
    g_autofree char *path = g_build_filename(sysroot, node, NULL);
    struct stat state;

    if (lstat(path, &state) < 0)
        *why = g_strdup_printf("/%s: %s", node, g_strerror(errno));
    else if (!S_ISBLK(state.st_mode))
        return ifxUseHeldReadRecord(sysroot, node, why);
    else if (state.st_rdev != number)
        *why = g_strdup_printf("/%s is another device", node);
    else
        return ifxUseHeldAskKernel(path, number, why);
    return IFX_HELD_UNASKED;
}

/* ---- what holds it */

/* The block device that the attribute DIR/NAME names is the thing @id. */
static bool
ifxUseHeldNames(ifxUseGraph *graph,
                const char *dir,
                const char *name,
                const char *id)
{
    g_autofree char *path = ifxSysfsReadLine(dir, name);
    const char *named = path ? ifxUseNeedFind(graph, path) : NULL;

    return named && strcmp(named, id) == 0;
}

static char *
ifxUseHeldFindZram(ifxUseGraph *graph,
                   const char *id)
{
    g_autofree char *folder = g_build_filename(graph->sysroot, IFX_USE_BLOCK_FOLDER, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);

        if (g_str_has_prefix(names->pdata[i], "zram") &&
            ifxUseHeldNames(graph, dir, "backing_dev", id))
            return g_strconcat("backing device of ", names->pdata[i], NULL);
    }
    return NULL;
}

/* "iblock_0/disk": the LUN of LIO that names the thing @id and is enabled. */
static char *
ifxUseHeldFindLun(ifxUseGraph *graph,
                  const char *id)
{
    g_autofree char *top = g_build_filename(graph->sysroot, "sys/kernel/config/target/core", NULL);
    g_autoptr(GPtrArray) adapters = ifxSysfsList(top, NULL);
    guint i;
    guint j;

    for (i = 0; i < adapters->len; i++) {
        g_autofree char *folder = g_build_filename(top, adapters->pdata[i], NULL);
        g_autoptr(GPtrArray) luns = ifxSysfsList(folder, NULL);

        for (j = 0; j < luns->len; j++) {
            g_autofree char *dir = g_build_filename(folder, luns->pdata[j], NULL);

            if (ifxUseBackstoreIsEnabled(dir, "enable") &&
                ifxUseHeldNames(graph, dir, "udev_path", id))
                return g_strdup_printf("%s/%s", (char *) adapters->pdata[i],
                                       (char *) luns->pdata[j]);
        }
    }
    return NULL;
}

/* The folder of a thing "block/NAME". */
static char *
ifxUseHeldFolder(ifxUseGraph *graph,
                 const ifxUseThing *thing)
{
    return g_build_filename(graph->sysroot, IFX_USE_BLOCK_FOLDER, thing->id + strlen("block/"),
                            NULL);
}

/* The label of what is stacked on the thing; a partition holds nothing. */
static const char *
ifxUseHeldFindStacked(ifxUseGraph *graph,
                      const ifxUseThing *thing)
{
    guint i;

    for (i = 0; i < thing->above->len; i++) {
        const ifxUseThing *above = thing->above->pdata[i];
        g_autofree char *dir = ifxUseHeldFolder(graph, above);

        if (g_str_has_prefix(above->id, "block/") && above->label &&
            !ifxSysfsExists(dir, "partition"))
            return above->label;
    }
    return NULL;
}

static char *
ifxUseHeldDescribe(ifxUseGraph *graph,
                   const ifxUseThing *thing,
                   const char *number)
{
    const char *stacked = ifxUseHeldFindStacked(graph, thing);
    g_autoptr(ifxUseUdev) udev = ifxUseUdevLoad(graph->sysroot, 'b', number);
    char *words;
    g_autofree char *lun = NULL;

    if (stacked)
        return g_strconcat("held by ", stacked, NULL);
    words = ifxUseHeldFindZram(graph, thing->id);
    if (words)
        return words;
    lun = ifxUseHeldFindLun(graph, thing->id);
    if (lun)
        return g_strconcat("exported by LIO: ", lun, NULL);
    if (udev && g_strcmp0(udev->fs_type, "jbd") == 0)
        return g_strdup("external journal of a file system");
    return g_strdup("held by the kernel or a process");
}

/* ---- asking about all that is above a device */

/* Is there a use of the thing, or of what is above it, that refuses? */
static bool
ifxUseHeldIsSettled(const ifxUseGraph *graph,
                    const ifxUseThing *thing)
{
    g_autoptr(GPtrArray) above = ifxUseEvidenceListAbove(thing);
    guint i;
    guint j;

    for (i = 0; i < above->len; i++) {
        const GArray *uses = ((const ifxUseThing *) above->pdata[i])->uses;

        for (j = 0; j < uses->len; j++) {
            const ifxUseCause *cause =
                &g_array_index(graph->causes, ifxUseCause, g_array_index(uses, guint, j));

            if (cause->kind != IFX_USE_UNCLEAR && !cause->domain)
                return true;
        }
    }
    return false;
}

/* The file "dev" of sysfs: "8:16". One path of several to an NVMe disk has none (NULL). */
static bool
ifxUseHeldParseNumber(const char *text,
                      dev_t *number)
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", ":", 2);
    guint64 major_part;
    guint64 minor_part;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXUINT, &major_part, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT, &minor_part, NULL))
        return false;
    *number = makedev((guint) major_part, (guint) minor_part);
    return true;
}

/* The first byte of an answer. What stands after it is the last step of a chain. */
typedef enum {
    IFX_HELD_LINE_HELD = 'h',
    IFX_HELD_LINE_UNASKED = 'u',
} ifxUseHeldLine;

typedef struct _ifxUseHeldRun ifxUseHeldRun;
struct _ifxUseHeldRun {
    ifxUseGraph *graph;
    GPtrArray *things;      /* ifxUseThing */
};

/* What can be said of the thing, for ifxUseHeldTake(); nothing: it is free, or settled. */
static void
ifxUseHeldAskThing(ifxUseGraph *graph,
                   const ifxUseThing *thing,
                   GString *answer)
{
    const char *name = thing->id + strlen("block/");
    g_autofree char *dir = ifxUseHeldFolder(graph, thing);
    g_autofree char *number = ifxSysfsReadLine(dir, "dev");
    g_autofree char *what = NULL;
    g_autofree char *why = NULL;
    ifxUseHeldAnswer held;
    dev_t device;

    if (!ifxUseHeldParseNumber(number, &device) || ifxUseHeldIsSettled(graph, thing))
        return;
    held = ifxUseHeldAskNode(graph->sysroot, name, device, &why);
    if (held == IFX_HELD_YES) {
        what = ifxUseHeldDescribe(graph, thing, number);
        g_string_append_printf(answer, "%c%s", IFX_HELD_LINE_HELD, what);
    } else if (held == IFX_HELD_UNASKED && !ifxSysfsExists(dir, "partition")) {
        /* The disk's answer is that of its partitions too. */
        g_string_append_printf(answer, "%c" IFX_USE_CANNOT_ASK "the kernel whether it is held: %s",
                               IFX_HELD_LINE_UNASKED, why);
    }
}

static void
ifxUseHeldTakeThing(ifxUseGraph *graph,
                    const ifxUseThing *thing,
                    const char *answer)
{
    if (*answer != '\0')
        ifxUseGraphAddUse(graph, thing->id, *answer == IFX_HELD_LINE_HELD ?
                          IFX_USE_HELD : IFX_USE_UNCLEAR, false, answer + 1);
}

/* The child takes its own answers too: what is below a thing that is held is settled by it. */
static void
ifxUseHeldWork(void *opaque,
               guint item,
               GString *answer)
{
    const ifxUseHeldRun *run = opaque;
    const ifxUseThing *thing = run->things->pdata[item];

    ifxUseHeldAskThing(run->graph, thing, answer);
    ifxUseHeldTakeThing(run->graph, thing, answer->str);
}

static void
ifxUseHeldTake(void *opaque,
               guint item,
               ifxChildState state,
               const char *answer,
               gsize length G_GNUC_UNUSED)
{
    const ifxUseHeldRun *run = opaque;
    const ifxUseThing *thing = run->things->pdata[item];

    if (state == IFX_CHILD_ANSWERED)
        ifxUseHeldTakeThing(run->graph, thing, answer);
    else
        ifxUseGraphAddUse(run->graph, thing->id, IFX_USE_UNANSWERED, false,
                          "the kernel did not answer in time whether it is held");
}

void
ifxUseHeldAsk(ifxUseGraph *graph,
              const ifxPciAddress *address)
{
    const GPtrArray *holders = g_hash_table_lookup(graph->holders, address);
    g_autoptr(GPtrArray) things = g_ptr_array_new();
    ifxUseHeldRun run = { .graph = graph, .things = things };
    const ifxChildWork work = {
        .ask = ifxUseHeldWork,
        .take = ifxUseHeldTake,
        .opaque = &run,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };
    guint i;
    guint j;

    if (!graph->sysroot || !holders)
        return;
    for (i = 0; i < holders->len; i++) {
        g_autoptr(GPtrArray) above = ifxUseEvidenceListAbove(holders->pdata[i]);

        /* What is on top first: it is held for a reason, and what is below it only for its sake. */
        for (j = above->len; j > 0; j--) {
            ifxUseThing *thing = above->pdata[j - 1];

            if (thing->asked || !g_str_has_prefix(thing->id, "block/"))
                continue;
            thing->asked = true;
            if (!ifxUseHeldIsSettled(graph, thing))
                g_ptr_array_add(things, thing);
        }
    }
    ifxChildRun(&work, things->len);
}
