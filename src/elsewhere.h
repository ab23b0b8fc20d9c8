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

#include "domain.h"

typedef struct _ifxOtherClaim ifxOtherClaim;
struct _ifxOtherClaim {
    char *owner;            /* the name of the domain or network */
    char *uuid;             /* of the domain; NULL if it has none */
    bool network;           /* a hostdev network, which gives the device to any of its guests */
    bool running;           /* the domain runs */
    char *path;             /* of the claim in the domain; NULL for a network */
};

typedef struct _ifxElsewhere ifxElsewhere;

ifxElsewhere *ifxElsewhereNew(void);
void ifxElsewhereFree(ifxElsewhere *elsewhere);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxElsewhere, ifxElsewhereFree)

/* Adds the claims of one of a domain's definitions, the live or the persistent one. A device
 * that both claim is claimed once. */
void ifxElsewhereAddDomain(ifxElsewhere *elsewhere, const ifxDomain *domain, bool running);

/* A device of the pool of the hostdev network @name. */
void ifxElsewhereAddPool(ifxElsewhere *elsewhere, const char *name, const ifxPciAddress *address);

/* A domain or network that could not be read: what it claims is not known. @name as people
 * call it, "domain web". */
void ifxElsewhereAddUnread(ifxElsewhere *elsewhere, const char *name);

/* All below lend for @elsewhere's life. */

/* Of ifxOtherClaim, in the order they were added; NULL: none. */
const GPtrArray *ifxElsewhereGet(const ifxElsewhere *elsewhere, const ifxPciAddress *address);

/* Of ifxPciAddress; NULL: there is no such hostdev network. */
const GArray *ifxElsewhereGetPool(const ifxElsewhere *elsewhere, const char *network);

/* Of char *; empty: all were read. */
const GPtrArray *ifxElsewhereGetUnread(const ifxElsewhere *elsewhere);
