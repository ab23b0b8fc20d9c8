/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pci-driver.h"

#include <glib.h>
#include <string.h>

static const struct {
    const char *name;
    ifxPciDriver driver;
} rows[] = {
    /* Linux drivers/pci/pcie/portdrv.c (portdrv_pci.c before 6.3), driver_managed_dma */
    { "pcieport", IFX_PCI_DRIVER_PORT },
    /* Linux drivers/pci/pci-stub.c, driver_managed_dma */
    { "pci-stub", IFX_PCI_DRIVER_STUB },
    /* Linux drivers/pci/pci-pf-stub.c, without driver_managed_dma */
    { "pci-pf-stub", IFX_PCI_DRIVER_PF_STUB },
    /* Linux drivers/xen/xen-pciback/pci_stub.c: "The name should be xen_pciback, but ..." */
    { "pciback", IFX_PCI_DRIVER_XEN },
    /* Linux drivers/uio/uio_pci_generic.c */
    { "uio_pci_generic", IFX_PCI_DRIVER_USERSPACE },
    /* DPDK, dpdk-kmods linux/igb_uio/igb_uio.c */
    { "igb_uio", IFX_PCI_DRIVER_USERSPACE },
};

ifxPciDriver
ifxPciDriverGet(const char *name)
{
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].driver;
    }
    /* vfio-pci and its variants, mlx5_vfio_pci and others in Linux drivers/vfio/pci: all have "vfio"
     * in their names and set driver_managed_dma. libvirt knows them by vfio-dev or by the alias of
     * their module (virPCIDeviceGetCurrentDriverNameAndType, virpci.c). */
    return strstr(name, "vfio") ? IFX_PCI_DRIVER_VFIO : IFX_PCI_DRIVER_HOST;
}

bool
ifxPciDriverIsOfHost(ifxPciDriver driver)
{
    return driver == IFX_PCI_DRIVER_HOST || driver == IFX_PCI_DRIVER_PORT;
}

bool
ifxPciDriverYieldsGroup(ifxPciDriver driver)
{
    return driver == IFX_PCI_DRIVER_VFIO || driver == IFX_PCI_DRIVER_STUB ||
        driver == IFX_PCI_DRIVER_PORT;
}
