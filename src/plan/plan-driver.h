/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-driver: what a device's driver means for the group that it is in.
 */

#pragma once

#include "plan/plan.h"

/* Is it on vfio-pci or one of its variants? libvirt and the kernel name them all so. */
bool ifxDriverIsVfio(const ifxDevice *device);

/* On pci-stub, which holds a device for nobody. */
bool ifxDriverIsStub(const ifxDevice *device);

/* On uio_pci_generic or DPDK's igb_uio, which are there for a process to drive it. */
bool ifxDriverIsUserspace(const ifxDevice *device);

/* Would the kernel hand over its group while the device stays as it is? See ifxStarts. */
ifxStarts ifxDriverStarts(const ifxDevice *device);
