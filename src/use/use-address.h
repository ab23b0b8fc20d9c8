/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-address: what each network interface of a host carries: addresses, routes, PPPoE.
 *
 * Linux has no file that says which interface an IPv4 address is of. It is taken to be of those
 * with the longest route that covers it and has no gateway, if the host has that net's broadcast
 * address too: the kernel adds one for the net of an address (fib_add_ifaddr() in
 * net/ipv4/fib_frontend.c), but not for a route to what is behind a tunnel.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "use/use-inet.h"

typedef struct _ifxUseAddresses ifxUseAddresses;
struct _ifxUseAddresses {
    GHashTable *carried;    /* interface -> GPtrArray of char *: "192.168.1.2", "fd00::1",
                             * "default route", "route to 10.0.0.0/8", "PPPoE session"; in this
                             * order, none twice, not empty; at most 8 addresses and 8 others */
    char *stray;            /* an IPv4 address that no interface could be matched with; NULL:
                             * there is none */
};

/* Of the host with @inet. Routes without a gateway are left out where the interface has
 * addresses. IPv4's link-local addresses count: they do not come by themselves. */
ifxUseAddresses *ifxUseAddressesNew(const ifxInet *inet);
void ifxUseAddressesFree(ifxUseAddresses *addresses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxUseAddresses, ifxUseAddressesFree)
