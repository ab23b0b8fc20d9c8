/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-backstore: disks and SCSI devices that the kernel serves to others, as configfs shows. It
 * does not claim these, so that O_EXCL does not see them (use-held.c):
 *
 *  - nvmet/subsystems/NQN/namespaces/N/{device_path,enable}: a namespace of nvmet (Linux
 *    drivers/nvme/target/configfs.c), "exported over NVMe: NQN/N"
 *  - target/core/fileio_N/NAME/{info,enable}: a file that LIO opened, which can be a block device
 *    (fd_configure_device(), drivers/target/target_core_file.c), "exported by LIO: fileio_N/NAME"
 *  - target/core/pscsi_N/NAME/{info,enable}: a SCSI device that LIO hands on. It claims disks, but
 *    no tapes, changers and optical drives (pscsi_create_type_nondisk(),
 *    drivers/target/target_core_pscsi.c), "exported by LIO: pscsi_N/NAME"
 *
 * Each is IFX_USE_HELD of the block device, or of the SCSI device scsi/2:0:1:0.
 *
 * configfs shows the name by which a file was opened. If no thing has this name, what it leads to
 * counts: a block device by its number, or a file, whose file system is a mount. That can wait for
 * ever, and happens in a child process. A name that leads nowhere is a question without an answer,
 * because it may be one of another mount namespace. So is configfs that is not mounted.
 */

#include "use/use-internal.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/child.h"
#include "base/sysfs.h"

#define IFX_BACKSTORE_CONFIG "sys/kernel/config"
#define IFX_BACKSTORE_DEVICES "sys/bus/scsi/devices"

/* What ifxUseBackstoreAsk() answers for a name that is no block device. */
#define IFX_BACKSTORE_FILE "file"

/* A file that the kernel serves, and that no thing is known by. */
typedef struct _ifxUseBackstoreFile ifxUseBackstoreFile;
struct _ifxUseBackstoreFile {
    char *path;
    char *what;             /* the last step of the chain */
};

typedef struct _ifxUseBackstores ifxUseBackstores;
struct _ifxUseBackstores {
    const char *sysroot;
    ifxUseGraph *graph;
    GPtrArray *files;       /* ifxUseBackstoreFile */
    bool whole;             /* it is known what each of them is */
};

static void
ifxUseBackstoreFileFree(gpointer data)
{
    ifxUseBackstoreFile *file = data;

    g_free(file->path);
    g_free(file->what);
    g_free(file);
}

/* Takes @question, which has no answer. */
static void
ifxUseBackstoreAddUnanswered(ifxUseBackstores *stores,
                             char *question)
{
    ifxUseGraphAddUnanswered(stores->graph, IFX_SIGHT_STORAGE, question);
    stores->whole = false;
    g_free(question);
}

bool
ifxUseBackstoreIsEnabled(const char *dir,
                         const char *name)
{
    guint64 enabled;

    return ifxSysfsReadNumber(dir, name, 1, &enabled) && enabled == 1;
}

/* Takes @path and @what. */
static void
ifxUseBackstoreAddFile(ifxUseBackstores *stores,
                       char *path,
                       char *what)
{
    const char *id = path ? ifxUseNeedFind(stores->graph, path) : NULL;
    ifxUseBackstoreFile *file = g_new0(ifxUseBackstoreFile, 1);

    file->path = path;
    file->what = what;
    if (!id) {
        g_ptr_array_add(stores->files, file);
        return;
    }
    ifxUseGraphAddUse(stores->graph, id, IFX_USE_HELD, false, what);
    ifxUseBackstoreFileFree(file);
}

/* ---- nvmet */

static void
ifxUseBackstoreAddNamespace(ifxUseBackstores *stores,
                            const char *dir,
                            const char *subsystem,
                            const char *name)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);

    if (ifxUseBackstoreIsEnabled(folder, "enable"))
        ifxUseBackstoreAddFile(stores, ifxSysfsReadLine(folder, "device_path"),
                               g_strdup_printf("exported over NVMe: %s/%s", subsystem, name));
}

/* ---- LIO */

/* The number after @label. */
static bool
ifxUseBackstoreReadNumber(const char *text,
                          const char *label,
                          guint *number)
{
    const char *start = strstr(text, label);
    char *end = NULL;

    if (!start)
        return false;
    start += strlen(label);
    *number = (guint) MIN(g_ascii_strtoull(start, &end, 10), G_MAXUINT);
    return end > start;
}

/* The host can be that of the folder, "pscsi_2" (pscsi_show_configfs_dev_params()). */
static void
ifxUseBackstoreAddScsi(ifxUseBackstores *stores,
                       const char *adapter,
                       const char *info,
                       const char *what)
{
    g_autofree char *devices = g_build_filename(stores->sysroot, IFX_BACKSTORE_DEVICES, NULL);
    g_autofree char *name = NULL;
    g_autofree char *path = NULL;
    g_autofree char *id = NULL;
    guint host;
    guint channel;
    guint target;
    guint lun;

    if ((ifxUseBackstoreReadNumber(info, "Host ID: ", &host) ||
         ifxUseBackstoreReadNumber(adapter, "pscsi_", &host)) &&
        ifxUseBackstoreReadNumber(info, "Channel ID: ", &channel) &&
        ifxUseBackstoreReadNumber(info, "Target ID: ", &target) &&
        ifxUseBackstoreReadNumber(info, "LUN: ", &lun)) {
        name = g_strdup_printf("%u:%u:%u:%u", host, channel, target, lun);
        path = ifxUsePciResolve(devices, name);
    }
    if (!path) {
        ifxUseBackstoreAddUnanswered(
            stores, g_strdup_printf("nothing shows the SCSI device that is %s", what));
        return;
    }
    id = g_strconcat("scsi/", name, NULL);
    ifxUseGraphAddThing(stores->graph, id, name);
    ifxUseGraphAddPath(stores->graph, id, path);
    ifxUseGraphAddUse(stores->graph, id, IFX_USE_HELD, false, what);
}

/* "...  File: /dev/sdb  Size: 1024  Mode: ..." (fd_show_configfs_dev_params()). */
static char *
ifxUseBackstoreReadFile(const char *info)
{
    const char *start = strstr(info, "File: ");
    const char *end = start ? g_strrstr(start, "  Size: ") : NULL;

    return end ? g_strndup(start + strlen("File: "), (gsize) (end - start) - strlen("File: ")) :
        NULL;
}

static void
ifxUseBackstoreAddLun(ifxUseBackstores *stores,
                      const char *dir,
                      const char *adapter,
                      const char *name)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);
    g_autofree char *text = NULL;
    g_autofree char *what = NULL;
    const char *info;

    if (!ifxUseBackstoreIsEnabled(folder, "enable"))
        return;
    text = ifxSysfsReadAll(folder, "info", IFX_SYSFS_LINE_MAX, NULL);
    info = text ? text : "";
    what = g_strdup_printf("exported by LIO: %s/%s", adapter, name);
    if (g_str_has_prefix(adapter, "pscsi_"))
        ifxUseBackstoreAddScsi(stores, adapter, info, what);
    else if (g_str_has_prefix(adapter, "fileio_"))
        ifxUseBackstoreAddFile(stores, ifxUseBackstoreReadFile(info), g_steal_pointer(&what));
}

/* ---- names that no thing has */

/* Appends "/dev/block/8:16", or that it is a file; nothing: it leads nowhere. */
static void
ifxUseBackstoreAsk(void *opaque,
                   guint item,
                   GString *answer)
{
    const ifxUseBackstores *stores = opaque;
    const ifxUseBackstoreFile *file = stores->files->pdata[item];
    g_autofree char *path = g_strconcat(stores->sysroot, file->path, NULL);
    struct stat status;

    if (!file->path || stat(path, &status) != 0)
        return;
    if (S_ISBLK(status.st_mode))
        g_string_append_printf(answer, "/dev/block/%u:%u", major(status.st_rdev),
                               minor(status.st_rdev));
    else if (S_ISREG(status.st_mode))
        g_string_append(answer, IFX_BACKSTORE_FILE);
}

static void
ifxUseBackstoreTake(void *opaque,
                    guint item,
                    ifxChildState state G_GNUC_UNUSED,
                    const char *answer,
                    gsize length G_GNUC_UNUSED)
{
    ifxUseBackstores *stores = opaque;
    const ifxUseBackstoreFile *file = stores->files->pdata[item];
    const char *id = ifxUseGraphLookup(stores->graph, answer);

    if (id)
        ifxUseGraphAddUse(stores->graph, id, IFX_USE_HELD, false, file->what);
    else if (strcmp(answer, IFX_BACKSTORE_FILE) != 0)
        ifxUseBackstoreAddUnanswered(
            stores, g_strdup_printf("nothing shows the file or disk that is %s", file->what));
}

/* ---- all of them */

typedef void (*ifxUseBackstoreEntry)(ifxUseBackstores *stores,
                                     const char *dir,
                                     const char *outer,
                                     const char *name);

/* Calls @add for each entry of FOLDER/OUTER/BETWEEN. If the module is loaded, configfs has the
 * folder. */
static void
ifxUseBackstoreAddEach(ifxUseBackstores *stores,
                       const char *module,
                       const char *folder,
                       const char *between,
                       ifxUseBackstoreEntry add)
{
    g_autofree char *modules = g_build_filename(stores->sysroot, "sys/module", NULL);
    g_autofree char *top =
        g_build_filename(stores->sysroot, IFX_BACKSTORE_CONFIG, folder, NULL);
    g_autoptr(GPtrArray) outer = ifxSysfsListFolders(top);
    guint i;
    guint j;

    if (!outer && ifxSysfsExists(modules, module))
        ifxUseBackstoreAddUnanswered(
            stores, g_strdup_printf("cannot read what %s exports: /%s is not mounted", module,
                                    IFX_BACKSTORE_CONFIG));
    for (i = 0; outer && i < outer->len; i++) {
        g_autofree char *dir = g_build_filename(top, outer->pdata[i], between, NULL);
        g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);

        for (j = 0; j < names->len; j++)
            add(stores, dir, outer->pdata[i], names->pdata[j]);
    }
}

bool
ifxUseBackstoreAddAll(const char *sysroot,
                      ifxUseGraph *graph)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(ifxUseBackstoreFileFree);
    ifxUseBackstores stores = {
        .sysroot = sysroot, .graph = graph, .files = files, .whole = true,
    };
    const ifxChildWork work = {
        .ask = ifxUseBackstoreAsk,
        .take = ifxUseBackstoreTake,
        .opaque = &stores,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };

    ifxUseBackstoreAddEach(&stores, "nvmet", "nvmet/subsystems", "namespaces",
                           ifxUseBackstoreAddNamespace);
    ifxUseBackstoreAddEach(&stores, "target_core_mod", "target/core", ".", ifxUseBackstoreAddLun);
    ifxChildRun(&work, files->len);
    return stores.whole;
}
