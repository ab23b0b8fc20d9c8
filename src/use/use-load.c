/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

extern const ifxUseLoader ifxUseLoaderBlock;
extern const ifxUseLoader ifxUseLoaderBus;
extern const ifxUseLoader ifxUseLoaderConsole;
extern const ifxUseLoader ifxUseLoaderMount;
extern const ifxUseLoader ifxUseLoaderNetwork;
extern const ifxUseLoader ifxUseLoaderProcess;
extern const ifxUseLoader ifxUseLoaderVirtual;

/* Mounts look up block devices, and processes look up what all others added. Evidence is shown in
 * this order. */
const ifxUseLoader *const ifxUseLoaders[] = {
    &ifxUseLoaderBlock,
    &ifxUseLoaderBus,
    &ifxUseLoaderMount,
    &ifxUseLoaderNetwork,
    &ifxUseLoaderConsole,
    &ifxUseLoaderVirtual,
    &ifxUseLoaderProcess,
    NULL,
};

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

    for (i = 0; ifxUseLoaders[i]; i++)
        ifxUseLoaderRun(ifxUseLoaders[i], sysroot, graph);
    return graph;
}
