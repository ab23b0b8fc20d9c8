/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topology-nodedev: PCI devices from libvirt's node device XML, which comes from a connection or
 * from a capture file.
 *
 * virNodeDeviceCapPCIDefFormat (libvirt src/conf/node_device_conf.c) writes the device's own
 * address as decimal text, and the members of its group as attributes of <address>. libvirt lists
 * the members that the kernel names without checking that these names are PCI addresses, so a
 * platform device can appear as an address that no PCI function can have.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "host/topology.h"

/* "pci_0000_01_00_0": the name that udevGenerateDeviceName gives. Free with g_free(). */
char *ifxNodedevName(const ifxPciAddress *address);

/* What one node device contains. */
typedef struct _ifxNodedev ifxNodedev;
struct _ifxNodedev {
    ifxDevice *device;      /* NULL: it is not a PCI device */
    GArray *members;        /* ifxPciAddress: the functions of its group, including itself */
    GPtrArray *others;      /* char *: the members of its group that are not PCI functions */
};

/* Reads a <device> document. @drivers: does the source name drivers? If it does not (libvirt's test
 * driver), a missing <driver> means that the driver is unknown, not that there is none. A <driver>
 * without a name is always unknown. NULL with IFX_ERROR_XML or IFX_ERROR_HOST. Free with
 * ifxNodedevFree(). */
ifxNodedev *ifxNodedevParse(const char *xml, gsize length, bool drivers, GError **error);
void ifxNodedevFree(ifxNodedev *nodedev);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxNodedev, ifxNodedevFree)

/* For a device that the host does not have: no device, no members. */
ifxNodedev *ifxNodedevNewAbsent(void);

/* Adds the device and the members of its group to @builder. */
void ifxNodedevAddTo(const ifxNodedev *nodedev, ifxTopologyBuilder *builder);

/* The whole host of a capture, which is a file that virsh -c test:///FILE opens too. Read are the
 * <device> and <iommuGroup> children of <node>. The tool's own captures (capture-xml.h) contain
 * more than libvirt's XML can express, in elements that libvirt ignores. */
ifxTopology *ifxTopologyNodedevParse(const char *xml, gsize length, GError **error);

/* The same from its root element, <node>. */
ifxTopology *ifxTopologyNodedevRead(const xmlNode *node, GError **error);
