/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apply-plan: proposes what a plan file says, where it still holds.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/propose.h"
#include "write/store.h"

/* Proposes each change of the plan file @path, planned anew by its own policy; a domain of which
 * anything moved since, or that the plan was applied to already by the log of @store, is said and
 * counts as refused. False with an error that ends the run. */
bool ifxApplyPlan(ifxProposals *proposals,
                  ifxSession *session,
                  const ifxStore *store,
                  const char *path,
                  ifxTally *tally,
                  GError **error);
