/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moves-claims: what the claims of a domain mean that was written before its host's cards moved.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "host/moves.h"

/* Sets the address of each claim of @domain whose device is at another address now; what the text has
 * stays in @written. All other claims get the address that the text has; those of a device that is
 * gone, or of which it is unclear where it is, are lost. */
void ifxMovesClaimsFollow(const ifxMoves *moves, ifxDomain *domain);

/* Takes that back: each claim gets the address that the text has. */
void ifxMovesClaimsForget(ifxDomain *domain);

/* After ifxMovesClaimsFollow(): decides which of several candidates a claim means. If exactly one of
 * them is in @named, a set of ifxPciAddress, it is that one. Otherwise the claim stays lost. */
void ifxMovesClaimsChoose(const ifxMoves *moves, ifxDomain *domain, GHashTable *named);

typedef enum {
    IFX_WRITTEN_UNKNOWN,
    IFX_WRITTEN_BEFORE,     /* before the cards moved */
    IFX_WRITTEN_SINCE,      /* some of its claims, at least */
} ifxWritten;

/* When was @domain written? @then is the same domain as the capture has it: if their claims are the same,
 * it was before. If @domain has the new address of a device that @then claims, somebody may have
 * corrected it by hand. */
ifxWritten ifxMovesClaimsCompare(const ifxMoves *moves,
                                 const ifxDomain *then,
                                 const ifxDomain *domain);

/* Does @domain have the claims that @then has, in the same order, each at the place where its device is now?
 * Where that is unclear, one of the candidates counts. */
bool ifxMovesClaimsHaveFollowed(const ifxMoves *moves,
                                const ifxDomain *then,
                                const ifxDomain *domain);

/* Can the device that had @from before be at @to now? An address that no device had is one of now. */
bool ifxMovesClaimsCanBeAt(const ifxMoves *moves,
                           const ifxPciAddress *from,
                           const ifxPciAddress *to);

/* The devices of which @topology has another one with the same ids and function number in another slot:
 * ifxMovesClaimsSum() does not show when two such cards change places. A set of ifxPciAddress, lent by
 * @topology. */
GHashTable *ifxMovesClaimsFindAlike(const ifxTopology *topology);

/* The device that is at @address now; lent as long as @moves. NULL: there is none. */
const ifxDevice *ifxMovesClaimsGetNow(const ifxMoves *moves, const ifxPciAddress *address);

/* A sum of the host's devices, by address, vendor and product: it is another one after cards moved. Its
 * virtual functions, which come and go, do not count. Free with g_free(). */
char *ifxMovesClaimsSum(const ifxTopology *topology);

/* Were some of these devices (ifxPciAddress), the pool of a network, moved, are they gone, or is it
 * unclear where they are? Where no network device was before, the address is one of now. */
bool ifxMovesClaimsTouchNetwork(const ifxMoves *moves, const GArray *addresses);
