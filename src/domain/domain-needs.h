/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * domain-needs: what a domain needs of the host beside the devices that it claims.
 *
 * The host runs these on the domain's behalf: its block disks, the interfaces and bridges
 * that its own are plugged into, SCSI and USB devices, render nodes, slices of devices. Whoever
 * takes the PCI device below takes them from the domain.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"

/* As the host calls them (use/use.h): "/dev/sdb", "net/br0", "usb/001/004", "usb/046d:c31c",
 * "scsi_host/host5", "mdev/UUID", "/dev/vhost-vdpa-0", "/dev/dri/renderD128". New array of char *,
 * in document order, which frees them. A disk of a storage pool is looked for in the pool. */
GPtrArray *ifxDomainFindNeeds(const ifxDomain *domain);

/* An <interface> that is given a device, or has one half of a pair. */
typedef struct _ifxDomainInterface ifxDomainInterface;
struct _ifxDomainInterface {
    char *network;          /* of type='network'; NULL: of another type */
    bool teaming;           /* <teaming>: its device may be taken away for a migration */
    char *path;
};

/* Those of type='network' and those with <teaming> (hostdevs with one too), the first
 * IFX_CLAIMS_MAX: new array of ifxDomainInterface, in document order, which frees them. */
GPtrArray *ifxDomainFindInterfaces(const ifxDomain *domain);
