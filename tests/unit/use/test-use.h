/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-use: a graph of what a host does with its devices, and its chains as text.
 */

#pragma once

#include "helpers.h"

static ifxUseGraph *graph;

static inline void
ifxTestStart(void)
{
    graph = ifxUseGraphNew();
}

static inline void
ifxTestEnd(void)
{
    g_clear_pointer(&graph, ifxUseGraphUnref);
}

/* All chains against a device, a line each. */
static inline char *
ifxTestChains(const char *address)
{
    const ifxPciAddress parsed = ifxTestAddress(address);
    const GPtrArray *uses = ifxUseEvidenceGet(graph, &parsed);
    GString *lines = g_string_new(NULL);
    guint i;

    for (i = 0; uses && i < uses->len; i++) {
        g_autofree char *chain = ifxUseEvidenceFormatChain(((const ifxUse *) uses->pdata[i])->chain);

        g_string_append_printf(lines, "%s\n", chain);
    }
    return g_string_free(lines, FALSE);
}

static inline char *
ifxTestDevices(const char *id)
{
    g_autoptr(GArray) devices = ifxUseEvidenceListDevices(graph, id);
    GString *line = g_string_new(NULL);
    guint i;

    for (i = 0; i < devices->len; i++) {
        char buffer[IFX_PCI_ADDRESS_LENGTH];

        g_string_append_printf(line, "%s ", ifxPciAddressFormat(
            &g_array_index(devices, ifxPciAddress, i), buffer));
    }
    return g_string_free(line, FALSE);
}

#define ifxAssertChains(address, expected) \
    do { \
        g_autofree char *chains_ = ifxTestChains(address); \
        ck_assert_str_eq(chains_, (expected)); \
    } while (0)

#define ifxAssertDevices(id, expected) \
    do { \
        g_autofree char *devices_ = ifxTestDevices(id); \
        ck_assert_str_eq(devices_, (expected)); \
    } while (0)
