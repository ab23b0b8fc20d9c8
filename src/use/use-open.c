/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/sysfs.h"

/* The first byte of the answer for a process; names follow, each with a NUL byte. */
typedef enum {
    IFX_USE_OPEN_GONE = 'g',    /* there is no such process any more */
    IFX_USE_OPEN_WHOLE = 'w',   /* all that it has open */
    IFX_USE_OPEN_PART = 'p',    /* something could not be listed */
} ifxUseOpenAnswer;

typedef struct _ifxUseOpenRun ifxUseOpenRun;
struct _ifxUseOpenRun {
    int folder;             /* of the processes */
    bool kernel;
    const ifxUseGraph *graph;
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
    g_ptr_array_unref(open->processes);
    g_ptr_array_unref(open->late);
    g_free(open);
}

/* ---- in a child process */

/* Has the process or its file gone since its folder was listed? */
static bool
ifxUseOpenIsGone(int problem)
{
    return problem == ENOENT || problem == ESRCH;
}

/* Adds @name once; @seen lends the names. */
static void
ifxUseOpenAdd(GString *answer,
              GHashTable *seen,
              const char *name)
{
    if (g_hash_table_contains(seen, name))
        return;
    g_hash_table_add(seen, g_strdup(name));
    g_string_append_len(answer, name, (gssize) strlen(name) + 1);
}

/* Only a packet socket is a thing of the graph. */
static void
ifxUseOpenAddSocket(const ifxUseOpenRun *run,
                    guint64 inode,
                    GString *answer,
                    GHashTable *seen)
{
    char name[sizeof("socket/18446744073709551615")];

    g_snprintf(name, sizeof(name), "socket/%" G_GUINT64_FORMAT, inode);
    if (ifxUseGraphLookup(run->graph, name))
        ifxUseOpenAdd(answer, seen, name);
}

/* The open file @name of @folder, by the text of its link; false if it cannot be read. */
static bool
ifxUseOpenRead(const ifxUseOpenRun *run,
               int folder,
               const char *name,
               GString *answer,
               GHashTable *seen)
{
    char file[IFX_SYSFS_LINE_MAX];
    const gssize length = readlinkat(folder, name, file, sizeof(file) - 1);

    if (length < 0)
        return ifxUseOpenIsGone(errno);
    file[length] = '\0';
    if (g_str_has_prefix(file, "/dev/") && !g_str_has_prefix(file, "/dev/pts/") &&
        strcmp(file, "/dev/null") != 0)
        ifxUseOpenAdd(answer, seen, file);
    else if (g_str_has_prefix(file, "socket:["))
        ifxUseOpenAddSocket(run, g_ascii_strtoull(file + strlen("socket:["), NULL, 10), answer,
                            seen);
    return true;
}

/* The same by its number. AT_STATX_DONT_SYNC: most file systems answer from what they know. */
static bool
ifxUseOpenStat(const ifxUseOpenRun *run,
               int folder,
               const char *name,
               GString *answer,
               GHashTable *seen)
{
    char number[sizeof("/dev/block/4294967295:4294967295")];
    struct statx status;

    if (statx(folder, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO,
              &status) != 0)
        return ifxUseOpenIsGone(errno) || ifxUseOpenRead(run, folder, name, answer, seen);
    if (S_ISSOCK(status.stx_mode))
        ifxUseOpenAddSocket(run, status.stx_ino, answer, seen);
    if (!S_ISBLK(status.stx_mode) && !S_ISCHR(status.stx_mode))
        return true;
    g_snprintf(number, sizeof(number), "/dev/%s/%u:%u",
               S_ISBLK(status.stx_mode) ? "block" : "char", status.stx_rdev_major,
               status.stx_rdev_minor);
    ifxUseOpenAdd(answer, seen, number);
    return true;
}

/* What a call of getdents64() fills. */
typedef union {
    char bytes[32 * 1024];
    struct dirent64 first;
} ifxUseOpenEntries;

/* Adds the open files that @folder lists, and sets @any if there is one. False if some cannot be
 * listed. opendir() would ask for the folder's size, and for that the kernel counts the files of the
 * process. */
static bool
ifxUseOpenList(const ifxUseOpenRun *run,
               int folder,
               GString *answer,
               GHashTable *seen,
               bool *any)
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
            *any = true;
            if (!(run->kernel ? ifxUseOpenStat(run, folder, entry->d_name, answer, seen) :
                  ifxUseOpenRead(run, folder, entry->d_name, answer, seen)))
                return false;
        }
    }
    return length == 0 || ifxUseOpenIsGone(errno);
}

/* The same for the threads of a process but the first. */
static bool
ifxUseOpenListThreads(const ifxUseOpenRun *run,
                      const char *pid,
                      GString *answer,
                      GHashTable *seen)
{
    g_autoptr(GPtrArray) threads = ifxUseThreadsList(run->folder, pid);
    bool whole = true;
    bool any;
    guint i;

    for (i = 0; i < threads->len; i++) {
        g_autofree char *name = g_strconcat(threads->pdata[i], "/fd", NULL);
        const int folder = openat(run->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (folder < 0) {
            whole &= ifxUseOpenIsGone(errno);
        } else {
            whole &= ifxUseOpenList(run, folder, answer, seen, &any);
            close(folder);
        }
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
    g_autofree char *name = g_strconcat(pid, "/fd", NULL);
    const int folder = openat(run->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool any = false;

    g_string_append_c(answer, IFX_USE_OPEN_PART);
    if (folder < 0) {
        if (ifxUseOpenIsGone(errno))
            answer->str[0] = IFX_USE_OPEN_GONE;
        return;
    }
    seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (ifxUseOpenList(run, folder, answer, seen, &any) &&
        (any || ifxUseOpenListThreads(run, pid, answer, seen)))
        answer->str[0] = IFX_USE_OPEN_WHOLE;
    close(folder);
}

/* ---- in the tool itself */

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
    ifxUseOpenProcess *process;

    if (state != IFX_CHILD_ANSWERED)
        g_ptr_array_add(run->open->late, g_strdup(pid));
    if (*answer != IFX_USE_OPEN_WHOLE && *answer != IFX_USE_OPEN_GONE)
        run->open->whole = false;
    run->open->seen |= *answer != '\0' && *answer != IFX_USE_OPEN_GONE;
    if (length <= 1)
        return;
    process = g_new0(ifxUseOpenProcess, 1);
    process->pid = g_strdup(pid);
    process->names = g_ptr_array_new_with_free_func(g_free);
    for (answer++; answer < end; answer += strlen(answer) + 1)
        g_ptr_array_add(process->names, g_strdup(answer));
    g_ptr_array_add(run->open->processes, process);
}

/* False if the folder cannot be listed whole. */
static bool
ifxUseOpenListProcesses(DIR *folder,
                        const char *self,
                        GPtrArray *pids)
{
    const struct dirent *entry;

    for (errno = 0; (entry = readdir(folder)); errno = 0) {
        const char *name = entry->d_name;

        if (g_ascii_isdigit(*name) && name[strspn(name, "0123456789")] == '\0' &&
            g_strcmp0(name, self) != 0)
            g_ptr_array_add(pids, g_strdup(name));
    }
    return errno == 0;
}

ifxUseOpen *
ifxUseOpenLoad(const char *proc,
               bool kernel,
               const char *self,
               const ifxUseGraph *graph)
{
    ifxUseOpen *open = g_new0(ifxUseOpen, 1);
    g_autoptr(GPtrArray) pids = g_ptr_array_new_with_free_func(g_free);
    ifxUseOpenRun run = { .kernel = kernel, .graph = graph, .pids = pids, .open = open };
    const ifxChildWork work = {
        .ask = ifxUseOpenAsk,
        .take = ifxUseOpenTake,
        .opaque = &run,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };
    DIR *folder = opendir(proc);

    open->processes = g_ptr_array_new_with_free_func(ifxUseOpenFreeProcess);
    open->late = g_ptr_array_new_with_free_func(g_free);
    if (!folder)
        return open;
    run.folder = dirfd(folder);
    open->whole = ifxUseOpenListProcesses(folder, self, pids);
    ifxChildRun(&work, pids->len);
    closedir(folder);
    return open;
}
