/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guests: what a host's domains, networks and storage pools claim and need of it.
 *
 * What they claim goes to an ifxElsewhere. What they need and the host has is a use of it, by
 * the host on their behalf, in an ifxUseGraph: running or not, because the guest won't start
 * without. Of what the host does not have nothing is said.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/elsewhere.h"
#include "use/use.h"
#include "host/topology.h"

typedef enum {
    IFX_GUEST_DOMAIN,
    IFX_GUEST_NETWORK,
    IFX_GUEST_POOL,         /* a storage pool */
    IFX_GUEST_LAST,
} ifxGuestKind;

/* "domain", "network", "pool": a constant, and libvirt's name of the element. */
const char *ifxGuestKindToString(ifxGuestKind kind);

typedef struct _ifxGuests ifxGuests;

/* Adds to @use and @elsewhere, which must live as long. */
ifxGuests *ifxGuestsNew(ifxUseGraph *use, ifxElsewhere *elsewhere);
void ifxGuestsFree(ifxGuests *guests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxGuests, ifxGuestsFree)

/* One definition, as libvirt's XML. Several of one guest, the persistent one before the live one,
 * are added one after the other. @running: the domain runs. What can't be parsed goes to
 * ifxElsewhereAddUnread(). */
void ifxGuestsAdd(ifxGuests *guests,
                  ifxGuestKind kind,
                  const char *name,
                  GBytes *xml,
                  bool running);

/* One that could not be read; @name NULL: all of that kind. */
void ifxGuestsAddUnread(ifxGuests *guests, ifxGuestKind kind, const char *name, const char *why);

/* Is there a network that names its devices by their physical function alone? */
bool ifxGuestsNeedTopology(const ifxGuests *guests);

/* After the last one was added. @topology, of the whole host, or NULL: to find the virtual
 * functions of those networks. */
void ifxGuestsEnd(ifxGuests *guests, const ifxTopology *topology);
