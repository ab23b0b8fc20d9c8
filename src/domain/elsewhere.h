/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * elsewhere: which domains and networks of a host claim which of its devices.
 *
 * Two domains that claim one device can't run at once: libvirt refuses the second start
 * ("PCI device ... is in use by driver QEMU, domain ...") before it takes anything from the
 * host. So these are warnings, never refusals.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"

typedef struct _ifxOtherClaim ifxOtherClaim;
struct _ifxOtherClaim {
    char *owner;            /* the name of the domain or network */
    char *uuid;             /* of the domain; NULL if it has none */
    bool network;           /* a hostdev network, which gives the device to any of its guests */
    bool running;           /* the domain runs */
    char *path;             /* of the claim in the domain; NULL for a network, and for a device
                             * that <qemu:commandline> passes */
};

typedef struct _ifxElsewhere ifxElsewhere;

ifxElsewhere *ifxElsewhereNew(void);
void ifxElsewhereFree(ifxElsewhere *elsewhere);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxElsewhere, ifxElsewhereFree)

/* Adds the claims of one of a domain's definitions, the live or the persistent one, and what
 * its <qemu:commandline> passes. A device that both claim is claimed once, if they are added one
 * after the other. */
void ifxElsewhereAddDomain(ifxElsewhere *elsewhere, const ifxDomain *domain, bool running);

/* The hostdev network @name, of whose pool nothing is known yet. */
void ifxElsewhereAddNetwork(ifxElsewhere *elsewhere, const char *name);

/* A device of its pool. */
void ifxElsewhereAddPool(ifxElsewhere *elsewhere, const char *name, const ifxPciAddress *address);

/* A domain, network or storage pool that could not be read: what it claims and needs is not
 * known. @name as people call it, "domain web". One that was the last is not added twice. */
void ifxElsewhereAddUnread(ifxElsewhere *elsewhere, const char *name, const char *why);

/* All below lend for @elsewhere's life. */

/* Of ifxOtherClaim, in the order they were added; NULL: none. */
const GPtrArray *ifxElsewhereGet(const ifxElsewhere *elsewhere, const ifxPciAddress *address);

/* Of ifxPciAddress; NULL: there is no such hostdev network; empty: its devices are not known. */
const GArray *ifxElsewhereGetPool(const ifxElsewhere *elsewhere, const char *network);

/* Of char *; empty: all were read. */
const GPtrArray *ifxElsewhereGetUnread(const ifxElsewhere *elsewhere);

/* Why the @i-th of them could not be read. */
const char *ifxElsewhereGetWhy(const ifxElsewhere *elsewhere, guint i);
