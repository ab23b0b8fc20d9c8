/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-moved: claims of devices that have another address than when the domain was written.
 *
 * ifxMovesClaimsFollow() has given each claim the address that its device has now, and by that it is
 * judged. What the text has is rewritten, an attribute at a time.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

/* Will the address of the claim be rewritten? */
bool ifxPlanMovedIsRewritten(const ifxPlanClaim *claim);

/* What sets an attribute, in the words of an XML patch; see ifxPlanAttributePoint(). */
typedef struct _ifxPlanSet ifxPlanSet;
struct _ifxPlanSet {
    char *sel;
    char *type;             /* NULL: the attribute is there and is replaced */
    char *value;
};

/* Those that rewrite the address of such a claim: of the attributes domain, bus, slot and function those
 * that differ, in that order. The new value is written as the old one is: as hexadecimal, decimal or
 * octal number, with as many digits. One that was left out is written as libvirt writes it. New array
 * of ifxPlanSet, which frees them. */
GPtrArray *ifxPlanMovedListSets(const ifxPlan *plan, const ifxPlanClaim *claim);
