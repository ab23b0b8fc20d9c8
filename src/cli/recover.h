/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recover: what runs that were ended left behind.
 */

#pragma once

#include "cli/session.h"
#include "write/store.h"

/* Finds out, from the domains of the session's hosts, what came of the records of which the
 * journals do not say it; writes that, and removes the definitions with passwords that were kept
 * for them.
 * @store must be locked. What can't be found out stays for the next time. */
void ifxRecoverRuns(ifxSession *session, const ifxStore *store);
