/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-use-nodedev: what libvirt's node devices tell of the host's use of its PCI devices.
 *
 * They name the disks, interfaces and slices that sit on a device, not what those are used
 * for: so a disk or an interface is IFX_USE_UNCLEAR, and no sight is added. Only slices say all.
 * By capability (libvirt src/conf/node_device_conf.c):
 *
 *     net          net/eno1, "eno1 (no link)" if so
 *     storage      block/sda, also /dev/sda
 *     scsi_host    scsi_host/host5; no use
 *     usb_device   usb/1-4, also usb/001/004 and usb/046d:c31c; no use
 *     drm          drm/card0, drm/renderD128; no use
 *     mdev         mdev/UUID, which uses its parent, if only defined too
 *     vdpa         vdpa/vdpa0, also /dev/vhost-vdpa-0, which uses its parent
 *
 * What udev calls a device, <devnode>, are other names of the thing.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "use/host-use.h"

/* Adds what one <device> document tells. Without a <path> it sits on its <parent> if that has
 * the name of a PCI device, else nowhere. False with IFX_ERROR_XML. */
bool ifxHostUseAddNodedev(ifxHostUse *use, const char *xml, gsize length, GError **error);

/* The same for each <device> of a capture: a <node> document. Parents can be any of its devices,
 * in any order. */
bool ifxHostUseAddCapture(ifxHostUse *use, const char *xml, gsize length, GError **error);
