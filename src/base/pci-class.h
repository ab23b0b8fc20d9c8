/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pci-class: the 24-bit class code of a PCI function, as words.
 *
 * 0xBBSSPP: base class, subclass, programming interface, as in sysfs' "class"
 * file and libvirt's <class>. The numbers are those of the PCI Code and ID
 * Assignment Specification (Linux include/linux/pci_ids.h).
 */

#pragma once

#include <glib.h>

#define IFX_PCI_BASE_CLASS(code) ((code) >> 16 & 0xff)
#define IFX_PCI_SUBCLASS(code) ((code) >> 8 & 0xffff)  /* with its base class */

#define IFX_PCI_BASE_STORAGE 0x01
#define IFX_PCI_BASE_NETWORK 0x02
#define IFX_PCI_BASE_DISPLAY 0x03
#define IFX_PCI_BASE_BRIDGE 0x06
#define IFX_PCI_BASE_WIRELESS 0x0d
#define IFX_PCI_BASE_ENCRYPTION 0x10
#define IFX_PCI_BASE_ACCELERATOR 0x12
#define IFX_PCI_BASE_VENDOR 0xff    /* card readers among others */

#define IFX_PCI_CLASS_OLD_VGA 0x0001
#define IFX_PCI_CLASS_AUDIO 0x0401
#define IFX_PCI_CLASS_HD_AUDIO 0x0403
#define IFX_PCI_CLASS_OTHER_MEMORY 0x0580
#define IFX_PCI_CLASS_HOST_BRIDGE 0x0600
#define IFX_PCI_CLASS_ISA_BRIDGE 0x0601
#define IFX_PCI_CLASS_PCI_BRIDGE 0x0604
#define IFX_PCI_CLASS_CARDBUS_BRIDGE 0x0607
#define IFX_PCI_CLASS_SD_HOST 0x0805
#define IFX_PCI_CLASS_CO_PROCESSOR 0x0b40
#define IFX_PCI_CLASS_SERIAL_USB 0x0c03
#define IFX_PCI_CLASS_FIBRE_CHANNEL 0x0c04
#define IFX_PCI_CLASS_SMBUS 0x0c05
#define IFX_PCI_CLASS_SERIAL_INFINIBAND 0x0c06
#define IFX_PCI_CLASS_SERIAL_OTHER 0x0c80

/* A constant, never NULL. An unlisted subclass gets the words of its base class. */
const char *ifxPciClassDescribe(guint32 code);
