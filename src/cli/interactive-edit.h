/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interactive-edit: a definition goes through a person's editor.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/propose.h"

/* Opens the definition of @target with its passwords and with the change of @plan (NULL result
 * change: as it is) in the editor; when what comes back can't be used says why and offers to edit
 * it again. Proposes what was edited, or @plan's change if nothing was; nothing if the edit was
 * given up. Says whether the domain will start then. Sets the session's quit as
 * ifxInteractiveTarget() does. False with an error as ifxProposeTarget(), and with
 * IFX_ERROR_REFUSED if the definition is not the one that was planned from. */
bool ifxInteractiveEdit(ifxProposals *proposals,
                        ifxSession *session,
                        const ifxTarget *target,
                        const ifxPlan *plan,
                        GError **error);
