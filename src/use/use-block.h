/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-block: the host's block devices as things: disks, partitions, dm, md, bcache, loop.
 *
 * Each of /sys/class/block is block/NAME, "dm-0 (luks)". Its other names are /dev/NAME,
 * /dev/mapper/NAME, udev's links, and devno/8:1 for mountinfo. A partition sits on its disk, a
 * device that is made of others on these (slaves/, bd_link_disk_holder() in Linux
 * block/holder.c), a disk on its controller; an NVMe disk with several controllers on each
 * (Linux drivers/nvme/host/multipath.c: its folder is that of the subsystem, which links
 * to the controllers).
 */

#pragma once

#include "use/use.h"

/* Adds those below @sysroot. */
void ifxUseBlockLoad(const char *sysroot, ifxUseGraph *use);

/* "block/sda1". Free with g_free(). */
char *ifxUseBlockId(const char *name);

/* The folder of /sys/class/block below @sysroot. Free with g_free(). */
char *ifxUseBlockFolder(const char *sysroot);
