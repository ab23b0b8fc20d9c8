/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netconsole: interfaces over which the kernel sends its log to another host (netconsole).
 *
 * Such an interface needs no address and has no socket. Its targets are the folders in
 * /sys/kernel/config/netconsole with enabled 1; dev_name is the interface in the host's own namespace
 * (Linux Documentation/networking/netconsole.rst). IFX_USE_NETWORK, "netconsole".
 *
 * A target from a parameter of the module or of the kernel has no such folder before Linux 6.6, where
 * it is "cmdline0" (drivers/net/netconsole.c, populate_configfs_item()). /proc/consoles shows that
 * there is one: its console has the flag "p" (CON_PRINTBUFFER, init_netconsole(); fs/proc/consoles.c).
 * Nothing shows its interface, so that each one that is up may be it: IFX_USE_UNCLEAR. The same
 * holds where configfs is not mounted, and where dev_name is no interface.
 */

#include "use/use-internal.h"

#include <net/if.h>
#include <string.h>

#include "base/sysfs.h"

#define IFX_NETCONSOLE_TARGETS "sys/kernel/config/netconsole"
#define IFX_NETCONSOLE_INTERFACES "sys/class/net"
#define IFX_NETCONSOLE_UNCLEAR "may carry the log of the kernel (netconsole)"

typedef struct _ifxUseNetconsole ifxUseNetconsole;
struct _ifxUseNetconsole {
    bool hidden;            /* a target from a parameter */
    bool unknown;           /* a target without an interface */
};

/* Is there a console of netconsole? Sets hidden. */
static bool
ifxUseNetconsoleFind(const char *sysroot,
                     ifxUseNetconsole *netconsole)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autofree char *text = ifxSysfsReadAll(proc, "consoles", IFX_SYSFS_LINE_MAX, NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
    bool found = false;
    guint i;

    for (i = 0; lines[i]; i++) {
        const char *flags;

        if (!g_str_has_prefix(lines[i], "netcon"))
            continue;
        found = true;
        flags = strchr(lines[i], '(');
        if (flags && memchr(flags, 'p', strcspn(flags, ")")))
            netconsole->hidden = true;
    }
    return found;
}

static void
ifxUseNetconsoleAddTarget(ifxUseGraph *graph,
                          const char *dir,
                          const char *name,
                          ifxUseNetconsole *netconsole)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);
    g_autofree char *enabled = ifxSysfsReadLine(folder, "enabled");
    g_autofree char *interface = ifxSysfsReadLine(folder, "dev_name");
    g_autofree char *id = g_strconcat("net/", interface ? interface : "", NULL);

    if (g_str_has_prefix(name, "cmdline"))
        netconsole->hidden = false;
    if (g_strcmp0(enabled, "0") == 0)
        return;
    if (ifxUseGraphLookup(graph, id))
        ifxUseGraphAddUse(graph, id, IFX_USE_NETWORK, false, "netconsole");
    else
        netconsole->unknown = true;
}

static void
ifxUseNetconsoleAddUnclear(const char *sysroot,
                           ifxUseGraph *graph)
{
    g_autofree char *dir = g_build_filename(sysroot, IFX_NETCONSOLE_INTERFACES, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *folder = g_build_filename(dir, names->pdata[i], NULL);
        g_autofree char *id = g_strconcat("net/", names->pdata[i], NULL);
        guint64 flags;

        if (ifxSysfsReadNumber(folder, "flags", G_MAXUINT32, &flags) && !(flags & IFF_UP))
            continue;
        ifxUseGraphAddUse(graph, id, IFX_USE_UNCLEAR, false, IFX_NETCONSOLE_UNCLEAR);
    }
}

void
ifxUseNetconsoleAdd(const char *sysroot,
                    ifxUseGraph *graph)
{
    g_autofree char *dir = g_build_filename(sysroot, IFX_NETCONSOLE_TARGETS, NULL);
    g_autoptr(GPtrArray) names = NULL;
    ifxUseNetconsole netconsole = { false, false };
    guint i;

    if (!ifxUseNetconsoleFind(sysroot, &netconsole))
        return;
    names = ifxSysfsListFolders(dir);
    for (i = 0; names && i < names->len; i++)
        ifxUseNetconsoleAddTarget(graph, dir, names->pdata[i], &netconsole);
    if (!names || netconsole.hidden || netconsole.unknown)
        ifxUseNetconsoleAddUnclear(sysroot, graph);
}
