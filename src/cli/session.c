/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/session.h"

#include <string.h>

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
    ifxOptionsClear(&session->options);
    g_ptr_array_unref(session->hosts);
    g_ptr_array_unref(session->stylesheets);
}

bool
ifxSessionOpenHosts(ifxSession *session,
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
        ifxHost *host =
            ifxHostOpenConnection((options->connect ? options->connect : virsh_default)[i],
                                  options->sysroot, session->write, error);

        if (!host)
            return false;
        g_ptr_array_add(session->hosts, host);
        if (session->write && !ifxConnectionCheckDefine(ifxHostGetConnection(host), error))
            return false;
        i++;
    } while (options->connect && options->connect[i]);
    return true;
}

ifxHost *
ifxSessionFindHost(const ifxSession *session,
                   const char *uri,
                   const char *uuid)
{
    guint i;

    for (i = 0; i < session->hosts->len; i++) {
        ifxConnection *connection = ifxHostGetConnection(session->hosts->pdata[i]);

        if (connection && ifxConnectionIs(connection, uri, uuid))
            return session->hosts->pdata[i];
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
        (!(every || options->prune) ||
         ifxSessionAddStylesheet(session, ifxStylesheetNew(IFX_STYLESHEET_PRUNE, error)));
}
