/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topology: a host's PCI devices and IOMMU groups, or the part of them that was asked for.
 *
 * A topology does not change once it is built, and it does not know its source. What a source does
 * not report (the driver, with libvirt's test driver; a class that is missing) is unknown, never
 * "none".
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"
#include "host/device.h"

typedef struct _ifxMember ifxMember;
struct _ifxMember {
    bool is_pci;
    ifxPciAddress address;  /* if is_pci */
    char *name;             /* if not: the kernel's name for it */
    const ifxDevice *device;/* NULL: the source lists the member but not the device */
};

typedef struct _ifxGroup ifxGroup;
struct _ifxGroup {
    guint number;
    GArray *members;        /* ifxMember: PCI functions by address, then the others by name */
};

/* Does it have more than one member that a guest could get? */
bool ifxGroupIsShared(const ifxGroup *group);

typedef struct _ifxTopology ifxTopology;
typedef struct _ifxTopologyBuilder ifxTopologyBuilder;

ifxTopologyBuilder *ifxTopologyBuilderNew(void);
void ifxTopologyBuilderFree(ifxTopologyBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTopologyBuilder, ifxTopologyBuilderFree)

/* Takes a reference. If there is already a device at that address, that one stays. */
void ifxTopologyBuilderAddDevice(ifxTopologyBuilder *builder, ifxDevice *device);

/* The same member can be added several times, because each device of a group lists all members. */
void ifxTopologyBuilderAddMember(ifxTopologyBuilder *builder,
                                 guint group,
                                 const ifxPciAddress *address);
void ifxTopologyBuilderAddOtherMember(ifxTopologyBuilder *builder,
                                      guint group,
                                      const char *name);

/* The source could read the header of every device, so a device for which it reports no bridge
 * header is an endpoint, except for those with header_unread. */
void ifxTopologyBuilderSetHeadersRead(ifxTopologyBuilder *builder);

/* Ends @builder. The caller owns the reference. Where the source did not show what carries a device in
 * one of VMD's PCI domains, which begin at 0x10000 (vmd_find_free_domain()), that is the function of
 * its group whose driver is vmd. */
ifxTopology *ifxTopologyBuilderEnd(ifxTopologyBuilder *builder);
ifxTopology *ifxTopologyRef(ifxTopology *topology);
void ifxTopologyUnref(ifxTopology *topology);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTopology, ifxTopologyUnref)

/* What the functions below return lives as long as the topology. NULL: there is no such thing. */

const ifxDevice *ifxTopologyGetDevice(const ifxTopology *topology,
                                      const ifxPciAddress *address);
const ifxGroup *ifxTopologyGetGroup(const ifxTopology *topology, int number);

/* Groups in order of their numbers: i < ifxTopologyCountGroups(). */
guint ifxTopologyCountGroups(const ifxTopology *topology);
const ifxGroup *ifxTopologyGetNthGroup(const ifxTopology *topology, guint i);
guint ifxTopologyCountDevices(const ifxTopology *topology);

/* All devices in order of their addresses: new array of ifxDevice, which lends them. */
GPtrArray *ifxTopologyListDevices(const ifxTopology *topology);

/* Does @topology have the device at @address, or a group that lists it as a member? libvirt drops all
 * devices of a group if it cannot parse the name of one member (virPCIGetDeviceAddressFromSysfsLink),
 * so a device that is not listed can be there nevertheless, but in no group of a device that is. */
bool ifxTopologyIsListed(const ifxTopology *topology, const ifxPciAddress *address);

/* The whole host whose file system has its root at @sysroot, "/" for this one. NULL with
 * IFX_ERROR_HOST if there is no such tree, or if it cannot be read.
 *
 * Read are /sys/bus/pci/devices/ADDRESS, where that link leads to, and in it {class,vendor,device,
 * config,driver,iommu_group,vfio-dev}; and /sys/kernel/iommu_groups/N/devices (Linux
 * Documentation/ABI/testing/sysfs-bus-pci, sysfs-kernel-iommu_groups). A device or a group that
 * goes away meanwhile is left out. */
ifxTopology *ifxTopologySysfsLoad(const char *sysroot, GError **error);

/* The same of the devices at @addresses and the members of their groups alone, which are added to
 * @loaded, a set of ifxPciAddress that frees them. NULL if that might show less of them than the
 * whole host does: a device is not there or in no group, or a device and the list of its group
 * differ. */
ifxTopology *ifxTopologySysfsLoadPart(const char *sysroot,
                                      const GArray *addresses,
                                      GHashTable *loaded);

/* The device of the host whose root is @sysroot, if it is there and does not answer (is_dead): a
 * libvirtd that may read the configuration space does not list it. NULL: it is not there, or
 * answers. The caller owns the reference. */
ifxDevice *ifxTopologySysfsLoadDead(const char *sysroot, const ifxPciAddress *address);

/* The PCI devices of the IOMMU group @number of that host: new array of ifxPciAddress. */
GArray *ifxTopologySysfsListMembers(const char *sysroot, guint number);

/* Adds all devices that do not answer to @builder, with their groups. */
void ifxTopologySysfsAddDead(const char *sysroot, ifxTopologyBuilder *builder);

/* Looks on the host whose root is @sysroot for what a device with vfio_unseen may have there. */
void ifxTopologySysfsFindVfio(const char *sysroot, ifxDevice *device);
