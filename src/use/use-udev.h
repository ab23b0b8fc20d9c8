/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-udev: what udev's database says of a block device.
 *
 * /run/udev/data/bMAJOR:MINOR has a line for each fact: "S:" a link below /dev, "E:" a property
 * (systemd src/libsystemd/sd-device/device-private.c, device_update_db).
 */

#pragma once

#include <glib.h>

typedef struct _ifxUdev ifxUdev;
struct _ifxUdev {
    char *fs_type;          /* ID_FS_TYPE: the signature that blkid found; NULL: none */
    char *fs_label;         /* ID_FS_LABEL, of a ZFS member its pool; or NULL */
    GPtrArray *links;       /* char *: "/dev/disk/by-id/..." */
};

/* Of the block device with that number, "8:1". NULL: udev does not know it. Free with
 * ifxUdevFree(). */
ifxUdev *ifxUdevLoad(const char *sysroot, const char *number);
void ifxUdevFree(ifxUdev *udev);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxUdev, ifxUdevFree)
