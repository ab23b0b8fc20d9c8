/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-mount: mounted file systems and swap, and what lies on disks without being mounted.
 */

#pragma once

#include "host-use.h"

/* Block devices are there already (use-block.h). Adds IFX_SIGHT_STORAGE if mounts and block
 * devices below @sysroot can be read. */
void ifxUseMountLoad(const char *sysroot, ifxHostUse *use);
