/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-files.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/sysfs.h"

/* A router with all routes of the internet has more: nothing is known of its interfaces then. */
#define IFX_INET_FILE_MAX (64 * 1024 * 1024)

#define IFX_INET_FIELDS 16

/* Linux include/uapi/linux/route.h; IPv6 has the same. */
#define IFX_ROUTE_UP 0x0001
#define IFX_ROUTE_GATEWAY 0x0002
#define IFX_ROUTE_REJECT 0x0200

/* Linux include/net/ipv6.h: IPV6_ADDR_LOOPBACK, IPV6_ADDR_LINKLOCAL. */
#define IFX_SCOPE_LOOPBACK 0x10
#define IFX_SCOPE_LINK 0x20

typedef struct _ifxUseInetReader ifxUseInetReader;
struct _ifxUseInetReader {
    ifxUseInet *inet;
    guint32 leaf;               /* of fib_trie: the address that the following lines describe */
};

/* Reads the fields of a line, at least one; false if it does not understand them. */
typedef bool (*ifxUseInetLine)(ifxUseInetReader *reader, char **fields, guint count);

static void
ifxUseInetRead(ifxUseInetReader *reader,
               const char *dir,
               const char *name,
               bool needed,
               ifxUseInetLine read_line)
{
    gsize length = 0;
    g_autofree char *text = ifxSysfsReadAll(dir, name, IFX_INET_FILE_MAX, &length);
    char *rest = text;
    char *line;

    if (!text || strlen(text) != length) {
        if (needed || ifxSysfsExists(dir, name))
            reader->inet->complete = false;
        return;
    }
    while ((line = strsep(&rest, "\n"))) {
        char *fields[IFX_INET_FIELDS];
        guint count = 0;
        char *field;

        while (count < G_N_ELEMENTS(fields) && (field = strsep(&line, " \t"))) {
            if (*field)
                fields[count++] = field;
        }
        if (count > 0 && !read_line(reader, fields, count))
            reader->inet->complete = false;
    }
}

static bool
ifxUseInetParseHex(const char *field,
                   guint64 max,
                   guint32 *number)
{
    guint64 parsed;

    if (!g_ascii_string_to_unsigned(field, 16, 0, max, &parsed, NULL))
        return false;
    *number = (guint32) parsed;
    return true;
}

static bool
ifxUseInetParseAddress6(const char *field,
                        struct in6_addr *address)
{
    guint i;

    if (strlen(field) != 32 || strspn(field, "0123456789abcdefABCDEF") != 32)
        return false;
    for (i = 0; i < 16; i++)
        address->s6_addr[i] = (guint8) (g_ascii_xdigit_value(field[2 * i]) << 4 |
                                        g_ascii_xdigit_value(field[2 * i + 1]));
    return true;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ... */
static bool
ifxUseInetReadRoute(ifxUseInetReader *reader,
                    char **fields,
                    guint count)
{
    ifxUseInetRoute route = { .family = AF_INET };
    guint32 flags;
    guint32 mask;

    if (strcmp(fields[0], "Iface") == 0)
        return true;
    if (count < 8 || !ifxUseInetParseHex(fields[1], G_MAXUINT32, &route.to.v4.s_addr) ||
        !ifxUseInetParseHex(fields[3], G_MAXUINT32, &flags) ||
        !ifxUseInetParseHex(fields[7], G_MAXUINT32, &mask))
        return false;
    mask = ntohl(mask);
    if ((mask & (~mask >> 1)) != 0)
        return false;
    /* "*": it has no interface. */
    if (!(flags & IFX_ROUTE_UP) || (flags & IFX_ROUTE_REJECT) || strcmp(fields[0], "*") == 0)
        return true;

    route.prefix = (guint) __builtin_popcount(mask);
    route.gateway = (flags & IFX_ROUTE_GATEWAY) != 0;
    route.interface = g_string_chunk_insert_const(reader->inet->names, fields[0]);
    g_array_append_val(reader->inet->routes, route);
    return true;
}

/* "|-- 192.0.2.2", then "/32 host LOCAL" for each of its routes. */
static bool
ifxUseInetReadTrie(ifxUseInetReader *reader,
                   char **fields,
                   guint count)
{
    struct in_addr address;

    if (count == 2 && strcmp(fields[0], "|--") == 0) {
        if (inet_pton(AF_INET, fields[1], &address) != 1)
            return false;
        reader->leaf = ntohl(address.s_addr);
        return true;
    }
    if (count < 3 || strcmp(fields[0], "/32") != 0)
        return true;
    if (strcmp(fields[2], "BROADCAST") == 0)
        g_hash_table_add(reader->inet->broadcasts, GUINT_TO_POINTER(reader->leaf));
    else if (strcmp(fields[2], "LOCAL") == 0 && reader->leaf >> 24 != 127)
        g_array_append_val(reader->inet->addresses4, reader->leaf);
    return true;
}

/* Address, index, prefix, scope, flags, interface. */
static bool
ifxUseInetReadAddress6(ifxUseInetReader *reader,
                       char **fields,
                       guint count)
{
    ifxUseInetAddress6 address = { .interface = NULL };
    guint32 scope;

    if (count != 6 || !ifxUseInetParseAddress6(fields[0], &address.address) ||
        !ifxUseInetParseHex(fields[3], G_MAXUINT8, &scope))
        return false;
    if (scope & (IFX_SCOPE_LOOPBACK | IFX_SCOPE_LINK))
        return true;

    address.interface = g_string_chunk_insert_const(reader->inet->names, fields[5]);
    g_array_append_val(reader->inet->addresses6, address);
    return true;
}

/* Destination and prefix, source and prefix, next hop, metric, two counts, flags, interface. */
static bool
ifxUseInetReadRoute6(ifxUseInetReader *reader,
                     char **fields,
                     guint count)
{
    ifxUseInetRoute route = { .family = AF_INET6 };
    guint32 flags;

    if (count < 9 || !ifxUseInetParseAddress6(fields[0], &route.to.v6) ||
        !ifxUseInetParseHex(fields[1], 128, &route.prefix) ||
        !ifxUseInetParseHex(fields[8], G_MAXUINT32, &flags))
        return false;
    if (count == 9 || !(flags & IFX_ROUTE_UP) || (flags & IFX_ROUTE_REJECT) ||
        IN6_IS_ADDR_LINKLOCAL(&route.to.v6) || IN6_IS_ADDR_MULTICAST(&route.to.v6))
        return true;

    route.gateway = (flags & IFX_ROUTE_GATEWAY) != 0;
    route.interface = g_string_chunk_insert_const(reader->inet->names, fields[9]);
    g_array_append_val(reader->inet->routes, route);
    return true;
}

/* Session, address of the other end, interface. */
static bool
ifxUseInetReadPppoe(ifxUseInetReader *reader,
                    char **fields,
                    guint count)
{
    if (strcmp(fields[0], "Id") == 0)
        return true;
    if (count != 3)
        return false;
    g_ptr_array_add(reader->inet->pppoe,
                    g_string_chunk_insert_const(reader->inet->names, fields[2]));
    return true;
}

static char *
ifxUseInetFolder(const char *sysroot)
{
    char *first = g_build_filename(sysroot, "proc/1/net", NULL);
    char byte;

    if (ifxSysfsRead(first, "route", &byte, sizeof(byte)) >= 0)
        return first;
    g_free(first);
    return g_build_filename(sysroot, "proc/net", NULL);
}

ifxUseInet *
ifxUseInetLoad(const char *sysroot)
{
    g_autofree char *dir = ifxUseInetFolder(sysroot);
    ifxUseInet *inet = g_new0(ifxUseInet, 1);
    ifxUseInetReader reader = { .inet = inet };

    inet->routes = g_array_new(FALSE, FALSE, sizeof(ifxUseInetRoute));
    inet->addresses4 = g_array_new(FALSE, FALSE, sizeof(guint32));
    inet->broadcasts = g_hash_table_new(NULL, NULL);
    inet->addresses6 = g_array_new(FALSE, FALSE, sizeof(ifxUseInetAddress6));
    inet->pppoe = g_ptr_array_new();
    inet->names = g_string_chunk_new(256);
    inet->complete = true;

    ifxUseInetRead(&reader, dir, "route", true, ifxUseInetReadRoute);
    ifxUseInetRead(&reader, dir, "fib_trie", true, ifxUseInetReadTrie);
    ifxUseInetRead(&reader, dir, "if_inet6", false, ifxUseInetReadAddress6);
    ifxUseInetRead(&reader, dir, "ipv6_route", false, ifxUseInetReadRoute6);
    ifxUseInetRead(&reader, dir, "pppoe", false, ifxUseInetReadPppoe);
    return inet;
}

void
ifxUseInetFree(ifxUseInet *inet)
{
    if (!inet)
        return;
    g_array_unref(inet->routes);
    g_array_unref(inet->addresses4);
    g_hash_table_unref(inet->broadcasts);
    g_array_unref(inet->addresses6);
    g_ptr_array_unref(inet->pppoe);
    g_string_chunk_free(inet->names);
    g_free(inet);
}
