/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-process.h"

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

typedef struct _ifxProcess ifxProcess;
struct _ifxProcess {
    ifxUseGraph *use;
    const char *proc;       /* the folder of all */
    const char *pid;
    GHashTable *held;       /* ids of things, lent by use */
    char *what;             /* "COMM (PID)", "domain NAME (PID)"; NULL: not asked for yet */
    char *domain;           /* the domain's name, or NULL */
    char *uuid;             /* and its UUID */
};

static void
ifxProcessClear(ifxProcess *process)
{
    g_hash_table_unref(process->held);
    g_free(process->what);
    g_free(process->domain);
    g_free(process->uuid);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxProcess, ifxProcessClear)

/* The process or its file is gone since its folder was listed. */
static bool
ifxProcessIsGone(int problem)
{
    return problem == ENOENT || problem == ESRCH;
}

/* "guest=a,,b,debug-threads=on" -> "a,b" (libvirt virQEMUBuildBufferEscapeComma). */
static char *
ifxProcessGuestName(const char *text)
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
ifxProcessFindDomain(ifxProcess *process,
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
            name = ifxProcessGuestName(next);
        else if (!uuid && strcmp(argument, "-uuid") == 0)
            uuid = next;
    }
    if (name && uuid && g_uuid_string_is_valid(uuid)) {
        process->domain = g_steal_pointer(&name);
        process->uuid = g_ascii_strdown(uuid, -1);
    }
}

static void
ifxProcessAsk(ifxProcess *process)
{
    g_autofree char *dir = g_build_filename(process->proc, process->pid, NULL);
    g_autofree char *name = ifxSysfsReadLine(dir, "comm");

    ifxProcessFindDomain(process, dir);
    if (process->domain)
        process->what = g_strdup_printf("domain %s (%s)", process->domain, process->pid);
    else
        process->what = g_strdup_printf("%s (%s)", name && *name ? name : "process",
                                        process->pid);
}

static void
ifxProcessHolds(ifxProcess *process,
                const char *id)
{
    ifxUseGraph *use = process->use;

    if (!g_hash_table_add(process->held, (gpointer) id))
        return;
    if (!process->what)
        ifxProcessAsk(process);

    if (g_str_has_prefix(id, "mdev/")) {
        ifxUseGraphAddUse(use, id, IFX_USE_MDEV_PARENT, true, process->what);
    } else if (g_str_has_prefix(id, "vdpa/")) {
        ifxUseGraphAddUse(use, id, IFX_USE_VDPA_PARENT, true, process->what);
    } else if (!process->domain) {
        ifxUseGraphAddUse(use, id, IFX_USE_PROCESS, false, process->what);
    } else if (g_str_has_prefix(id, "vfio/") || g_str_has_prefix(id, "vfio-dev/")) {
        ifxUseGraphAddDomainProcess(use, id, process->what, process->uuid);
    } else {
        g_autofree char *what = g_strconcat("domain ", process->domain, NULL);

        ifxUseGraphAddUse(use, id, IFX_USE_DOMAIN, false, what);
    }
}

static void
ifxProcessOpened(ifxProcess *process,
                 char *file)
{
    const char *id;

    if (!g_str_has_prefix(file, "/dev/") || g_str_has_prefix(file, "/dev/pts/") ||
        strcmp(file, "/dev/null") == 0)
        return;

    /* udev removes a name while its device is open. */
    if (g_str_has_suffix(file, " (deleted)"))
        file[strlen(file) - strlen(" (deleted)")] = '\0';
    /* /dev/bus/usb/001/004 is usb/001/004 where domains name it. */
    if (g_str_has_prefix(file, "/dev/bus/usb/"))
        file += strlen("/dev/bus/");

    id = ifxUseGraphLookup(process->use, file);
    if (id)
        ifxProcessHolds(process, id);
}

/* NULL: errno is 0 at the end. */
static const struct dirent *
ifxProcessNextEntry(DIR *folder)
{
    errno = 0;
    return readdir(folder);
}

/* Each of the files that @folder lists; false if not all can be seen. */
static bool
ifxProcessListFiles(ifxProcess *process,
                    DIR *folder)
{
    char file[IFX_SYSFS_LINE_MAX];
    const struct dirent *entry;

    while ((entry = ifxProcessNextEntry(folder))) {
        gssize length;

        if (*entry->d_name == '.')
            continue;
        length = readlinkat(dirfd(folder), entry->d_name, file, sizeof(file) - 1);
        if (length < 0 && !ifxProcessIsGone(errno))
            return false;
        if (length > 0) {
            file[length] = '\0';
            ifxProcessOpened(process, file);
        }
    }
    return errno == 0 || ifxProcessIsGone(errno);
}

/* False if it can't be seen. *@seen: it is there, and could be. */
static bool
ifxProcessLoad(const char *proc,
               int proc_fd,
               const char *pid,
               ifxUseGraph *use,
               bool *seen)
{
    g_auto(ifxProcess) process = { .use = use, .proc = proc, .pid = pid };
    g_autofree char *name = g_strconcat(pid, "/fd", NULL);
    DIR *folder;
    bool whole;
    int fd;

    process.held = g_hash_table_new(NULL, NULL);
    fd = openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ifxProcessIsGone(errno);
    folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return false;
    }
    whole = ifxProcessListFiles(&process, folder);
    closedir(folder);
    *seen = true;
    return whole;
}

/* Of the kernel's own /proc: our own process in it, which may have another number here than
 * getpid() tells; and whether it shows the processes of the whole host: only where the first
 * PID namespace can be seen, and nothing is hidden, is kthreadd (Linux init/main.c,
 * rest_init()) there as 2. */
static bool
ifxProcessIsWhole(const char *proc,
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

void
ifxUseProcessLoad(const char *sysroot,
                  ifxUseGraph *use)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autofree char *self = NULL;
    DIR *processes = opendir(proc);
    const struct dirent *entry;
    bool seen = false;
    bool whole;

    if (!processes)
        return;
    whole = ifxProcessIsWhole(proc, dirfd(processes), &self);
    while ((entry = ifxProcessNextEntry(processes))) {
        if (!g_ascii_isdigit(*entry->d_name) ||
            entry->d_name[strspn(entry->d_name, "0123456789")] != '\0' ||
            g_strcmp0(entry->d_name, self) == 0)
            continue;
        if (!ifxProcessLoad(proc, dirfd(processes), entry->d_name, use, &seen))
            whole = false;
    }
    if (errno == 0 && whole && seen)
        ifxUseGraphAddSight(use, IFX_SIGHT_PROCESSES);
    closedir(processes);
}
