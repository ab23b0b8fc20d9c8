/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-process: what processes have open: disks, VFIO groups, displays, userspace drivers.
 *
 * What counts is the device number that statx() shows of /proc/PID/fd/N (use-node.c): not the name
 * by which the process opened it, which is a name in its own mount namespace and can be any. In a
 * tree, whose /proc is not the kernel's, /proc/PID/fd/N is a link, and its text counts: a name,
 * "/dev/sda", or what statx() would show, "/dev/block/8:1", "/dev/char/226:0". The text counts too
 * where a file can't be asked, such as one on another user's FUSE. A packet socket is found by its
 * inode number. A PCI device's memory, which a program maps to drive the device itself, is found by
 * its path in sysfs: it is resource/ADDRESS, "PCI memory".
 *
 * What is open without a file descriptor is not seen: mapped and closed, registered with io_uring
 * and closed, on its way through a socket. The other loaders ran before this one. A thing
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
 * (qemuBuildNameCommandLine, qemuBuildCommandLine). Its command line can take for ever to read
 * (base/child.h), so only that of a process with a thing is read: a process whose command line
 * comes too late is one as any other. /proc/PID/comm never waits. The tool's own process does not
 * count.
 *
 * IFX_SIGHT_PROCESSES: the open files of every process could be listed, of one process at least.
 * A process that is gone when its turn comes has nothing open. One that does not answer in time is
 * named (ifxUseGraphAddUnanswered()).
 * Where /proc is the kernel's own, these are the processes of the whole host: it is neither of
 * another PID namespace nor mounted with hidepid (run with unshare -p and with hidepid=2).
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/child.h"
#include "base/sysfs.h"

/* Linux: a quarter of the usual limit of the stack (exec(), bprm_stack_limits()). */
#define IFX_CMDLINE_MAX (2 * 1024 * 1024)

/* A process that has things open. */
typedef struct _ifxUseProcess ifxUseProcess;
struct _ifxUseProcess {
    const char *pid;        /* lent */
    GPtrArray *held;        /* ids of things, each once, lent by the graph */
    char *name;             /* of the program */
    char *domain;           /* the domain's name, or NULL */
    char *uuid;             /* and its UUID */
};

typedef struct _ifxUseProcesses ifxUseProcesses;
struct _ifxUseProcesses {
    ifxUseGraph *graph;
    const char *sysroot;
    char *proc;             /* their folder */
    GHashTable *nodes;      /* "/dev/char/1:3" -> id, lent by graph, or NULL */
    GPtrArray *holders;     /* ifxUseProcess */
};

static void
ifxUseProcessFree(gpointer data)
{
    ifxUseProcess *process = data;

    g_ptr_array_unref(process->held);
    g_free(process->name);
    g_free(process->domain);
    g_free(process->uuid);
    g_free(process);
}

static void
ifxUseProcessesClear(ifxUseProcesses *all)
{
    g_ptr_array_unref(all->holders);
    g_hash_table_unref(all->nodes);
    g_free(all->proc);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUseProcesses, ifxUseProcessesClear)

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

/* Appends the domain's name and UUID, each with a NUL byte; nothing: it is no domain's QEMU. */
static void
ifxUseProcessAskDomain(void *opaque,
                       guint item,
                       GString *answer)
{
    const ifxUseProcesses *all = opaque;
    const ifxUseProcess *process = all->holders->pdata[item];
    g_autofree char *dir = g_build_filename(all->proc, process->pid, NULL);
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
        g_string_append_len(answer, name, (gssize) strlen(name) + 1);
        g_string_append_len(answer, uuid, (gssize) strlen(uuid) + 1);
    }
}

/* A process whose command line is not to be had in time is one as any other. */
static void
ifxUseProcessTakeDomain(void *opaque,
                        guint item,
                        ifxChildState state G_GNUC_UNUSED,
                        const char *answer,
                        gsize length)
{
    const ifxUseProcesses *all = opaque;
    ifxUseProcess *process = all->holders->pdata[item];

    if (length == 0)
        return;
    process->domain = g_strdup(answer);
    process->uuid = g_ascii_strdown(answer + strlen(answer) + 1, -1);
}

static bool
ifxUseProcessCanLose(const char *id)
{
    return g_str_has_prefix(id, "sound/") || g_str_has_prefix(id, "input/");
}

static void
ifxUseProcessAddHeld(const ifxUseProcess *process,
                     const char *what,
                     const char *id,
                     ifxUseGraph *graph)
{
    if (g_str_has_prefix(id, "mdev/")) {
        ifxUseGraphAddUse(graph, id, IFX_USE_MDEV_PARENT, true, what);
    } else if (g_str_has_prefix(id, "vdpa/")) {
        ifxUseGraphAddUse(graph, id, IFX_USE_VDPA_PARENT, true, what);
    } else if (!process->domain) {
        ifxUseGraphAddUse(graph, id, ifxUseProcessCanLose(id) ?
                          IFX_USE_LISTENER : IFX_USE_PROCESS, false, what);
    } else if (g_str_has_prefix(id, "vfio/") || g_str_has_prefix(id, "vfio-dev/")) {
        ifxUseGraphAddDomainProcess(graph, id, what, process->uuid);
    } else {
        g_autofree char *domain = g_strconcat("domain ", process->domain, NULL);

        ifxUseGraphAddUse(graph, id, IFX_USE_DOMAIN, false, domain);
    }
}

static void
ifxUseProcessAddUses(const ifxUseProcess *process,
                     ifxUseGraph *graph)
{
    g_autofree char *what = process->domain ?
        g_strdup_printf("domain %s (%s)", process->domain, process->pid) :
        g_strdup_printf("%s (%s)", process->name, process->pid);
    guint i;

    for (i = 0; i < process->held->len; i++)
        ifxUseProcessAddHeld(process, what, process->held->pdata[i], graph);
}

/* Is @file a device number in the form that a tree has, "/dev/block/8:1"? */
static bool
ifxUseProcessIsNumber(const char *file)
{
    const char *number = g_str_has_prefix(file, "/dev/block/") ? file + strlen("/dev/block/") :
        g_str_has_prefix(file, "/dev/char/") ? file + strlen("/dev/char/") : "";

    return *number && number[strspn(number, "0123456789:")] == '\0';
}

/* "/sys/devices/pci0000:00/0000:04:00.0/resource0" is resource/0000:04:00.0. */
static const char *
ifxUseProcessFindResource(ifxUseGraph *graph,
                          const char *file)
{
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(file);
    const char *name = strrchr(file, '/') + 1;
    const ifxPciAddress *device;
    g_autofree char *id = NULL;
    char buffer[IFX_PCI_ADDRESS_LENGTH];

    if (!g_str_has_prefix(name, "resource") || devices->len == 0)
        return NULL;
    device = &g_array_index(devices, ifxPciAddress, devices->len - 1);
    id = g_strconcat("resource/", ifxPciAddressFormat(device, buffer), NULL);
    ifxUseGraphAddThing(graph, id, "PCI memory");
    ifxUseGraphAddDevice(graph, id, device);
    return ifxUseGraphLookup(graph, id);
}

/* The thing that is open as @file; NULL: none. Most nodes are /dev/null, so each number is looked
 * up once. */
static const char *
ifxUseProcessFindThing(ifxUseProcesses *all,
                       char *file)
{
    gpointer id;

    /* udev can remove the name of a device that is still open. */
    if (g_str_has_suffix(file, " (deleted)"))
        file[strlen(file) - strlen(" (deleted)")] = '\0';
    if (g_str_has_prefix(file, "/sys/"))
        return ifxUseProcessFindResource(all->graph, file);
    if (!ifxUseProcessIsNumber(file))
        return ifxUseNodeFindName(all->graph, file);
    if (!g_hash_table_lookup_extended(all->nodes, file, NULL, &id)) {
        id = (gpointer) ifxUseNodeFind(all->sysroot, all->graph, file);
        g_hash_table_insert(all->nodes, g_strdup(file), id);
    }
    return id;
}

static char *
ifxUseProcessReadName(const ifxUseProcesses *all,
                      const char *pid)
{
    g_autofree char *dir = g_build_filename(all->proc, pid, NULL);
    char *name = ifxSysfsReadLine(dir, "comm");

    if (name && *name)
        return name;
    g_free(name);
    return g_strdup("process");
}

static void
ifxUseProcessAddHolder(ifxUseProcesses *all,
                       const ifxUseOpenProcess *open)
{
    ifxUseProcess *process = g_new0(ifxUseProcess, 1);
    guint i;

    process->pid = open->pid;
    process->held = g_ptr_array_new();
    for (i = 0; i < open->names->len; i++) {
        const char *id = ifxUseProcessFindThing(all, open->names->pdata[i]);

        if (id && !g_ptr_array_find(process->held, id, NULL))
            g_ptr_array_add(process->held, (gpointer) id);
    }
    if (process->held->len == 0) {
        ifxUseProcessFree(process);
        return;
    }
    process->name = ifxUseProcessReadName(all, process->pid);
    g_ptr_array_add(all->holders, process);
}

static void
ifxUseProcessAddHolders(ifxUseProcesses *all,
                        const ifxUseOpen *open)
{
    const ifxChildWork work = {
        .ask = ifxUseProcessAskDomain,
        .take = ifxUseProcessTakeDomain,
        .opaque = all,
        .patience = IFX_USE_PATIENCE,
        .tries = IFX_USE_TRIES,
    };
    guint i;

    for (i = 0; i < open->processes->len; i++)
        ifxUseProcessAddHolder(all, open->processes->pdata[i]);
    ifxChildRun(&work, all->holders->len);
    for (i = 0; i < all->holders->len; i++)
        ifxUseProcessAddUses(all->holders->pdata[i], all->graph);
}

static void
ifxUseProcessAddLate(const ifxUseProcesses *all,
                     const GPtrArray *late)
{
    guint i;

    for (i = 0; i < late->len; i++) {
        g_autofree char *name = ifxUseProcessReadName(all, late->pdata[i]);
        g_autofree char *what =
            g_strdup_printf("%s (%s) did not show in time what it has open", name,
                            (char *) late->pdata[i]);

        ifxUseGraphAddUnanswered(all->graph, IFX_SIGHT_PROCESSES, what);
    }
}

static bool
ifxUseProcessLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    g_auto(ifxUseProcesses) all = { .graph = graph, .sysroot = sysroot };
    const ifxUseOpen *open = ifxUseOpenGet(graph, sysroot);

    all.proc = g_build_filename(sysroot, "proc", NULL);
    all.nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    all.holders = g_ptr_array_new_with_free_func(ifxUseProcessFree);
    ifxUseProcessAddHolders(&all, open);
    ifxUseProcessAddLate(&all, open->late);
    if (open->unasked)
        ifxUseGraphAddUnasked(graph, IFX_SIGHT_PROCESSES, open->unasked);
    return open->whole && open->seen;
}

const ifxUseLoader ifxUseLoaderProcess = {
    .name = "process",
    .sight = IFX_SIGHT_PROCESSES,
    .load = ifxUseProcessLoad,
};
