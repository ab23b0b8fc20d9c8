/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write-run: what was decided on goes to libvirt, domain by domain.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/session.h"
#include "write/store.h"
#include "cli/tally.h"
#include "cli/write-job.h"

/* Writes the jobs as one transaction of @store, in their order, under its lock. A domain that
 * fails is said on stderr and does not stop the others; @tally, where each counts as a change,
 * is corrected. SIGINT stops after the domain in hand; a connection that breaks is opened anew,
 * and if that fails its other domains are left. What was not done is said. @id (NULL: not
 * wanted) is set to the transaction's where something was kept (free with g_free()). False with
 * an error before anything was written, and with IFX_ERROR_OUTPUT. */
bool ifxWriteRun(ifxSession *session,
                 ifxStore *store,
                 const GPtrArray *jobs,
                 ifxTally *tally,
                 char **id,
                 GError **error);
