/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-virtual: slices of PCI devices, and PCI devices that the host hands to others whole:
 * mediated and vdpa devices, userspace drivers, VFIO groups.
 *
 * What is found here can be had by a process through a file in /dev; use-process tells whether
 * one has it. The files are aliases of the things:
 *
 *     mdev/UUID        /dev/vfio/GROUP, /dev/vfio/devices/vfioN
 *     vdpa/vdpa0       /dev/vhost-vdpa-0
 *     uio/uio0         /dev/uio0
 *     vfio/11          /dev/vfio/11, /dev/vfio/noiommu-11
 *     vfio-dev/vfio0   /dev/vfio/devices/vfio0
 */

#pragma once

#include "use/use.h"

/* Adds from what is below @sysroot:
 *
 *  - mdev/UUID for each of /sys/bus/mdev/devices. It uses its parent (IFX_USE_MDEV_PARENT),
 *    not vitally: whether somebody uses the slice in turn is use-process' and the domains'.
 *  - vdpa/NAME for each of /sys/bus/vdpa/devices. It uses its parent (IFX_USE_VDPA_PARENT), if
 *    it has a driver: vhost_vdpa, which gives it to a process, or virtio_vdpa, which makes an
 *    interface or a disk of the host of it (Linux drivers/vhost/vdpa.c, drivers/virtio).
 *  - uio/NAME for each of /sys/class/uio. Used (IFX_USE_PROCESS) even if no process has it open
 *    now: a userspace driver was set up for it.
 *  - vfio/N for each IOMMU group with a device on a driver of vfio. It is every PCI device of
 *    the group, with such a driver or not: who opens the group has the DMA of all of them
 *    (iommu_group_claim_dma_owner(), Linux drivers/iommu/iommu.c), so nobody else can have one
 *    meanwhile. An mdev has a group of its own, which is the mdev.
 *  - vfio-dev/NAME for each of /sys/class/vfio-dev, the same by device (Linux
 *    Documentation/driver-api/vfio.rst); it sits on its group. That of an mdev is the mdev.
 */
void ifxUseVirtualLoad(const char *sysroot, ifxUseGraph *use);
