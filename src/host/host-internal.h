/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-internal: what the files of this room share.
 */

#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "host/connection.h"
#include "host/guests.h"
#include "host/isolation.h"
#include "host/topology.h"
#include "use/use.h"

struct _ifxConnection {
    virConnectPtr conn;
    char *uri;
    char *host_uuid;        /* see ifxConnectionGetHostUuid() */
    bool asked_uuid;
    bool local;             /* see ifxConnectionIsLocal() */
    bool asked_local;
    bool write;             /* opened to write */
    bool qemu;
    bool drivers;           /* its node devices name drivers */
    GHashTable *domains;    /* of connection-domains.c: UUID -> ifxListed */
    gsize kept;             /* bytes of text that it keeps */
    bool surveyed;          /* ifxConnectionDomainsAddAll() was called */
    GHashTable *listed;     /* name -> virNodeDevicePtr of each PCI device; NULL: not listed yet */
    guint lookups;          /* so many devices were looked up by name */
    GHashTable *nodedevs;   /* ifxPciAddress -> ifxNodedev; without a device if there is none */
};

/* Sets IFX_ERROR_CONNECTION: what was tried, and libvirt's last error. */
void ifxConnectionFail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* connection-peer: a connection that ends in an error when the daemon no longer answers. */

/* Opens @uri, NULL: libvirt's default. NULL with IFX_ERROR_CONNECTION, also if there is no answer for
 * @patience seconds; 0: for 30 seconds, or where the user may have to enter a password that libvirt
 * does not ask for, as long as it takes. While a connection is open, a thread runs libvirt's events,
 * and each call on it fails if the daemon answers nothing for 30 seconds
 * (virConnectSetKeepAlive()). Close it with ifxConnectionPeerClose(). */
virConnectPtr ifxConnectionPeerOpen(const char *uri, bool write, guint patience, GError **error);
void ifxConnectionPeerClose(virConnectPtr conn);

/* The table of an ifxConnection, empty. */
GHashTable *ifxConnectionDomainsNew(void);

/* Forgets what came from the old connection. */
void ifxConnectionDomainsForget(ifxConnection *connection);

/* The domain @uuid, to be freed with virDomainFree(). NULL with libvirt's error. One that was listed
 * is not looked up again: that it is gone shows when it is asked. */
virDomainPtr ifxConnectionDomainsGet(ifxConnection *connection, const char *uuid);

/* Adds all domains to @guests, as ifxConnectionLoadGuests() does. */
bool ifxConnectionDomainsAddAll(ifxConnection *connection, ifxGuests *guests, GError **error);

/* Adds the subsystem and the serials of each device of @topology (moves.h), as far as the host whose
 * root is @sysroot shows them: it has these devices. This asks each device several questions, so it
 * is only for commands that need the answers. Read are in /sys/bus/pci/devices/ADDRESS
 * {subsystem_vendor,subsystem_device}, and of a physical function {config,nvme/N/serial,
 * net/N/{address,addr_assign_type}}. */
void ifxIdentityReadAll(const char *sysroot, ifxTopology *topology);

/* Reads the subsystem, the serials and the path of a device from its <capability type='pci'>: from
 * <identity>, which the tool's own captures have, and from libvirt's <capability type='vpd'>. What is
 * not there stays as it is. */
void ifxIdentityReadNodedev(const xmlNode *capability, ifxDevice *device);

/* A host as a file, which virsh -c test:///FILE opens too (capture-xml.h). */
typedef struct _ifxCapture ifxCapture;

/* Reads the children <device>, <iommuGroup>, <domain>, <network> and <pool> of <node>. NULL with an
 * error that names @path. Free with ifxCaptureFree(). */
ifxCapture *ifxCaptureLoad(const char *path, GError **error);
void ifxCaptureFree(ifxCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxCapture, ifxCaptureFree)

/* What the next three functions return lives as long as the capture. */
ifxTopology *ifxCaptureGetTopology(const ifxCapture *capture);

/* The names (char *) of its domains, in the order of the file. */
const GPtrArray *ifxCaptureGetDomains(const ifxCapture *capture);

/* The domain's own bytes; NULL if there is no such domain. */
GBytes *ifxCaptureLookupDomain(const ifxCapture *capture, const char *name);

/* Adds what its node devices show to @use, as ifxUseNodedevAdd() does. The first call is cheap, and
 * frees memory. */
bool ifxCaptureAddUse(ifxCapture *capture, ifxUseGraph *use, GError **error);

/* Adds all its domains, networks and storage pools. Whether a domain runs is not known. */
void ifxCaptureAddGuests(const ifxCapture *capture, ifxGuests *guests);

/* Where a device is, and what its configuration space shows (isolation.h). */
typedef struct _ifxIsolationPlace ifxIsolationPlace;
struct _ifxIsolationPlace {
    ifxPciAddress address;
    bool has_parent;        /* there is a PCI device above it: a bridge or a VMD controller */
    ifxPciAddress parent;
    guint depth;            /* how many PCI devices its path in sysfs has, with itself */
    bool has_header;        /* it could be read, so that multifunction is known */
    bool multifunction;     /* the header shows it, or it is a later function of a slot (Linux
                             * drivers/pci/probe.c, pci_scan_slot()); not for a virtual function */
    ifxPortType type;
    ifxAcs acs;
};

/* Reads DIR/config. What it does not show stays as it is. */
void ifxIsolationConfigRead(const char *dir, ifxIsolationPlace *place);
