/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pci-address: the address of a PCI function of the host.
 *
 * There are two spellings. The kernel's, "0000:01:00.1" (hexadecimal, lower case,
 * the PCI domain has four digits or more), is what the tool prints and reads on
 * its command line. libvirt's, in XML, is four attributes; its rules are those
 * of virPCIDeviceAddressParseXML (libvirt src/conf/device_conf.c): each
 * attribute is a C number (0x1f, 31 or octal 037), an absent one is 0.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxPciAddress ifxPciAddress;
struct _ifxPciAddress {
    guint32 domain;     /* above 0xffff below an Intel VMD controller */
    guint8 bus;
    guint8 slot;        /* at most 0x1f */
    guint8 function;    /* at most 7 */
};

/* Enough for the longest spelling, "ffffffff:ff:1f.7", and its NUL. */
#define IFX_PCI_ADDRESS_LENGTH 17

/* Reads the kernel's spelling, and lspci's short one without PCI domain.
 * False for anything else. There is no error, because a member of a group
 * need not be a PCI device: its name may be "AMDI0095:00". */
bool ifxPciAddressParse(const char *text, ifxPciAddress *address);

/* Reads QEMU's spelling, which needs no leading zeros: "1:0.0" (set_pci_host_devaddr,
 * QEMU hw/core/qdev-properties-system.c). False for anything else. */
bool ifxPciAddressParseQemu(const char *text, ifxPciAddress *address);

/* Reads libvirt's name of a node device, "pci_0000_01_00_0" (nodeDeviceGenerateName(),
 * src/node_device/node_device_driver.c). False for anything else. */
bool ifxPciAddressParseNodedev(const char *name, ifxPciAddress *address);

/* Reads libvirt's spelling. NULL is an absent attribute.
 * IFX_ERROR_XML names the attribute that is not a number or out of range. */
bool ifxPciAddressFromAttributes(const char *domain,
                                 const char *bus,
                                 const char *slot,
                                 const char *function,
                                 ifxPciAddress *address,
                                 GError **error);

/* Writes the kernel's spelling to @buffer and returns it. */
const char *ifxPciAddressFormat(const ifxPciAddress *address,
                                char buffer[IFX_PCI_ADDRESS_LENGTH]);

/* Orders by domain, bus, slot, function: <0, 0, >0. */
int ifxPciAddressCompare(const ifxPciAddress *a, const ifxPciAddress *b);

/* For a GHashTable whose keys are ifxPciAddress. */
guint ifxPciAddressHash(gconstpointer address);
gboolean ifxPciAddressEqual(gconstpointer a, gconstpointer b);
