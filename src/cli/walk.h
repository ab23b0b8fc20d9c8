/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * walk: from what the user named to a plan for each domain.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/session.h"
#include "cli/tally.h"
#include "cli/target.h"

/* What to do with a target. False with an error, and nothing written, if it fails. */
typedef bool (*ifxWalkFunc)(ifxSession *session,
                            const ifxTarget *target,
                            void *opaque,
                            GError **error);

/* Reads and plans each domain of @positionals (or, with --all, of the hosts) and visits it; to
 * write (the session's write) once, however often it is named. A domain that fails is said on
 * stderr and does not stop the others. @tally counts. A domain whose visit fails with
 * IFX_ERROR_REFUSED counts as refused. No more are visited once the session's quit is set. False
 * with IFX_ERROR_USAGE, when no host can be opened, or with IFX_ERROR_OUTPUT. A connection that
 * breaks is opened anew, and the domain read again; if that fails the run ends with
 * IFX_ERROR_CONNECTION. On a terminal a long run shows how far it is. */
bool ifxWalkDomains(ifxSession *session,
                    char **positionals,
                    ifxWalkFunc visit,
                    void *opaque,
                    ifxTally *tally,
                    GError **error);

/* What to do about a domain of @host that failed; what happened is said on stderr already. @key is
 * what names it. False with an error that ends the run. */
typedef bool (*ifxWalkFailFunc)(ifxSession *session,
                                const ifxHost *host,
                                const char *key,
                                const GError *problem,
                                void *opaque,
                                GError **error);

/* The same, and @fail is told of each domain that failed. */
bool ifxWalkDomainsTelling(ifxSession *session,
                           char **positionals,
                           ifxWalkFunc visit,
                           ifxWalkFailFunc fail,
                           void *opaque,
                           ifxTally *tally,
                           GError **error);

/* Reads the one domain of @host that @key names, plans it by @policy instead of the options, and
 * visits it; otherwise the same. What the host has to know for @policy is learnt. */
bool ifxWalkDomain(ifxSession *session,
                   ifxHost *host,
                   const char *key,
                   const ifxPolicy *policy,
                   ifxWalkFunc visit,
                   ifxWalkFailFunc fail,
                   void *opaque,
                   ifxTally *tally,
                   GError **error);

/* May the file be read? False with an error, as for a visit. */
typedef bool (*ifxWalkAcceptFunc)(const char *path, GError **error);

/* The same for files with names alone, of which @accept is asked before one is opened:
 * IFX_ERROR_USAGE for a domain or standard input. */
bool ifxWalkFiles(ifxSession *session,
                  char **positionals,
                  ifxWalkAcceptFunc accept,
                  ifxWalkFunc visit,
                  void *opaque,
                  ifxTally *tally,
                  GError **error);
