/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * device: a PCI function of a host. What its source does not report is unknown, never "none".
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

/* A loader makes it and fills it in; after that it does not change. It has a reference count. */
typedef struct _ifxDevice ifxDevice;
struct _ifxDevice {
    ifxPciAddress address;
    int group;              /* IFX_GROUP_NONE: the kernel put it in no group */
    bool has_class;
    guint32 class_code;     /* 0xBBSSPP, see pci-class.h */
    ifxHeaderType header;
    bool header_unread;     /* the source reports that it could not read the header */
    bool is_dead;           /* it does not answer: its header type reads ff, as all of its
                             * configuration space does. libvirt starts no guest with such a claim or
                             * placeholder ("Unknown PCI header type '127'",
                             * virPCIDeviceGetPCIHeaderType) */
    ifxDriverState driver_state;
    char *driver;           /* if bound */
    bool serves_vfio;       /* the driver serves VFIO by itself, although its name does not show it:
                             * the device has a folder vfio-dev in sysfs (NVIDIA's vGPU) */
    bool vfio_unseen;       /* it may do that: the source can't show the folder. Only virtual
                             * functions have such drivers, and no network function */
    guint16 vendor_id;
    guint16 product_id;
    char *vendor;           /* in words; NULL if the source has none */
    char *product;
    bool is_virtual;        /* it is an SR-IOV virtual function */
    ifxPciAddress physical_function;    /* if is_virtual */
    GArray *virtual_functions;          /* ifxPciAddress: those that are enabled; NULL: none */
    bool is_carried;        /* its root bus was made by the driver of another function (VMD) */
    ifxPciAddress carrier;              /* if is_carried */
    bool has_subsystem;     /* this and the next four: see ifxHostLoadIdentities() */
    guint16 subsystem_vendor_id;
    guint16 subsystem_product_id;
    GPtrArray *serials;     /* char *: "KIND:VALUE", see moves.h; NULL: none is known */
    char *path;             /* its place in the tree of bridges, without bus numbers; NULL: unknown */
};

/* A device at @address, in no group. Everything else is unknown. */
ifxDevice *ifxDeviceNew(const ifxPciAddress *address);
ifxDevice *ifxDeviceRef(ifxDevice *device);
void ifxDeviceUnref(ifxDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDevice, ifxDeviceUnref)

/* A bridge cannot be assigned ("Non-endpoint PCI devices cannot be assigned to guests", libvirt
 * virHostdevPreparePCIDevicesImpl), and it need not be. The header type decides; the class decides
 * only if the header is unknown. */
bool ifxDeviceIsBridge(const ifxDevice *device);

/* A host bridge, an ISA bridge or LPC interface, an SMBus controller or a memory controller of the
 * chipset: no guest has a use for it, and the host may need it at any time, with a driver or
 * without one. */
bool ifxDeviceIsChipset(const ifxDevice *device);

/* What the driver is (base/pci-driver.h); false if none is bound, or if it is unknown. A driver that
 * serves VFIO by itself counts as one of VFIO. */
bool ifxDeviceIsOnVfio(const ifxDevice *device);
bool ifxDeviceIsOnStub(const ifxDevice *device);
bool ifxDeviceIsOnUserspaceDriver(const ifxDevice *device);

/* Finds out from its @path in sysfs its place in the tree of bridges, and what carries the device. In such a path each function is below
 * the bridge of its bus, and all these are in one PCI domain: a bus that a bridge makes is in the
 * domain of the bridge (pci_alloc_child_bus(), Linux drivers/pci/probe.c). If a function is in
 * another domain, its driver has made a root bus (vmd_enable_domain(),
 * drivers/pci/controller/vmd.c). */
void ifxDeviceSetPath(ifxDevice *device, const char *path);

/* Adds a serial to a device that is being filled in. False, and nothing is added, if @kind is no word
 * of lower-case letters, or if @value is not plain text that a capture can hold or only zeros. */
bool ifxDeviceAddSerial(ifxDevice *device, const char *kind, const char *value);

/* Does @device disappear when the function at @address loses its driver? A virtual function goes
 * with its physical function (pci_disable_sriov(), called by the driver's remove()), and a device
 * with its carrier (vmd_remove()). */
bool ifxDeviceGoesWith(const ifxDevice *device, const ifxPciAddress *address);
