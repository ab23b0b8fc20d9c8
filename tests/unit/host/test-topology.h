/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-topology: a topology shown as text, for the tests of it and of its sources.
 */

#pragma once

#include "helpers.h"

static inline const ifxDevice *
ifxTestDevice(const ifxTopology *topology,
              const char *spelled)
{
    const ifxPciAddress address = ifxTestAddress(spelled);

    return ifxTopologyGetDevice(topology, &address);
}

/* "1: 0000:01:00.0 0000:01:00.1? usb; 2: ...": ? marks a member without a device, names
 * in quotes are no PCI functions. */
static inline char *
ifxTestGroups(const ifxTopology *topology)
{
    GString *out = g_string_new(NULL);
    guint i;
    guint j;

    for (i = 0; i < ifxTopologyCountGroups(topology); i++) {
        const ifxGroup *group = ifxTopologyGetNthGroup(topology, i);

        g_string_append_printf(out, "%s%u:", i > 0 ? "; " : "", group->number);
        for (j = 0; j < group->members->len; j++) {
            const ifxMember *member = &g_array_index(group->members, ifxMember, j);
            char buffer[IFX_PCI_ADDRESS_LENGTH];

            if (!member->is_pci)
                g_string_append_printf(out, " '%s'", member->name);
            else
                g_string_append_printf(out, " %s%s",
                                       ifxPciAddressFormat(&member->address, buffer),
                                       member->device ? "" : "?");
        }
    }
    return g_string_free(out, FALSE);
}

static inline void
ifxAssertGroups(const ifxTopology *topology,
                const char *expected)
{
    g_autofree char *groups = ifxTestGroups(topology);

    ck_assert_str_eq(groups, expected);
}

/* "0000:03:10.0 0000:03:10.4"; of a device without any, "". */
static inline char *
ifxTestFunctions(const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    GString *out = g_string_new(NULL);
    guint i;

    ck_assert(!functions || functions->len > 0);
    for (i = 0; functions && i < functions->len; i++) {
        char spelled[IFX_PCI_ADDRESS_LENGTH];

        g_string_append_printf(out, "%s%s", i > 0 ? " " : "",
                               ifxPciAddressFormat(&g_array_index(functions, ifxPciAddress, i),
                                                   spelled));
    }
    return g_string_free(out, FALSE);
}

static inline void
ifxAssertFunctions(const ifxDevice *device,
                   const char *physical,
                   const char *expected)
{
    g_autofree char *functions = ifxTestFunctions(device);

    ck_assert_int_eq(device->is_virtual, physical != NULL);
    if (physical)
        ifxAssertAddress(&device->physical_function, physical);
    ck_assert_str_eq(functions, expected);
}
