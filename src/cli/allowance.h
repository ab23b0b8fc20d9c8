/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * allowance: which of --allow-member's addresses were of use.
 *
 * One that lifts nothing is said: it may be mistyped, and is not what its user means.
 */

#pragma once

#include <glib.h>

#include "plan/plan.h"

typedef struct _ifxAllowance ifxAllowance;

/* @allowed: set of ifxPciAddress, which must live as long. */
ifxAllowance *ifxAllowanceNew(GHashTable *allowed);
void ifxAllowanceFree(ifxAllowance *allowance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxAllowance, ifxAllowanceFree)

/* Looks which of them lift something in @plan. */
void ifxAllowanceMark(ifxAllowance *allowance, const ifxPlan *plan);

/* Says on stderr which lifted nothing in any plan. */
void ifxAllowanceNote(const ifxAllowance *allowance);
