/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-inet: the addresses and routes of a host, as /proc/net has them.
 *
 * That of the host's first process, where it can be read: the one who asks may be in a network
 * namespace of its own. The files are those of Linux net/ipv4/fib_trie.c (route, fib_trie),
 * net/ipv6/addrconf.c (if_inet6), net/ipv6/route.c (ipv6_route) and drivers/net/ppp/pppoe.c
 * (pppoe); the numbers in route are in the byte order of this machine.
 */

#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>

typedef struct _ifxInetRoute ifxInetRoute;
struct _ifxInetRoute {
    const char *interface;      /* lent for the life of the ifxInet */
    int family;                 /* AF_INET, AF_INET6 */
    union {
        struct in_addr v4;
        struct in6_addr v6;
    } to;                       /* in network order, as inet_ntop() takes it */
    guint prefix;
    bool gateway;
};

typedef struct _ifxInetAddress6 ifxInetAddress6;
struct _ifxInetAddress6 {
    const char *interface;      /* lent for the life of the ifxInet */
    struct in6_addr address;
};

typedef struct _ifxInet ifxInet;
struct _ifxInet {
    GArray *routes;             /* ifxInetRoute, without those that reject, and IPv6's to
                                 * link-local nets and to multicast, which each interface that is
                                 * up has */
    GArray *addresses4;         /* guint32, in host order: the host's own, but for 127.0.0.0/8,
                                 * once for each table; no file says of which interface */
    GHashTable *broadcasts;     /* those of its nets, as pointers from GUINT_TO_POINTER() */
    GArray *addresses6;         /* ifxInetAddress6, without loopback and link-local ones */
    GPtrArray *pppoe;           /* char *: interfaces that PPPoE sessions go through */
    bool complete;              /* all that is there was read and understood */
    GStringChunk *names;
};

/* Of the host whose root is @sysroot. IPv6 and PPPoE may be absent, IPv4 not. */
ifxInet *ifxInetLoad(const char *sysroot);
void ifxInetFree(ifxInet *inet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxInet, ifxInetFree)
