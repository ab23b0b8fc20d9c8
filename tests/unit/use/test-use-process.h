/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-use-process: a host whose devices processes have open.
 */

#pragma once

#include "helpers.h"
#include "loader.h"
#include "tree.h"

#define IFX_TEST_MDEV "4b20d080-1b54-4048-85b3-a6a62d165c01"
#define IFX_TEST_UUID "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
#define IFX_TEST_UUID_KEY "4dea22b31d52d8f32516782e98ab3fa0"

static ifxUseGraph *graph;
static char *host;

static inline void
ifxTestStart(void)
{
    const char *const nothing[] = { NULL };

    graph = ifxUseGraphNew();
    host = ifxTestTreeNew(nothing);
}

static inline void
ifxTestEnd(void)
{
    g_clear_pointer(&graph, ifxUseGraphUnref);
    g_clear_pointer(&host, ifxTestTreeFree);
}

static inline const char *
ifxTestKind(ifxUseKind kind)
{
    switch (kind) {
    case IFX_USE_PROCESS:
        return "process";
    case IFX_USE_LISTENER:
        return "listener";
    case IFX_USE_DOMAIN:
        return "domain";
    case IFX_USE_MDEV_PARENT:
        return "mdev";
    case IFX_USE_VDPA_PARENT:
        return "vdpa";
    default:
        return "other";
    }
}

/* All evidence against a device, a line each: "process! CHAIN" if vital. */
static inline char *
ifxTestEvidence(const char *address)
{
    const ifxPciAddress parsed = ifxTestAddress(address);
    const GPtrArray *uses = ifxUseEvidenceGet(graph, &parsed);
    GString *lines = g_string_new(NULL);
    guint i;

    for (i = 0; uses && i < uses->len; i++) {
        const ifxUse *found = uses->pdata[i];
        g_autofree char *chain = ifxUseEvidenceFormatChain(found->chain);

        g_string_append_printf(lines, "%s%s %s", ifxTestKind(found->kind),
                               found->vital ? "!" : "", chain);
        if (found->domain)
            g_string_append_printf(lines, " by %s", found->domain);
        g_string_append_c(lines, '\n');
    }
    return g_string_free(lines, FALSE);
}

#define ifxAssertEvidence(address, expected) \
    do { \
        g_autofree char *evidence_ = ifxTestEvidence(address); \
        ck_assert_str_eq(evidence_, (expected)); \
    } while (0)

static inline void
ifxTestLoad(void)
{
    ifxTestRunLoader("virtual", host, graph);
    ifxTestRunLoader("watchdog", host, graph);
    ifxTestRunLoader("process", host, graph);
}

#define ifxTestAdd(...) \
    do { \
        const char *const entries_[] = { __VA_ARGS__, NULL }; \
        ifxTestTreeAdd(host, entries_); \
    } while (0)

/* A file with NUL bytes; @size is sizeof() of a string literal. */
static inline void
ifxTestWrite(const char *name,
             const char *bytes,
             gsize size)
{
    g_autofree char *path = g_build_filename(host, name, NULL);

    ck_assert(g_file_set_contents(path, bytes, (gssize) size - 1, NULL));
}

#define ifxTestWriteArguments(pid, arguments) \
    ifxTestWrite("proc/" pid "/cmdline", (arguments), sizeof(arguments))

static inline void
ifxTestAddMdev(void)
{
    ifxTestAdd("sys/devices/pci0000:00/0000:00:02.0/" IFX_TEST_MDEV "/driver",
               "->../../../../bus/mdev/drivers/intel_vgpu_mdev",
               "sys/bus/mdev/devices/" IFX_TEST_MDEV,
               "->../../../devices/pci0000:00/0000:00:02.0/" IFX_TEST_MDEV,
               "sys/kernel/iommu_groups/12/devices/" IFX_TEST_MDEV,
               "->../../../../devices/pci0000:00/0000:00:02.0/" IFX_TEST_MDEV);
}

/* A disk that use-block would have found. */
static inline void
ifxTestAddDisk(const char *name,
               const char *address)
{
    const ifxPciAddress parsed = ifxTestAddress(address);
    g_autofree char *id = g_strconcat("block/", name, NULL);
    g_autofree char *file = g_strconcat("/dev/", name, NULL);

    ifxUseGraphAddThing(graph, id, name);
    ifxUseGraphAddAlias(graph, file, id);
    ifxUseGraphAddDevice(graph, id, &parsed);
}

/* Two functions on vfio-pci and a bridge in group 11. */
static inline void
ifxTestAddGroup(void)
{
    ifxTestAdd("sys/bus/pci/drivers/vfio-pci", "/",
               "sys/bus/pci/drivers/pcieport", "/",
               "sys/devices/pci0000:00/0000:00:01.0/driver", "->../../../bus/pci/drivers/pcieport",
               "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver",
               "->../../../../bus/pci/drivers/vfio-pci",
               "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/iommu_group",
               "->../../../../kernel/iommu_groups/11",
               "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/vendor", "0x10de\n",
               "sys/kernel/iommu_groups/11/devices/0000:00:01.0",
               "->../../../../devices/pci0000:00/0000:00:01.0",
               "sys/kernel/iommu_groups/11/devices/0000:01:00.0",
               "->../../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0",
               "sys/kernel/iommu_groups/11/devices/0000:01:00.1",
               "->../../../../devices/pci0000:00/0000:00:01.0/0000:01:00.1");
}
