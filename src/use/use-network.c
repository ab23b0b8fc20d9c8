/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-network: network interfaces that carry something: addresses, routes, other interfaces.
 *
 * The interfaces are those of every network namespace (use-nets.h). Each is net/NAME, "br0
 * (bridge)", in the host's own namespace, and net/NUMBER/NAME, "eth0 in namespace blue", in another
 * one. IFX_USE_NETWORK is
 *
 *  - what an interface carries. The default route, and the address over which the user of the tool
 *    is logged in, are vital; of several default routes of a table, the one with the lowest metric,
 *    and none that a router announces to several interfaces
 *  - an interface above others (a bridge, a VLAN, a macvlan) that itself carries nothing. The files
 *    lower_NAME and upper_NAME of sysfs show a few that no message of rtnetlink does
 *    (netdev_adjacent_sysfs_add() in Linux net/core/dev.c)
 *  - an interface of a device that somebody moved to a namespace of its own
 *  - an interface that a packet socket is bound to. The socket is socket/INODE, for use-process.c
 *  - an RDMA device that somebody made on an interface, infiniband/rxe0: its folder "parent" names the
 *    interface (Linux drivers/infiniband/sw/rxe/rxe_verbs.c, parent_show())
 *  - an interface over which the kernel sends its log (use-netconsole.c)
 *  - an interface that is promiscuous, has an XDP program, or is a CAN bus that is up, and carries
 *    nothing else
 *
 * Another interface that is merely up is not in use: network managers put all of them up.
 *
 * IFX_USE_UNCLEAR: devices whose interface is in none of the namespaces. Their folder "net" is
 * there, and empty: sysfs makes it with the first interface and shows only those of one namespace
 * (get_device_parent() in Linux drivers/base/core.c). So are PCI network devices that the host
 * drives and that show no interface.
 *
 * IFX_SIGHT_NETWORK: everything could be asked.
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/sysfs.h"
#include "use/use-nets.h"

#define IFX_NETWORK_INTERFACES "sys/class/net"
#define IFX_NETWORK_BUSES "sys/bus"
#define IFX_NETWORK_RDMA "sys/class/infiniband"

/* The buses whose devices have interfaces. */
static const char *const buses[] = {
    "auxiliary", "firewire", "pci", "sdio", "thunderbolt", "usb", "virtio",
};

typedef struct _ifxUseNetwork ifxUseNetwork;
struct _ifxUseNetwork {
    const char *sysroot;
    ifxUseGraph *graph;
    ifxUseNets *nets;
    GHashTable *ids;            /* ifxUseLink, lent -> char *: its id */
    GHashTable *parents;        /* char *, lent: "pci/0000:04:00.0", devices whose interfaces are
                                 * seen */
    GHashTable *shown;          /* ifxPciAddress: the same, and what they are below */
    GPtrArray *above;           /* char *: ids of those that are a use even if they carry nothing:
                                 * they sit on another one, or were moved to a namespace */
};

static void
ifxUseNetworkClear(ifxUseNetwork *network)
{
    ifxUseNetsFree(network->nets);
    g_hash_table_unref(network->ids);
    g_hash_table_unref(network->parents);
    g_hash_table_unref(network->shown);
    g_ptr_array_unref(network->above);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUseNetwork, ifxUseNetworkClear)

static bool
ifxUseNetworkIsHome(const ifxUseNetwork *network,
                    const ifxUseLink *link)
{
    return link->netns == network->nets->spaces->pdata[0];
}

static const char *
ifxUseNetworkGetId(const ifxUseNetwork *network,
                   const ifxUseLink *link)
{
    return g_hash_table_lookup(network->ids, link);
}

/* @what NULL: the thing itself is the last step. */
static void
ifxUseNetworkAddUse(ifxUseNetwork *network,
                    const ifxUseLink *link,
                    bool vital,
                    const char *what)
{
    ifxUseGraphAddUse(network->graph, ifxUseNetworkGetId(network, link), IFX_USE_NETWORK, vital,
                      what);
}

static bool
ifxUseNetworkIsCarrier(const ifxUseNetwork *network,
                       const ifxUseLink *link)
{
    return ifxUseGraphIsCarrier(network->graph, ifxUseNetworkGetId(network, link));
}

/* ---- interfaces, and what they sit on */

static void
ifxUseNetworkAddLink(ifxUseNetwork *network,
                     const ifxUseLink *link)
{
    const bool home = ifxUseNetworkIsHome(network, link);
    char *id = home ? g_strconcat("net/", link->name, NULL) :
        g_strdup_printf("net/%u/%s", link->netns->number, link->name);
    g_autoptr(GString) label = g_string_new(link->name);

    if (link->kind)
        g_string_append_printf(label, " (%s)", link->kind);
    if (!home && link->netns->name)
        g_string_append_printf(label, " in namespace %s", link->netns->name);
    else if (!home)
        g_string_append_printf(label, " in namespace %u", link->netns->number);
    g_hash_table_insert(network->ids, (gpointer) link, id);
    ifxUseGraphAddThing(network->graph, id, label->str);
}

static void
ifxUseNetworkAddBelow(ifxUseNetwork *network,
                      const char *id,
                      const char *below)
{
    ifxUseGraphAddBelow(network->graph, id, below);
    g_ptr_array_add(network->above, g_strdup(id));
}

static void
ifxUseNetworkAddStack(ifxUseNetwork *network,
                      const ifxUseLink *link)
{
    const char *id = ifxUseNetworkGetId(network, link);
    const ifxUseLink *master =
        ifxUseNetsFind(network->nets, link->netns->number, link->master);
    const ifxUseLink *lower = ifxUseNetsFind(network->nets, link->lower_netns, link->lower);

    if (master)
        ifxUseNetworkAddBelow(network, ifxUseNetworkGetId(network, master), id);
    if (lower)
        ifxUseNetworkAddBelow(network, id, ifxUseNetworkGetId(network, lower));
}

/* What sysfs shows above and below an interface of the host's own namespace. */
static void
ifxUseNetworkAddAdjacent(ifxUseNetwork *network,
                         const char *dir,
                         const char *id)
{
    g_autoptr(GPtrArray) entries = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < entries->len; i++) {
        const char *entry = entries->pdata[i];
        const bool upper = g_str_has_prefix(entry, "upper_");
        g_autofree char *other = NULL;

        if (!upper && !g_str_has_prefix(entry, "lower_"))
            continue;
        other = g_strconcat("net/", strchr(entry, '_') + 1, NULL);
        if (upper)
            ifxUseNetworkAddBelow(network, other, id);
        else
            ifxUseNetworkAddBelow(network, id, other);
    }
}

/* ---- the devices of interfaces */

static void
ifxUseNetworkAddPath(ifxUseNetwork *network,
                     const ifxUseLink *link,
                     const char *path)
{
    g_autoptr(GArray) devices = ifxSysfsPciAncestors(path);
    guint i;

    ifxUseGraphAddPath(network->graph, ifxUseNetworkGetId(network, link), path);
    for (i = 0; i < devices->len; i++)
        g_hash_table_add(network->shown, g_memdup2(&g_array_index(devices, ifxPciAddress, i),
                                                   sizeof(ifxPciAddress)));
    if (!ifxUseNetworkIsHome(network, link))
        g_ptr_array_add(network->above, g_strdup(ifxUseNetworkGetId(network, link)));
}

static void
ifxUseNetworkAddDevice(ifxUseNetwork *network,
                       const ifxUseLink *link)
{
    g_auto(GStrv) parent = g_strsplit(link->parent ? link->parent : "", "/", 2);
    g_autofree char *path = NULL;
    g_autofree char *dir = NULL;

    if (link->parent)
        g_hash_table_add(network->parents, link->parent);
    if (g_strv_length(parent) == 2) {
        g_autofree char *device = g_build_filename(network->sysroot, IFX_NETWORK_BUSES, parent[0],
                                                   "devices", parent[1], NULL);

        path = ifxUsePciResolve(device, "");
    }
    if (ifxUseNetworkIsHome(network, link)) {
        dir = g_build_filename(network->sysroot, IFX_NETWORK_INTERFACES, link->name, NULL);
        /* The device need not be on a bus. */
        if (!path)
            path = ifxUsePciResolve(dir, "");
    }
    if (!path || g_str_has_prefix(path, "/devices/virtual/"))
        return;
    ifxUseNetworkAddPath(network, link, path);
    if (dir)
        ifxUseNetworkAddAdjacent(network, dir, ifxUseNetworkGetId(network, link));
}

/* ---- uses */

/* Is another default route of the host's table better, because of its metric? Of those that routers
 * announce, another one does as well. */
static bool
ifxUseNetworkIsOutdone(const ifxUseNetwork *network,
                       const ifxUseLink *own,
                       const ifxUseCarried *route)
{
    guint i;
    guint j;

    for (i = 0; i < network->nets->links->len; i++) {
        const ifxUseLink *link = network->nets->links->pdata[i];

        for (j = 0; ifxUseNetworkIsHome(network, link) && j < link->carried->len; j++) {
            const ifxUseCarried *other = &g_array_index(link->carried, ifxUseCarried, j);

            if (other->kind == IFX_CARRIED_DEFAULT && other->ipv6 == route->ipv6 &&
                other->table == route->table &&
                (other->metric < route->metric ||
                 (route->announced && link != own && other->metric == route->metric)))
                return true;
        }
    }
    return false;
}

static bool
ifxUseNetworkIsVital(const ifxUseNetwork *network,
                     const ifxUseLink *link,
                     const ifxUseCarried *carried)
{
    return carried->login || (carried->kind == IFX_CARRIED_DEFAULT &&
                              ifxUseNetworkIsHome(network, link) &&
                              !ifxUseNetworkIsOutdone(network, link, carried));
}

/* Adds what the interface carries of one kind, each thing once. */
static void
ifxUseNetworkAddCarried(ifxUseNetwork *network,
                        const ifxUseLink *link,
                        ifxUseCarriedKind kind)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    bool has_address = false;
    guint pass;
    guint i;

    /* What is vital first: it stands for the same words with less weight. */
    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < link->carried->len; i++) {
            const ifxUseCarried *carried = &g_array_index(link->carried, ifxUseCarried, i);
            const bool vital = ifxUseNetworkIsVital(network, link, carried);

            has_address = has_address || carried->kind == IFX_CARRIED_ADDRESS;
            /* The net of an address is no news. */
            if (carried->kind != kind || vital != (pass == 0) ||
                (kind == IFX_CARRIED_ROUTE && has_address && !carried->via) ||
                !g_hash_table_add(seen, carried->what))
                continue;
            ifxUseNetworkAddUse(network, link, vital, carried->what);
        }
    }
}

static void
ifxUseNetworkAddSockets(ifxUseNetwork *network,
                        const ifxUseLink *link)
{
    guint i;

    for (i = 0; i < link->sockets->len; i++) {
        g_autofree char *id = g_strdup_printf("socket/%" G_GUINT64_FORMAT,
                                              g_array_index(link->sockets, guint64, i));

        ifxUseGraphAddThing(network->graph, id, "packet socket");
        ifxUseGraphAddBelow(network->graph, id, ifxUseNetworkGetId(network, link));
        ifxUseGraphAddUse(network->graph, id, IFX_USE_NETWORK, false, NULL);
    }
}

static void
ifxUseNetworkAddUses(ifxUseNetwork *network,
                     const ifxUseLink *link)
{
    ifxUseNetworkAddCarried(network, link, IFX_CARRIED_ADDRESS);
    ifxUseNetworkAddCarried(network, link, IFX_CARRIED_DEFAULT);
    ifxUseNetworkAddCarried(network, link, IFX_CARRIED_ROUTE);
    ifxUseNetworkAddCarried(network, link, IFX_CARRIED_PPPOE);
    ifxUseNetworkAddCarried(network, link, IFX_CARRIED_TRAFFIC);
    ifxUseNetworkAddSockets(network, link);
    if (link->xdp && !ifxUseNetworkIsCarrier(network, link))
        ifxUseNetworkAddUse(network, link, false, "XDP program");
    if (link->up && !ifxUseNetworkIsCarrier(network, link))
        ifxUseNetworkAddUse(network, link, false, "up");
    if (link->promiscuous && !ifxUseNetworkIsCarrier(network, link))
        ifxUseNetworkAddUse(network, link, false, "promiscuous mode");
}

/* Those of a card itself are no use: drivers make them unasked. False: one is on an unknown
 * interface. */
static bool
ifxUseNetworkAddRdma(ifxUseNetwork *network)
{
    g_autofree char *folder = g_build_filename(network->sysroot, IFX_NETWORK_RDMA, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    bool whole = true;
    guint i;

    for (i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *dir = g_build_filename(folder, name, NULL);
        g_autofree char *path = ifxUsePciResolve(dir, "");
        g_autofree char *below = ifxSysfsReadLine(dir, "parent");
        g_autofree char *below_id = g_strconcat("net/", below, NULL);
        g_autofree char *id = g_strconcat("infiniband/", name, NULL);

        if (!path || !g_str_has_prefix(path, "/devices/virtual/"))
            continue;
        if (!below || !ifxUseGraphLookup(network->graph, below_id)) {
            ifxUseGraphAddUnasked(network->graph, IFX_SIGHT_NETWORK,
                                  "nothing shows the interface of an RDMA device");
            whole = false;
            continue;
        }
        ifxUseGraphAddThing(network->graph, id, name);
        ifxUseNetworkAddBelow(network, id, below_id);
    }
    return whole;
}

static void
ifxUseNetworkAddUpper(ifxUseNetwork *network)
{
    guint i;

    for (i = 0; i < network->above->len; i++) {
        const char *id = network->above->pdata[i];

        if (!ifxUseGraphIsCarrier(network->graph, id))
            ifxUseGraphAddUse(network->graph, id, IFX_USE_NETWORK, false, NULL);
    }
}

/* ---- devices whose interface is elsewhere */

static void
ifxUseNetworkAddHidden(ifxUseNetwork *network,
                       const char *id,
                       const char *label)
{
    ifxUseGraphAddThing(network->graph, id, label);
    ifxUseGraphAddUse(network->graph, id, IFX_USE_UNCLEAR, false,
                      "no interface visible, maybe in another network namespace");
}

/* Is one of the interfaces in the folder known? */
static bool
ifxUseNetworkShowsInterface(const ifxUseNetwork *network,
                            const char *folder)
{
    g_autoptr(GPtrArray) names = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < names->len; i++) {
        g_autofree char *id = g_strconcat("net/", names->pdata[i], NULL);

        if (ifxUseGraphLookup(network->graph, id))
            return true;
    }
    return false;
}

static void
ifxUseNetworkAddEmpty(ifxUseNetwork *network,
                      const char *bus,
                      const char *dir,
                      const char *device)
{
    g_autofree char *key = g_build_filename(bus, device, NULL);
    g_autofree char *folder = g_build_filename(dir, device, "net", NULL);
    g_autofree char *id = NULL;
    g_autofree char *own = NULL;
    g_autofree char *driver = NULL;
    g_autofree char *path = NULL;
    ifxPciAddress address;

    if (!ifxSysfsExists(folder, "") || g_hash_table_contains(network->parents, key) ||
        ifxUseNetworkShowsInterface(network, folder))
        return;
    own = g_build_filename(dir, device, NULL);
    driver = ifxSysfsReadLink(own, "driver");
    path = ifxUsePciResolve(own, "");
    id = g_strconcat("net/", key, NULL);
    ifxUseGraphAddPath(network->graph, id, path);
    ifxUseNetworkAddHidden(network, id, driver ? driver : device);
    if (strcmp(bus, "pci") == 0 && ifxPciAddressParse(device, &address))
        g_hash_table_add(network->shown, g_memdup2(&address, sizeof(address)));
}

static bool
ifxUseNetworkMatchClass(guint32 class_code)
{
    return IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_NETWORK ||
        IFX_PCI_BASE_CLASS(class_code) == IFX_PCI_BASE_WIRELESS;
}

static void
ifxUseNetworkAddWithoutInterface(ifxUseNetwork *network)
{
    g_autoptr(GArray) devices = ifxUsePciList(network->sysroot, network->graph->scope,
                                              ifxUseNetworkMatchClass);
    guint i;
    guint j;

    for (i = 0; i < G_N_ELEMENTS(buses); i++) {
        g_autofree char *dir = g_build_filename(network->sysroot, IFX_NETWORK_BUSES, buses[i],
                                                "devices", NULL);
        g_autoptr(GPtrArray) names = strcmp(buses[i], "pci") == 0 ?
            ifxUsePciListNames(network->sysroot, network->graph->scope) : ifxSysfsList(dir, NULL);

        for (j = 0; j < names->len; j++)
            ifxUseNetworkAddEmpty(network, buses[i], dir, names->pdata[j]);
    }
    for (i = 0; devices && i < devices->len; i++) {
        const ifxUsePci *device = &g_array_index(devices, ifxUsePci, i);
        g_autofree char *id = ifxUsePciId(&device->address);

        if (!device->host_driver || g_hash_table_contains(network->shown, &device->address))
            continue;
        ifxUseGraphAddDevice(network->graph, id, &device->address);
        ifxUseNetworkAddHidden(network, id, device->driver);
    }
}

static bool
ifxUseNetworkAddAll(ifxUseNetwork *network)
{
    const GPtrArray *links = network->nets->links;
    bool whole = !network->nets->unasked;
    guint i;

    for (i = 0; i < links->len; i++)
        ifxUseNetworkAddLink(network, links->pdata[i]);
    for (i = 0; i < links->len; i++) {
        ifxUseNetworkAddStack(network, links->pdata[i]);
        ifxUseNetworkAddDevice(network, links->pdata[i]);
    }
    for (i = 0; i < links->len; i++)
        ifxUseNetworkAddUses(network, links->pdata[i]);
    if (!ifxUseNetworkAddRdma(network))
        whole = false;
    ifxUseNetconsoleAdd(network->sysroot, network->graph);
    ifxUseNetworkAddUpper(network);
    ifxUseNetworkAddWithoutInterface(network);
    return whole;
}

static bool
ifxUseNetworkLoad(const char *sysroot,
                  ifxUseGraph *graph)
{
    g_auto(ifxUseNetwork) network = { .sysroot = sysroot, .graph = graph };

    network.nets = strcmp(sysroot, "/") == 0 ? ifxUseNetnsLoad(graph) : ifxUseNetsLoad(sysroot);
    network.ids = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    network.parents = g_hash_table_new(g_str_hash, g_str_equal);
    network.shown = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    network.above = g_ptr_array_new_with_free_func(g_free);
    return network.nets && network.nets->spaces->len > 0 && ifxUseNetworkAddAll(&network);
}

const ifxUseLoader ifxUseLoaderNetwork = {
    .name = "network",
    .sight = IFX_SIGHT_NETWORK,
    .load = ifxUseNetworkLoad,
};
