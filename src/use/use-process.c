/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-process: what processes have open: disks, VFIO groups, displays, userspace drivers.
 *
 * What counts is the device number that statx() shows of /proc/PID/fd/N (use-node.c): not the name
 * by which the process opened it, which is a name in its own mount namespace and can be any. In a
 * tree, whose /proc is not the kernel's, /proc/PID/fd/N is a link, and its text counts: a name,
 * "/dev/sda", or what statx() would show, "/dev/block/8:1", "/dev/char/226:0". The text counts too
 * where a file can't be asked, such as one on another user's FUSE.
 *
 * What is open without a file descriptor is not seen: mapped and closed, on its way through a
 * socket, held by a thread with a table of its own. The other loaders ran before this one. A thing
 * that a process has open, however often, has one use:
 *
 *  - mdev/ and vdpa/: IFX_USE_MDEV_PARENT and IFX_USE_VDPA_PARENT, vital: the process that has the
 *    slice loses it with its parent
 *  - vfio/ and vfio-dev/, open in the QEMU of a domain: ifxUseGraphAddDomainProcess()
 *  - other things, open in the QEMU of a domain: IFX_USE_DOMAIN, "domain NAME"
 *  - sound/ and input/: IFX_USE_LISTENER, "COMM (PID)". A sound server, systemd-logind and a
 *    display server have every sound card and keyboard open, also those of a card that is for a
 *    guest, and close them when they go
 *  - everything else: IFX_USE_PROCESS, "COMM (PID)"
 *
 * The QEMU of a domain is what libvirt starts with -name guest=NAME and -uuid UUID
 * (qemuBuildNameCommandLine, qemuBuildCommandLine). The tool's own process does not count.
 *
 * IFX_SIGHT_PROCESSES: the open files of every process could be listed, of one process at least.
 * Where /proc is the kernel's own, these are the processes of the whole host: it is neither of
 * another PID namespace nor mounted with hidepid.
 */

#include "use/use-internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/sysfs.h"

/* Linux: a quarter of the usual limit of the stack (exec(), bprm_stack_limits()). */
#define IFX_CMDLINE_MAX (2 * 1024 * 1024)

/* All processes. */
typedef struct _ifxUseProcesses ifxUseProcesses;
struct _ifxUseProcesses {
    ifxUseGraph *graph;
    const char *sysroot;
    char *proc;             /* their folder */
    char *self;             /* the tool's own process in it, whose number can differ from getpid();
                             * or NULL */
    GHashTable *nodes;      /* "/dev/char/1:3" -> id, lent by graph, or NULL */
    bool kernel;            /* the folder is the kernel's */
    bool seen;              /* there were open files to list */
};

static void
ifxUseProcessesClear(ifxUseProcesses *all)
{
    g_hash_table_unref(all->nodes);
    g_free(all->proc);
    g_free(all->self);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUseProcesses, ifxUseProcessesClear)

typedef struct _ifxUseProcess ifxUseProcess;
struct _ifxUseProcess {
    ifxUseProcesses *all;
    const char *pid;
    GHashTable *held;       /* ids of things, lent by graph */
    char *what;             /* "COMM (PID)", "domain NAME (PID)"; NULL: not read yet */
    char *domain;           /* the domain's name, or NULL */
    char *uuid;             /* and its UUID */
};

static void
ifxUseProcessClear(ifxUseProcess *process)
{
    g_hash_table_unref(process->held);
    g_free(process->what);
    g_free(process->domain);
    g_free(process->uuid);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUseProcess, ifxUseProcessClear)

/* Has the process or its file gone since its folder was listed? */
static bool
ifxUseProcessIsGone(int problem)
{
    return problem == ENOENT || problem == ESRCH;
}

/* "guest=a,,b,debug-threads=on" -> "a,b" (libvirt virQEMUBuildBufferEscapeComma). */
static char *
ifxUseProcessGuestName(const char *text)
{
    GString *name;

    if (!g_str_has_prefix(text, "guest="))
        return NULL;
    name = g_string_new(NULL);
    for (text += strlen("guest="); *text; text++) {
        if (*text == ',' && *++text != ',')
            break;
        g_string_append_c(name, *text);
    }
    return g_string_free(name, FALSE);
}

static void
ifxUseProcessFindDomain(ifxUseProcess *process,
                        const char *dir)
{
    gsize length = 0;
    g_autofree char *text = ifxSysfsReadAll(dir, "cmdline", IFX_CMDLINE_MAX, &length);
    g_autofree char *name = NULL;
    const char *uuid = NULL;
    const char *argument = text;
    const char *next;

    for (; argument && argument < text + length; argument = next) {
        next = argument + strlen(argument) + 1;
        if (next >= text + length)
            break;
        if (!name && strcmp(argument, "-name") == 0)
            name = ifxUseProcessGuestName(next);
        else if (!uuid && strcmp(argument, "-uuid") == 0)
            uuid = next;
    }
    if (name && uuid && g_uuid_string_is_valid(uuid)) {
        process->domain = g_steal_pointer(&name);
        process->uuid = g_ascii_strdown(uuid, -1);
    }
}

static void
ifxUseProcessDescribe(ifxUseProcess *process)
{
    g_autofree char *dir = g_build_filename(process->all->proc, process->pid, NULL);
    g_autofree char *name = ifxSysfsReadLine(dir, "comm");

    ifxUseProcessFindDomain(process, dir);
    if (process->domain)
        process->what = g_strdup_printf("domain %s (%s)", process->domain, process->pid);
    else
        process->what = g_strdup_printf("%s (%s)", name && *name ? name : "process",
                                        process->pid);
}

static bool
ifxUseProcessCanLose(const char *id)
{
    return g_str_has_prefix(id, "sound/") || g_str_has_prefix(id, "input/");
}

static void
ifxUseProcessAddHeld(ifxUseProcess *process,
                     const char *id)
{
    ifxUseGraph *graph = process->all->graph;

    if (!g_hash_table_add(process->held, (gpointer) id))
        return;
    if (!process->what)
        ifxUseProcessDescribe(process);

    if (g_str_has_prefix(id, "mdev/")) {
        ifxUseGraphAddUse(graph, id, IFX_USE_MDEV_PARENT, true, process->what);
    } else if (g_str_has_prefix(id, "vdpa/")) {
        ifxUseGraphAddUse(graph, id, IFX_USE_VDPA_PARENT, true, process->what);
    } else if (!process->domain) {
        ifxUseGraphAddUse(graph, id, ifxUseProcessCanLose(id) ?
                          IFX_USE_LISTENER : IFX_USE_PROCESS, false, process->what);
    } else if (g_str_has_prefix(id, "vfio/") || g_str_has_prefix(id, "vfio-dev/")) {
        ifxUseGraphAddDomainProcess(graph, id, process->what, process->uuid);
    } else {
        g_autofree char *what = g_strconcat("domain ", process->domain, NULL);

        ifxUseGraphAddUse(graph, id, IFX_USE_DOMAIN, false, what);
    }
}

/* "/dev/char/226:0": most nodes are /dev/null, so each is looked up once. */
static void
ifxUseProcessAddNumber(ifxUseProcess *process,
                       const char *number)
{
    ifxUseProcesses *all = process->all;
    gpointer id;

    if (!g_hash_table_lookup_extended(all->nodes, number, NULL, &id)) {
        id = (gpointer) ifxUseNodeFind(all->sysroot, all->graph, number);
        g_hash_table_insert(all->nodes, g_strdup(number), id);
    }
    if (id)
        ifxUseProcessAddHeld(process, id);
}

/* Is @file a device number in the form that a tree has, "/dev/block/8:1"? */
static bool
ifxUseProcessIsNumber(const char *file)
{
    const char *number = g_str_has_prefix(file, "/dev/block/") ? file + strlen("/dev/block/") :
        g_str_has_prefix(file, "/dev/char/") ? file + strlen("/dev/char/") : "";

    return *number && number[strspn(number, "0123456789:")] == '\0';
}

static void
ifxUseProcessAddName(ifxUseProcess *process,
                     char *file)
{
    const char *id;

    if (!g_str_has_prefix(file, "/dev/") || g_str_has_prefix(file, "/dev/pts/") ||
        strcmp(file, "/dev/null") == 0)
        return;

    /* udev can remove the name of a device that is still open. */
    if (g_str_has_suffix(file, " (deleted)"))
        file[strlen(file) - strlen(" (deleted)")] = '\0';
    if (ifxUseProcessIsNumber(file)) {
        ifxUseProcessAddNumber(process, file);
        return;
    }
    id = ifxUseNodeFindName(process->all->graph, file);
    if (id)
        ifxUseProcessAddHeld(process, id);
}

/* NULL: at the end, with errno 0, or an error. */
static const struct dirent *
ifxUseProcessNextEntry(DIR *folder)
{
    errno = 0;
    return readdir(folder);
}

/* The open file @name of @folder, by the text of its link; false if it cannot be read. */
static bool
ifxUseProcessReadFile(ifxUseProcess *process,
                      int folder,
                      const char *name)
{
    char file[IFX_SYSFS_LINE_MAX];
    const gssize length = readlinkat(folder, name, file, sizeof(file) - 1);

    if (length < 0)
        return ifxUseProcessIsGone(errno);
    file[length] = '\0';
    ifxUseProcessAddName(process, file);
    return true;
}

/* The same by its number. The kernel answers from what it knows already: a file server that is
 * gone must not hold up the tool. */
static bool
ifxUseProcessStatFile(ifxUseProcess *process,
                      int folder,
                      const char *name)
{
    char number[sizeof("/dev/block/4294967295:4294967295")];
    struct statx status;

    if (statx(folder, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE, &status) != 0)
        return ifxUseProcessIsGone(errno) || ifxUseProcessReadFile(process, folder, name);
    if (!S_ISBLK(status.stx_mode) && !S_ISCHR(status.stx_mode))
        return true;
    g_snprintf(number, sizeof(number), "/dev/%s/%u:%u",
               S_ISBLK(status.stx_mode) ? "block" : "char", status.stx_rdev_major,
               status.stx_rdev_minor);
    ifxUseProcessAddNumber(process, number);
    return true;
}

/* Adds each open file that @folder lists; false if some cannot be read. */
static bool
ifxUseProcessListFiles(ifxUseProcess *process,
                       DIR *folder)
{
    const struct dirent *entry;

    while ((entry = ifxUseProcessNextEntry(folder))) {
        const char *name = entry->d_name;

        if (*name == '.')
            continue;
        if (!(process->all->kernel ? ifxUseProcessStatFile(process, dirfd(folder), name) :
              ifxUseProcessReadFile(process, dirfd(folder), name)))
            return false;
    }
    return errno == 0 || ifxUseProcessIsGone(errno);
}

/* False if its open files cannot be listed. */
static bool
ifxUseProcessLoadOne(ifxUseProcesses *all,
                     int proc_fd,
                     const char *pid)
{
    g_auto(ifxUseProcess) process = { .all = all, .pid = pid };
    g_autofree char *name = g_strconcat(pid, "/fd", NULL);
    DIR *folder;
    bool whole;
    int fd;

    process.held = g_hash_table_new(NULL, NULL);
    fd = openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ifxUseProcessIsGone(errno);
    folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return false;
    }
    whole = ifxUseProcessListFiles(&process, folder);
    closedir(folder);
    all->seen = true;
    return whole;
}

/* Does the folder show the processes of the whole host? The kernel's own /proc has kthreadd as
 * process 2 (Linux init/main.c, rest_init()) only if it is of the first PID namespace and hides
 * nothing. */
static bool
ifxUseProcessShowsHost(ifxUseProcesses *all,
                       int proc_fd)
{
    g_autofree char *dir = g_build_filename(all->proc, "2", NULL);
    g_autofree char *name = NULL;
    struct statfs status;

    if (fstatfs(proc_fd, &status) != 0)
        return false;
    if (status.f_type != PROC_SUPER_MAGIC)
        return true;
    all->kernel = true;
    all->self = ifxSysfsReadLink(all->proc, "self");
    name = ifxSysfsReadLine(dir, "comm");
    return name && strcmp(name, "kthreadd") == 0;
}

static bool
ifxUseProcessLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    g_auto(ifxUseProcesses) all = { .graph = graph, .sysroot = sysroot };
    const struct dirent *entry;
    DIR *processes;
    bool whole;

    all.proc = g_build_filename(sysroot, "proc", NULL);
    all.nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    processes = opendir(all.proc);
    if (!processes)
        return false;
    whole = ifxUseProcessShowsHost(&all, dirfd(processes));
    while ((entry = ifxUseProcessNextEntry(processes))) {
        if (!g_ascii_isdigit(*entry->d_name) ||
            entry->d_name[strspn(entry->d_name, "0123456789")] != '\0' ||
            g_strcmp0(entry->d_name, all.self) == 0)
            continue;
        if (!ifxUseProcessLoadOne(&all, dirfd(processes), entry->d_name))
            whole = false;
    }
    whole = errno == 0 && whole && all.seen;
    closedir(processes);
    return whole;
}

const ifxUseLoader ifxUseLoaderProcess = {
    .name = "process",
    .sight = IFX_SIGHT_PROCESSES,
    .load = ifxUseProcessLoad,
};
