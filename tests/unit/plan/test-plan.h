/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-plan: a plan of a domain and a host that are written as text, shown as text.
 */

#pragma once

#include "helpers.h"
#include "plan/plan-words.h"

/* What a host has: devices, and members that it does not show. */
typedef struct {
    const char *address;    /* or what the kernel calls it */
    int group;
    guint32 class_code;     /* 0: unknown */
    const char *driver;     /* NULL: unknown; "": none */
    ifxHeaderType header;
    bool hidden;            /* named by the group, not shown */
} ifxTestPart;

static inline ifxTopology *
ifxTestHost(const ifxTestPart *parts)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();

    for (; parts->address; parts++) {
        g_autoptr(ifxDevice) device = NULL;
        ifxPciAddress address;

        if (!ifxPciAddressParse(parts->address, &address)) {
            ifxTopologyBuilderAddOtherMember(builder, (guint) parts->group, parts->address);
            continue;
        }
        if (parts->group != IFX_GROUP_NONE)
            ifxTopologyBuilderAddMember(builder, (guint) parts->group, &address);
        if (parts->hidden)
            continue;
        device = ifxDeviceNew(&address);
        device->group = parts->group;
        device->has_class = parts->class_code != 0;
        device->class_code = parts->class_code;
        device->header = parts->header;
        if (parts->driver)
            device->driver_state = *parts->driver ? IFX_DRIVER_BOUND : IFX_DRIVER_NONE;
        if (parts->driver && *parts->driver)
            device->driver = g_strdup(parts->driver);
        ifxTopologyBuilderAddDevice(builder, device);
    }
    return ifxTopologyBuilderEnd(builder);
}

/* "RESULT starts=WORD | claims | GROUP (complete) starts=WORD: members", each claim and
 * member with its verdict and reason. */
static inline char *
ifxTestDescribe(const ifxPlan *plan)
{
    GString *out = g_string_new(ifxResultToString(plan->result));
    char buffer[IFX_PCI_ADDRESS_LENGTH];
    guint i;
    guint j;

    g_string_append_printf(out, " starts=%s |", ifxStartsToString(plan->starts));
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        g_string_append_printf(out, " %s/%s", ifxVerdictToString(claim->verdict),
                               ifxReasonToString(claim->reason));
        if (claim->group != IFX_GROUP_NONE)
            g_string_append_printf(out, "@%d", claim->group);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        g_string_append_printf(out, " | %u%s starts=%s:", group->group->number,
                               group->complete ? " complete" : "",
                               ifxStartsToString(group->starts));
        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            g_string_append_printf(out, " %s %s/%s", member->member->is_pci ?
                                   ifxPciAddressFormat(&member->member->address, buffer) + 5 :
                                   member->member->name,
                                   ifxVerdictToString(member->verdict),
                                   ifxReasonToString(member->reason));
        }
    }
    return g_string_free(out, FALSE);
}

#define IFX_DOMAIN(devices) \
    "<domain type='kvm'><name>vm</name><devices>" devices "</devices></domain>"
#define IFX_SOURCE(bus, function) \
    "<source><address domain='0' bus='" bus "' slot='0' function='" function "'/></source>"
#define IFX_HOSTDEV(bus, function) \
    "<hostdev mode='subsystem' type='pci' managed='yes'>" IFX_SOURCE(bus, function) "</hostdev>"
#define IFX_PLACEHOLDER(bus, function) \
    "<hostdev mode='subsystem' type='pci' managed='yes'>" IFX_SOURCE(bus, function) \
    "<address type='unassigned'/></hostdev>"

#define IFX_GPU 0x030000
#define IFX_AUDIO 0x040300
#define IFX_USB 0x0c0330

typedef struct {
    const char *xml;
    ifxTestPart host[8];
    const char *allowed;    /* one address; NULL: none */
    const char *plan;
} ifxTestPlan;

static inline void
ifxAssertPlan(const ifxTestPlan *test)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(test->host);
    g_autoptr(GHashTable) allowed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    ifxPciAddress address = { 0 };
    const ifxPolicy policy = { .allowed = test->allowed ? allowed : NULL };
    g_autoptr(ifxPlan) plan = NULL;
    g_autofree char *described = NULL;

    if (test->allowed) {
        address = ifxTestAddress(test->allowed);
        g_hash_table_add(allowed, &address);
    }
    plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    described = ifxTestDescribe(plan);
    ck_assert_str_eq(described, test->plan);
    ck_assert_ptr_eq(plan->domain, domain);
}

#define IFX_INTERFACE(bus, function) \
    "<interface type='hostdev'><source><address type='pci' bus='" bus "' function='" function \
    "'/></source></interface>"
#define IFX_NVME(bus, function) \
    "<disk type='nvme'><source type='pci'><address bus='" bus "' function='" function \
    "'/></source></disk>"


/* Two functions of group 1, both on vfio-pci. Free with ifxTopologyUnref(). */
static inline ifxTopology *
ifxTestTwoFunctions(void)
{
    const ifxTestPart parts[] = {
        { "0000:01:00.0", 1, 0x010802, "vfio-pci", 0, false },
        { "0000:01:00.1", 1, IFX_USB, "vfio-pci", 0, false },
        { NULL, 0, 0, NULL, 0, false },
    };

    return ifxTestHost(parts);
}
