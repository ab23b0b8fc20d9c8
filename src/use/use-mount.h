/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-mount: mounted file systems and swap.
 *
 * Looked at are the mounts of the host's own namespace, that of process 1 (of the tool itself,
 * where that one's can't be read), and those of every other one that can be read. File systems
 * of several devices are things of their own: btrfs/UUID (/sys/fs/btrfs), zfs/POOL (the
 * members by udev's label), bcachefs/FIRST (the source of the mount names them all).
 */

#pragma once

#include "use/use.h"

/* Block devices are there already (use-block.h). Adds as IFX_USE_MOUNTED where each thing is
 * mounted: in the host's own namespace the shortest IFX_MOUNTS_TOLD of its folders and how many
 * more, vital if it is /, /boot, /boot/efi, /efi, /usr or /var; elsewhere only what the host's own
 * namespace has not. Adds IFX_USE_SWAP, always vital, and puts loop devices and swap files on the
 * file system that holds their file. What is mounted by /sys/fs, but in no namespace that can be
 * read, is IFX_USE_UNCLEAR.
 *
 * Adds IFX_SIGHT_STORAGE if the block devices, the mounts of the host's own namespace and swap
 * could be read. Other namespaces need not be: for the usual file systems /sys/fs tells of
 * them, and what processes have open is another sight. */
void ifxUseMountLoad(const char *sysroot, ifxUseGraph *use);

#define IFX_MOUNTS_TOLD 3
