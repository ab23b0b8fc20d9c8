/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-process: what processes have open: disks, VFIO groups, displays, userspace drivers.
 */

#pragma once

#include "host-use.h"

/* The other things are there already. Adds IFX_SIGHT_PROCESSES if the open files of every
 * process below @sysroot can be read. */
void ifxUseProcessLoad(const char *sysroot, ifxHostUse *use);
