/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * qemu-arguments: what <qemu:commandline> and <qemu:override> tell QEMU about host devices. libvirt
 * hands it to QEMU unread.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"
#include "xml/xml-text.h"

/* The XML namespace of both. */
#define IFX_QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* Reads the address of the host's device that the argument after -device passes by vfio-pci. Two
 * forms are read, with any other properties: "vfio-pci,host=ADDRESS" and
 * {"driver":"vfio-pci","host":"ADDRESS"}. QEMU knows more. @iommufd: it has the property iommufd.
 * False: it is neither. */
bool ifxQemuArgumentsReadDevice(const char *value, ifxPciAddress *address, bool *iommufd);

/* The first hostdev that <qemu:commandline> or <qemu:override> of the domain @text names by its
 * alias, such as "hostdev0"; NULL: they name none. Free with g_free().
 *
 * libvirt numbers these aliases in the order of the hostdevs (qemuAssignDeviceHostdevAlias, libvirt
 * src/qemu/qemu_alias.c). Read are "-set device.hostdev0..." and alias='hostdev0'. */
char *ifxQemuArgumentsFindAlias(ifxXmlText *text);
