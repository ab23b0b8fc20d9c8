/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netns: asks the kernel about each network namespace of this host, in a child process.
 *
 * A process holds a namespace by /proc/PID/ns/net, each of its threads by
 * /proc/PID/task/TID/ns/net, an open file by /proc/PID/fd/N, a mount by the line "nsfs" of
 * mountinfo whose root is "net:[NUMBER]": such are the names of /run/netns, and those of container
 * engines.
 *
 * Without the right to enter the other namespaces, the child still asks about its own.
 */

#include "use/use-internal.h"

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
#define IFX_NETNS_ENVIRONMENT_MAX (2 * 1024 * 1024)

/* How many processes above this one may have the environment of the login. */
#define IFX_NETNS_PARENTS 16

/* How many processes of a namespace are tried: the first ones can be gone by then. */
#define IFX_NETNS_HOLDERS 32

typedef struct _ifxUseNetnsSpace ifxUseNetnsSpace;
struct _ifxUseNetnsSpace {
    guint32 number;
    char *name;             /* NULL: it has none */
    GPtrArray *holders;     /* ifxUseNetnsHolder, lent */
    bool late;              /* it could not be opened in time */
};

/* The items of the work: whose login it is; to open each namespace; to ask about each. */
typedef struct _ifxUseNetnsRun ifxUseNetnsRun;
struct _ifxUseNetnsRun {
    GString *record;
    GPtrArray *spaces;      /* ifxUseNetnsSpace: the host's own first */
    char *login;            /* the address, or NULL */

    /* of a child */
    GArray *files;          /* ifxUseNetnsFile of each of spaces; empty: not opened */
    guint32 current;        /* the namespace that it is in */
};

static void
ifxUseNetnsFreeSpace(gpointer data)
{
    ifxUseNetnsSpace *space = data;

    g_free(space->name);
    g_ptr_array_unref(space->holders);
    g_free(space);
}

void
ifxUseNetnsHolderClear(gpointer data)
{
    ifxUseNetnsHolder *holder = data;

    g_free(holder->pid);
    g_free(holder->path);
}

static bool
ifxUseNetnsIsGone(int problem)
{
    return problem == ENOENT || problem == ESRCH;
}

/* ---- which namespaces there are */

bool
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

/* "blue" of a mount, "of nginx (812)" of a process; NULL: the process is gone. */
static char *
ifxUseNetnsName(const ifxUseNetnsHolder *holder)
{
    g_autofree char *dir = g_strconcat("/proc/", holder->pid, NULL);
    g_autofree char *name = holder->pid ? ifxSysfsReadLine(dir, "comm") :
        g_path_get_basename(holder->path);

    if (name && holder->pid)
        return g_strdup_printf("of %s (%s)", g_strdelimit(name, "\n", '?'), holder->pid);
    return name ? g_strdelimit(g_steal_pointer(&name), "\n", '?') : NULL;
}

static void
ifxUseNetnsLearn(GPtrArray *spaces,
                 GHashTable *known,
                 const ifxUseNetnsHolder *holder)
{
    ifxUseNetnsSpace *space = g_hash_table_lookup(known, GUINT_TO_POINTER(holder->number));

    if (!space) {
        space = g_new0(ifxUseNetnsSpace, 1);
        space->number = holder->number;
        space->name = spaces->len > 0 ? ifxUseNetnsName(holder) : NULL;
        space->holders = g_ptr_array_new();
        g_ptr_array_add(spaces, space);
        g_hash_table_insert(known, GUINT_TO_POINTER(holder->number), space);
    }
    if (space->holders->len < IFX_NETNS_HOLDERS)
        g_ptr_array_add(space->holders, (gpointer) holder);
}

/* New array of ifxUseNetnsSpace. The host's own comes first, that of process 1; where that cannot be
 * seen, this process's. */
static GPtrArray *
ifxUseNetnsList(const GArray *holders)
{
    GPtrArray *spaces = g_ptr_array_new_with_free_func(ifxUseNetnsFreeSpace);
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    g_autofree char *self = ifxSysfsReadLink("/proc", "self");
    g_autofree char *own = g_strdup_printf("/proc/%s/ns/net", self ? self : "self");
    const ifxUseNetnsHolder *first = NULL;
    guint i;

    for (i = 0; i < holders->len; i++) {
        const ifxUseNetnsHolder *holder = &g_array_index(holders, ifxUseNetnsHolder, i);

        if (strcmp(holder->path, "/proc/1/ns/net") == 0 ||
            (!first && strcmp(holder->path, own) == 0))
            first = holder;
    }
    if (first)
        ifxUseNetnsLearn(spaces, known, first);
    for (i = 0; i < holders->len; i++)
        ifxUseNetnsLearn(spaces, known, &g_array_index(holders, ifxUseNetnsHolder, i));
    return spaces;
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

/* The file of @holder, or a negative errno. Another mount can be over the one that is meant, and
 * another process can have the number of the one that was there. */
static int
ifxUseNetnsOpenHolder(const ifxUseNetnsHolder *holder)
{
    const int file = open(holder->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    /* A mount that cannot be reached holds its namespace still. */
    if (file < 0)
        return !holder->pid && errno == ENOENT ? -ENOTDIR : -errno;
    if (fstat(file, &status) == 0 && status.st_ino == holder->number)
        return file;
    close(file);
    return holder->pid ? -ENOENT : -ENOTDIR;
}

/* Its file, or a negative errno, ENOENT or ESRCH if nothing holds it any more. */
static int
ifxUseNetnsOpenSpace(const ifxUseNetnsSpace *space)
{
    int problem = -ENOENT;
    guint i;

    for (i = 0; i < space->holders->len; i++) {
        const int file = ifxUseNetnsOpenHolder(space->holders->pdata[i]);

        if (file >= 0)
            return file;
        if (ifxUseNetnsIsGone(-problem))
            problem = file;
    }
    return ifxUseNetnsIsGone(-problem) && i == IFX_NETNS_HOLDERS ? -EAGAIN : problem;
}

/* Opens the namespaces that the child has not opened yet, up to @end. */
static void
ifxUseNetnsOpenUntil(ifxUseNetnsRun *run,
                     guint end)
{
    if (run->files->len == 0)
        ifxUseNetnsRaiseFiles();
    while (run->files->len < end) {
        const ifxUseNetnsSpace *space = run->spaces->pdata[run->files->len];
        const ifxUseNetnsFile netns = {
            .number = space->number,
            .file = space->late ? -ETIMEDOUT : ifxUseNetnsOpenSpace(space),
        };

        g_array_append_val(run->files, netns);
    }
}

static void
ifxUseNetnsWriteUnasked(GString *record,
                        const ifxUseNetnsSpace *space,
                        const char *why)
{
    if (space->name)
        g_string_append_printf(record, "unasked network namespace %s: %s\n", space->name, why);
    else
        g_string_append_printf(record, "unasked network namespace %u: %s\n", space->number, why);
}

static void
ifxUseNetnsBegin(GString *record,
                 const ifxUseNetnsSpace *space)
{
    g_string_append_printf(record, "netns %u%s%s\n", space->number, space->name ? " " : "",
                           space->name ? space->name : "");
}

static void
ifxUseNetnsAskSpace(ifxUseNetnsRun *run,
                    guint which,
                    GString *record)
{
    const ifxUseNetnsSpace *space = run->spaces->pdata[which];
    const int file = g_array_index(run->files, ifxUseNetnsFile, which).file;
    int problem = file < 0 ? -file : 0;

    if (which > 0 && ifxUseNetnsIsGone(problem))
        return;
    ifxUseNetnsBegin(record, space);
    if (space->number == run->current)
        problem = 0;
    else if (problem == 0 && setns(file, CLONE_NEWNET) != 0)
        problem = errno;
    if (problem != 0) {
        ifxUseNetnsWriteUnasked(record, space, problem == ENOTDIR ?
                                "its mount cannot be reached" : g_strerror(problem));
        return;
    }
    run->current = space->number;
    ifxUseNetlinkAsk(record, run->files, run->login);
    ifxUseNetnsReadProc(record, "packet", ifxUseNetnsReadPacket);
    ifxUseNetnsReadProc(record, "pppoe", ifxUseNetnsReadPppoe);
}

static void
ifxUseNetnsAskItem(void *opaque,
                   guint item,
                   GString *answer)
{
    ifxUseNetnsRun *run = opaque;

    if (item == 0) {
        run->login = ifxUseNetnsFindLogin();
        g_string_append(answer, run->login ? run->login : "");
    } else if (item <= run->spaces->len) {
        ifxUseNetnsOpenUntil(run, item);
    } else {
        ifxUseNetnsOpenUntil(run, run->spaces->len);
        ifxUseNetnsAskSpace(run, item - 1 - run->spaces->len, answer);
    }
}

/* In the tool itself. */
static void
ifxUseNetnsTake(void *opaque,
                guint item,
                ifxChildState state,
                const char *answer,
                gsize length)
{
    ifxUseNetnsRun *run = opaque;
    ifxUseNetnsSpace *space;

    if (item == 0) {
        run->login = length > 0 ? g_strdup(answer) : NULL;
        return;
    }
    space = run->spaces->pdata[(item - 1) % run->spaces->len];
    if (state == IFX_CHILD_ANSWERED) {
        g_string_append_len(run->record, answer, (gssize) length);
    } else if (item <= run->spaces->len) {
        space->late = true;
    } else {
        ifxUseNetnsBegin(run->record, space);
        ifxUseNetnsWriteUnasked(run->record, space, "no answer in time");
    }
}

char *
ifxUseNetnsAsk(const GArray *holders)
{
    g_autoptr(GPtrArray) spaces = ifxUseNetnsList(holders);
    g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsFile));
    ifxUseNetnsRun run = { .spaces = spaces, .files = files };
    const ifxChildWork work = {
        .ask = ifxUseNetnsAskItem,
        .take = ifxUseNetnsTake,
        .opaque = &run,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };
    struct stat status;

    run.record = g_string_new(NULL);
    run.current = stat("/proc/self/ns/net", &status) == 0 ? (guint32) status.st_ino : 0;
    ifxChildRun(&work, 1 + 2 * spaces->len);
    g_free(run.login);
    return g_string_free(run.record, FALSE);
}

ifxUseNets *
ifxUseNetnsLoad(ifxUseGraph *graph)
{
    const ifxUseOpen *open = ifxUseOpenGet(graph, "/");
    g_autoptr(GArray) holders = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsHolder));
    g_autofree char *record = NULL;
    ifxUseNets *nets;

    g_array_append_vals(holders, graph->spaces->data, graph->spaces->len);
    g_array_append_vals(holders, open->spaces->data, open->spaces->len);
    record = ifxUseNetnsAsk(holders);
    nets = ifxUseNetsParse(record);
    if (!nets->unasked)
        nets->unasked = g_strdup(open->unasked);
    if (!nets->unasked && open->late->len > 0)
        nets->unasked = g_strdup_printf("process %s did not show its network namespace in time",
                                        (char *) open->late->pdata[0]);
    if (nets->unasked)
        ifxUseGraphAddUnasked(graph, IFX_SIGHT_NETWORK, nets->unasked);
    return nets;
}
