/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/apply-plan.h"

#include <string.h>

#include "base/file.h"
#include "plan/plan-file.h"
#include "write/store-log.h"

/* One plan file on its way. */
typedef struct {
    ifxProposals *proposals;
    const ifxPlanFile *file;
    const ifxPlanFileEntry *entry;
    GPtrArray *log;
} ifxApproved;

static bool
ifxApprovedVisit(ifxSession *session,
                 const ifxTarget *target,
                 void *opaque,
                 GError **error)
{
    const ifxApproved *approved = opaque;
    GPtrArray *jobs = approved->proposals->jobs;
    const guint count = jobs->len;
    g_autoptr(GString) diff = ifxTargetDiff(session, target, error);

    if (!diff)
        return false;
    if (!ifxPlanFileCheck(approved->entry, target->plan, diff->str, error)) {
        g_prefix_error(error, "%s: refused: ", target->label);
        return false;
    }
    if (!ifxProposeTarget(approved->proposals, session, target, target->plan, error))
        return false;
    if (jobs->len > count)
        ((const ifxWriteJob *) jobs->pdata[count])->proposal->plan =
            g_strdup(ifxPlanFileGetId(approved->file));
    return true;
}

/* The transaction that applied the entry already; NULL: none. */
static const char *
ifxApprovedFindApplied(const ifxApproved *approved)
{
    const char *id = ifxPlanFileGetId(approved->file);
    guint i;

    for (i = 0; i < approved->log->len; i++) {
        const ifxLogEntry *entry = approved->log->pdata[i];

        if (g_strcmp0(entry->record->plan, id) == 0 &&
            g_strcmp0(entry->record->uuid, approved->entry->uuid) == 0 &&
            (entry->state == IFX_STATE_WRITTEN || entry->state == IFX_STATE_OPEN))
            return entry->transaction;
    }
    return NULL;
}

static bool
ifxApprovedEntry(ifxApproved *approved,
                 ifxSession *session,
                 ifxTally *tally,
                 GError **error)
{
    const ifxPlanFileEntry *entry = approved->entry;
    const char *applied = ifxApprovedFindApplied(approved);
    g_autoptr(GError) problem = NULL;
    ifxHost *host;

    if (!entry->uri || !entry->uuid || applied) {
        if (applied)
            ifxTermNote("%s: refused: the plan was applied already, by transaction %s; make a new "
                        "one", entry->name, applied);
        else
            ifxTermNote("%s: refused: the plan is not of a domain of a connection; plan -o over "
                        "one makes a plan that can be applied", entry->name);
        tally->results[IFX_RESULT_REFUSED]++;
        return true;
    }
    host = ifxSessionGetHost(session, entry->uri, &problem);
    if (!host) {
        ifxTermNote("%s: %s", entry->name, problem->message);
        tally->failed++;
        return true;
    }
    return ifxWalkDomain(session, host, entry->uuid, &entry->policy, ifxApprovedVisit, NULL,
                         approved, tally, error);
}

bool
ifxApplyPlan(ifxProposals *proposals,
             ifxSession *session,
             const ifxStore *store,
             const char *path,
             ifxTally *tally,
             GError **error)
{
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_PLAN_FILE_MAX, error);
    g_autoptr(ifxPlanFile) file = bytes ? ifxPlanFileParse(bytes, error) : NULL;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) log = file ? ifxStoreReadLog(store, problems, error) : NULL;
    ifxApproved approved = { .proposals = proposals, .file = file, .log = log };
    const GPtrArray *entries;
    guint i;

    if (bytes && !file)
        g_prefix_error(error, "%s: ", path);
    if (!log)
        return false;
    memset(tally, 0, sizeof(*tally));
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++) {
        approved.entry = entries->pdata[i];
        if (approved.entry->change && !ifxApprovedEntry(&approved, session, tally, error))
            return false;
    }
    return true;
}
