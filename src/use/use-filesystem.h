/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-filesystem: which thing a mounted file system is on, and what lies on disks.
 */

#pragma once

#include "use/use.h"
#include "use/use-mountinfo.h"

/* Adds btrfs/UUID for each btrfs of several devices that is mounted (/sys/fs/btrfs). */
void ifxUseFilesystemLoad(const char *sysroot, ifxUseGraph *use);

/* The id of the thing that is mounted; NULL if it is on no block device. Lent for @use's life.
 * Adds zfs/POOL and bcachefs/DEVICE when it meets one. */
const char *ifxUseFilesystemFind(ifxUseGraph *use, const ifxMount *mount);

/* All mounts are known; @mounted: the ids of what they are on. Adds to each pool its members; as
 * IFX_USE_UNCLEAR what the kernel shows below /sys/fs as mounted though none of the mounts does,
 * and what lies on block devices that nothing stands on: signatures of LVM, RAID and the like,
 * devices that were put together and are not mounted, and those of which udev knows nothing. A
 * file system that is not mounted, a closed LUKS and an empty disk are no use. */
void ifxUseFilesystemAddUnseen(const char *sysroot, ifxUseGraph *use, GHashTable *mounted);
