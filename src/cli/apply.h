/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apply: the two ways to choose what apply writes, other than all of it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/change-list.h"

/* apply --interactive: asks about the changes of @target's plan group by group, as git add -p
 * does, and adds to @list what the user agrees to. A domain that does not change is reported
 * without a question. The dialogue is on stderr and stdin. Reports whether what was declined keeps
 * the domain from starting. False with an error as ifxChangeListAddPlan(), and with IFX_ERROR_QUIT
 * if the user quits: then nothing at all is to be written. */
bool ifxApplyAsk(ifxChangeList *list, const ifxTarget *target, GError **error);

/* apply --plan: opens the session's hosts and adds to @list each change of the saved plan in the
 * file @path, planned again by its own policy. The domains that it does not change count in @tally
 * too. A domain that changed since, that is of another host, or to which the plan was applied already by the
 * log of @store, is reported and counts as refused in @tally. False with an error that ends the
 * run. */
bool ifxApplyPlan(ifxChangeList *list,
                  const ifxStore *store,
                  const char *path,
                  ifxTally *tally,
                  GError **error);
