/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netlink: what the files use-netlink*.c share, which ask the kernel about the network namespace
 * that the process is in. Nothing else includes it.
 */

#pragma once

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "use/use-nets.h"

/* What is written a limited number of times for each interface. */
typedef enum {
    IFX_NETLINK_ADDRESSES,
    IFX_NETLINK_DEFAULTS,
    IFX_NETLINK_ROUTES,
    IFX_NETLINK_LIMITED,
} ifxUseNetlinkLimited;

typedef struct _ifxUseNetlinkLink ifxUseNetlinkLink;
struct _ifxUseNetlinkLink {
    guint32 index;
    guint32 master;
    guint32 lower;
    gint32 lower_nsid;          /* -1: lower is in the same namespace */
    char *name;
    char *kind;                 /* or NULL */
    char *bus;                  /* or NULL */
    char *parent;               /* or NULL */
    bool promiscuous;
    bool xdp;
    bool up;                    /* only of a kind that nobody puts up by itself */
    guint written[IFX_NETLINK_LIMITED];
};

typedef struct _ifxUseNetlink ifxUseNetlink;
struct _ifxUseNetlink {
    GString *record;
    struct nl_sock *socket;
    const GArray *all;          /* ifxUseNetnsFile */
    const char *login;          /* or NULL */
    GPtrArray *links;           /* ifxUseNetlinkLink, in the order of the kernel */
    GHashTable *by_index;       /* the same, lent */
    GHashTable *numbers;        /* ID of a namespace in this one, as a pointer -> its number */
    guint asked;                /* how many of all are in numbers */
    GArray *ids;                /* gint32: IDs of namespaces in this one */
};

/* Reads one message of an answer. */
typedef void (*ifxUseNetlinkRead)(ifxUseNetlink *ask, struct nlmsghdr *message);

/* A request for all objects of one kind. */
typedef struct _ifxUseNetlinkQuery ifxUseNetlinkQuery;
struct _ifxUseNetlinkQuery {
    int type;                   /* RTM_GETLINK */
    guint8 family;              /* the first byte of its header */
    const char *what;           /* "interfaces" */
    gsize header;               /* the length of its header, whose other bytes are zeros: all
                                 * objects */
    int (*add)(struct nl_msg *request);     /* adds attributes; returns an error of libnl. NULL:
                                             * there are none */
    ifxUseNetlinkRead read;
    int absent;                 /* this error of libnl, too: the kernel has none of it */
};

/* A socket of that protocol, NETLINK_ROUTE. NULL: the kernel has none; *@problem (if not NULL) is the
 * error of libnl. Free with nl_socket_free(). */
struct nl_sock *ifxUseNetlinkConnect(int protocol, int *problem);

/* Asks. False: "unasked" was written. What the kernel was built without has no objects. */
bool ifxUseNetlinkList(ifxUseNetlink *ask, const ifxUseNetlinkQuery *query);

/* Hands each message of the answer to @read. Returns 0, or an error of libnl. */
int ifxUseNetlinkRequest(ifxUseNetlink *ask, struct nl_msg *request, ifxUseNetlinkRead read);

/* Which namespace has the ID @nsid in this one? The kernel answers only what ID a certain namespace
 * has (rtnl_net_getid(), Linux net/core/net_namespace.c). 0: none of those that are known
 * (use-netlink-nsid.c). */
guint32 ifxUseNetlinkNsidFind(ifxUseNetlink *ask, gint32 nsid);

/* Writes "unasked" if a namespace has an ID in this one and is not known. */
void ifxUseNetlinkNsidAsk(ifxUseNetlink *ask);

/* Writes "traffic" for interfaces (use-netlink-tc.c, use-netlink-nft.c). */
void ifxUseNetlinkTcAsk(ifxUseNetlink *ask);
void ifxUseNetlinkNftAsk(ifxUseNetlink *ask);
