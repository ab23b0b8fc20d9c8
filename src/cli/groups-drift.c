/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/groups-drift.h"

#include <string.h>

#include "cli/target.h"
#include "report/report-drift.h"

static bool
ifxGroupsDriftCheck(const ifxOptions *options,
                    char **words,
                    GError **error)
{
    if (strcmp(options->compare, "-") == 0)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--compare -: name a file, because the next command needs it too");
    if (options->shared || options->why || options->wide || words[0])
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--compare compares the whole host: use it without --shared, --why, "
                           "--wide and groups");
    if (options->connect && options->connect[1])
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--compare compares one host: use one --connect only");
    return true;
}

/* The claims of the host's domains, or of those that OLD has if the host shows none. NULL with an
 * error. Lent by @host or @old. What can't be read makes @status an error. */
static const ifxElsewhere *
ifxGroupsDriftClaims(ifxHost *host,
                     ifxHost *old,
                     ifxExit *status,
                     GError **error)
{
    g_autoptr(GPtrArray) domains = ifxHostListDomains(host, true, error);
    ifxHost *source = domains && domains->len == 0 ? old : host;
    const ifxElsewhere *elsewhere = domains ? ifxHostLoadElsewhere(source, error) : NULL;
    const GPtrArray *unread = elsewhere ? ifxElsewhereGetUnread(elsewhere) : NULL;
    guint i;

    for (i = 0; unread && i < unread->len; i++) {
        ifxTermNote("%s of %s: %s", (const char *) unread->pdata[i], ifxHostGetName(source),
                    ifxElsewhereGetUnreadError(elsewhere, i));
        *status = IFX_EXIT_ERROR;
    }
    return elsewhere;
}

/* The options that name the host for a command about a domain; NULL: it has none. A tree has no
 * domains, but this machine's tree has those of the default connection. */
static char *
ifxGroupsDriftOptions(const ifxOptions *options,
                      const ifxHost *host)
{
    if (!options->sysroot || options->connect)
        return ifxOptionsFormatHost(options, ifxHostGetName(host));
    return strcmp(options->sysroot, "/") == 0 ? g_strdup("") : NULL;
}

static bool
ifxGroupsDriftPrint(const ifxSession *session,
                    const ifxHost *host,
                    const ifxTopology *now,
                    const ifxDrift *drift,
                    GError **error)
{
    g_autofree char *options = ifxGroupsDriftOptions(&session->options, host);
    const ifxReportDriftSource source = {
        .host = ifxHostGetName(host),
        .old = session->options.compare,
        .options = options,
        .devices = ifxTopologyCountDevices(now),
    };
    g_autoptr(GString) out = g_string_new(NULL);

    if (session->options.json) {
        ifxReportDriftJson(out, &source, drift);
        return ifxOutputWriteDocument(&session->out, out->str, out->len, error);
    }
    ifxReportDrift(out, &session->out.term, &source, drift);
    return ifxOutputWrite(&session->out, out->str, out->len, error);
}

static ifxExit
ifxGroupsDriftOfHost(ifxSession *session,
                     ifxHost *host,
                     ifxHost *old,
                     GError **error)
{
    g_autoptr(ifxTopology) before = ifxHostLoadIdentities(old, error);
    g_autoptr(ifxTopology) now = before ? ifxHostLoadIdentities(host, error) : NULL;
    g_autoptr(ifxMoves) moves = now ? ifxMovesNew(before, now) : NULL;
    g_autoptr(ifxDrift) drift = NULL;
    ifxExit status = IFX_EXIT_DONE;
    const ifxElsewhere *elsewhere;

    if (!moves)
        return IFX_EXIT_ERROR;
    if (!ifxMovesIsSameHost(moves)) {
        ifxErrorSet(error, IFX_ERROR_HOST,
                    "%s has none of the devices of %s: it is a capture of another host",
                    ifxHostGetName(host), session->options.compare);
        return IFX_EXIT_ERROR;
    }
    elsewhere = ifxGroupsDriftClaims(host, old, &status, error);
    if (!elsewhere)
        return IFX_EXIT_ERROR;
    drift = ifxDriftNew(moves, before, now, elsewhere);
    if (!ifxGroupsDriftPrint(session, host, now, drift, error))
        return IFX_EXIT_ERROR;
    return ifxExitWorse(status, ifxDriftIsAny(drift) ? IFX_EXIT_INCOMPLETE : IFX_EXIT_DONE);
}

ifxExit
ifxGroupsDriftRun(ifxSession *session,
                  char **words,
                  GError **error)
{
    g_autoptr(ifxHost) old = NULL;

    if (!ifxGroupsDriftCheck(&session->options, words, error))
        return IFX_EXIT_ERROR;
    old = ifxHostOpenCapture(session->options.compare, error);
    if (!old || !ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    return ifxGroupsDriftOfHost(session, session->hosts->pdata[0], old, error);
}
