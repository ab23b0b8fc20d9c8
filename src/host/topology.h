/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topology: a host's PCI devices and IOMMU groups, as far as they were asked for.
 *
 * Immutable once built. It does not know where it came from; what a source can't
 * tell (a driver over the test driver, a class that is not there) is unknown,
 * never "none".
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

#define IFX_GROUP_NONE (-1)

typedef enum {
    IFX_HEADER_UNKNOWN,
    IFX_HEADER_ENDPOINT,    /* 0 */
    IFX_HEADER_PCI_BRIDGE,  /* 1 */
    IFX_HEADER_CARDBUS,     /* 2 */
} ifxHeaderType;

typedef enum {
    IFX_DRIVER_UNKNOWN,
    IFX_DRIVER_NONE,
    IFX_DRIVER_BOUND,
} ifxDriverState;

/* Made and filled in by a loader, then read only; counted references. */
typedef struct _ifxDevice ifxDevice;
struct _ifxDevice {
    ifxPciAddress address;
    int group;              /* IFX_GROUP_NONE: the kernel put it in none */
    bool has_class;
    guint32 class_code;     /* 0xBBSSPP, see pci-class.h */
    ifxHeaderType header;
    bool header_unread;     /* the source says itself that the header is unknown */
    ifxDriverState driver_state;
    char *driver;           /* when bound */
    guint16 vendor_id;
    guint16 product_id;
    char *vendor;           /* in words; NULL where the source has none */
    char *product;
    bool is_virtual;        /* an SR-IOV virtual function, */
    ifxPciAddress physical_function;    /* of this one */
    GArray *virtual_functions;          /* ifxPciAddress: those enabled; NULL: none */
};

/* @address in no group, all else unknown. */
ifxDevice *ifxDeviceNew(const ifxPciAddress *address);
ifxDevice *ifxDeviceRef(ifxDevice *device);
void ifxDeviceUnref(ifxDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDevice, ifxDeviceUnref)

/* A bridge can't be assigned ("Non-endpoint PCI devices cannot be assigned to
 * guests", libvirt virHostdevPreparePCIDevicesImpl) and need not be. The header
 * type says what it is; the class only where the header could not be read. */
bool ifxDeviceIsBridge(const ifxDevice *device);

/* The driver is vfio-pci or a variant of it: libvirt and the kernel give all of these a name with
 * "vfio" in it. */
bool ifxDeviceIsOnVfio(const ifxDevice *device);

/* The driver is pci-stub, which only keeps other drivers off the device. */
bool ifxDeviceIsOnStub(const ifxDevice *device);

/* The driver is uio_pci_generic or DPDK's igb_uio, which hand the device to a process. */
bool ifxDeviceIsOnUserspaceDriver(const ifxDevice *device);

typedef struct _ifxMember ifxMember;
struct _ifxMember {
    bool is_pci;
    ifxPciAddress address;  /* if is_pci */
    char *name;             /* if not: what the kernel calls it */
    const ifxDevice *device;/* NULL: the host names it but does not show it */
};

typedef struct _ifxGroup ifxGroup;
struct _ifxGroup {
    guint number;
    GArray *members;        /* ifxMember: PCI by address, then the others by name */
};

/* Has it more than one member that a guest could be given? */
bool ifxGroupIsShared(const ifxGroup *group);

typedef struct _ifxTopology ifxTopology;
typedef struct _ifxTopologyBuilder ifxTopologyBuilder;

ifxTopologyBuilder *ifxTopologyBuilderNew(void);
void ifxTopologyBuilderFree(ifxTopologyBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTopologyBuilder, ifxTopologyBuilderFree)

/* Takes a reference. A device that is there already is kept. */
void ifxTopologyBuilderAddDevice(ifxTopologyBuilder *builder, ifxDevice *device);

/* Adding a member twice is no error: each device of a group lists them all. */
void ifxTopologyBuilderAddMember(ifxTopologyBuilder *builder,
                                 guint group,
                                 const ifxPciAddress *address);
void ifxTopologyBuilderAddOtherMember(ifxTopologyBuilder *builder,
                                      guint group,
                                      const char *name);

/* The source could read the header of every device: one that shows none of a bridge
 * has that of an endpoint, but for those marked header_unread. */
void ifxTopologyBuilderSetHeadersRead(ifxTopologyBuilder *builder);

/* The source lists all that the host has: what it does not list is not there. */
void ifxTopologyBuilderSetExhaustive(ifxTopologyBuilder *builder);

/* Ends @builder. The caller owns the reference. */
ifxTopology *ifxTopologyBuilderEnd(ifxTopologyBuilder *builder);
ifxTopology *ifxTopologyRef(ifxTopology *topology);
void ifxTopologyUnref(ifxTopology *topology);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTopology, ifxTopologyUnref)

/* All of the following lend for the topology's life; NULL: there is none. */

const ifxDevice *ifxTopologyGetDevice(const ifxTopology *topology,
                                      const ifxPciAddress *address);
const ifxGroup *ifxTopologyGetGroup(const ifxTopology *topology, int number);

/* Groups in order of number: i < ifxTopologyCountGroups(). */
guint ifxTopologyCountGroups(const ifxTopology *topology);
const ifxGroup *ifxTopologyGetNthGroup(const ifxTopology *topology, guint i);
guint ifxTopologyCountDevices(const ifxTopology *topology);

/* All devices in order of address: new array of ifxDevice, which lends them. */
GPtrArray *ifxTopologyListDevices(const ifxTopology *topology);

/* Is a device that is not in @topology not on the host? Each PCI member must have its
 * device. libvirt drops all devices of a group when it can't parse the name of one member
 * (virPCIGetDeviceAddressFromSysfsLink), so where the source is not exhaustive no number may be
 * missing either: the kernel gives them out from 0 on. */
bool ifxTopologyShowsAllDevices(const ifxTopology *topology);

/* The whole host whose file system has its root at @sysroot, "/" for this one. NULL with
 * IFX_ERROR_HOST if there is no such tree, or if it cannot be read.
 *
 * Read are /sys/bus/pci/devices/ADDRESS/{class,vendor,device,config,driver,iommu_group} and
 * /sys/kernel/iommu_groups/N/devices (Linux Documentation/ABI/testing/sysfs-bus-pci,
 * sysfs-kernel-iommu_groups). */
ifxTopology *ifxTopologySysfsLoad(const char *sysroot, GError **error);
