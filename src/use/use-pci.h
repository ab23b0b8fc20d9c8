/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-pci: the PCI devices of some classes, and whether the host itself drives them.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

typedef struct _ifxUsePci ifxUsePci;
struct _ifxUsePci {
    ifxPciAddress address;
    guint32 class_code;
    char *driver;           /* NULL: none */
    bool host_driver;       /* a driver that works for the host: not vfio-pci and its variants,
                             * which have vfio-dev/ (Linux
                             * Documentation/ABI/testing/sysfs-devices-vfio-dev), nor what keeps
                             * a device for somebody else: pci-stub, pci-pf-stub, pciback,
                             * uio_pci_generic, igb_uio */
};

/* Of the host whose root is @sysroot, those for whose class code @match is true: new array of
 * ifxUsePci, which frees them, in order of the names in sysfs. NULL if the host's PCI devices
 * can't be listed, or there are none. */
GArray *ifxUsePciList(const char *sysroot, bool (*match)(guint32 class_code));

/* "pci/0000:04:00.0". Free with g_free(). */
char *ifxUsePciId(const ifxPciAddress *address);

/* Where DIR/NAME leads to, as a path of the host's own sysfs, so that no folder above @sysroot
 * is taken for a device: "/devices/pci0000:00/...". NULL if nowhere, or not to a device. Free
 * with g_free(). */
char *ifxUsePciResolve(const char *dir, const char *name);
