/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moved: a run with --moved-from, which gives claims the addresses that their devices have now.
 *
 * The text of a domain does not show whether its addresses are of before the cards moved or of now, so
 * a second run could move them again. The records of apply show which domains it has rewritten, and
 * for which devices. A file has no record. If the capture has the domain, its claims of then show
 * whether those of now are the same (ifxMovesClaimsCompare()).
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/host.h"
#include "plan/plan-named.h"
#include "plan/plan.h"

typedef struct _ifxMoved ifxMoved;

/* Reads the capture @path of @host before its cards moved, the host, and the records. @host must
 * outlive the result, and loads its guests as ifxHostFollowMoves() has it. NULL with an error, and with
 * IFX_ERROR_HOST if the capture is of another host. Free with ifxMovedFree(). */
ifxMoved *ifxMovedNew(const char *path, ifxHost *host, GError **error);
void ifxMovedFree(ifxMoved *moved);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxMoved, ifxMovedFree)

/* The sum of the devices before and now (ifxMovesClaimsSum()); lent. */
const char *ifxMovedGetBefore(const ifxMoved *moved);
const char *ifxMovedGetNow(const ifxMoved *moved);

/* Why a saved plan with the sum @sum (NULL: none) cannot be made again in a run with @moved (NULL: one
 * without --moved-from), in words that follow the name of the domain: a constant. NULL: it can. */
const char *ifxMovedDescribeOther(const ifxMoved *moved, const char *sum);

/* Gives the claims of @domain their new addresses, unless an earlier run has rewritten it, and sets
 * what @known has about that. False with IFX_ERROR_REFUSED if that run did so for other devices
 * than are there now. */
bool ifxMovedFollow(const ifxMoved *moved,
                    ifxDomain *domain,
                    ifxNamedKind kind,
                    ifxPlanHost *known,
                    GError **error);
