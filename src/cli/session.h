/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session: one run of the tool: its options, its hosts and its output.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/error.h"
#include "host/host.h"
#include "cli/options.h"
#include "xml/stylesheet.h"
#include "base/output.h"

typedef struct _ifxSession ifxSession;
struct _ifxSession {
    ifxOptions options;
    ifxOutput out;
    GPtrArray *hosts;           /* ifxHost; filled by ifxSessionOpenHosts() */
    GPtrArray *stylesheets;     /* ifxStylesheet; filled by ifxSessionLoadStylesheets() */
    char *directory;            /* the working directory */
    bool quit;                  /* set by a visit: no further domain is to be visited */
    bool write;                 /* domains are to be defined: set before hosts are opened */
};

void ifxSessionInit(ifxSession *session);
void ifxSessionClear(ifxSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxSession, ifxSessionClear)

/* Opens what --connect, --host or --sysroot name; else virsh's default connection. With --connect,
 * --sysroot is where that host's use of its devices is looked at. */
bool ifxSessionOpenHosts(ifxSession *session, GError **error);

/* The host of that connection among the session's, opened if it is not there yet. Lent. NULL with
 * IFX_ERROR_CONNECTION, also if it is to be written to and can't take placeholders
 * (ifxConnectionCheckDefine()). */
ifxHost *ifxSessionGetHost(ifxSession *session, const char *uri, GError **error);

/* Compiles what makes the patches: --stylesheet's or the tool's own, and those of --managed
 * and --prune, which are taken in any case with @every: for policies that no option names. */
bool ifxSessionLoadStylesheets(ifxSession *session, bool every, GError **error);
