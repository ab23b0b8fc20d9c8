/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu-arguments: host devices that a domain gives to QEMU behind libvirt's back.
 *
 * <qemu:commandline> hands its arguments to QEMU as they are. libvirt knows nothing of a
 * vfio-pci device among them: it neither detaches it from the host nor counts it.
 */

#pragma once

#include <glib.h>

#include "pci-address.h"
#include "xml-text.h"

typedef struct _ifxQemuArgument ifxQemuArgument;
struct _ifxQemuArgument {
    char *text;             /* "vfio-pci,host=01:00.0" */
    ifxPciAddress address;
};

/* The vfio-pci devices that <qemu:arg>s of @text name by host= or sysfsdev=, in QEMU's own
 * form or as JSON: ifxQemuArgument in document order. Free with g_array_unref(). */
GArray *ifxQemuArgumentsFind(ifxXmlText *text);
