/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * walk: goes over what the user named, makes a plan for each domain, and visits it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/session.h"
#include "cli/tally.h"
#include "cli/target.h"

/* What to do with a target, which is lent. False with an error, and nothing written, on failure. */
typedef bool (*ifxWalkFunc)(const ifxTarget *target, void *opaque, GError **error);

/* What to do about a domain of @host that failed, when the message is on stderr already. @key is
 * what names it. False with an error that ends the run. */
typedef bool (*ifxWalkFailFunc)(const ifxHost *host,
                                const char *key,
                                const GError *problem,
                                void *opaque,
                                GError **error);

/* May this file be read? False with an error, as for a visit. */
typedef bool (*ifxWalkAcceptFunc)(const char *path, GError **error);

/* What is done with each target. */
typedef struct _ifxWalkVisitor ifxWalkVisitor;
struct _ifxWalkVisitor {
    ifxWalkFunc visit;
    ifxWalkFailFunc fail;       /* NULL: nothing */
    ifxWalkAcceptFunc accept;   /* ifxWalkFiles(): before a file is opened; NULL: any file */
    bool lines;                 /* with --json print the line of each domain that failed */
    void *opaque;               /* for @visit and @fail */
};

/* Reports on stderr that the connection of @host was lost and is being opened again. @progress:
 * the ifxProgress of the run, which this hides first. */
void ifxWalkNoteReconnect(void *progress, ifxHost *host);

/* Opens the session's hosts, reads and plans each domain of @positionals (or all of the hosts, with
 * --all) and visits it. If the session writes, a domain is visited once, however often it is named.
 *
 * A domain that fails is reported on stderr and does not stop the others; @tally counts it as
 * refused for IFX_ERROR_REFUSED, otherwise as failed. A connection that breaks is opened again, and
 * the domain is read again. On a terminal a long run shows how far it is.
 *
 * False with an error that ends the run: IFX_ERROR_USAGE, IFX_ERROR_OUTPUT, IFX_ERROR_QUIT from a
 * visit, if no host can be opened, or if a connection can't be opened again. @tally holds what came
 * before. */
bool ifxWalkDomains(ifxSession *session,
                    char **positionals,
                    const ifxWalkVisitor *visitor,
                    ifxTally *tally,
                    GError **error);

/* The same for files with names: IFX_ERROR_USAGE for a domain and for standard input. */
bool ifxWalkFiles(ifxSession *session,
                  char **positionals,
                  const ifxWalkVisitor *visitor,
                  ifxTally *tally,
                  GError **error);

/* The same for the one domain of @host that @key names, by @policy instead of that of the session's
 * options. */
bool ifxWalkDomain(const ifxSession *session,
                   ifxHost *host,
                   const char *key,
                   const ifxPolicy *policy,
                   const ifxWalkVisitor *visitor,
                   ifxTally *tally,
                   GError **error);
