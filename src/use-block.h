/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-block: the host's block devices as things: disks, partitions, dm, md, bcache, loop.
 */

#pragma once

#include "host-use.h"

/* Adds block/NAME for each of /sys/class/block below @sysroot, and what sits on what. */
void ifxUseBlockLoad(const char *sysroot, ifxHostUse *use);
