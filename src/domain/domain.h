/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain: a libvirt domain and the host devices that it claims.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"
#include "domain/qemu-arguments.h"
#include "xml/xml-text.h"

typedef enum {
    IFX_CLAIM_HOSTDEV,      /* <hostdev mode='subsystem' type='pci'> */
    IFX_CLAIM_INTERFACE,    /* <interface type='hostdev'> */
    IFX_CLAIM_NVME,         /* <disk type='nvme'>, <backingStore>, <mirror> */
} ifxClaimKind;

typedef struct _ifxClaim ifxClaim;
struct _ifxClaim {
    ifxClaimKind kind;
    guint element;          /* the one that claims: <hostdev>, <interface>, <disk>, ... */
    char *path;             /* of that element, see xml-path.h */
    bool has_address;       /* false: <source/> without <address> */
    ifxPciAddress address;  /* of the host's device, never the guest's */
    bool managed;
    guint managed_at;       /* the element that says so: the same one, or an NVMe disk's <source>;
                             * IFX_XML_NONE if that has none, or says it by an attribute in a
                             * namespace, which libvirt reads too */
    bool placeholder;       /* <address type='unassigned'/> */
    bool foreign;           /* <driver name='xen'/>: not for QEMU */
};

/* More than any guest has PCI slots for; the time that a plan takes grows with the square. */
#define IFX_DOMAIN_MAX_CLAIMS 4096

/* Read only once parsed. */
typedef struct _ifxDomain ifxDomain;
struct _ifxDomain {
    ifxXmlText *text;
    char *name;
    char *uuid;             /* NULL if absent */
    char *type;             /* kvm, qemu, ... */
    guint last_hostdev;     /* element, or IFX_XML_NONE */
    guint devices;          /* last <devices>, or IFX_XML_NONE */
    GArray *claims;         /* ifxClaim, in document order of managed_at */
    GArray *arguments;      /* ifxQemuArgument: what it gives to QEMU behind libvirt's back */
};

/* Takes over @text, also on failure. NULL with IFX_ERROR_XML when it is no
 * domain, has no name, claims an address that libvirt would not take, or claims or passes
 * too many. The claims follow virDomainHostdevDefParseXML, virDomainNetDefParseXML and
 * virDomainDiskSourceNVMeParse (libvirt src/conf/domain_conf.c). */
ifxDomain *ifxDomainNew(ifxXmlText *text, GError **error);

/* The same from bytes. */
ifxDomain *ifxDomainParse(GBytes *bytes, GError **error);

void ifxDomainFree(ifxDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDomain, ifxDomainFree)

/* Would libvirt's QEMU driver run it? Only that driver keeps an unassigned
 * device from the guest; libxl and ch would hand it over. type='test' counts,
 * so that the test driver can stand in. */
bool ifxDomainIsQemu(const ifxDomain *domain);

/* Is that its UUID? In either case, and with dashes anywhere (virUUIDParse, libvirt
 * src/util/viruuid.c). A domain without one has none. */
bool ifxDomainHasUuid(const ifxDomain *domain, const char *uuid);

/* "hostdev", "interface", "nvme": a constant. */
const char *ifxClaimKindToString(ifxClaimKind kind);
