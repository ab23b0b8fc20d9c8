/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * elsewhere: which domains and networks of a host claim which of its devices.
 *
 * Two domains that claim the same device cannot run at the same time: libvirt does not start the
 * second ("PCI device ... is in use by driver QEMU, domain ..."), and it fails before it takes
 * anything from the host. So these claims are warnings, never refusals.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"

typedef struct _ifxOtherClaim ifxOtherClaim;
struct _ifxOtherClaim {
    char *owner;            /* the name of the domain or network */
    char *uuid_key;         /* the folded UUID of the domain; NULL: it has none */
    bool network;           /* the owner is a hostdev network, which gives the device to any of
                             * its guests */
    bool running;           /* the owner is a domain that runs */
    char *path;             /* of the claim in the domain; NULL for a network */
};

typedef struct _ifxElsewhere ifxElsewhere;

ifxElsewhere *ifxElsewhereNew(void);
void ifxElsewhereFree(ifxElsewhere *elsewhere);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxElsewhere, ifxElsewhereFree)

/* Adds the claims of one definition of a domain, the live or the persistent one, and the devices in
 * its <qemu:commandline>. Add both definitions one directly after the other, so that a device that
 * both claim is listed once. */
void ifxElsewhereAddDomain(ifxElsewhere *elsewhere, const ifxDomain *domain, bool running);

/* Adds the hostdev network @name, without devices. */
void ifxElsewhereAddNetwork(ifxElsewhere *elsewhere, const char *name);

/* Adds a device of that network, and the network too. */
void ifxElsewhereAddNetworkDevice(ifxElsewhere *elsewhere,
                                  const char *name,
                                  const ifxPciAddress *address);

/* Notes that devices of that network's pool have other addresses, or are gone, since the host's cards
 * moved. */
void ifxElsewhereMarkNetworkMoved(ifxElsewhere *elsewhere, const char *name);

/* Adds a domain, network or storage pool that could not be read, so that its claims and needs are
 * unknown. @name is in words: "domain web". The same name directly after itself is ignored. */
void ifxElsewhereAddUnread(ifxElsewhere *elsewhere, const char *name, const char *why);

/* What the functions below return lives as long as @elsewhere. */

/* Is @uuid_key the folded UUID of a domain which this libvirt does not have: a QEMU with it belongs to another
 * libvirt, which does not know what this one has given away. False too while the domains are not
 * known: none was added, or one could not be read. */
bool ifxElsewhereIsForeign(const ifxElsewhere *elsewhere, const char *uuid_key);

/* The claims (ifxOtherClaim) of that device: first those of domains that run, then those of other
 * domains, then those of networks; each in the order in which they were added. NULL: none. */
const GPtrArray *ifxElsewhereGet(const ifxElsewhere *elsewhere, const ifxPciAddress *address);

/* How many of these are of domains. */
guint ifxElsewhereCountDomains(const ifxElsewhere *elsewhere, const ifxPciAddress *address);

/* The one of these that is @domain's own: of the same UUID, or of the same name where one of them
 * has no UUID. NULL: none. The time that it takes does not grow with the claims. */
const ifxOtherClaim *ifxElsewhereLookupOwn(const ifxElsewhere *elsewhere,
                                           const ifxPciAddress *address,
                                           const ifxDomain *domain);

/* The devices (ifxPciAddress) of a hostdev network; NULL: there is no such network; empty: its
 * devices are unknown. */
const GArray *ifxElsewhereGetNetworkDevices(const ifxElsewhere *elsewhere, const char *network);

/* See ifxElsewhereMarkNetworkMoved(). */
bool ifxElsewhereIsNetworkMoved(const ifxElsewhere *elsewhere, const char *network);

/* The names (char *) of what could not be read. */
const GPtrArray *ifxElsewhereGetUnread(const ifxElsewhere *elsewhere);

/* Why the @i-th of these could not be read. */
const char *ifxElsewhereGetUnreadError(const ifxElsewhere *elsewhere, guint i);
