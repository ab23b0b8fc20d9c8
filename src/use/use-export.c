/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-export: NVMe controllers that nvmet hands on whole. configfs names the controller:
 *
 *     /sys/kernel/config/nvmet/subsystems/NQN/passthru/{device_path,enable}
 *
 * nvmet holds neither a block device nor an open file (nvmet_passthru_ctrl_enable(), Linux
 * drivers/nvme/target/passthru.c; read, not run). Namespaces that it exports are block devices
 * (use-held.c).
 *
 * IFX_USE_HELD: "exported over NVMe: NQN/passthru", of node/nvme0.
 */

#include "use/use-internal.h"

#include "base/sysfs.h"

static void
ifxUseExportAdd(ifxUseGraph *graph,
                const char *dir,
                const char *name)
{
    g_autofree char *passthru = g_build_filename(dir, name, "passthru", NULL);
    g_autofree char *path = ifxSysfsReadLine(passthru, "device_path");
    g_autofree char *what = g_strdup_printf("exported over NVMe: %s/passthru", name);
    const char *id;
    guint64 enabled;

    if (!path || !ifxSysfsReadNumber(passthru, "enable", 1, &enabled) || enabled != 1)
        return;
    id = ifxUseNodeFindPath(graph, path);
    if (id)
        ifxUseGraphAddUse(graph, id, IFX_USE_HELD, false, what);
}

static bool
ifxUseExportLoad(const char *sysroot,
                 ifxUseGraph *graph)
{
    ifxUseLoadEach(sysroot, "sys/kernel/config/nvmet/subsystems", graph, ifxUseExportAdd);
    return true;
}

const ifxUseLoader ifxUseLoaderExport = {
    .name = "export",
    .load = ifxUseExportLoad,
};
