/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain: what libvirt's definitions of domains, networks and storage pools say about the host.
 *
 * A domain claims devices (claim.h), and it needs other things of the host. A network hands out
 * devices; networks and storage pools have needs too.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/claim.h"
#include "xml/xml-text.h"

/* It does not change once it is parsed. */
typedef struct _ifxDomain ifxDomain;
struct _ifxDomain {
    ifxXmlText *text;
    char *name;
    char *uuid;             /* NULL: it has none */
    char *uuid_key;         /* the same, folded (base/uuid.h): to compare; NULL: it has none */
    char *type;             /* kvm, qemu, ... */
    guint last_hostdev;     /* the last <hostdev>, or IFX_XML_NONE */
    guint devices;          /* the last <devices>, or IFX_XML_NONE */
    GArray *claims;         /* as from ifxClaimsFind() */
};

/* Takes over @text, also on failure. NULL with IFX_ERROR_XML if it is not a domain, if it has no
 * name, or if ifxClaimsFind() fails. */
ifxDomain *ifxDomainNew(ifxXmlText *text, GError **error);

/* The same from bytes. */
ifxDomain *ifxDomainParse(GBytes *bytes, GError **error);

void ifxDomainFree(ifxDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDomain, ifxDomainFree)

/* The device (a child of any <devices> of the domain @text) that follows @after in document order;
 * IFX_XML_NONE as @after: the first one, as the result: there is no other. */
guint ifxDomainNextDevice(const ifxXmlText *text, guint after);

/* Does libvirt's QEMU driver run it? Only that driver keeps an unassigned device from the guest;
 * libxl and ch give it to the guest. type='test' counts as QEMU, so that tests can use libvirt's
 * test driver. */
bool ifxDomainIsQemu(const ifxDomain *domain);

/* An <interface> whose device libvirt may choose, or a device with <teaming>. */
typedef struct _ifxDomainInterface ifxDomainInterface;
struct _ifxDomainInterface {
    char *network;          /* of an <interface type='network'>; NULL: any other type */
    bool teaming;           /* <teaming>: a migration may take the device away */
    char *path;
};

/* The interfaces of type='network', and the interfaces and hostdevs with <teaming>: the first
 * IFX_CLAIMS_MAX of them in document order. New array of ifxDomainInterface, which frees them. */
GPtrArray *ifxDomainFindInterfaces(const ifxDomain *domain);

/* What the domain needs of the host beside the devices that it claims. The host runs these for the
 * domain, so they are lost to the domain if the PCI device below them leaves the host. Needs are:
 *
 *     each value (of an attribute, or text) below <devices> that begins with /dev/
 *     the sound card of an <audio>: "/dev/snd/controlC1" for hw:1,
 *     "sound-card/PCH" for hw:CARD=PCH
 *     the bridges and interfaces of the host that an <interface> uses: "net/br0"
 *     USB hostdevs: "usb/001/004" by address, "usb/1-1.4" by bus and port (libvirt 12, not 11.4),
 *         "usb/046d:c31c" by vendor and product
 *     the SCSI host of a hostdev: "scsi_host/host5"
 *     a mediated device: "mdev/UUID"
 *
 * These are the names of things in use.h; the host may have no such thing. A volume of a
 * storage pool is not among them, because the pool needs its devices itself.
 *
 * New array of char *, in document order, which frees them. */
GPtrArray *ifxDomainNeedsFind(const ifxDomain *domain);

/* The edits (edit.h) that remove the secrets from @text: those that libvirt leaves out without
 * VIR_DOMAIN_XML_SECURE, which are passwd of <graphics> and the <cookies> of a disk. Free with
 * g_array_unref(). */
GArray *ifxDomainSecretsFind(const ifxXmlText *text);

/* A libvirt network (virNetworkForwardDefParseXML, libvirt src/conf/network_conf.c). */
typedef struct _ifxNetwork ifxNetwork;
struct _ifxNetwork {
    char *name;
    bool hostdev;           /* <forward mode='hostdev'>: each guest gets a PCI device, */
    GArray *addresses;      /* one of these (ifxPciAddress), */
    GPtrArray *functions;   /* or a virtual function of one of these interfaces (char *, "eth3");
                             * the XML of an active network lists the addresses too */
    GPtrArray *needs;       /* char *, as from ifxDomainNeedsFind(). A bridge that libvirt makes
                             * for the network is not among them */
};

/* NULL with IFX_ERROR_XML. Free with ifxNetworkFree(). */
ifxNetwork *ifxNetworkParse(GBytes *bytes, GError **error);
void ifxNetworkFree(ifxNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxNetwork, ifxNetworkFree)

/* What a libvirt storage pool needs of the host: the devices, the SCSI host and the ZFS pool of its
 * <source> (virStoragePoolDefParseSource, libvirt src/conf/storage_conf.c), named as by
 * ifxDomainNeedsFind(). Where the pool mounts something, or is a folder of something mounted, the
 * mount shows that. New array of char *, which frees them. NULL with IFX_ERROR_XML. */
GPtrArray *ifxStoragePoolFindNeeds(GBytes *bytes, GError **error);
