/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guests: what the host's domains, networks and storage pools claim and need.
 *
 * Claims go to an ifxElsewhere. Needs go, at the end, to an ifxUseGraph: if the host has the thing
 * that is needed, the host uses it for the guest, whether the guest runs or not, because the guest
 * cannot start without it. Needs that the host does not have are ignored.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "domain/elsewhere.h"
#include "use/use.h"
#include "host/moves.h"
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

/* @elsewhere must live as long as the result. */
ifxGuests *ifxGuestsNew(ifxElsewhere *elsewhere);
void ifxGuestsFree(ifxGuests *guests);

/* What is added from now on is of before the host's cards moved as @moves has it: the claims of domains
 * get their new addresses, except for those with a UUID in @corrected (a set of char *), and for
 * what runs: that has its devices since. Both must live as long as @guests. */
void ifxGuestsFollowMoves(ifxGuests *guests, const ifxMoves *moves, GHashTable *corrected);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxGuests, ifxGuestsFree)

/* Adds one definition, as libvirt's XML. If a guest has several, add them one directly after the
 * other, the persistent one before the live one. @running: the domain runs. What cannot be parsed
 * goes to ifxElsewhereAddUnread(). */
void ifxGuestsAdd(ifxGuests *guests,
                  ifxGuestKind kind,
                  const char *name,
                  GBytes *xml,
                  bool running);

/* The same for a domain that is parsed already. After ifxGuestsFollowMoves() its claims may have their
 * new addresses then. */
void ifxGuestsAddDomain(ifxGuests *guests, ifxDomain *domain, bool running);

/* Adds a guest that could not be read; @name NULL: all guests of that kind. */
void ifxGuestsAddUnread(ifxGuests *guests, ifxGuestKind kind, const char *name, const char *why);

/* Is there a network that names only the physical function of its devices? */
bool ifxGuestsNeedTopology(const ifxGuests *guests);

/* Adds what the guests need to @use, after the last guest was added, and again for each other graph.
 * @topology: that of the whole host, in which it finds the virtual functions of the networks above;
 * NULL: they stay unknown. If there are such networks, @use must be that of the whole host. */
void ifxGuestsEnd(ifxGuests *guests, ifxUseGraph *use, const ifxTopology *topology);
