/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/apply.h"

#include <string.h>

#include "base/file.h"
#include "base/term.h"
#include "cli/walk.h"
#include "plan/plan-file.h"
#include "write/store.h"

/* A saved plan that is being applied. */
typedef struct {
    ifxChangeList *list;
    const ifxPlanFile *file;
    const ifxPlanFileEntry *entry;
    GPtrArray *log;
} ifxApplyPlanRun;

static bool
ifxApplyPlanVisit(const ifxTarget *target,
                  void *opaque,
                  GError **error)
{
    const ifxApplyPlanRun *run = opaque;
    GPtrArray *changes = run->list->changes;
    const guint count = changes->len;
    g_autoptr(GError) stale = NULL;
    g_autoptr(GString) diff = ifxTargetDiff(target, run->list->session->stylesheets, error);

    if (!diff)
        return false;
    if (!ifxPlanFileCheck(run->entry, target->plan, diff->str, &stale))
        return ifxErrorRefuse(error, target->label, "%s", stale->message);
    if (!ifxChangeListAddPlan(run->list, target, target->plan, error))
        return false;
    if (changes->len > count)
        ((ifxChange *) changes->pdata[count])->plan = g_strdup(ifxPlanFileGetId(run->file));
    return true;
}

/* The ID of the transaction that applied the entry already; NULL: there is none. */
static const char *
ifxApplyPlanFindApplied(const ifxApplyPlanRun *run)
{
    const char *id = ifxPlanFileGetId(run->file);
    guint i;

    for (i = 0; i < run->log->len; i++) {
        const ifxLogEntry *entry = run->log->pdata[i];

        if (g_strcmp0(entry->record->plan, id) == 0 &&
            g_strcmp0(entry->record->uuid, run->entry->uuid) == 0 &&
            (entry->state == IFX_STATE_WRITTEN || entry->state == IFX_STATE_OPEN))
            return entry->transaction;
    }
    return NULL;
}

/* The host of the entry; NULL with an error that names the domain if the entry cannot be
 * applied. */
static ifxHost *
ifxApplyPlanOpenHost(const ifxApplyPlanRun *run,
                     GError **error)
{
    const ifxPlanFileEntry *entry = run->entry;
    const char *applied = ifxApplyPlanFindApplied(run);
    g_autofree char *quoted = ifxTermQuote(entry->name);
    ifxHost *host = NULL;

    if (applied) {
        ifxErrorRefuse(error, entry->name, "transaction %s applied this plan already; make a new "
                       "one: virt-iommufix plan -o FILE %s", applied, quoted);
    } else if (!entry->uri || !entry->uuid) {
        ifxErrorRefuse(error, entry->name, "the plan was made from a file, not from a domain of "
                       "libvirt; make one that can be applied: virt-iommufix plan -o FILE %s",
                       quoted);
    } else {
        host = ifxSessionGetHost(run->list->session, entry->uri, error);
        if (!host)
            g_prefix_error(error, "%s: ", entry->name);
    }
    return host;
}

static bool
ifxApplyPlanEntry(ifxApplyPlanRun *run,
                  ifxTally *tally,
                  GError **error)
{
    const ifxPlanFileEntry *entry = run->entry;
    const ifxWalkVisitor visitor = { .visit = ifxApplyPlanVisit, .opaque = run };
    g_autoptr(GError) problem = NULL;
    ifxHost *host = ifxApplyPlanOpenHost(run, &problem);

    if (host)
        return ifxWalkDomain(host, entry->uuid, &entry->policy, &visitor, tally, error);
    ifxTallyAddProblem(tally, problem);
    return true;
}

bool
ifxApplyPlan(ifxChangeList *list,
             const ifxStore *store,
             const char *path,
             ifxTally *tally,
             GError **error)
{
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_PLAN_FILE_MAX, error);
    g_autoptr(ifxPlanFile) file = bytes ? ifxPlanFileParse(bytes, error) : NULL;
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) log = file ? ifxStoreLogRead(store, problems, error) : NULL;
    ifxApplyPlanRun run = { .list = list, .file = file, .log = log };
    const GPtrArray *entries;
    guint i;

    if (bytes && !file)
        g_prefix_error(error, "%s: ", path);
    if (!log)
        return false;
    memset(tally, 0, sizeof(*tally));
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++) {
        run.entry = entries->pdata[i];
        if (run.entry->change && !ifxApplyPlanEntry(&run, tally, error))
            return false;
    }
    return true;
}
