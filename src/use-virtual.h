/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-virtual: mediated and vdpa devices, and the PCI devices that they are slices of.
 */

#pragma once

#include "host-use.h"

/* Adds mdev/UUID and vdpa/NAME from what is below @sysroot. */
void ifxUseVirtualLoad(const char *sysroot, ifxHostUse *use);
