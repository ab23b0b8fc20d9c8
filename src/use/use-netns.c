/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netns: the network namespaces of this host, and the child process that asks the kernel about
 * each.
 *
 * A process holds a namespace by /proc/PID/ns/net, a mount by the line "nsfs" of mountinfo whose
 * root is "net:[NUMBER]": such are the names of /run/netns, and those of container engines.
 *
 * Without the right to enter the other namespaces, the child still asks about its own.
 */

#include "use/use-internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/sysfs.h"
#include "use/use-nets.h"

#define IFX_NETNS_PREFIX "net:["

#define IFX_NETNS_PROC "/proc/self/net"
#define IFX_NETNS_PROC_MAX (16 * 1024 * 1024)
#define IFX_NETNS_MOUNTS_MAX (64 * 1024 * 1024)
#define IFX_NETNS_ENVIRONMENT_MAX (2 * 1024 * 1024)

/* How many processes above this one may have the environment of the login. */
#define IFX_NETNS_PARENTS 16

typedef struct _ifxUseNetnsWalk ifxUseNetnsWalk;
struct _ifxUseNetnsWalk {
    GString *record;
    GArray *files;          /* ifxUseNetnsFile: the host's own namespace first */
    GPtrArray *names;       /* char *, or NULL: theirs */
    GHashTable *known;      /* their numbers */
    guint32 current;        /* the one that this process is in */
    char *unasked;          /* a namespace that could not be seen; or NULL */
};

static void
ifxUseNetnsCloseFile(gpointer data)
{
    const ifxUseNetnsFile *netns = data;

    if (netns->file >= 0)
        close(netns->file);
}

static void
ifxUseNetnsWalkClear(ifxUseNetnsWalk *walk)
{
    g_array_unref(walk->files);
    g_ptr_array_unref(walk->names);
    g_hash_table_unref(walk->known);
    g_free(walk->unasked);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUseNetnsWalk, ifxUseNetnsWalkClear)

static bool
ifxUseNetnsIsGone(int problem)
{
    return problem == ENOENT || problem == ESRCH;
}

/* Is the namespace new? Then the caller adds it. */
static bool
ifxUseNetnsLearn(ifxUseNetnsWalk *walk,
                 guint32 number)
{
    return g_hash_table_add(walk->known, GUINT_TO_POINTER(number));
}

/* Takes over @name. A process that is gone no longer holds the namespace, but another one may. */
static void
ifxUseNetnsAdd(ifxUseNetnsWalk *walk,
               guint32 number,
               int folder,
               const char *path,
               char *name)
{
    const ifxUseNetnsFile netns = {
        .number = number,
        .file = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
    };

    if (netns.file < 0 && ifxUseNetnsIsGone(errno)) {
        g_hash_table_remove(walk->known, GUINT_TO_POINTER(number));
        g_free(name);
        return;
    }
    g_array_append_val(walk->files, netns);
    g_ptr_array_add(walk->names, name ? g_strdelimit(name, "\n", '?') : NULL);
}

/* ---- which namespaces there are */

/* "net:[4026531833]", as nsfs names a namespace (Linux fs/nsfs.c, ns_get_name()). */
static bool
ifxUseNetnsParseName(const char *name,
                     guint32 *number)
{
    const gsize digits = g_str_has_prefix(name, IFX_NETNS_PREFIX) ?
        strspn(name + strlen(IFX_NETNS_PREFIX), "0123456789") : 0;
    g_autofree char *text = g_strndup(name + (digits > 0 ? strlen(IFX_NETNS_PREFIX) : 0), digits);
    guint64 parsed;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &parsed, NULL))
        return false;
    *number = (guint32) parsed;
    return true;
}

/* Its line of mountinfo (proc(5)): ID, parent, device, root, mount point, ... */
static void
ifxUseNetnsAddMount(ifxUseNetnsWalk *walk,
                    const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, " ", 6);
    g_autofree char *path = NULL;
    guint32 number;

    if (g_strv_length(fields) < 6 || !ifxUseNetnsParseName(fields[3], &number) ||
        !ifxUseNetnsLearn(walk, number))
        return;
    path = g_strcompress(fields[4]);
    ifxUseNetnsAdd(walk, number, AT_FDCWD, path, g_path_get_basename(path));
}

static void
ifxUseNetnsAddMounts(ifxUseNetnsWalk *walk)
{
    g_autofree char *text = ifxSysfsReadAll("/proc/self", "mountinfo", IFX_NETNS_MOUNTS_MAX, NULL);
    char *rest = text;
    char *line;

    if (!text)
        walk->unasked = g_strdup("mounts of network namespaces");
    while (text && (line = strsep(&rest, "\n"))) {
        if (strstr(line, " - nsfs "))
            ifxUseNetnsAddMount(walk, line);
    }
}

/* Adds the namespace of the thread in the folder @task of process @pid. False with errno: it cannot
 * be seen. To read the link costs less than to follow it. */
static bool
ifxUseNetnsAddThread(ifxUseNetnsWalk *walk,
                     int processes,
                     const char *pid,
                     const char *task)
{
    char path[sizeof("4294967295/task/4294967295/ns/net")];
    char text[sizeof("net:[4294967295]")];
    g_autofree char *dir = NULL;
    g_autofree char *name = NULL;
    gssize length;
    guint32 number;

    g_snprintf(path, sizeof(path), "%s/ns/net", task);
    length = readlinkat(processes, path, text, sizeof(text) - 1);
    if (length < 0)
        return false;
    text[length] = '\0';
    errno = EINVAL;
    if (!ifxUseNetnsParseName(text, &number))
        return false;
    if (!ifxUseNetnsLearn(walk, number))
        return true;
    dir = g_strconcat("/proc/", pid, NULL);
    name = walk->files->len == 0 ? NULL : ifxSysfsReadLine(dir, "comm");
    ifxUseNetnsAdd(walk, number, processes, path,
                   name ? g_strdup_printf("of %s (%s)", name, pid) : NULL);
    return true;
}

static bool
ifxUseNetnsAddProcess(ifxUseNetnsWalk *walk,
                      int processes,
                      const char *pid)
{
    g_autoptr(GPtrArray) threads = NULL;
    guint i;

    if (ifxUseNetnsAddThread(walk, processes, pid, pid))
        return true;
    if (!ifxUseNetnsIsGone(errno))
        return false;
    threads = ifxUseThreadsList(processes, pid);
    for (i = 0; i < threads->len; i++) {
        if (!ifxUseNetnsAddThread(walk, processes, pid, threads->pdata[i]) &&
            !ifxUseNetnsIsGone(errno))
            return false;
    }
    return true;
}

/* Does /proc show the processes of the whole host? Only then has process 2 this name (Linux
 * init/main.c, rest_init()). */
static bool
ifxUseNetnsSeesHost(void)
{
    g_autofree char *name = ifxSysfsReadLine("/proc/2", "comm");

    return g_strcmp0(name, "kthreadd") == 0;
}

static void
ifxUseNetnsFind(ifxUseNetnsWalk *walk)
{
    DIR *processes = opendir("/proc");
    const struct dirent *entry;

    if (!processes || !ifxUseNetnsSeesHost()) {
        walk->unasked = g_strdup("network namespaces of all processes");
    }
    if (!processes)
        return;
    /* The host's own first; without the right to see that, this process's. */
    if (!ifxUseNetnsAddProcess(walk, dirfd(processes), "1"))
        ifxUseNetnsAddProcess(walk, dirfd(processes), "self");
    ifxUseNetnsAddMounts(walk);
    while ((entry = readdir(processes))) {
        if (g_ascii_isdigit(*entry->d_name) &&
            !ifxUseNetnsAddProcess(walk, dirfd(processes), entry->d_name) && !walk->unasked)
            walk->unasked = g_strdup_printf("the network namespace of process %s: %s",
                                            entry->d_name, g_strerror(errno));
    }
    closedir(processes);
}

/* ---- over which address the user is logged in */

/* The value of SSH_CONNECTION in the environment of a process, or NULL. */
static char *
ifxUseNetnsReadConnection(const char *dir)
{
    gsize length = 0;
    g_autofree char *text = ifxSysfsReadAll(dir, "environ", IFX_NETNS_ENVIRONMENT_MAX, &length);
    const char *entry = text;

    for (; entry && entry < text + length; entry += strlen(entry) + 1) {
        if (g_str_has_prefix(entry, "SSH_CONNECTION="))
            return g_strdup(entry + strlen("SSH_CONNECTION="));
    }
    return NULL;
}

/* Client, its port, server, its port (ssh(1)). sudo and su take the variable away, so that only a
 * process above has it. NULL: there is none. */
static char *
ifxUseNetnsFindLogin(void)
{
    g_autofree char *connection = g_strdup(g_getenv("SSH_CONNECTION"));
    g_autofree char *dir = g_strdup("/proc/self");
    g_auto(GStrv) parts = NULL;
    guint i;

    for (i = 0; !connection && i < IFX_NETNS_PARENTS; i++) {
        g_autofree char *status = ifxSysfsReadAll(dir, "status", IFX_SYSFS_LINE_MAX, NULL);
        const char *parent = status ? strstr(status, "\nPPid:\t") : NULL;
        const guint64 number = parent ?
            g_ascii_strtoull(parent + strlen("\nPPid:\t"), NULL, 10) : 0;

        if (number <= 1)
            return NULL;
        g_free(dir);
        dir = g_strdup_printf("/proc/%" G_GUINT64_FORMAT, number);
        connection = ifxUseNetnsReadConnection(dir);
    }
    if (!connection)
        return NULL;
    parts = g_strsplit(connection, " ", -1);
    return g_strv_length(parts) == 4 ? g_strdelimit(g_strdup(parts[2]), "%", '\0') : NULL;
}

/* ---- what no message of netlink shows, of the namespace that this process is in */

/* Reads a line's fields, at least one. */
typedef void (*ifxUseNetnsLine)(GString *record, char **fields, guint count);

static void
ifxUseNetnsReadProc(GString *record,
                    const char *name,
                    ifxUseNetnsLine read)
{
    g_autofree char *text = ifxSysfsReadAll(IFX_NETNS_PROC, name, IFX_NETNS_PROC_MAX, NULL);
    char *rest = text;
    char *line;

    /* A kernel without the module has no such file. */
    if (!text && (ifxSysfsExists(IFX_NETNS_PROC, name) || !ifxSysfsExists(IFX_NETNS_PROC, "dev")))
        g_string_append_printf(record, "unasked /proc/net/%s cannot be read\n", name);
    while (text && (line = strsep(&rest, "\n"))) {
        char *fields[9];
        guint count = 0;
        char *field;

        while (count < G_N_ELEMENTS(fields) && (field = strsep(&line, " "))) {
            if (*field)
                fields[count++] = field;
        }
        if (count > 0)
            read(record, fields, count);
    }
}

/* Socket, references, type, protocol, interface, state, memory, user, inode (Linux
 * net/packet/af_packet.c, packet_seq_show()). The interface is 0 where the socket is not bound, and
 * -1 where the interface is gone. */
static void
ifxUseNetnsReadPacket(GString *record,
                      char **fields,
                      guint count)
{
    if (count == 9 && *fields[4] >= '1' && *fields[4] <= '9')
        g_string_append_printf(record, "packet %s %s\n", fields[4], fields[8]);
}

/* Session, address of the other end, interface (Linux drivers/net/ppp/pppoe.c,
 * pppoe_seq_show()). */
static void
ifxUseNetnsReadPppoe(GString *record,
                     char **fields,
                     guint count)
{
    if (count == 3 && strcmp(fields[0], "Id") != 0)
        g_string_append_printf(record, "pppoe %s\n", fields[2]);
}

/* ---- the child */

/* It has a file for each namespace. */
static void
ifxUseNetnsRaiseFiles(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void
ifxUseNetnsAskOne(ifxUseNetnsWalk *walk,
                  guint which,
                  const char *login)
{
    const ifxUseNetnsFile *netns = &g_array_index(walk->files, ifxUseNetnsFile, which);
    const char *name = walk->names->pdata[which];

    g_string_append_printf(walk->record, "netns %u%s%s\n", netns->number, name ? " " : "",
                           name ? name : "");
    if (netns->number != walk->current && setns(netns->file, CLONE_NEWNET) != 0) {
        g_string_append_printf(walk->record, "unasked network namespace %s: %s\n",
                               name ? name : "of process 1", g_strerror(errno));
        return;
    }
    walk->current = netns->number;
    ifxUseNetlinkAsk(walk->record, walk->files, login);
    ifxUseNetnsReadProc(walk->record, "packet", ifxUseNetnsReadPacket);
    ifxUseNetnsReadProc(walk->record, "pppoe", ifxUseNetnsReadPppoe);
}

static void
ifxUseNetnsAskAll(void *opaque G_GNUC_UNUSED,
                  guint item G_GNUC_UNUSED,
                  GString *answer)
{
    g_auto(ifxUseNetnsWalk) walk = { .record = answer };
    g_autofree char *login = ifxUseNetnsFindLogin();
    struct stat status = { .st_ino = 0 };
    guint i;

    walk.files = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsFile));
    g_array_set_clear_func(walk.files, ifxUseNetnsCloseFile);
    walk.names = g_ptr_array_new_with_free_func(g_free);
    walk.known = g_hash_table_new(NULL, NULL);
    stat("/proc/self/ns/net", &status);
    walk.current = (guint32) status.st_ino;
    ifxUseNetnsRaiseFiles();
    ifxUseNetnsFind(&walk);
    for (i = 0; i < walk.files->len; i++)
        ifxUseNetnsAskOne(&walk, i, login);
    if (walk.unasked)
        g_string_append_printf(answer, "unasked %s\n", walk.unasked);
}

static void
ifxUseNetnsTake(void *opaque,
                guint item G_GNUC_UNUSED,
                ifxChildState state,
                const char *answer,
                gsize length)
{
    char **record = opaque;

    if (state == IFX_CHILD_ANSWERED)
        *record = g_strndup(answer, length);
}

char *
ifxUseNetnsAsk(void)
{
    char *record = NULL;
    const ifxChildWork work = {
        .ask = ifxUseNetnsAskAll,
        .take = ifxUseNetnsTake,
        .opaque = &record,
        .patience = IFX_USE_PATIENCE,
        .tries = 1,
    };

    ifxChildRun(&work, 1);
    return record;
}
