/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session: one run of the tool: its options, its hosts, its stylesheets and its output.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/error.h"
#include "host/host.h"
#include "cli/moved.h"
#include "cli/options.h"
#include "xml/stylesheet.h"
#include "base/output.h"

typedef struct _ifxSession ifxSession;
struct _ifxSession {
    const char *command;        /* the command's name; a constant */
    ifxOptions options;
    ifxOutput out;
    GPtrArray *hosts;           /* ifxHost; filled by ifxSessionOpenHosts() */
    GPtrArray *stylesheets;     /* ifxStylesheet; filled by ifxSessionLoadStylesheets() */
    ifxMoved *moved;            /* with --moved-from, from ifxSessionOpenHosts() on; otherwise NULL */
    bool write;                 /* the run defines domains; set before hosts are opened */
};

void ifxSessionInit(ifxSession *session);
void ifxSessionClear(ifxSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxSession, ifxSessionClear)

/* Opens what --connect, --host or --sysroot name, otherwise virsh's default connection; if the
 * session writes, each must take placeholders (ifxConnectionCheckDefine()). With --connect, --sysroot is where the tool looks at what that host uses its devices for. */
bool ifxSessionOpenHosts(ifxSession *session, GError **error);

/* That of the session's hosts which a saved plan or a record names (ifxConnectionIs()); lent. NULL:
 * none. Nothing is opened: a URI can name a command, and a file must not choose which. */
ifxHost *ifxSessionFindHost(const ifxSession *session, const char *uri, const char *uuid);

/* "whose host had the UUID A then and has B now", where a connection of the session has the address
 * @uri and its host another UUID than @uuid: it is another host, or one whose firmware has no UUID
 * (ifxConnectionGetHostUuid()). NULL: there is no such connection. Free with g_free(). */
char *ifxSessionDescribeUuids(const ifxSession *session, const char *uri, const char *uuid);

/* Compiles the stylesheets that make the patches: that of --stylesheet or the tool's own, and those
 * of --managed and --prune. @every: the last two without these options, too, for policies that do
 * not come from the options. */
bool ifxSessionLoadStylesheets(ifxSession *session, bool every, GError **error);
