/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-plan-scene: a domain and a host with one group, to whose devices a test adds uses.
 */

#pragma once

#include "helpers.h"
#include "plan/plan-words.h"

#define IFX_UUID "6e2c2a3e-93bb-4f4c-9f2b-30d3f3ad3f2b"
#define IFX_OTHER_UUID "11111111-93bb-4f4c-9f2b-30d3f3ad3f2b"

#define IFX_CLAIM(bus, more) \
    "<hostdev type='pci'" more "><source><address bus='" bus "'/></source></hostdev>"
#define IFX_DOMAIN(devices) \
    "<domain type='kvm'><name>vm</name><uuid>" IFX_UUID "</uuid><devices>" devices \
    "</devices></domain>"

/* A host with one group: 0000:01:00.0, which the domain claims, and 0000:02:00.0, which it
 * lacks. */
typedef struct {
    ifxTopology *topology;
    ifxUseGraph *use;
    ifxElsewhere *elsewhere;
    ifxDevice *claimed;
    ifxDevice *member;
    ifxDomain *domain;
    GHashTable *allowed;
    ifxPolicy policy;
} ifxScene;

static const ifxPciAddress claimed_address = { .bus = 1 };
static const ifxPciAddress member_address = { .bus = 2 };

static inline ifxDevice *
ifxSceneDevice(ifxTopologyBuilder *builder,
               const ifxPciAddress *address,
               guint32 class_code,
               const char *driver)
{
    ifxDevice *device = ifxDeviceNew(address);

    device->group = 7;
    device->has_class = true;
    device->class_code = class_code;
    device->header = IFX_HEADER_ENDPOINT;
    device->driver_state = IFX_DRIVER_UNKNOWN;
    if (driver)
        device->driver_state = *driver ? IFX_DRIVER_BOUND : IFX_DRIVER_NONE;
    if (driver && *driver)
        device->driver = g_strdup(driver);
    ifxTopologyBuilderAddMember(builder, 7, address);
    ifxTopologyBuilderAddDevice(builder, device);
    return device;
}

/* All can be seen, and nobody uses anything: the things block/sda and block/gpu are there. */
static inline ifxScene *
ifxSceneNew(const char *devices,
            guint32 class_code,
            const char *driver)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    ifxScene *scene = g_new0(ifxScene, 1);
    g_autofree char *xml = g_strdup_printf(IFX_DOMAIN("%s"), devices);

    scene->claimed = ifxSceneDevice(builder, &claimed_address, 0x030000, "vfio-pci");
    scene->member = ifxSceneDevice(builder, &member_address, class_code, driver);
    scene->topology = ifxTopologyBuilderEnd(builder);
    scene->use = ifxUseGraphNew();
    scene->elsewhere = ifxElsewhereNew();
    scene->domain = ifxTestDomain(xml);
    scene->allowed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    scene->policy.allowed = scene->allowed;
    ifxUseGraphAddSight(scene->use, IFX_SIGHT_ALL);
    ifxUseGraphAddThing(scene->use, "block/sda", "sda");
    ifxUseGraphAddDevice(scene->use, "block/sda", &member_address);
    ifxUseGraphAddThing(scene->use, "drm/card0", "card0");
    ifxUseGraphAddDevice(scene->use, "drm/card0", &claimed_address);
    return scene;
}

static inline void
ifxSceneFree(ifxScene *scene)
{
    ifxDomainFree(scene->domain);
    ifxElsewhereFree(scene->elsewhere);
    ifxUseGraphUnref(scene->use);
    ifxTopologyUnref(scene->topology);
    ifxDeviceUnref(scene->claimed);
    ifxDeviceUnref(scene->member);
    g_hash_table_unref(scene->allowed);
    g_free(scene);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxScene, ifxSceneFree)

static inline void
ifxAppendEvidence(GString *out,
                  const GPtrArray *evidence)
{
    guint i;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];

        g_string_append_printf(out, " [%s %s: %s]", ifxReasonToString(piece->reason),
                               ifxLiftToString(piece->lift),
                               (const char *) piece->chain->pdata[piece->chain->len - 1]);
    }
}

/* "RESULT STARTS | claim [evidence]... | member [evidence]..." */
static inline void
ifxAssertScene(const ifxScene *scene,
               const char *expected)
{
    const ifxPlanHost host = {
        .topology = scene->topology, .use = scene->use, .elsewhere = scene->elsewhere,
    };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(scene->domain, &host, &scene->policy);
    g_autoptr(GString) out = g_string_new(NULL);
    guint i;
    guint j;

    g_string_append_printf(out, "%s %s", ifxResultToString(plan->result),
                           ifxStartsToString(plan->starts));
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        g_string_append_printf(out, " | %s/%s", ifxVerdictToString(claim->verdict),
                               ifxReasonToString(claim->reason));
        ifxAppendEvidence(out, claim->evidence);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_DECLARED)
                continue;
            g_string_append_printf(out, " | %s/%s", ifxVerdictToString(member->verdict),
                                   ifxReasonToString(member->reason));
            ifxAppendEvidence(out, member->evidence);
        }
    }
    ck_assert_str_eq(out->str, expected);
}

#define IFX_GUEST IFX_CLAIM("1", " managed='yes'")
