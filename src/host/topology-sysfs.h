/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topology-sysfs: PCI devices and IOMMU groups from a sysfs tree.
 *
 * Read are /sys/bus/pci/devices/ADDRESS/{class,vendor,device,config,driver,iommu_group}
 * and /sys/kernel/iommu_groups/N/devices (Linux
 * Documentation/ABI/testing/sysfs-bus-pci, sysfs-kernel-iommu_groups).
 */

#pragma once

#include <glib.h>

#include "host/topology.h"

/* The whole host whose root is @sysroot, "/" for this one. NULL with
 * IFX_ERROR_HOST when there is no such tree, or it can't be read. */
ifxTopology *ifxSysfsLoad(const char *sysroot, GError **error);
