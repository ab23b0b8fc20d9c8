/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interactive: which changes of a domain a person agrees to, group by group as git add -p asks.
 *
 * The dialogue is on stderr and stdin. It writes nothing: what is agreed to is proposed.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/propose.h"

/* Asks about the changes of @target's plan and proposes what is agreed to; a domain that nothing
 * is to be changed in is proposed without a question, which says why. Sets the session's quit if
 * that is the answer: then nothing at all is to be written. Says of what was declined whether it
 * keeps the domain from starting. False with an error as ifxProposeTarget(). */
bool ifxInteractiveTarget(ifxProposals *proposals,
                          ifxSession *session,
                          const ifxTarget *target,
                          GError **error);
