/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session: one run of the tool: its options, hosts, output, and the walk over the
 * domains that were named.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "error.h"
#include "host.h"
#include "options.h"
#include "plan.h"
#include "stylesheet.h"
#include "term.h"

typedef struct _ifxSession ifxSession;
struct _ifxSession {
    ifxOptions options;
    ifxTerm out;
    GPtrArray *hosts;           /* ifxHost; filled by ifxSessionOpenHosts() */
    ifxStylesheet *stylesheet;  /* see ifxSessionGetStylesheet() */
    char *directory;            /* the working directory */
};

/* A domain that was named, with its plan. Lives while it is visited. */
typedef struct _ifxTarget ifxTarget;
struct _ifxTarget {
    const char *label;      /* what the user calls it */
    const char *diff_name;  /* the name that its diff carries */
    gboolean outside;       /* a file outside of the working directory, see ifxDiffName() */
    bool without_secrets;   /* its text came from libvirt, which left passwords out */
    const ifxPlan *plan;
};

/* How many domains came out how. */
typedef struct _ifxTally ifxTally;
struct _ifxTally {
    guint results[IFX_RESULT_SKIPPED + 1];
    guint failed;
};

void ifxSessionInit(ifxSession *session);
void ifxSessionClear(ifxSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxSession, ifxSessionClear)

/* Opens what --connect, --host or --sysroot name; else virsh's default connection. */
bool ifxSessionOpenHosts(ifxSession *session, GError **error);

/* Compiled when first asked for; lent. */
const ifxStylesheet *ifxSessionGetStylesheet(ifxSession *session, GError **error);

/* Is the positional a file? "-", anything with a slash, anything in .xml. */
bool ifxSessionIsFile(const char *positional);

/* Reads and plans each domain of @positionals (or, with --all, of the hosts) and visits
 * it. @visit's status counts for the run; when it fails it has written nothing. A
 * domain that fails is said on stderr and does not stop the others. @tally counts.
 * False with IFX_ERROR_USAGE, or when no host can be opened. */
typedef bool (*ifxSessionVisitFunc)(ifxSession *session,
                                    const ifxTarget *target,
                                    void *opaque,
                                    GError **error);

bool ifxSessionVisit(ifxSession *session,
                     char **positionals,
                     ifxSessionVisitFunc visit,
                     void *opaque,
                     ifxTally *tally,
                     GError **error);

/* "8 domains: 2 to change, 5 complete, 1 refused." and @tail, on stderr. */
void ifxSessionSummarize(const ifxTally *tally, const char *tail);

/* All domains, those that failed too. */
guint ifxTallyTotal(const ifxTally *tally);

/* 2 if a domain failed, else 3 if one was refused, else 0. */
ifxExit ifxTallyStatus(const ifxTally *tally);

/* Writes @text to stdout, byte for byte: for what is safe, or is XML that a user asked
 * for. */
bool ifxSessionWrite(ifxSession *session, const char *text, gsize length, GError **error);

/* Writes a unified diff: byte for byte into a file or pipe, so that patch can use it;
 * escaped and in colour on a terminal. */
bool ifxSessionWriteDiff(ifxSession *session, const GString *diff, GError **error);
