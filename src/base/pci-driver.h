/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pci-driver: what the driver of a PCI function means for the host and for guests. The rows, each
 * with its source, are in pci-driver.c. A name without a row is a driver of the host.
 */

#pragma once

#include <stdbool.h>

typedef enum {
    IFX_PCI_DRIVER_HOST,        /* the host uses the function by it */
    IFX_PCI_DRIVER_PORT,        /* of a bridge: services of the bridge itself */
    IFX_PCI_DRIVER_VFIO,        /* gives the function to a guest */
    IFX_PCI_DRIVER_STUB,        /* only keeps other drivers off the function */
    IFX_PCI_DRIVER_PF_STUB,     /* the same, and it can make virtual functions */
    IFX_PCI_DRIVER_XEN,         /* gives the function to a guest of Xen */
    IFX_PCI_DRIVER_USERSPACE,   /* gives the function to a process */
} ifxPciDriver;

ifxPciDriver ifxPciDriverGet(const char *name);

/* Does the host itself use the function? */
bool ifxPciDriverIsOfHost(ifxPciDriver driver);

/* Can a guest get the other functions of the IOMMU group while this driver has one of them? Since
 * Linux 5.19 the driver must set driver_managed_dma (pci_dma_configure(),
 * drivers/pci/pci-driver.c). */
bool ifxPciDriverYieldsGroup(ifxPciDriver driver);
