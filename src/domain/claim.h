/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claim: the places in a domain's XML that take a PCI device of the host.
 *
 * A kind of claim is one row of the table in claim.c.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"
#include "xml/xml-text.h"

typedef enum {
    IFX_CLAIM_HOSTDEV,      /* <hostdev mode='subsystem' type='pci'> */
    IFX_CLAIM_INTERFACE,    /* <interface type='hostdev'> */
    IFX_CLAIM_NVME,         /* <disk type='nvme'>, <backingStore>, <mirror>, <dataStore> */
    IFX_CLAIM_BY_HAND,      /* -device vfio-pci in <qemu:commandline> */
} ifxClaimKind;

/* What is true of every claim of a kind. */
typedef struct _ifxClaimTraits ifxClaimTraits;
struct _ifxClaimTraits {
    const char *word;       /* in plan documents and messages: "hostdev", "interface", "nvme",
                             * "by-hand" */
    bool can_be_managed;    /* libvirt detaches the device from the host for managed='yes' */
    bool managed_by_tristate; /* libvirt takes managed='no' for "yes" too, because
                             * virHostdevPreparePCIDevicesImpl gets the tristate (no is 2) as a
                             * boolean. Without the attribute a disk's own source is managed
                             * (virDomainDiskDefPostParse), and a <backingStore>, <mirror> or
                             * <dataStore> is not */
    bool shareable;         /* several claims of this kind can take the same device, because each
                             * takes a namespace of it (virNVMeDeviceListCreateDetachList) */
    bool opens_group;       /* QEMU opens the device's group for this claim alone, so that claims
                             * of other kinds get nothing from that group: "failed to open
                             * /dev/vfio/N: Device or resource busy" */
    bool bypasses_libvirt;  /* libvirt hands the claim to QEMU unread: it does not detach the device
                             * from the host, and does not notice another claim of it */
    bool from_network;      /* libvirt also makes such a claim when the guest starts, with a device
                             * that it takes from a hostdev network */
};

typedef struct _ifxClaim ifxClaim;
struct _ifxClaim {
    ifxClaimKind kind;
    guint element;          /* the one that claims: <hostdev>, <interface>, <disk>, <qemu:arg>,
                             * ... */
    char *path;             /* of that element, see xml-text.h */
    ifxPciAddress address;  /* of the host's device, never the guest's. Without an <address> it is
                             * 0000:00:00.0: the device that libvirt takes for a <hostdev> */
    ifxPciAddress written;  /* the same, as the text has it. @address is another one where the text is
                             * of before the host's cards moved (ifxMovesClaimsFollow()) */
    bool lost;              /* the device is gone, or it is unclear where it is, since the host's cards
                             * moved: what is at the address is another one
                             * (ifxMovesClaimsFollow()) */
    guint address_at;       /* the <address> with it. IFX_XML_NONE if there is none, or if one of its
                             * attributes is in a namespace: libvirt reads it, but no patch can name
                             * it */
    bool managed;
    guint managed_at;       /* the element whose attribute "managed" libvirt reads: the same one, or
                             * an NVMe disk's <source>. IFX_XML_NONE if there is no such element, if
                             * the kind cannot be managed, or if the attribute is in a namespace:
                             * libvirt reads it, but no patch can name it */
    bool placeholder;       /* <address type='unassigned'/> */
    bool legacy;            /* <driver name='kvm'/> or 'xen': not VFIO. With it the start of a QEMU
                             * domain fails (qemuDomainPrepareHostdevPCI) */
    bool iommufd;           /* QEMU opens the device by iommufd and not by its group: <driver
                             * iommufd='yes'/> (since libvirt 12.1.0), or <iommufd enabled='yes'/>
                             * of the domain (since 12.2.0), which a <driver iommufd='no'/>
                             * overrides (read in libvirt's NEWS.rst and schemas, not run) */
};

/* Is the device at another address than the text has? */
bool ifxClaimIsMoved(const ifxClaim *claim);

/* What its kind is like: a constant. */
const ifxClaimTraits *ifxClaimGetTraits(const ifxClaim *claim);

/* No guest has as many PCI slots. */
#define IFX_CLAIMS_MAX 4096

/* The claims of the domain @text, in document order of managed_at (of element, if that is
 * IFX_XML_NONE): new array of ifxClaim. Free with g_array_unref(). NULL with IFX_ERROR_XML for an
 * address that libvirt does not accept, and for more than IFX_CLAIMS_MAX claims.
 *
 * The rules are those of virDomainHostdevDefParseXML, virDomainNetDefParseXML and
 * virDomainDiskSourceNVMeParse (libvirt src/conf/domain_conf.c). Claims by hand are those of
 * qemuDomainDefNamespaceParseCommandlineArgs (src/qemu/qemu_domain.c), see qemu-arguments.h. */
GArray *ifxClaimsFind(ifxXmlText *text, GError **error);
