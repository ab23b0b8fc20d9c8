/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/recover.h"

#include <string.h>

#include "cli/takeback.h"

/* No connection is opened for it: it might take long, and nobody asked for it. */
static bool
ifxRecoverHasHost(const ifxSession *session,
                  const ifxLogEntry *entry)
{
    guint i;

    for (i = 0; i < session->hosts->len; i++) {
        if (strcmp(ifxHostGetName(session->hosts->pdata[i]), entry->record->uri) == 0)
            return true;
    }
    return false;
}

static void
ifxRecoverEntry(ifxSession *session,
                const ifxStore *store,
                const ifxLogEntry *entry)
{
    const ifxTakebackState found = ifxTakebackFind(session, store, entry);
    const ifxState state =
        found == IFX_TAKEBACK_WRITTEN ? IFX_STATE_WRITTEN : IFX_STATE_NOT_WRITTEN;
    g_autoptr(GError) problem = NULL;

    if (found != IFX_TAKEBACK_WRITTEN && found != IFX_TAKEBACK_NOT_WRITTEN)
        return;
    if (!ifxStoreDropSecret(store, entry, &problem) ||
        !ifxStoreEndEntry(store, entry, state, &problem))
        ifxTermNote("%s", problem->message);
}

void
ifxRecoverRuns(ifxSession *session,
               const ifxStore *store)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) entries = ifxStoreReadOpen(store, problems, NULL);
    guint i;

    for (i = 0; entries && i < entries->len; i++) {
        if (ifxRecoverHasHost(session, entries->pdata[i]))
            ifxRecoverEntry(session, store, entries->pdata[i]);
    }
}
