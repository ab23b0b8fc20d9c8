/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-use-network: a host with network interfaces.
 */

#pragma once

#include "evidence.h"
#include "loader.h"
#include "tree.h"

#define NIC "0000:00:19.0"
#define NIC_PATH "pci0000:00/0000:00:19.0"
#define NIC2 "0000:01:00.0"
#define NIC2_PATH "pci0000:00/0000:00:1c.0/0000:01:00.0"

static char *root;

static inline void
ifxTestAdd(const char *path,
           const char *content)
{
    const char *const entries[] = { path, content, NULL };

    ifxTestTreeAdd(root, entries);
}

/* The device @name of @bus, at @path below sys/devices. */
static inline void
ifxTestAddDevice(const char *bus,
                 const char *name,
                 const char *path)
{
    g_autofree char *link = g_build_filename("sys/bus", bus, "devices", name, NULL);
    g_autofree char *target = g_strconcat("->../../../devices/", path, NULL);
    g_autofree char *folder = g_build_filename("sys/devices", path, NULL);

    ifxTestAdd(folder, "/");
    ifxTestAdd(link, target);
}

/* The interface @name of the device at @path, as sysfs shows it. */
static inline void
ifxTestAddInterface(const char *name,
                    const char *path)
{
    g_autofree char *link = g_strconcat("sys/class/net/", name, NULL);
    g_autofree char *target = g_strconcat("->../../devices/", path, "/net/", name, NULL);
    g_autofree char *folder = g_strconcat("sys/devices/", path, "/net/", name, NULL);

    ifxTestAdd(folder, "/");
    ifxTestAdd(link, target);
}

/* The record: two cards, then @lines. */
static inline void
ifxTestRecord(const char *lines)
{
    g_autofree char *text = g_strconcat("netns 4026531840\nlink 1 lo\nlink 2 eno1 parent=pci/" NIC
                                        "\nlink 3 enp1s0 parent=pci/" NIC2 "\n", lines, "\n", NULL);

    ifxTestAdd("netlink", text);
}

static inline void
ifxTestSetup(void)
{
    const char *const none[] = { NULL };

    root = ifxTestTreeNew(none);
    ifxTestAddDevice("pci", NIC, NIC_PATH);
    ifxTestAddDevice("pci", NIC2, NIC2_PATH);
    ifxTestAddInterface("eno1", NIC_PATH);
    ifxTestAddInterface("enp1s0", NIC2_PATH);
    ifxTestRecord("");
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
