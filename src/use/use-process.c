/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-process: what processes have open: disks, VFIO groups, displays, userspace drivers.
 *
 * What counts is the name that /proc/PID/fd/N leads to, as the kernel writes it (d_path(): the
 * name within the mount namespace of the process that opened it). What is open without a file
 * descriptor is not seen: mapped and closed, on its way through a socket, held by a thread with a
 * table of its own. The other loaders ran before this one: the files in /dev are aliases of their
 * things. A thing that a process has open, however often, has one use:
 *
 *  - mdev/ and vdpa/: IFX_USE_MDEV_PARENT and IFX_USE_VDPA_PARENT, vital: the process that has the
 *    slice loses it with its parent
 *  - vfio/ and vfio-dev/, open in the QEMU of a domain: ifxUseGraphAddDomainProcess()
 *  - other things, open in the QEMU of a domain: IFX_USE_DOMAIN, "domain NAME"
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
#include <sys/vfs.h>
#include <unistd.h>

#include "base/sysfs.h"

/* Linux: a quarter of the usual limit of the stack (exec(), bprm_stack_limits()). */
#define IFX_CMDLINE_MAX (2 * 1024 * 1024)

typedef struct _ifxUseProcess ifxUseProcess;
struct _ifxUseProcess {
    ifxUseGraph *graph;
    const char *proc;       /* the folder of all processes */
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
    g_autofree char *dir = g_build_filename(process->proc, process->pid, NULL);
    g_autofree char *name = ifxSysfsReadLine(dir, "comm");

    ifxUseProcessFindDomain(process, dir);
    if (process->domain)
        process->what = g_strdup_printf("domain %s (%s)", process->domain, process->pid);
    else
        process->what = g_strdup_printf("%s (%s)", name && *name ? name : "process",
                                        process->pid);
}

static void
ifxUseProcessAddHeld(ifxUseProcess *process,
                     const char *id)
{
    ifxUseGraph *graph = process->graph;

    if (!g_hash_table_add(process->held, (gpointer) id))
        return;
    if (!process->what)
        ifxUseProcessDescribe(process);

    if (g_str_has_prefix(id, "mdev/")) {
        ifxUseGraphAddUse(graph, id, IFX_USE_MDEV_PARENT, true, process->what);
    } else if (g_str_has_prefix(id, "vdpa/")) {
        ifxUseGraphAddUse(graph, id, IFX_USE_VDPA_PARENT, true, process->what);
    } else if (!process->domain) {
        ifxUseGraphAddUse(graph, id, IFX_USE_PROCESS, false, process->what);
    } else if (g_str_has_prefix(id, "vfio/") || g_str_has_prefix(id, "vfio-dev/")) {
        ifxUseGraphAddDomainProcess(graph, id, process->what, process->uuid);
    } else {
        g_autofree char *what = g_strconcat("domain ", process->domain, NULL);

        ifxUseGraphAddUse(graph, id, IFX_USE_DOMAIN, false, what);
    }
}

static void
ifxUseProcessAddFile(ifxUseProcess *process,
                     char *file)
{
    const char *id;

    if (!g_str_has_prefix(file, "/dev/") || g_str_has_prefix(file, "/dev/pts/") ||
        strcmp(file, "/dev/null") == 0)
        return;

    /* udev can remove the name of a device that is still open. */
    if (g_str_has_suffix(file, " (deleted)"))
        file[strlen(file) - strlen(" (deleted)")] = '\0';
    /* /dev/bus/usb/001/004 is usb/001/004 where domains name it. */
    if (g_str_has_prefix(file, "/dev/bus/usb/"))
        file += strlen("/dev/bus/");

    id = ifxUseGraphLookup(process->graph, file);
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

/* Adds each open file that @folder lists; false if some cannot be read. */
static bool
ifxUseProcessListFiles(ifxUseProcess *process,
                       DIR *folder)
{
    char file[IFX_SYSFS_LINE_MAX];
    const struct dirent *entry;

    while ((entry = ifxUseProcessNextEntry(folder))) {
        gssize length;

        if (*entry->d_name == '.')
            continue;
        length = readlinkat(dirfd(folder), entry->d_name, file, sizeof(file) - 1);
        if (length < 0 && !ifxUseProcessIsGone(errno))
            return false;
        if (length > 0) {
            file[length] = '\0';
            ifxUseProcessAddFile(process, file);
        }
    }
    return errno == 0 || ifxUseProcessIsGone(errno);
}

/* False if its open files cannot be listed. Sets *@seen to true if there were any to list. */
static bool
ifxUseProcessLoadOne(const char *proc,
                     int proc_fd,
                     const char *pid,
                     ifxUseGraph *graph,
                     bool *seen)
{
    g_auto(ifxUseProcess) process = { .graph = graph, .proc = proc, .pid = pid };
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
    *seen = true;
    return whole;
}

/* Does @proc show the processes of the whole host? The kernel's own /proc has kthreadd as process 2
 * (Linux init/main.c, rest_init()) only if it is of the first PID namespace and hides nothing.
 * *@self is the tool's own process in it, whose number can differ from getpid(). */
static bool
ifxUseProcessShowsHost(const char *proc,
                       int proc_fd,
                       char **self)
{
    g_autofree char *dir = g_build_filename(proc, "2", NULL);
    g_autofree char *name = NULL;
    struct statfs status;

    if (fstatfs(proc_fd, &status) != 0)
        return false;
    if (status.f_type != PROC_SUPER_MAGIC)
        return true;
    *self = ifxSysfsReadLink(proc, "self");
    name = ifxSysfsReadLine(dir, "comm");
    return name && strcmp(name, "kthreadd") == 0;
}

static bool
ifxUseProcessLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autofree char *self = NULL;
    DIR *processes = opendir(proc);
    const struct dirent *entry;
    bool seen = false;
    bool whole;

    if (!processes)
        return false;
    whole = ifxUseProcessShowsHost(proc, dirfd(processes), &self);
    while ((entry = ifxUseProcessNextEntry(processes))) {
        if (!g_ascii_isdigit(*entry->d_name) ||
            entry->d_name[strspn(entry->d_name, "0123456789")] != '\0' ||
            g_strcmp0(entry->d_name, self) == 0)
            continue;
        if (!ifxUseProcessLoadOne(proc, dirfd(processes), entry->d_name, graph, &seen))
            whole = false;
    }
    whole = errno == 0 && whole && seen;
    closedir(processes);
    return whole;
}

const ifxUseLoader ifxUseLoaderProcess = {
    .name = "process",
    .sight = IFX_SIGHT_PROCESSES,
    .load = ifxUseProcessLoad,
};
