/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include "base/sysfs.h"

extern const ifxUseLoader ifxUseLoaderAttached;
extern const ifxUseLoader ifxUseLoaderBlock;
extern const ifxUseLoader ifxUseLoaderBus;
extern const ifxUseLoader ifxUseLoaderConsole;
extern const ifxUseLoader ifxUseLoaderCrypto;
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
    &ifxUseLoaderCrypto,
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

/* Adds @address to @scope, and the PCI functions below its folder in sysfs: a bus that a bridge makes
 * is below the bridge (pci_alloc_child_bus(), Linux drivers/pci/probe.c), one that a driver makes is in
 * a folder "pci10000:00" below its device (pci_create_root_bus()). */
static void
ifxUseScopeAdd(GHashTable *scope,
               const char *dir,
               const ifxPciAddress *address)
{
    g_autoptr(GPtrArray) names = ifxSysfsListFolders(dir);
    guint i;

    if (address)
        g_hash_table_add(scope, g_memdup2(address, sizeof(*address)));
    for (i = 0; names && i < names->len; i++) {
        g_autofree char *folder = NULL;
        ifxPciAddress child;
        const bool is_function = ifxPciAddressParse(names->pdata[i], &child);

        if (!is_function && !g_str_has_prefix(names->pdata[i], "pci"))
            continue;
        folder = g_build_filename(dir, names->pdata[i], NULL);
        ifxUseScopeAdd(scope, folder, is_function ? &child : NULL);
    }
}

static GHashTable *
ifxUseScopeNew(const char *sysroot,
               GHashTable *devices)
{
    GHashTable *scope =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    GHashTableIter iter;
    gpointer address;

    g_hash_table_iter_init(&iter, devices);
    while (g_hash_table_iter_next(&iter, &address, NULL)) {
        char spelled[IFX_PCI_ADDRESS_LENGTH];
        g_autofree char *dir = g_build_filename(sysroot, IFX_USE_PCI_DEVICES,
                                                ifxPciAddressFormat(address, spelled), NULL);

        if (!g_hash_table_contains(scope, address))
            ifxUseScopeAdd(scope, dir, address);
    }
    return scope;
}

/* Takes @scope. */
static ifxUseGraph *
ifxUseLoadScope(const char *sysroot,
                GHashTable *scope)
{
    ifxUseGraph *graph = ifxUseGraphNew();
    guint i;

    graph->sysroot = g_strdup(sysroot);
    graph->scope = scope;
    for (i = 0; ifxUseLoaders[i]; i++)
        ifxUseLoaderRun(ifxUseLoaders[i], sysroot, graph);
    return graph;
}

ifxUseGraph *
ifxUseLoad(const char *sysroot)
{
    return ifxUseLoadScope(sysroot, NULL);
}

ifxUseGraph *
ifxUseLoadPart(const char *sysroot,
               GHashTable *devices)
{
    return ifxUseLoadScope(sysroot, ifxUseScopeNew(sysroot, devices));
}
