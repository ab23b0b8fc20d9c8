/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * network: a libvirt network: the PCI devices that it hands out, and what it needs of the host.
 *
 * By virNetworkForwardDefParseXML (libvirt src/conf/network_conf.c).
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxNetwork ifxNetwork;
struct _ifxNetwork {
    char *name;
    bool hostdev;           /* <forward mode='hostdev'>: each guest gets a PCI device, */
    GArray *addresses;      /* one of these (ifxPciAddress), */
    GPtrArray *functions;   /* or a virtual function of one of these interfaces (char *, "eth3");
                             * an active network shows those of them too */
    GPtrArray *needs;       /* char *: as of ifxDomainFindNeeds(). The bridge that libvirt makes
                             * for a network of its own is none */
};

/* NULL with IFX_ERROR_XML. Free with ifxNetworkFree(). */
ifxNetwork *ifxNetworkParse(GBytes *bytes, GError **error);
void ifxNetworkFree(ifxNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxNetwork, ifxNetworkFree)
