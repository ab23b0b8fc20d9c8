/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include "base/sysfs.h"

extern const ifxUseLoader ifxUseLoaderAttached;
extern const ifxUseLoader ifxUseLoaderBlock;
extern const ifxUseLoader ifxUseLoaderBus;
extern const ifxUseLoader ifxUseLoaderConsole;
extern const ifxUseLoader ifxUseLoaderExport;
extern const ifxUseLoader ifxUseLoaderMount;
extern const ifxUseLoader ifxUseLoaderNetwork;
extern const ifxUseLoader ifxUseLoaderProcess;
extern const ifxUseLoader ifxUseLoaderVirtual;
extern const ifxUseLoader ifxUseLoaderWatchdog;

/* Mounts look up block devices, and processes look up what all others added. Evidence is shown in
 * this order. */
const ifxUseLoader *const ifxUseLoaders[] = {
    &ifxUseLoaderAttached,
    &ifxUseLoaderBlock,
    &ifxUseLoaderBus,
    &ifxUseLoaderMount,
    &ifxUseLoaderNetwork,
    &ifxUseLoaderExport,
    &ifxUseLoaderConsole,
    &ifxUseLoaderVirtual,
    &ifxUseLoaderWatchdog,
    &ifxUseLoaderProcess,
    NULL,
};

void
ifxUseLoadEach(const char *sysroot,
               const char *folder,
               ifxUseGraph *graph,
               ifxUseLoadEntry add)
{
    g_autofree char *dir = g_build_filename(sysroot, folder, NULL);
    g_autoptr(GPtrArray) names = ifxSysfsList(dir, NULL);
    guint i;

    for (i = 0; i < names->len; i++)
        add(graph, dir, names->pdata[i]);
}

void
ifxUseLoaderRun(const ifxUseLoader *loader,
                const char *sysroot,
                ifxUseGraph *graph)
{
    if (loader->load(sysroot, graph))
        ifxUseGraphAddSight(graph, loader->sight);
}

ifxUseGraph *
ifxUseLoad(const char *sysroot)
{
    ifxUseGraph *graph = ifxUseGraphNew();
    guint i;

    graph->sysroot = g_strdup(sysroot);
    for (i = 0; ifxUseLoaders[i]; i++)
        ifxUseLoaderRun(ifxUseLoaders[i], sysroot, graph);
    return graph;
}
