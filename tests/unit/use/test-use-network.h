/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-use-network: a host with network interfaces.
 */

#pragma once

#include <arpa/inet.h>

#include "evidence.h"
#include "loader.h"
#include "tree.h"

#define NIC "0000:00:19.0"
#define NIC_PATH "../../devices/pci0000:00/0000:00:19.0/net/"
#define NIC2 "0000:01:00.0"
#define NIC2_PATH "../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0/net/"
#define VIRTUAL_PATH "../../devices/virtual/net/"

static char *root;

static inline void
ifxTestAdd(const char *path,
           const char *content)
{
    const char *const entries[] = { path, content, NULL };

    ifxTestTreeAdd(root, entries);
}

/* An interface that is up, in the folder @parent, relative to its class's. */
static inline void
ifxTestAddInterface(const char *name,
                    const char *parent)
{
    g_autofree char *link = g_strconcat("sys/class/net/", name, NULL);
    g_autofree char *target = g_strconcat("->", parent, name, NULL);
    g_autofree char *flags = g_strconcat("sys/", parent + strlen("../../"), name, "/flags", NULL);

    ifxTestAdd(link, target);
    ifxTestAdd(flags, "0x1003\n");
}

static inline void
ifxTestAddEntry(const char *name,
                const char *entry,
                const char *content)
{
    g_autofree char *path = g_strconcat("sys/class/net/", name, "/", entry, NULL);

    ifxTestAdd(path, content);
}

static inline guint32
ifxTestAddress(const char *text)
{
    struct in_addr address;

    ck_assert_int_eq(inet_pton(AF_INET, text, &address), 1);
    return address.s_addr;
}

/* "eno1 192.168.1.0/24" and "eno1 0.0.0.0/0 192.168.1.1", with a gateway, as /proc/net/route. */
static inline void
ifxTestSetRoutes(const char *const *routes)
{
    g_autoptr(GString) text = g_string_new("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\t"
                                           "Metric\tMask\t\tMTU\tWindow\tIRTT   \n");

    for (; *routes; routes++) {
        g_auto(GStrv) words = g_strsplit(*routes, " ", 3);
        g_auto(GStrv) to = g_strsplit(words[1], "/", 2);
        const int prefix = atoi(to[1]);
        const guint32 mask = prefix == 0 ? 0 : htonl(G_MAXUINT32 << (32 - prefix));

        g_string_append_printf(text, "%s\t%08X\t%08X\t%04X\t0\t0\t0\t%08X\t0\t0\t0   \n", words[0],
                               ifxTestAddress(to[0]), words[2] ? ifxTestAddress(words[2]) : 0,
                               words[2] ? 3U : 1U, mask);
    }
    ifxTestAdd("proc/net/route", text->str);
}

/* Addresses of the host, and ".255" broadcast addresses, in both tables. */
static inline void
ifxTestSetLocals(const char *const *locals)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *const *local;
    int table;

    for (table = 0; table < 2; table++) {
        g_string_append_printf(text, "%s:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.0\n"
                               "        /8 host LOCAL\n     |-- 127.0.0.1\n"
                               "        /32 host LOCAL\n     |-- 127.255.255.255\n"
                               "        /32 link BROADCAST\n", table == 0 ? "Main" : "Local");
        for (local = locals; *local; local++)
            g_string_append_printf(text, "     |-- %s\n        /32 %s\n", *local,
                                   g_str_has_suffix(*local, ".255") ? "link BROADCAST" :
                                   "host LOCAL");
    }
    ifxTestAdd("proc/net/fib_trie", text->str);
}

static inline void
ifxTestSetup(void)
{
    const char *const none[] = { NULL };

    root = ifxTestTreeNew(none);
    ifxTestAddInterface("lo", VIRTUAL_PATH);
    ifxTestAddInterface("eno1", NIC_PATH);
    ifxTestAddInterface("enp1s0", NIC2_PATH);
    ifxTestSetRoutes(none);
    ifxTestSetLocals(none);
}

static inline void
ifxTestTeardown(void)
{
    g_clear_pointer(&root, ifxTestTreeFree);
}

static inline ifxUseGraph *
ifxTestLoad(void)
{
    ifxUseGraph *graph = ifxUseGraphNew();

    ifxTestRunLoader("network", root, graph);
    return graph;
}

static inline void
ifxTestExpectSeen(const char *first,
                  const char *second)
{
    g_autoptr(ifxUseGraph) graph = ifxTestLoad();

    ifxTestExpect(graph, NIC, first);
    ifxTestExpect(graph, NIC2, second);
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_NETWORK);
}

#define ROUTES(...) ifxTestSetRoutes((const char *const []) { __VA_ARGS__, NULL })
#define LOCALS(...) ifxTestSetLocals((const char *const []) { __VA_ARGS__, NULL })
