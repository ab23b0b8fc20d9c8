/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/session.h"

#include <string.h>

#include "base/pager.h"
#include "base/term.h"
#include "host/connection.h"

static void
ifxSessionFreeHost(gpointer host)
{
    ifxHostFree(host);
}

static void
ifxSessionFreeStylesheet(gpointer stylesheet)
{
    ifxStylesheetFree(stylesheet);
}

void
ifxSessionInit(ifxSession *session)
{
    memset(session, 0, sizeof(*session));
    session->hosts = g_ptr_array_new_with_free_func(ifxSessionFreeHost);
    session->stylesheets = g_ptr_array_new_with_free_func(ifxSessionFreeStylesheet);
    session->out.term = ifxTermOpen(stdout, IFX_COLOR_AUTO);
}

void
ifxSessionClear(ifxSession *session)
{
    g_clear_pointer(&session->moved, ifxMovedFree);
    ifxOptionsClear(&session->options);
    g_ptr_array_unref(session->hosts);
    g_ptr_array_unref(session->stylesheets);
}

/* Opens what @uri names. The same libvirt by another name is not asked again. */
static bool
ifxSessionOpenConnection(ifxSession *session,
                         const char *uri,
                         GError **error)
{
    g_autoptr(ifxHost) host =
        ifxHostOpenConnection(uri, session->options.sysroot, session->write, error);
    guint i;

    if (!host ||
        (session->write && !ifxConnectionCheckDefine(ifxHostGetConnection(host), error)))
        return false;
    for (i = 0; i < session->hosts->len; i++) {
        const ifxHost *other = session->hosts->pdata[i];

        if (!ifxConnectionIsSame(ifxHostGetConnection(other), ifxHostGetConnection(host)))
            continue;
        if (strcmp(ifxHostGetName(other), ifxHostGetName(host)) != 0)
            ifxTermNoteOn(ifxHostGetName(host), "this is the libvirt of %s, so it is asked only "
                          "once", ifxHostGetName(other));
        return true;
    }
    g_ptr_array_add(session->hosts, g_steal_pointer(&host));
    return true;
}

static bool
ifxSessionOpenEach(ifxSession *session,
                   GError **error)
{
    static char *const virsh_default[] = { NULL, NULL };
    const ifxOptions *options = &session->options;
    guint i = 0;

    if (options->host || (options->sysroot && !options->connect)) {
        ifxHost *host = options->host ? ifxHostOpenCapture(options->host, error) :
            ifxHostOpenSysroot(options->sysroot, error);

        if (host)
            g_ptr_array_add(session->hosts, host);
        return host != NULL;
    }

    do {
        if (!ifxSessionOpenConnection(session, (options->connect ? options->connect :
                                                virsh_default)[i], error))
            return false;
        i++;
    } while (options->connect && options->connect[i]);
    return true;
}

bool
ifxSessionOpenHosts(ifxSession *session,
                    GError **error)
{
    const char *moved_from = session->options.moved_from;

    if (!ifxSessionOpenEach(session, error))
        return false;
    if (moved_from) {
        session->moved = ifxMovedNew(moved_from, session->hosts->pdata[0], error);
        if (!session->moved)
            return false;
    }
    /* Not before: libvirt and ssh ask for passwords. */
    if (session->out.pages)
        ifxPagerStart();
    return true;
}

ifxHost *
ifxSessionFindHost(const ifxSession *session,
                   const char *uri,
                   const char *uuid)
{
    ifxHost *found = NULL;
    guint i;

    for (i = 0; i < session->hosts->len; i++) {
        ifxHost *host = session->hosts->pdata[i];
        ifxConnection *connection = ifxHostGetConnection(host);

        if (!connection || !ifxConnectionIs(connection, uri, uuid))
            continue;
        /* Two daemons on one host: the same address decides. */
        if (strcmp(ifxHostGetName(host), uri) == 0)
            return host;
        if (!found)
            found = host;
    }
    return found;
}

char *
ifxSessionDescribeUuids(const ifxSession *session,
                        const char *uri,
                        const char *uuid)
{
    guint i;

    for (i = 0; uuid && i < session->hosts->len; i++) {
        ifxHost *host = session->hosts->pdata[i];
        ifxConnection *connection = ifxHostGetConnection(host);
        const char *own = connection && strcmp(ifxHostGetName(host), uri) == 0 ?
            ifxConnectionGetHostUuid(connection) : NULL;

        if (own && g_ascii_strcasecmp(own, uuid) != 0)
            return g_strdup_printf("whose host had the UUID %s then and has %s now", uuid, own);
    }
    return NULL;
}

/* Takes over @stylesheet, NULL if @error is set. */
static bool
ifxSessionAddStylesheet(ifxSession *session,
                        ifxStylesheet *stylesheet)
{
    if (stylesheet)
        g_ptr_array_add(session->stylesheets, stylesheet);
    return stylesheet != NULL;
}

bool
ifxSessionLoadStylesheets(ifxSession *session,
                          bool every,
                          GError **error)
{
    const ifxOptions *options = &session->options;

    return ifxSessionAddStylesheet(session, options->stylesheet ?
                                   ifxStylesheetLoad(options->stylesheet, error) :
                                   ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, error)) &&
        (!(every || options->managed) ||
         ifxSessionAddStylesheet(session, ifxStylesheetNew(IFX_STYLESHEET_MANAGED, error))) &&
        (!(every || options->give_text || options->interactive) ||
         ifxSessionAddStylesheet(session, ifxStylesheetNew(IFX_STYLESHEET_GIVE, error))) &&
        (!options->moved_from ||
         ifxSessionAddStylesheet(session, ifxStylesheetNew(IFX_STYLESHEET_MOVED, error))) &&
        (!(every || options->prune) ||
         ifxSessionAddStylesheet(session, ifxStylesheetNew(IFX_STYLESHEET_PRUNE, error)));
}
