/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/apply.h"

#include <string.h>

#include "base/file.h"
#include "base/term.h"
#include "cli/line.h"
#include "cli/plan-show.h"
#include "cli/walk.h"
#include "plan/plan-file.h"
#include "write/undo.h"

/* A saved plan that is being applied. */
typedef struct {
    ifxChangeList *list;
    const char *path;
    const ifxPlanFile *file;
    const ifxPlanFileEntry *entry;
    const ifxStore *store;
    const GPtrArray *log;
} ifxApplyPlanRun;

static bool
ifxApplyPlanVisit(const ifxTarget *target,
                  void *opaque,
                  GError **error)
{
    const ifxApplyPlanRun *run = opaque;
    GPtrArray *changes = run->list->changes;
    const guint count = changes->len;
    g_autoptr(GString) difference = g_string_new(NULL);
    g_autoptr(GError) stale = NULL;
    g_autofree char *again = NULL;
    g_autoptr(GString) diff = ifxTargetDiff(target, run->list->session->stylesheets, error);

    if (!diff)
        return false;
    if (!ifxPlanFileCheck(run->entry, target->plan, diff->str, difference, &stale)) {
        again = ifxPlanShowFormatNew(&run->list->session->options, run->entry->name);
        ifxTermShow(difference->str);
        return ifxErrorRefuse(error, target->label, "%s. To make a new plan: %s", stale->message,
                              again);
    }
    if (!ifxChangeListAddPlan(run->list, target, target->plan, error))
        return false;
    if (changes->len > count)
        ((ifxChange *) changes->pdata[count])->plan = g_strdup(ifxPlanFileGetId(run->file));
    return true;
}

static void
ifxApplyPlanRefuseHost(const ifxApplyPlanRun *run,
                       const char *again,
                       GError **error)
{
    const ifxPlanFileEntry *entry = run->entry;
    g_autofree char *uuids =
        ifxSessionDescribeUuids(run->list->session, entry->uri, entry->host_uuid);

    if (uuids)
        ifxErrorRefuse(error, entry->name, "its plan is for %s, %s; make a new one: %s",
                       entry->uri, uuids, again);
    else
        ifxErrorRefuse(error, entry->name, "its plan is for %s, and the tool is not connected to "
                       "that host; if you trust this address, name it with --connect",
                       entry->uri);
}

/* Is --moved-from the capture that the entry was made with? The file does not choose what is read. */
static bool
ifxApplyPlanCheckMoved(const ifxApplyPlanRun *run,
                       GError **error)
{
    const char *other = ifxMovedDescribeOther(run->list->session->moved, run->entry->moved_sum);

    return !other || ifxErrorRefuse(error, run->entry->name, "%s", other);
}

/* The host of the entry; NULL with an error that names the domain if the entry cannot be
 * applied. */
static ifxHost *
ifxApplyPlanFindHost(const ifxApplyPlanRun *run,
                     GError **error)
{
    const ifxPlanFileEntry *entry = run->entry;
    const char *applied = ifxUndoFindPlan(run->store, run->log, run->list->session->hosts,
                                          ifxPlanFileGetId(run->file), entry->uuid);
    g_autofree char *again =
        ifxPlanShowFormatNew(&run->list->session->options, entry->name);
    ifxHost *host = NULL;

    if (applied) {
        ifxErrorRefuse(error, entry->name, "transaction %s applied this plan already; make a new "
                       "one: %s", applied, again);
    } else if (!entry->uri || !entry->uuid) {
        ifxErrorRefuse(error, entry->name, "the plan was made from a file, not from a domain of "
                       "libvirt; make one that can be applied: %s", again);
    } else {
        host = ifxSessionFindHost(run->list->session, entry->uri, entry->host_uuid);
        if (!host)
            ifxApplyPlanRefuseHost(run, again, error);
        else if (!ifxApplyPlanCheckMoved(run, error))
            host = NULL;
    }
    return host;
}

/* The line of an entry that changes nothing. */
static bool
ifxApplyPlanWriteLine(const ifxApplyPlanRun *run,
                      const char *outcome,
                      const char *problem,
                      GError **error)
{
    const ifxSession *session = run->list->session;
    const ifxPlanFileEntry *entry = run->entry;
    const ifxReportSubject subject = {
        .command = session->command,
        .host = entry->uri,
        .name = entry->name,
        .uuid = entry->uuid,
    };
    g_autoptr(ifxReportLine) line = NULL;

    if (!session->options.json)
        return true;
    line = ifxReportLineNew("domain", &subject);
    ifxReportLineSetOutcome(line, outcome, 0);
    ifxReportLineSet(line, "error", problem);
    return ifxLineWrite(session, line, error);
}

static bool
ifxApplyPlanFail(const ifxHost *host G_GNUC_UNUSED,
                 const char *key G_GNUC_UNUSED,
                 const GError *problem,
                 void *opaque,
                 GError **error)
{
    return ifxApplyPlanWriteLine(opaque, g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED) ?
                                 "refused" : "failed", problem->message, error);
}

/* Reports a domain that the plan does not change. */
static bool
ifxApplyPlanReport(const ifxApplyPlanRun *run,
                   ifxTally *tally,
                   GError **error)
{
    const ifxPlanFileEntry *entry = run->entry;
    const bool refused =
        entry->result == IFX_RESULT_REFUSED || entry->result == IFX_RESULT_NO_IOMMU;
    g_autofree char *quoted = ifxTermQuote(run->path);
    g_autofree char *words = g_strdup_printf("refused when the plan was made; to see why: "
                                             "virt-iommufix plan show %s", quoted);

    tally->planned = true;
    tally->results[entry->result]++;
    if (refused)
        ifxTermNoteOn(entry->name, "%s", words);
    return ifxApplyPlanWriteLine(run, refused ? "refused" : "unchanged", refused ? words : NULL,
                                 error);
}

static bool
ifxApplyPlanEntry(ifxApplyPlanRun *run,
                  ifxTally *tally,
                  GError **error)
{
    const ifxPlanFileEntry *entry = run->entry;
    const ifxWalkVisitor visitor = {
        .visit = ifxApplyPlanVisit, .fail = ifxApplyPlanFail, .opaque = run,
    };
    g_autoptr(GError) problem = NULL;
    ifxHost *host;

    if (entry->result != IFX_RESULT_CHANGE)
        return ifxApplyPlanReport(run, tally, error);
    host = ifxApplyPlanFindHost(run, &problem);
    if (host)
        return ifxWalkDomain(run->list->session, host, entry->uuid, &entry->policy, &visitor,
                             tally, error);
    ifxTallyAddProblem(tally, problem);
    return ifxApplyPlanWriteLine(run, "refused", problem->message, error);
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
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GPtrArray) log = file && ifxPlanFileIsIntact(file, error) ?
        ifxStoreLogRead(store, problems, error) : NULL;
    ifxApplyPlanRun run = {
        .list = list, .path = path, .file = file, .store = store, .log = log,
    };
    const GPtrArray *entries;
    guint i;

    if (bytes && !log)
        g_prefix_error(error, "%s: ", path);
    if (!log || !ifxSessionOpenHosts(list->session, error))
        return false;
    memset(tally, 0, sizeof(*tally));
    tally->quiet = list->session->options.quiet;
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++) {
        run.entry = entries->pdata[i];
        if (!ifxApplyPlanEntry(&run, tally, error))
            return false;
    }
    return true;
}
