/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-nets: interfaces, addresses, routes and packet sockets of every network namespace, as the
 * kernel reports them.
 *
 * This host's kernel is asked by rtnetlink, in a child process that enters one namespace after
 * another. The child writes what it finds as text, the record. The kernel of another host cannot be
 * asked: there the record is the file SYSROOT/netlink. Each line is a word and what follows it:
 *
 *     netns NUMBER [NAME]
 *         The following lines are of this network namespace. NUMBER is the inode number of its file
 *         in nsfs, which tells namespaces apart (there is one nsfs: Linux fs/nsfs.c, nsfs_mnt). The
 *         first namespace is the host's own, that of process 1. NAME is what people know it by:
 *         "blue" (/run/netns/blue), "of nginx (812)".
 *     link INDEX NAME [kind=KIND] [parent=BUS/DEVICE] [master=INDEX] [lower=INDEX[/NUMBER]]
 *             [promiscuous] [xdp] [up]
 *         RTM_NEWLINK. kind= is IFLA_INFO_KIND. parent= is the device that the interface belongs
 *         to, "pci/0000:04:00.0", "usb/1-4:1.0", "virtio/virtio0": IFLA_PARENT_DEV_BUS_NAME and
 *         IFLA_PARENT_DEV_NAME, which an interface in any namespace has (Linux 5.14,
 *         net/core/rtnetlink.c, rtnl_fill_ifinfo()). lower= is the interface that it is built on
 *         (IFLA_LINK), in the namespace NUMBER if that is another one (IFLA_LINK_NETNSID; the
 *         kernel reports which one by RTM_GETNSID). promiscuous: IFLA_PROMISCUITY is not 0. xdp: a
 *         program is attached (IFLA_XDP). up: IFF_UP, of a CAN bus or a radio of IEEE 802.15.4.
 *     address INDEX ADDRESS [login]
 *         RTM_NEWADDR. login: the user who runs the tool is logged in over it (SSH_CONNECTION).
 *         Addresses of loopback, and the link-local ones of IPv6, are left out: they come by
 *         themselves.
 *     route INDEX DESTINATION/PREFIX [via] [ra] [table=NUMBER] [metric=NUMBER]
 *         RTM_NEWROUTE of any table, unicast only. via: it has a gateway. ra: a router announced it
 *         (RTPROT_RA), so each interface that is up may have it. Routes of IPv6 to link-local
 *         addresses and multicast are left out: each interface that is up has some. The destination
 *         of a route of another family is the family's name, "mpls".
 *     packet INDEX INODE
 *         A packet socket that is bound to the interface (packet(7); /proc/net/packet), and its
 *         inode number.
 *     traffic INDEX [nftables]
 *         Traffic control (tc(8)) or a BPF program (tcx) handles what the interface receives or
 *         sends, or traffic control sends packets there. nftables: nftables does that (nft(8)).
 *     pppoe NAME
 *         A PPPoE session goes through the interface (/proc/net/pppoe).
 *     unasked WHY
 *         Something could not be asked, so a lack of evidence proves nothing.
 *
 * An interface has at most 8 addresses, 8 default routes and 8 other routes: one is evidence
 * enough, and a router can have a million.
 *
 * What is not seen: an interface that somebody made in a namespace, on one of another namespace,
 * while only a socket, or a message on its way, holds the first one. If the namespaces have IDs of
 * each other (RTM_GETNSID), the record has "unasked". They have none if the interface was made there
 * from the start (ip link add link eth0 netns ...; run on Linux 6.18).
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "use/use.h"

typedef struct _ifxUseNetns ifxUseNetns;
struct _ifxUseNetns {
    guint32 number;
    char *name;             /* NULL: it has none */
};

typedef enum {
    IFX_CARRIED_ADDRESS,
    IFX_CARRIED_DEFAULT,
    IFX_CARRIED_ROUTE,
    IFX_CARRIED_PPPOE,
    IFX_CARRIED_TRAFFIC,
} ifxUseCarriedKind;

/* What an interface carries. */
typedef struct _ifxUseCarried ifxUseCarried;
struct _ifxUseCarried {
    ifxUseCarriedKind kind;
    char *what;             /* "192.168.1.2", "default route", "route to 10.0.0.0/8",
                             * "PPPoE session", "traffic control", "nftables" */
    bool login;             /* an address: the user is logged in over it */
    bool ipv6;              /* a route */
    bool via;               /* a route: it has a gateway */
    bool announced;         /* a route: by a router */
    guint32 table;          /* of a route */
    guint32 metric;
};

typedef struct _ifxUseLink ifxUseLink;
struct _ifxUseLink {
    const ifxUseNetns *netns;   /* lent for the life of the ifxUseNets */
    guint32 index;
    char *name;
    char *kind;             /* NULL: none, such as a network card's */
    char *parent;           /* "pci/0000:04:00.0"; NULL: none */
    guint32 master;         /* index in the same namespace; 0: none */
    guint32 lower;          /* index; 0: none */
    guint32 lower_netns;    /* number of the namespace that lower is in */
    bool promiscuous;
    bool xdp;
    bool up;
    GArray *carried;        /* ifxUseCarried, as recorded */
    GArray *sockets;        /* guint64: inode numbers of packet sockets */
};

typedef struct _ifxUseNets ifxUseNets;
struct _ifxUseNets {
    GPtrArray *spaces;      /* ifxUseNetns: the host's own first */
    GPtrArray *links;       /* ifxUseLink, in the order of the record */
    GHashTable *by_index;   /* the same by namespace and index, for ifxUseNetsFind() */
    char *unasked;          /* the first reason why this is not everything; NULL: it is */
};

/* The record of SYSROOT/netlink. NULL: there is none. Free with ifxUseNetsFree(). */
ifxUseNets *ifxUseNetsLoad(const char *sysroot);
void ifxUseNetsFree(ifxUseNets *nets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxUseNets, ifxUseNetsFree)

/* The interface @index of the namespace @netns, lent for the life of @nets; NULL: there is none. */
ifxUseLink *ifxUseNetsFind(const ifxUseNets *nets, guint32 netns, guint32 index);

/* ---- the parts of ifxUseNetsLoad() */

/* Reads a record. A line that it does not understand counts as "unasked". */
ifxUseNets *ifxUseNetsParse(const char *record);

/* What holds a network namespace: a process, one of its threads or open files, or a mount. */
typedef struct _ifxUseNetnsHolder ifxUseNetnsHolder;
struct _ifxUseNetnsHolder {
    guint32 number;         /* of the namespace */
    char *pid;              /* of the process; NULL: it is a mount */
    char *path;             /* "/proc/812/ns/net", "/proc/812/fd/7", "/proc/1/root/run/netns/blue" */
};

/* A GDestroyNotify for a GArray of them. */
void ifxUseNetnsHolderClear(gpointer data);

/* "net:[4026531833]", as nsfs names a namespace (Linux fs/nsfs.c, ns_get_name()). */
bool ifxUseNetnsParseName(const char *name, guint32 *number);

/* The record of this host (use-netns.c). @holders: all ifxUseNetnsHolder that are known. Free with
 * g_free(). */
char *ifxUseNetnsAsk(const GArray *holders);

/* What the kernel of this host answers. The namespaces are those that processes hold, and the mounts
 * that use-mount.c found before. Free with ifxUseNetsFree(). */
ifxUseNets *ifxUseNetnsLoad(ifxUseGraph *graph);

/* A namespace that can be asked. */
typedef struct _ifxUseNetnsFile ifxUseNetnsFile;
struct _ifxUseNetnsFile {
    guint32 number;
    int file;               /* in nsfs; negative: it is not open */
};

/* Adds to @record the lines of the namespace that this process is in (use-netlink.c). @all:
 * ifxUseNetnsFile, the namespaces that an interface of this one may be linked with. @login: the
 * address over which the user is logged in, or NULL. */
void ifxUseNetlinkAsk(GString *record, const GArray *all, const char *login);
