/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu-arguments: host devices that a domain gives to QEMU behind libvirt's back.
 *
 * <qemu:commandline> hands its arguments to QEMU as they are. libvirt knows nothing of a
 * vfio-pci device among them: it neither detaches it from the host nor counts it.
 */

#pragma once

#include <glib.h>

#include "base/pci-address.h"
#include "xml/xml-text.h"

/* That of <qemu:commandline> and <qemu:override>. */
#define IFX_QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* More than any guest has PCI slots for. */
#define IFX_QEMU_MAX_ARGUMENTS 4096

typedef struct _ifxQemuArgument ifxQemuArgument;
struct _ifxQemuArgument {
    char *text;             /* "vfio-pci,host=01:00.0" */
    ifxPciAddress address;
};

/* The vfio-pci devices that the domain @text passes: ifxQemuArgument in document order.
 * Free with g_array_unref(). NULL with IFX_ERROR_XML if there are too many.
 *
 * Read as libvirt and QEMU do. /domain/qemu:commandline/qemu:arg alone counts
 * (qemuDomainDefNamespaceParseCommandlineArgs, libvirt src/qemu/qemu_domain.c), and only
 * behind -device or --device: QEMU knows no -device=. The device is a list in which a comma
 * in a value is doubled and the last of two equal keys holds, or JSON, in which QEMU also
 * takes single quotes; sysfsdev goes before host (vfio_realize, QEMU hw/vfio/pci.c). One that
 * names no PCI device, as an mdev does by its UUID, is none of the host's groups and left out. */
GArray *ifxQemuArgumentsFind(ifxXmlText *text, GError **error);

/* The first hostdev that <qemu:commandline> or <qemu:override> of the domain @text names by its
 * alias, such as "hostdev0"; NULL: they name none. Free with g_free().
 *
 * libvirt numbers these aliases in the order of the hostdevs (qemuAssignDeviceHostdevAlias, libvirt
 * src/qemu/qemu_alias.c). Read are "-set device.hostdev0..." and alias='hostdev0'. */
char *ifxQemuArgumentsFindAlias(ifxXmlText *text);
