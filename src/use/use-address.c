/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-address: what each network interface of a host carries: addresses, routes, PPPoE.
 *
 * Linux has no file that shows the interface of an IPv4 address. It is taken to be of those with
 * the longest route that covers it and has no gateway, if the host has that net's broadcast address
 * too: the kernel adds one for the net of an address (fib_add_ifaddr() in net/ipv4/fib_frontend.c),
 * but not for a route into a tunnel.
 */

#include "use/use-files.h"

#include <arpa/inet.h>

/* How many addresses, and how many other things, an interface shows: one is evidence enough. */
#define IFX_ADDRESS_SHOWN 8

/* No interface has an address in a larger net. */
#define IFX_ADDRESS_PREFIX_MIN 8

typedef struct _ifxUseAddressCounts ifxUseAddressCounts;
struct _ifxUseAddressCounts {
    guint addresses;
    guint others;
};

typedef struct _ifxUseAddressSorter ifxUseAddressSorter;
struct _ifxUseAddressSorter {
    const ifxUseInet *inet;
    ifxUseAddresses *result;
    GHashTable *counts;         /* interface, lent -> ifxUseAddressCounts */
    GHashTable *nets;           /* gint64, of ifxUseAddressKey() -> GArray of guint32, in host
                                 * order: the first addresses that are in no smaller net */
};

static void
ifxUseAddressAdd(ifxUseAddressSorter *sorter,
                 const char *interface,
                 bool address,
                 const char *what)
{
    ifxUseAddressCounts *counts = g_hash_table_lookup(sorter->counts, interface);
    GPtrArray *carried = g_hash_table_lookup(sorter->result->carried, interface);
    guint *count;

    if (!counts) {
        counts = g_new0(ifxUseAddressCounts, 1);
        g_hash_table_insert(sorter->counts, (gpointer) interface, counts);
        carried = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(sorter->result->carried, g_strdup(interface), carried);
    }
    count = address ? &counts->addresses : &counts->others;
    if (*count == IFX_ADDRESS_SHOWN ||
        g_ptr_array_find_with_equal_func(carried, what, g_str_equal, NULL))
        return;
    (*count)++;
    g_ptr_array_add(carried, g_strdup(what));
}

/* @prefix: 1 to 32. */
static gint64
ifxUseAddressKey(guint32 address,
                 guint prefix)
{
    return (gint64) prefix << 32 | (address & (G_MAXUINT32 << (32 - prefix)));
}

/* Is it the net of an interface's own address? */
static bool
ifxUseAddressIsOwnNet(const ifxUseInet *inet,
                      const ifxUseInetRoute *route,
                      gint64 *key)
{
    guint32 to;

    if (route->family != AF_INET || route->gateway || route->prefix < IFX_ADDRESS_PREFIX_MIN)
        return false;
    to = ntohl(route->to.v4.s_addr);
    *key = ifxUseAddressKey(to, route->prefix);
    /* A kernel always has some, those of lo: a list without any proves nothing. Nets of one or
     * two addresses have none. */
    return g_hash_table_size(inet->broadcasts) == 0 || route->prefix >= 31 ||
        g_hash_table_contains(inet->broadcasts,
                              GUINT_TO_POINTER(to | G_MAXUINT32 >> route->prefix));
}

static void
ifxUseAddressSort(ifxUseAddressSorter *sorter)
{
    const ifxUseInet *inet = sorter->inet;
    char text[INET_ADDRSTRLEN];
    gint64 key;
    guint i;

    for (i = 0; i < inet->routes->len; i++) {
        if (ifxUseAddressIsOwnNet(inet, &g_array_index(inet->routes, ifxUseInetRoute, i), &key) &&
            !g_hash_table_contains(sorter->nets, &key))
            g_hash_table_insert(sorter->nets, g_memdup2(&key, sizeof(key)),
                                g_array_new(FALSE, FALSE, sizeof(guint32)));
    }
    for (i = 0; i < inet->addresses4->len; i++) {
        const guint32 address = g_array_index(inet->addresses4, guint32, i);
        const struct in_addr order = { .s_addr = htonl(address) };
        GArray *net = NULL;
        guint prefix;

        for (prefix = 32; !net && prefix >= IFX_ADDRESS_PREFIX_MIN; prefix--) {
            key = ifxUseAddressKey(address, prefix);
            net = g_hash_table_lookup(sorter->nets, &key);
        }
        if (net && net->len < IFX_ADDRESS_SHOWN)
            g_array_append_val(net, address);
        else if (!net && !sorter->result->stray)
            sorter->result->stray = g_strdup(inet_ntop(AF_INET, &order, text, sizeof(text)));
    }
}

static void
ifxUseAddressAddAddresses(ifxUseAddressSorter *sorter)
{
    const ifxUseInet *inet = sorter->inet;
    char text[INET6_ADDRSTRLEN];
    guint i;
    guint j;

    for (i = 0; i < inet->routes->len; i++) {
        const ifxUseInetRoute *route = &g_array_index(inet->routes, ifxUseInetRoute, i);
        const GArray *net;
        gint64 key;

        if (!ifxUseAddressIsOwnNet(inet, route, &key))
            continue;
        net = g_hash_table_lookup(sorter->nets, &key);
        for (j = 0; j < net->len; j++) {
            const struct in_addr order = { .s_addr = htonl(g_array_index(net, guint32, j)) };

            ifxUseAddressAdd(sorter, route->interface, true,
                             inet_ntop(AF_INET, &order, text, sizeof(text)));
        }
    }
    for (i = 0; i < inet->addresses6->len; i++) {
        const ifxUseInetAddress6 *address = &g_array_index(inet->addresses6, ifxUseInetAddress6, i);

        ifxUseAddressAdd(sorter, address->interface, true,
                         inet_ntop(AF_INET6, &address->address, text, sizeof(text)));
    }
}

static void
ifxUseAddressAddRoutes(ifxUseAddressSorter *sorter,
                       bool defaults)
{
    char text[INET6_ADDRSTRLEN];
    guint i;

    for (i = 0; i < sorter->inet->routes->len; i++) {
        const ifxUseInetRoute *route = &g_array_index(sorter->inet->routes, ifxUseInetRoute, i);
        const ifxUseAddressCounts *counts = g_hash_table_lookup(sorter->counts, route->interface);
        g_autofree char *what = NULL;

        if ((route->prefix == 0) != defaults ||
            (!defaults && !route->gateway && counts && counts->addresses > 0) ||
            (counts && counts->others == IFX_ADDRESS_SHOWN))
            continue;
        what = defaults ? g_strdup("default route") :
            g_strdup_printf("route to %s/%u",
                            inet_ntop(route->family, &route->to, text, sizeof(text)),
                            route->prefix);
        ifxUseAddressAdd(sorter, route->interface, false, what);
    }
}

static void
ifxUseAddressUnrefCarried(gpointer carried)
{
    g_ptr_array_unref(carried);
}

static void
ifxUseAddressUnrefNet(gpointer net)
{
    g_array_unref(net);
}

ifxUseAddresses *
ifxUseAddressesLoad(const char *sysroot)
{
    g_autoptr(ifxUseInet) inet = ifxUseInetLoad(sysroot);
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_autoptr(GHashTable) nets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                                       ifxUseAddressUnrefNet);
    ifxUseAddresses *result = g_new0(ifxUseAddresses, 1);
    ifxUseAddressSorter sorter = {
        .inet = inet, .result = result, .counts = counts, .nets = nets,
    };
    guint i;

    result->complete = inet->complete;
    result->carried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            ifxUseAddressUnrefCarried);
    ifxUseAddressSort(&sorter);
    ifxUseAddressAddAddresses(&sorter);
    ifxUseAddressAddRoutes(&sorter, true);
    ifxUseAddressAddRoutes(&sorter, false);
    for (i = 0; i < inet->pppoe->len; i++)
        ifxUseAddressAdd(&sorter, inet->pppoe->pdata[i], false, "PPPoE session");
    return result;
}

void
ifxUseAddressesFree(ifxUseAddresses *addresses)
{
    if (!addresses)
        return;
    g_hash_table_unref(addresses->carried);
    g_free(addresses->stray);
    g_free(addresses);
}
