/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-network: network interfaces that carry something: addresses, routes, other interfaces.
 *
 * Each entry of /sys/class/net is net/NAME, "br0 (bridge)". What it carries (ifxUseAddresses) is
 * IFX_USE_NETWORK; an interface above others that carries nothing is itself IFX_USE_NETWORK. An
 * interface that is merely up is not in use: network managers put all of them up. The files
 * lower_NAME, upper_NAME and master show which interface sits on which
 * (netdev_adjacent_sysfs_add() in Linux net/core/dev.c). The kernel does not show interfaces of
 * another network namespace, neither beside these nor above them.
 *
 * IFX_USE_UNCLEAR: interfaces that are up and may have an address that belongs to no known
 * interface; PCI network devices that the host drives and that show no interface.
 *
 * IFX_SIGHT_NETWORK: all of it could be read, and is of one network namespace.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/sysfs.h"

#define IFX_NETWORK_INTERFACES "sys/class/net"

/* Linux include/uapi/linux/if.h: IFF_UP. */
#define IFX_INTERFACE_UP 0x1

/* Kinds of interface that uevent may not name, and a folder that each of them has. */
static const struct {
    const char *folder;
    const char *kind;
} kinds[] = {
    { "bridge", "bridge" },
    { "bonding", "bond" },
    { "macvtap", "macvtap" },
    { "ipvtap", "ipvtap" },
};

typedef struct _ifxUseNetwork ifxUseNetwork;
struct _ifxUseNetwork {
    ifxUseGraph *graph;
    GPtrArray *interfaces;      /* char *: names, in order */
    GHashTable *known;          /* the same, lent */
    GPtrArray *idle;            /* char *, lent: those that may have a stray address */
    GPtrArray *above;           /* char *: those that sit on another one, in order, some twice */
    GHashTable *shown;          /* ifxPciAddress: devices whose interfaces are seen */
    bool complete;              /* everything could be read */
};

static char *
ifxUseNetworkId(const char *name)
{
    return g_strconcat("net/", name, NULL);
}

/* "bridge"; NULL: unknown. */
static char *
ifxUseNetworkKind(const char *dir,
                  const char *name)
{
    g_autofree char *uevent = ifxSysfsReadAll(dir, "uevent", IFX_SYSFS_LINE_MAX, NULL);
    g_auto(GStrv) lines = g_strsplit(uevent ? uevent : "", "\n", -1);
    guint i;

    for (i = 0; lines[i]; i++) {
        if (g_str_has_prefix(lines[i], "DEVTYPE="))
            return g_strdup(lines[i] + strlen("DEVTYPE="));
    }
    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (ifxSysfsExists(dir, kinds[i].folder))
            return g_strdup(kinds[i].kind);
    }
    return strcmp(name, "ovs-system") == 0 ? g_strdup("openvswitch") : NULL;
}

static void
ifxUseNetworkAddBelow(ifxUseNetwork *network,
                      const char *name,
                      const char *below)
{
    g_autofree char *id = ifxUseNetworkId(name);
    g_autofree char *below_id = ifxUseNetworkId(below);

    ifxUseGraphAddBelow(network->graph, id, below_id);
    g_ptr_array_add(network->above, g_strdup(name));
}

static void
ifxUseNetworkAddStack(ifxUseNetwork *network,
                      const char *dir,
                      const char *name)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GPtrArray) entries = ifxSysfsList(dir, &problem);
    g_autofree char *master = ifxSysfsReadLink(dir, "master");
    guint i;

    if (problem)
        network->complete = false;
    for (i = 0; i < entries->len; i++) {
        const char *entry = entries->pdata[i];

        if (g_str_has_prefix(entry, "lower_"))
            ifxUseNetworkAddBelow(network, name, entry + strlen("lower_"));
        else if (g_str_has_prefix(entry, "upper_"))
            ifxUseNetworkAddBelow(network, entry + strlen("upper_"), name);
    }
    if (master)
        ifxUseNetworkAddBelow(network, master, name);
}

/* @path: where it is in sysfs. */
static void
ifxUseNetworkAddPhysical(ifxUseNetwork *network,
                         const char *dir,
                         const char *name,
                         const char *path)
{
    g_autofree char *id = ifxUseNetworkId(name);
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(path);
    guint64 flags;
    guint i;

    ifxUseGraphAddPath(network->graph, id, path);
    for (i = 0; i < devices->len; i++)
        g_hash_table_add(network->shown,
                         g_memdup2(&g_array_index(devices, ifxPciAddress, i),
                                   sizeof(ifxPciAddress)));
    if (!ifxSysfsReadNumber(dir, "flags", G_MAXUINT32, &flags) || (flags & IFX_INTERFACE_UP))
        g_ptr_array_add(network->idle, (gpointer) name);
}

static void
ifxUseNetworkAddInterface(ifxUseNetwork *network,
                          const char *dir,
                          const char *name)
{
    g_autofree char *id = ifxUseNetworkId(name);
    g_autofree char *path = ifxUsePciResolve(dir, "");
    const bool physical = path && !g_str_has_prefix(path, "/devices/virtual/");
    g_autofree char *kind = physical ? NULL : ifxUseNetworkKind(dir, name);
    g_autofree char *label = kind ? g_strdup_printf("%s (%s)", name, kind) : g_strdup(name);

    ifxUseGraphAddThing(network->graph, id, label);
    ifxUseNetworkAddStack(network, dir, name);
    if (physical)
        ifxUseNetworkAddPhysical(network, dir, name, path);
}

static void
ifxUseNetworkAddInterfaces(ifxUseNetwork *network,
                           const char *sysroot)
{
    g_autofree char *folder = g_build_filename(sysroot, IFX_NETWORK_INTERFACES, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *dir = g_build_filename(folder, names->pdata[i], NULL);
        char *name;

        /* There are files among them, such as bonding_masters. */
        if (!g_file_test(dir, G_FILE_TEST_IS_DIR))
            continue;
        name = g_strdup(names->pdata[i]);
        g_ptr_array_add(network->interfaces, name);
        g_hash_table_add(network->known, name);
        ifxUseNetworkAddInterface(network, dir, name);
    }
}

static void
ifxUseNetworkAddUse(ifxUseNetwork *network,
                    const char *name,
                    ifxUseKind kind,
                    const char *what)
{
    g_autofree char *id = ifxUseNetworkId(name);

    ifxUseGraphAddUse(network->graph, id, kind, false, what);
}

static bool
ifxUseNetworkIsCarrier(const ifxUseNetwork *network,
                       const char *name)
{
    g_autofree char *id = ifxUseNetworkId(name);

    return ifxUseGraphIsCarrier(network->graph, id);
}

static void
ifxUseNetworkAddAddresses(ifxUseNetwork *network,
                          const ifxUseAddresses *addresses)
{
    GHashTableIter iter;
    gpointer name;
    guint i;
    guint j;

    for (i = 0; i < network->interfaces->len; i++) {
        const GPtrArray *carried =
            g_hash_table_lookup(addresses->carried, network->interfaces->pdata[i]);

        for (j = 0; carried && j < carried->len; j++)
            ifxUseNetworkAddUse(network, network->interfaces->pdata[i], IFX_USE_NETWORK,
                                carried->pdata[j]);
    }
    g_hash_table_iter_init(&iter, addresses->carried);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        /* Then /proc and /sys are of two namespaces. */
        if (!g_hash_table_contains(network->known, name))
            network->complete = false;
    }
}

static void
ifxUseNetworkAddUpper(ifxUseNetwork *network)
{
    guint i;

    for (i = 0; i < network->above->len; i++) {
        if (!ifxUseNetworkIsCarrier(network, network->above->pdata[i]))
            ifxUseNetworkAddUse(network, network->above->pdata[i], IFX_USE_NETWORK, NULL);
    }
}

static void
ifxUseNetworkAddStray(ifxUseNetwork *network,
                      const char *address)
{
    g_autofree char *what = g_strdup_printf("up, may have address %s", address);
    guint i;

    for (i = 0; i < network->idle->len; i++) {
        if (!ifxUseNetworkIsCarrier(network, network->idle->pdata[i]))
            ifxUseNetworkAddUse(network, network->idle->pdata[i], IFX_USE_UNCLEAR, what);
    }
}

static bool
ifxUseNetworkMatchClass(guint32 class_code)
{
    return IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_NETWORK ||
        IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_WIRELESS;
}

static void
ifxUseNetworkAddWithoutInterface(ifxUseNetwork *network,
                                 const char *sysroot)
{
    g_autoptr(GArray) devices = ifxUsePciList(sysroot, ifxUseNetworkMatchClass);
    guint i;

    for (i = 0; devices && i < devices->len; i++) {
        const ifxUsePci *device = &g_array_index(devices, ifxUsePci, i);
        g_autofree char *id = ifxUsePciId(&device->address);

        if (!device->host_driver || g_hash_table_contains(network->shown, &device->address))
            continue;
        ifxUseGraphAddThing(network->graph, id, device->driver);
        ifxUseGraphAddDevice(network->graph, id, &device->address);
        ifxUseGraphAddUse(network->graph, id, IFX_USE_UNCLEAR, false,
                          "no interface visible, maybe in another network namespace");
    }
}

static bool
ifxUseNetworkLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    g_autoptr(ifxUseAddresses) addresses = ifxUseAddressesLoad(sysroot);
    g_autoptr(GPtrArray) interfaces = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) idle = g_ptr_array_new();
    g_autoptr(GPtrArray) above = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) shown =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    ifxUseNetwork network = {
        .graph = graph, .interfaces = interfaces, .known = known, .idle = idle, .above = above,
        .shown = shown, .complete = addresses->complete,
    };

    ifxUseNetworkAddInterfaces(&network, sysroot);
    if (interfaces->len == 0)
        return false;
    ifxUseNetworkAddAddresses(&network, addresses);
    ifxUseNetworkAddUpper(&network);
    if (addresses->stray)
        ifxUseNetworkAddStray(&network, addresses->stray);
    ifxUseNetworkAddWithoutInterface(&network, sysroot);
    return network.complete;
}

const ifxUseLoader ifxUseLoaderNetwork = {
    .name = "network",
    .sight = IFX_SIGHT_NETWORK,
    .load = ifxUseNetworkLoad,
};
