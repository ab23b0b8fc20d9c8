/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/child.h"
#include "base/sysfs.h"
#include "use/use-nets.h"

/* In the path of a PCI device's memory, "/sys/devices/pci0000:00/0000:04:00.0/resource0_wc" (Linux
 * Documentation/PCI/sysfs-pci.rst). */
#define IFX_USE_OPEN_RESOURCE "/resource"

/* The first byte of the answer for a process. Words follow, each with a NUL byte: names of open
 * files, and words with a first byte of their own. */
typedef enum {
    IFX_USE_OPEN_GONE = 'g',    /* there is no such process any more */
    IFX_USE_OPEN_WHOLE = 'w',   /* all that it has open */
    IFX_USE_OPEN_PART = 'p',    /* something could not be listed */
} ifxUseOpenAnswer;

typedef enum {
    IFX_USE_OPEN_SPACE = '+',   /* "+4026531833 812/ns/net": it holds a network namespace by that */
    IFX_USE_OPEN_UNSEEN = '!',  /* "!812/ns/net: Permission denied" */
} ifxUseOpenWord;

typedef struct _ifxUseOpenRun ifxUseOpenRun;
struct _ifxUseOpenRun {
    int folder;             /* of the processes */
    bool kernel;
    bool numbers;           /* it shows the process numbers that the tool itself sees */
    dev_t spaces;           /* the file system of namespaces */
    char *self;             /* the tool's own process, or NULL */
    GPtrArray *pids;        /* char * */
    ifxUseOpen *open;
};

static void
ifxUseOpenFreeProcess(gpointer data)
{
    ifxUseOpenProcess *process = data;

    g_free(process->pid);
    g_ptr_array_unref(process->names);
    g_free(process);
}

void
ifxUseOpenFree(ifxUseOpen *open)
{
    if (!open)
        return;
    g_array_unref(open->spaces);
    g_free(open->unasked);
    g_ptr_array_unref(open->processes);
    g_ptr_array_unref(open->late);
    g_free(open);
}

/* ---- in a child process */

/* What is found of one process. */
typedef struct _ifxUseOpenLook ifxUseOpenLook;
struct _ifxUseOpenLook {
    const ifxUseOpenRun *run;
    GString *answer;
    GHashTable *seen;       /* char *: the names in @answer */
    bool there;             /* its files could be asked for: it is not gone */
    bool any;               /* it has files */
};

/* Has the process or its file gone since its folder was listed? */
static bool
ifxUseOpenIsGone(int problem)
{
    return problem == ENOENT || problem == ESRCH;
}

/* Adds @name once. */
static void
ifxUseOpenAdd(ifxUseOpenLook *look,
              const char *name)
{
    if (g_hash_table_contains(look->seen, name))
        return;
    g_hash_table_add(look->seen, g_strdup(name));
    g_string_append_len(look->answer, name, (gssize) strlen(name) + 1);
}

static void
ifxUseOpenAddSocket(ifxUseOpenLook *look,
                    guint64 inode)
{
    g_string_append_printf(look->answer, "socket/%" G_GUINT64_FORMAT "%c", inode, '\0');
}

/* The number of the network namespace that @name of @folder is; false: it is none, or is gone. */
static bool
ifxUseOpenGetSpace(int folder,
                   const char *name,
                   guint32 *number)
{
    const int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    bool found;

    if (file < 0)
        return false;
    found = ioctl(file, NS_GET_NSTYPE) == CLONE_NEWNET && fstat(file, &status) == 0;
    if (found)
        *number = (guint32) status.st_ino;
    close(file);
    return found;
}

/* Adds the network namespace to which the link @name of @folder leads, whose path is @path. False
 * with errno if it cannot be read. To read the link costs less than to follow it. Its text is a path
 * where the file was opened by that path, "/run/netns/blue", also after that was unmounted. */
static bool
ifxUseOpenAddSpace(ifxUseOpenLook *look,
                   int folder,
                   const char *name,
                   const char *path)
{
    char text[sizeof("net:[4294967295]")];
    const gssize length = readlinkat(folder, name, text, sizeof(text) - 1);
    guint32 number;

    if (length < 0)
        return false;
    text[length] = '\0';
    if (ifxUseNetnsParseName(text, &number) ||
        (*text == '/' && ifxUseOpenGetSpace(folder, name, &number)))
        g_string_append_printf(look->answer, "%c%u %s%c", IFX_USE_OPEN_SPACE, number, path, '\0');
    return true;
}

/* errno says why @path could not be read. */
static void
ifxUseOpenAddUnseen(ifxUseOpenLook *look,
                    const char *path)
{
    g_string_append_printf(look->answer, "%c%s: %s%c", IFX_USE_OPEN_UNSEEN, path,
                           g_strerror(errno), '\0');
}

/* The namespace of the thread in the folder @task, "812" or "812/task/813". */
static void
ifxUseOpenAddOwnSpace(ifxUseOpenLook *look,
                      const char *task)
{
    char path[sizeof("4294967295/task/4294967295/ns/net")];

    g_snprintf(path, sizeof(path), "%s/ns/net", task);
    if (look->run->kernel && !ifxUseOpenAddSpace(look, look->run->folder, path, path) &&
        !ifxUseOpenIsGone(errno))
        ifxUseOpenAddUnseen(look, path);
}

/* The open file @name of @folder, by the text of its link; false if it cannot be read. */
static bool
ifxUseOpenRead(ifxUseOpenLook *look,
               int folder,
               const char *name)
{
    char file[IFX_SYSFS_LINE_MAX];
    const gssize length = readlinkat(folder, name, file, sizeof(file) - 1);

    if (length < 0)
        return ifxUseOpenIsGone(errno);
    file[length] = '\0';
    if ((g_str_has_prefix(file, "/dev/") && !g_str_has_prefix(file, "/dev/pts/") &&
         strcmp(file, "/dev/null") != 0) ||
        (g_str_has_prefix(file, "/sys/") && strstr(file, IFX_USE_OPEN_RESOURCE)))
        ifxUseOpenAdd(look, file);
    else if (g_str_has_prefix(file, "socket:["))
        ifxUseOpenAddSocket(look, g_ascii_strtoull(file + strlen("socket:["), NULL, 10));
    return true;
}

/* The same by its number; @dir is the name of @folder. AT_STATX_DONT_SYNC: most file systems answer
 * from what they know. */
static bool
ifxUseOpenStat(ifxUseOpenLook *look,
               int folder,
               const char *dir,
               const char *name)
{
    char number[sizeof("/dev/block/4294967295:4294967295")];
    g_autofree char *path = NULL;
    struct statx status;

    if (statx(folder, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO,
              &status) != 0)
        return ifxUseOpenIsGone(errno) || ifxUseOpenRead(look, folder, name);
    if (makedev(status.stx_dev_major, status.stx_dev_minor) == look->run->spaces) {
        path = g_build_filename(dir, name, NULL);
        return ifxUseOpenAddSpace(look, folder, name, path) || ifxUseOpenIsGone(errno);
    }
    if (S_ISSOCK(status.stx_mode))
        ifxUseOpenAddSocket(look, status.stx_ino);
    /* sysfs is on no block device, and so are few others that have many files open. */
    if (S_ISREG(status.stx_mode) && status.stx_dev_major == 0)
        return ifxUseOpenRead(look, folder, name);
    if (!S_ISBLK(status.stx_mode) && !S_ISCHR(status.stx_mode))
        return true;
    g_snprintf(number, sizeof(number), "/dev/%s/%u:%u",
               S_ISBLK(status.stx_mode) ? "block" : "char", status.stx_rdev_major,
               status.stx_rdev_minor);
    ifxUseOpenAdd(look, number);
    return true;
}

/* What a call of getdents64() fills. */
typedef union {
    char bytes[32 * 1024];
    struct dirent64 first;
} ifxUseOpenEntries;

/* Adds the open files that @folder lists, whose name is @dir. False if some cannot be listed.
 * opendir() would ask for the folder's size, and for that the kernel counts the files of the
 * process. */
static bool
ifxUseOpenListFolder(ifxUseOpenLook *look,
                     int folder,
                     const char *dir)
{
    ifxUseOpenEntries entries;
    const struct dirent64 *entry;
    gssize length;
    gssize at;

    while ((length = getdents64(folder, entries.bytes, sizeof(entries))) > 0) {
        for (at = 0; at < length; at += entry->d_reclen) {
            entry = (const void *) (entries.bytes + at);
            if (*entry->d_name == '.')
                continue;
            look->any = true;
            if (!(look->run->kernel ? ifxUseOpenStat(look, folder, dir, entry->d_name) :
                  ifxUseOpenRead(look, folder, entry->d_name)))
                return false;
        }
    }
    return length == 0 || ifxUseOpenIsGone(errno);
}

/* The same for the thread in the folder @task. */
static bool
ifxUseOpenList(ifxUseOpenLook *look,
               const char *task)
{
    g_autofree char *dir = g_strconcat(task, "/fd", NULL);
    const int folder = openat(look->run->folder, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool whole;

    if (folder < 0 && ifxUseOpenIsGone(errno))
        return true;
    look->there = true;
    whole = folder >= 0 && ifxUseOpenListFolder(look, folder, dir);
    if (!whole)
        ifxUseOpenAddUnseen(look, dir);
    if (folder >= 0)
        close(folder);
    return whole;
}

/* Can the process have threads besides the first one? The folder has a link for each, and two of
 * its own (Linux fs/proc/base.c, proc_task_getattr()). */
static bool
ifxUseOpenHasThreads(const ifxUseOpenRun *run,
                     const char *pid)
{
    g_autofree char *name = g_strconcat(pid, "/task", NULL);
    struct stat status;

    return !run->kernel || fstatat(run->folder, name, &status, 0) != 0 || status.st_nlink > 3;
}

static pid_t
ifxUseOpenParsePid(const char *text)
{
    return (pid_t) g_ascii_strtoll(text, NULL, 10);
}

/* Does the thread have the open files of the process's first thread (kcmp(2))? */
static bool
ifxUseOpenSharesFiles(const ifxUseOpenRun *run,
                      const char *pid,
                      const char *task)
{
    return run->numbers &&
        syscall(SYS_kcmp, ifxUseOpenParsePid(pid), ifxUseOpenParsePid(strrchr(task, '/') + 1),
                KCMP_FILES, 0, 0) == 0;
}

/* The same for the threads of the process but the first. */
static bool
ifxUseOpenListThreads(ifxUseOpenLook *look,
                      const char *pid)
{
    g_autoptr(GPtrArray) threads = ifxUseThreadsList(look->run->folder, pid);
    const bool any = look->any;
    bool whole = true;
    guint i;

    for (i = 0; i < threads->len; i++) {
        const char *task = threads->pdata[i];

        ifxUseOpenAddOwnSpace(look, task);
        if (!any || !ifxUseOpenSharesFiles(look->run, pid, task))
            whole &= ifxUseOpenList(look, task);
    }
    return whole;
}

static void
ifxUseOpenAsk(void *opaque,
              guint item,
              GString *answer)
{
    const ifxUseOpenRun *run = opaque;
    const char *pid = run->pids->pdata[item];
    g_autoptr(GHashTable) seen = NULL;
    ifxUseOpenLook look = { .run = run, .answer = answer };
    bool whole;

    g_string_append_c(answer, IFX_USE_OPEN_GONE);
    ifxUseOpenAddOwnSpace(&look, pid);
    if (g_strcmp0(pid, run->self) == 0)
        return;
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    look.seen = seen;
    whole = ifxUseOpenList(&look, pid);
    if (ifxUseOpenHasThreads(run, pid))
        whole &= ifxUseOpenListThreads(&look, pid);
    if (look.there)
        answer->str[0] = whole ? IFX_USE_OPEN_WHOLE : IFX_USE_OPEN_PART;
}

/* ---- in the tool itself */

/* Takes the reason of the first problem. */
static void
ifxUseOpenNote(ifxUseOpen *open,
               const char *why)
{
    if (!open->unasked)
        open->unasked = g_strdup_printf("cannot read /proc/%s", why);
}

/* "+4026531833 812/ns/net" */
static void
ifxUseOpenTakeSpace(ifxUseOpen *open,
                    const char *pid,
                    const char *word)
{
    const char *path = strchr(word, ' ') + 1;
    const ifxUseNetnsHolder holder = {
        .number = (guint32) g_ascii_strtoull(word + 1, NULL, 10),
        .pid = g_strdup(pid),
        .path = g_strconcat("/proc/", path, NULL),
    };

    g_array_append_val(open->spaces, holder);
}

static void
ifxUseOpenTake(void *opaque,
               guint item,
               ifxChildState state,
               const char *answer,
               gsize length)
{
    const ifxUseOpenRun *run = opaque;
    const char *pid = run->pids->pdata[item];
    const char *end = answer + length;
    ifxUseOpenProcess *process = g_new0(ifxUseOpenProcess, 1);

    if (state != IFX_CHILD_ANSWERED)
        g_ptr_array_add(run->open->late, g_strdup(pid));
    if (*answer != IFX_USE_OPEN_WHOLE && *answer != IFX_USE_OPEN_GONE)
        run->open->whole = false;
    run->open->seen |= *answer != '\0' && *answer != IFX_USE_OPEN_GONE;
    process->pid = g_strdup(pid);
    process->names = g_ptr_array_new_with_free_func(g_free);
    for (answer += MIN(length, 1); answer < end; answer += strlen(answer) + 1) {
        if (*answer == IFX_USE_OPEN_SPACE)
            ifxUseOpenTakeSpace(run->open, pid, answer);
        else if (*answer == IFX_USE_OPEN_UNSEEN)
            ifxUseOpenNote(run->open, answer + 1);
        else
            g_ptr_array_add(process->names, g_strdup(answer));
    }
    if (process->names->len > 0)
        g_ptr_array_add(run->open->processes, process);
    else
        ifxUseOpenFreeProcess(process);
}

/* False if the folder cannot be listed whole. */
static bool
ifxUseOpenListProcesses(DIR *folder,
                        GPtrArray *pids)
{
    const struct dirent *entry;

    for (errno = 0; (entry = readdir(folder)); errno = 0) {
        const char *name = entry->d_name;

        if (g_ascii_isdigit(*name) && name[strspn(name, "0123456789")] == '\0')
            g_ptr_array_add(pids, g_strdup(name));
    }
    return errno == 0;
}

/* Where the folder is the kernel's, it has kthreadd as process 2 (Linux init/main.c, rest_init())
 * only if it is of the first PID namespace and hides nothing. */
static bool
ifxUseOpenShowsHost(const char *proc)
{
    g_autofree char *dir = g_build_filename(proc, "2", NULL);
    g_autofree char *name = ifxSysfsReadLine(dir, "comm");

    return name && strcmp(name, "kthreadd") == 0;
}

/* Reads the processes in @folder. */
static void
ifxUseOpenLoad(ifxUseOpen *open,
               DIR *folder,
               const char *proc)
{
    g_autoptr(GPtrArray) pids = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *self = NULL;
    ifxUseOpenRun run = { .folder = dirfd(folder), .pids = pids, .open = open };
    const ifxChildWork work = {
        .ask = ifxUseOpenAsk,
        .take = ifxUseOpenTake,
        .opaque = &run,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };
    struct statfs kind;
    struct stat status;

    open->whole = ifxUseOpenListProcesses(folder, pids);
    if (!open->whole)
        open->unasked = g_strdup("cannot list the processes in /proc");
    run.kernel = fstatfs(run.folder, &kind) == 0 && kind.f_type == PROC_SUPER_MAGIC;
    if (run.kernel) {
        /* Its number in the folder's PID namespace, which can differ from getpid(). */
        self = ifxSysfsReadLink(proc, "self");
        run.self = self;
        run.numbers = self && ifxUseOpenParsePid(self) == getpid();
        run.spaces = stat("/proc/self/ns/net", &status) == 0 ? status.st_dev : 0;
    }
    if (run.kernel && open->whole && !ifxUseOpenShowsHost(proc)) {
        open->whole = false;
        open->unasked = g_strdup("/proc does not show all processes of the host (hidepid, or a "
                                 "container)");
    }
    ifxChildRun(&work, pids->len);
}

const ifxUseOpen *
ifxUseOpenGet(ifxUseGraph *graph,
              const char *sysroot)
{
    g_autofree char *proc = NULL;
    DIR *folder;

    if (graph->open)
        return graph->open;
    proc = g_build_filename(sysroot, "proc", NULL);
    folder = opendir(proc);
    graph->open = g_new0(ifxUseOpen, 1);
    graph->open->processes = g_ptr_array_new_with_free_func(ifxUseOpenFreeProcess);
    graph->open->late = g_ptr_array_new_with_free_func(g_free);
    graph->open->spaces = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsHolder));
    g_array_set_clear_func(graph->open->spaces, ifxUseNetnsHolderClear);
    if (folder) {
        ifxUseOpenLoad(graph->open, folder, proc);
        closedir(folder);
    }
    return graph->open;
}
