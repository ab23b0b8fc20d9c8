/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/plan-show.h"

#include "base/file.h"
#include "plan/plan-file.h"
#include "cli/walk.h"

/* What moved is said, and no more. */
static bool
ifxPlanShowCompare(ifxSession *session,
                   const ifxTarget *target,
                   void *opaque,
                   GError **error)
{
    const ifxPlanFileEntry *entry = opaque;
    g_autoptr(GString) diff = ifxTargetDiff(session, target, error);
    g_autoptr(GError) moved = NULL;

    if (!diff)
        return false;
    if (!ifxPlanFileCheck(entry, target->plan, diff->str, &moved))
        ifxTermNote("%s: %s", entry->name, moved->message);
    return true;
}

/* NULL: nobody can be asked, which is said. */
static ifxHost *
ifxPlanShowHost(ifxSession *session,
                const ifxPlanFileEntry *entry)
{
    g_autoptr(GError) problem = NULL;
    ifxHost *host = NULL;

    if (session->options.host || session->options.connect || session->options.sysroot)
        host = session->hosts->pdata[0];
    else if (entry->uri)
        host = ifxSessionGetHost(session, entry->uri, &problem);
    if (!host)
        ifxTermNote("%s: it can't be told what moved since: %s", entry->name,
                    problem ? problem->message : "it was planned for no connection; name its host");
    return host;
}

static bool
ifxPlanShowEntry(ifxSession *session,
                 ifxPlanFileEntry *entry,
                 GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) diff = ifxPlanFileGetDiff(entry);
    ifxTally tally = { 0 };
    ifxHost *host;

    ifxPlanFileDescribe(entry, text);
    if (!ifxOutputWrite(&session->out, text->str, text->len, error) ||
        !ifxOutputWriteDiff(&session->out, diff, error))
        return false;
    host = ifxPlanShowHost(session, entry);
    return !host || ifxWalkDomain(session, host, ifxHostIsConnection(host) && entry->uuid ?
                                  entry->uuid : entry->name, &entry->policy, ifxPlanShowCompare,
                                  NULL, entry, &tally, error);
}

ifxExit
ifxPlanShow(ifxSession *session,
            const char *path,
            GError **error)
{
    const ifxOptions *options = &session->options;
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_PLAN_FILE_MAX, error);
    g_autoptr(ifxPlanFile) file = bytes ? ifxPlanFileParse(bytes, error) : NULL;
    const GPtrArray *entries;
    guint i;

    if (bytes && !file)
        g_prefix_error(error, "%s: ", path);
    if (!file || !ifxSessionLoadStylesheets(session, true, error))
        return IFX_EXIT_ERROR;
    if ((options->host || options->connect || options->sysroot) &&
        !ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++) {
        if (!ifxPlanShowEntry(session, entries->pdata[i], error))
            return IFX_EXIT_ERROR;
    }
    return IFX_EXIT_DONE;
}
