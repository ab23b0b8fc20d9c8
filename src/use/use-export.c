/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-export: what the kernel does for others without a block device or an open file, as configfs
 * shows it (all read in the kernel's sources, not run):
 *
 *  - nvmet/subsystems/NQN/passthru/{device_path,enable}: an NVMe controller that nvmet exports whole
 *    (nvmet_passthru_ctrl_enable(), Linux drivers/nvme/target/passthru.c). IFX_USE_HELD of
 *    node/nvme0, "exported over NVMe: NQN/passthru". Disks and SCSI devices that it or LIO exports are
 *    in use-backstore.c
 *  - target/FABRIC/WWN/tpgt_N/enable, nvmet/ports/N/{addr_traddr,subsystems}: a port of Fibre
 *    Channel over which LIO or nvmet exports (drivers/scsi/qla2xxx/tcm_qla2xxx.c,
 *    drivers/nvme/target/fc.c). The port has the name of an fc_host. IFX_USE_HELD of
 *    scsi_host/host5
 */

#include "use/use-internal.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_EXPORT_CONFIG "sys/kernel/config"
#define IFX_EXPORT_FC "sys/class/fc_host"

/* The digits of a world wide name. */
#define IFX_EXPORT_DIGITS 16

static void
ifxUseExportAddController(ifxUseGraph *graph,
                          const char *dir,
                          const char *name)
{
    g_autofree char *passthru = g_build_filename(dir, name, "passthru", NULL);
    g_autofree char *path = ifxSysfsReadLine(passthru, "device_path");
    g_autofree char *what = g_strdup_printf("exported over NVMe: %s/passthru", name);
    const char *id = path && ifxUseBackstoreIsEnabled(passthru, "enable") ?
        ifxUseNodeFindPath(graph, path) : NULL;

    if (id)
        ifxUseGraphAddUse(graph, id, IFX_USE_HELD, false, what);
}

/* ---- ports of Fibre Channel */

/* The last digits of "0x21000024ff314c48", "21:00:00:24:ff:31:4c:48", "naa.21000024ff314c48" and
 * "nn-0x...:pn-0x21000024ff314c48". */
static char *
ifxUseExportReadName(const char *text)
{
    const char *start = g_strrstr(text, "0x");
    GString *digits = g_string_new(NULL);

    for (text = start ? start + strlen("0x") : text; *text; text++) {
        if (g_ascii_isxdigit(*text))
            g_string_append_c(digits, g_ascii_tolower(*text));
    }
    if (digits->len > IFX_EXPORT_DIGITS)
        g_string_erase(digits, 0, (gssize) digits->len - IFX_EXPORT_DIGITS);
    return g_string_free(digits, FALSE);
}

/* The port with the world wide name in @text is used, if it is one of Fibre Channel. */
static void
ifxUseExportAddPort(ifxUseGraph *graph,
                    const char *text,
                    const char *what)
{
    g_autofree char *folder = g_build_filename(graph->sysroot, IFX_EXPORT_FC, NULL);
    g_autoptr(GPtrArray) hosts = ifxSysfsList(folder, NULL);
    g_autofree char *wanted = ifxUseExportReadName(text);
    guint i;

    for (i = 0; i < hosts->len; i++) {
        g_autofree char *dir = g_build_filename(folder, hosts->pdata[i], NULL);
        g_autofree char *port = ifxSysfsReadLine(dir, "port_name");
        g_autofree char *name = port ? ifxUseExportReadName(port) : NULL;
        g_autofree char *id = g_strconcat("scsi_host/", hosts->pdata[i], NULL);

        if (g_strcmp0(name, wanted) == 0)
            ifxUseGraphAddUse(graph, id, IFX_USE_HELD, false, what);
    }
}

static void
ifxUseExportAddTarget(ifxUseGraph *graph,
                      const char *dir,
                      const char *name)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);
    g_autoptr(GPtrArray) groups = ifxSysfsList(folder, NULL);
    g_autofree char *what = g_strconcat("exported by LIO: ", name, NULL);
    guint i;

    for (i = 0; i < groups->len; i++) {
        g_autofree char *group = g_build_filename(folder, groups->pdata[i], NULL);

        if (!g_str_has_prefix(groups->pdata[i], "tpgt_") || !ifxUseBackstoreIsEnabled(group, "enable"))
            continue;
        ifxUseExportAddPort(graph, name, what);
        return;
    }
}

static void
ifxUseExportAddFabric(ifxUseGraph *graph,
                      const char *dir,
                      const char *name)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);
    g_autoptr(GPtrArray) targets = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; strcmp(name, "core") != 0 && i < targets->len; i++)
        ifxUseExportAddTarget(graph, folder, targets->pdata[i]);
}

static void
ifxUseExportAddNvmePort(ifxUseGraph *graph,
                        const char *dir,
                        const char *name)
{
    g_autofree char *folder = g_build_filename(dir, name, NULL);
    g_autofree char *address = ifxSysfsReadLine(folder, "addr_traddr");
    g_autofree char *served = g_build_filename(folder, "subsystems", NULL);
    g_autoptr(GPtrArray) subsystems = ifxSysfsList(served, NULL);
    g_autofree char *what = g_strdup_printf("exported over NVMe: port %s", name);

    if (address && g_str_has_prefix(address, "nn-") && subsystems->len > 0)
        ifxUseExportAddPort(graph, address, what);
}

static bool
ifxUseExportLoad(const char *sysroot,
                 ifxUseGraph *graph)
{
    ifxUseLoadEach(sysroot, IFX_EXPORT_CONFIG "/nvmet/subsystems", graph,
                   ifxUseExportAddController);
    ifxUseLoadEach(sysroot, IFX_EXPORT_CONFIG "/nvmet/ports", graph, ifxUseExportAddNvmePort);
    ifxUseLoadEach(sysroot, IFX_EXPORT_CONFIG "/target", graph, ifxUseExportAddFabric);
    return true;
}

const ifxUseLoader ifxUseLoaderExport = {
    .name = "export",
    .load = ifxUseExportLoad,
};
