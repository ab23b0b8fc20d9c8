/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topology-nodedev: PCI devices from libvirt's node device XML, as a connection
 * gives it or as a capture file holds it.
 *
 * The form is that of virNodeDeviceCapPCIDefFormat (libvirt
 * src/conf/node_device_conf.c): a device's own address in decimal text, the
 * members of its group as <address> attributes. libvirt lists the kernel's
 * group members without checking that their names are PCI addresses, so a
 * platform device can appear as an address that no PCI function can have.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/topology.h"

/* "pci_0000_01_00_0": the name that udevGenerateDeviceName gives. Free with g_free(). */
char *ifxNodedevName(const ifxPciAddress *address);

/* What one node device tells. */
typedef struct _ifxNodedev ifxNodedev;
struct _ifxNodedev {
    ifxDevice *device;      /* NULL: it is no PCI device */
    GArray *members;        /* ifxPciAddress: the functions of its group, itself too */
    GPtrArray *others;      /* char *: members of its group that are no PCI function */
};

/* Reads a <device> document. @drivers: false where the source leaves drivers out (the
 * test driver), so that a missing one is unknown, not none; one without a name always
 * is. NULL with IFX_ERROR_XML or
 * IFX_ERROR_HOST. Free with ifxNodedevFree(). */
ifxNodedev *ifxNodedevParse(const char *xml, gsize length, bool drivers, GError **error);
void ifxNodedevFree(ifxNodedev *nodedev);

/* What is known of a device that is not there: nothing. */
ifxNodedev *ifxNodedevNewAbsent(void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxNodedev, ifxNodedevFree)

/* Adds the device and what it tells of its group to @builder. */
void ifxNodedevAddTo(const ifxNodedev *nodedev, ifxTopologyBuilder *builder);

/* The whole host of a capture: a file that virsh -c test:///FILE opens too, of which the
 * <device> and <iommuGroup> children of <node> are read. The tool's own captures
 * (capture-xml.h) say more than libvirt's XML can, in a way that libvirt passes over. */
ifxTopology *ifxTopologyNodedevParse(const char *xml, gsize length, GError **error);
