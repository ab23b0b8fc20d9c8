/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pci-class.h"

typedef struct {
    guint16 subclass;
    const char *words;
} ifxPciClassName;

/* 0xBBff is the whole base class; it comes after its subclasses. */
static const ifxPciClassName ifxPciClassNames[] = {
    { 0x0001, "VGA device (old)" },
    { 0x00ff, "unclassified device" },
    { 0x0100, "SCSI controller" },
    { 0x0101, "IDE controller" },
    { 0x0104, "RAID controller" },
    { 0x0105, "ATA controller" },
    { 0x0106, "SATA controller" },
    { 0x0107, "SAS controller" },
    { 0x0108, "NVMe controller" },
    { 0x01ff, "storage controller" },
    { 0x0200, "Ethernet controller" },
    { 0x0207, "InfiniBand controller" },
    { 0x02ff, "network controller" },
    { 0x0300, "VGA controller" },
    { 0x0302, "3D controller" },
    { 0x03ff, "display controller" },
    { 0x0400, "video capture device" },
    { 0x0401, "audio controller" },
    { 0x0403, "audio device" },
    { 0x04ff, "multimedia device" },
    { 0x0500, "RAM controller" },
    { 0x0580, "memory controller" },
    { 0x05ff, "memory controller" },
    { 0x0600, "host bridge" },
    { 0x0601, "ISA bridge" },
    { 0x0604, "PCI bridge" },
    { 0x0607, "CardBus bridge" },
    { 0x06ff, "bridge device" },
    { 0x0700, "serial port" },
    { 0x0703, "modem" },
    { 0x07ff, "communication controller" },
    { 0x0800, "interrupt controller" },
    { 0x0805, "SD host controller" },
    { 0x0806, "IOMMU" },
    { 0x08ff, "system peripheral" },
    { 0x09ff, "input controller" },
    { 0x0aff, "docking station" },
    { 0x0bff, "processor" },
    { 0x0c00, "FireWire controller" },
    { 0x0c03, "USB controller" },
    { 0x0c04, "Fibre Channel controller" },
    { 0x0c05, "SMBus controller" },
    { 0x0c06, "InfiniBand controller" },
    { 0x0c07, "IPMI interface" },
    { 0x0c80, "serial bus controller" },
    { 0x0cff, "serial bus controller" },
    { 0x0dff, "wireless controller" },
    { 0x0eff, "I/O processor" },
    { 0x0fff, "satellite controller" },
    { 0x10ff, "encryption controller" },
    { 0x11ff, "signal processor" },
    { 0x1200, "processing accelerator" },
    { 0x12ff, "accelerator" },
};

const char *
ifxPciClassDescribe(guint32 code)
{
    const guint16 subclass = IFX_PCI_SUBCLASS(code);
    const guint16 base = subclass | 0xff;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ifxPciClassNames); i++) {
        if (ifxPciClassNames[i].subclass == subclass ||
            ifxPciClassNames[i].subclass == base)
            return ifxPciClassNames[i].words;
    }
    return "unclassified device";
}
