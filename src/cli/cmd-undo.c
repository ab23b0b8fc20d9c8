/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/term.h"
#include "cli/change-list.h"
#include "cli/command.h"
#include "cli/line.h"
#include "cli/undo-list.h"
#include "write/undo.h"
#include "xml/diff.h"

/* One run of undo. */
typedef struct {
    ifxSession *session;
    const ifxStore *store;
    GPtrArray *log;         /* all entries, also those of other hosts */
    GPtrArray *problems;    /* ifxLogProblem */
    const char *id;         /* the transaction that the user named, or NULL */
    const char *domain;     /* the domain that the user named, or NULL */
    GHashTable *found;      /* ifxLogEntry -> ifxHost, or NULL: see ifxUndoFindHost(); all lent */
    GPtrArray *uuids;       /* char * for each of the session's hosts: the domain's, or NULL */
    ifxChangeList *list;
    GPtrArray *ended;       /* ifxLogEntry, lent: nothing is left of them */
    bool settles;           /* nothing is left of an entry without a line in the journal */
    ifxTally tally;
} ifxUndo;

/* Does @host have no domain of that UUID? False too where it cannot be asked. */
static bool
ifxUndoIsGone(ifxHost *host,
              const char *uuid)
{
    g_autoptr(GPtrArray) uuids = ifxHostListDomains(host, true, NULL);

    return uuids && !g_ptr_array_find_with_equal_func(uuids, uuid, g_str_equal, NULL);
}

/* The host of @entry; NULL: it is none of the session's. A host that lacks the domain and has another
 * address may be a second daemon of the same host, as in a container. */
static ifxHost *
ifxUndoFindHost(const ifxUndo *undo,
                const ifxLogEntry *entry)
{
    const ifxRecord *record = entry->record;
    gpointer found;
    ifxHost *host;

    if (g_hash_table_lookup_extended(undo->found, entry, NULL, &found))
        return found;
    host = ifxSessionFindHost(undo->session, record->uri, record->host_uuid);
    if (host && strcmp(ifxHostGetName(host), record->uri) != 0 &&
        ifxUndoIsGone(host, record->uuid))
        host = NULL;
    if (undo->session->hosts->len > 0)
        g_hash_table_insert(undo->found, (gpointer) entry, host);
    return host;
}

/* May there be something to undo? */
static bool
ifxUndoHasEffect(const ifxLogEntry *entry)
{
    return !entry->undone &&
        (entry->state == IFX_STATE_WRITTEN || entry->state == IFX_STATE_BROKEN ||
         entry->state == IFX_STATE_OPEN);
}

/* The records have the names of their time, so the domain that has the name now counts. */
static bool
ifxUndoMatchesDomain(const ifxUndo *undo,
                     const ifxLogEntry *entry)
{
    const ifxHost *host = undo->domain ? ifxUndoFindHost(undo, entry) : NULL;
    const char *uuid = NULL;
    guint i;

    for (i = 0; host && i < undo->session->hosts->len; i++) {
        if (undo->session->hosts->pdata[i] == host)
            uuid = undo->uuids->pdata[i];
    }
    if (uuid)
        return g_ascii_strcasecmp(entry->record->uuid, uuid) == 0;
    return !undo->domain || strcmp(entry->record->name, undo->domain) == 0 ||
        g_ascii_strcasecmp(entry->record->uuid, undo->domain) == 0;
}

/* Does the user mean @entry? @id NULL: the transaction does not matter. */
static bool
ifxUndoMatches(const ifxUndo *undo,
               const ifxLogEntry *entry,
               const char *id)
{
    return (!id || strcmp(entry->transaction, id) == 0) && ifxUndoMatchesDomain(undo, entry);
}

/* The last entry that the user can mean, that may have something to undo, and that is on one of the
 * session's hosts (@connected) or on no such host; NULL: there is none. */
static const ifxLogEntry *
ifxUndoFindLast(const ifxUndo *undo,
                bool connected)
{
    guint i;

    for (i = undo->log->len; i > 0; i--) {
        const ifxLogEntry *entry = undo->log->pdata[i - 1];

        if ((undo->id || strcmp(entry->record->command, "apply") == 0) &&
            ifxUndoHasEffect(entry) && ifxUndoMatches(undo, entry, undo->id) &&
            (ifxUndoFindHost(undo, entry) != NULL) == connected)
            return entry;
    }
    return NULL;
}

/* "; transaction ID is on URI. To undo it: virt-iommufix --connect URI undo": where else there is
 * something of what the user can mean. Free with g_free(). */
static char *
ifxUndoDescribeElsewhere(const ifxUndo *undo)
{
    const ifxLogEntry *entry = ifxUndoFindLast(undo, false);
    g_autofree char *uri = entry ? ifxTermQuote(entry->record->uri) : NULL;
    g_autofree char *domain = undo->domain ? ifxTermQuote(undo->domain) : NULL;
    g_autofree char *uuids = entry ? ifxSessionDescribeUuids(undo->session, entry->record->uri,
                                                             entry->record->host_uuid) : NULL;

    if (!entry)
        return g_strdup("; to list what was written: virt-iommufix undo --list");
    if (uuids)
        return g_strdup_printf("; transaction %s was written to this address, %s. If it is the "
                               "same host, set host_uuid = \"%s\" in its libvirtd.conf and restart "
                               "its libvirt", entry->transaction, uuids,
                               entry->record->host_uuid);
    return g_strdup_printf("; transaction %s is on another one. To undo it: virt-iommufix "
                           "--connect %s undo%s%s%s%s", entry->transaction, uri,
                           undo->id ? " " : "", undo->id ? undo->id : "",
                           domain ? " " : "", domain ? domain : "");
}

/* "qemu:///system" or "these hosts". */
static const char *
ifxUndoNameHosts(const ifxSession *session)
{
    return session->hosts->len == 1 ? ifxHostGetName(session->hosts->pdata[0]) : "these hosts";
}

/* Notes that nothing is left of @entry. The journal gets it when the run writes. Another run may be
 * writing an entry without a line now, so under the lock it is looked at again. */
static void
ifxUndoEnd(ifxUndo *undo,
           ifxLogEntry *entry)
{
    ifxTermNoteOn(entry->record->name, "its definition has nothing left of transaction %s",
                  entry->transaction);
    if (entry->state == IFX_STATE_OPEN)
        undo->settles = true;
    else
        g_ptr_array_add(undo->ended, entry);
    entry->state = IFX_STATE_ENDED;
}

static void
ifxUndoNoteStays(const ifxChange *change)
{
    g_autofree char *quoted = ifxTermQuote(change->name);

    ifxTermNoteOn(change->label, "undo leaves what else the stylesheet of transaction %s changed, "
                  "for instance %s. To change that: virsh edit %s", change->undoes,
                  change->stays, quoted);
}

/* Adds the change that undoes @entry. @nothing is set where nothing of it is left. */
static bool
ifxUndoAddEntry(ifxUndo *undo,
                ifxLogEntry *entry,
                bool *nothing,
                GError **error)
{
    ifxHost *host = ifxUndoFindHost(undo, entry);
    g_autofree char *does = g_strdup_printf("undoes transaction %s", entry->transaction);
    g_autofree char *diff_name = NULL;
    g_autoptr(ifxChange) change = NULL;
    ifxChangeSummary *summary;

    *nothing = true;
    if (ifxUndoIsGone(host, entry->record->uuid)) {
        ifxTermNoteOn(entry->record->name, "the domain is gone, so there is nothing to undo of "
                      "transaction %s", entry->transaction);
        g_ptr_array_add(undo->ended, entry);
        entry->state = IFX_STATE_ENDED;
        return true;
    }
    if (!ifxUndoMakeChange(undo->store, entry, host, &change, error)) {
        if (error && !g_error_matches(*error, IFX_ERROR, IFX_ERROR_REFUSED))
            g_prefix_error(error, "%s: ", entry->record->name);
        return false;
    }
    if (!change) {
        ifxUndoEnd(undo, entry);
        return true;
    }
    *nothing = false;
    if (change->stays && !undo->tally.quiet)
        ifxUndoNoteStays(change);
    diff_name = ifxDiffDomainName(NULL, change->name);
    summary = ifxChangeSummaryNewWords(change->label, does);
    return ifxChangeListAdd(undo->list, g_steal_pointer(&change), diff_name, NULL, summary, error);
}

/* The line of an entry that is not undone: @problem, or NULL where nothing is left of it. */
static bool
ifxUndoWriteLine(const ifxUndo *undo,
                 const ifxLogEntry *entry,
                 const GError *problem,
                 GError **error)
{
    const ifxRecord *record = entry->record;
    const ifxReportSubject subject = {
        .command = undo->session->command,
        .host = record->uri,
        .name = record->name,
        .uuid = record->uuid,
    };
    g_autoptr(ifxReportLine) line = NULL;

    if (!undo->session->options.json)
        return true;
    if (problem)
        return ifxLineWriteProblem(undo->session, &subject, problem, error);
    line = ifxReportLineNew("domain", &subject);
    ifxReportLineSetOutcome(line, "unchanged", 0);
    return ifxLineWrite(undo->session, line, error);
}

/* The same, and counts it. Only what ends the run is an error. */
static bool
ifxUndoEntry(ifxUndo *undo,
             ifxLogEntry *entry,
             GError **error)
{
    g_autoptr(GError) problem = NULL;
    bool nothing = false;

    if (!ifxUndoHasEffect(entry)) {
        ifxTermNoteOn(entry->record->name, "transaction %s: %s", entry->transaction,
                      ifxUndoStateToString(ifxUndoFindState(undo->store, entry, NULL)));
        undo->tally.nothing++;
        return ifxUndoWriteLine(undo, entry, NULL, error);
    }
    if (ifxUndoAddEntry(undo, entry, &nothing, &problem)) {
        if (nothing)
            undo->tally.nothing++;
        else
            undo->tally.results[IFX_RESULT_CHANGE]++;
        return !nothing || ifxUndoWriteLine(undo, entry, NULL, error);
    }
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_OUTPUT)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    ifxTallyAddProblem(&undo->tally, problem);
    return ifxUndoWriteLine(undo, entry, problem, error);
}

/* Adds what undoes the entries of transaction @id that the user means. */
static bool
ifxUndoAddAll(ifxUndo *undo,
              const char *id,
              GError **error)
{
    guint i;

    for (i = 0; i < undo->log->len; i++) {
        ifxLogEntry *entry = undo->log->pdata[i];

        if (ifxUndoMatches(undo, entry, id) && ifxUndoFindHost(undo, entry) &&
            !ifxUndoEntry(undo, entry, error))
            return false;
    }
    return true;
}

/* Counts the records that cannot be read and that the user may mean: those of the transaction that
 * the user named, otherwise those since the transaction @from. */
static void
ifxUndoCountUnread(ifxUndo *undo,
                   const char *from)
{
    guint i;

    for (i = 0; from && i < undo->problems->len; i++) {
        const ifxLogProblem *problem = undo->problems->pdata[i];
        const int order = strcmp(problem->transaction, from);

        if (undo->id ? order == 0 : order >= 0)
            undo->tally.failed++;
    }
}

/* Adds what undoes the transaction that the user named, otherwise the last one of which something
 * is left. */
static bool
ifxUndoCollect(ifxUndo *undo,
               GError **error)
{
    const ifxLogEntry *last;
    const char *from = undo->id;
    g_autofree char *elsewhere = NULL;

    if (undo->id && !ifxUndoAddAll(undo, undo->id, error))
        return false;
    while (!undo->id && ifxTallyTotal(&undo->tally) == undo->tally.nothing &&
           (last = ifxUndoFindLast(undo, true))) {
        if (!ifxUndoAddAll(undo, last->transaction, error))
            return false;
        from = last->transaction;
    }
    ifxUndoCountUnread(undo, from);
    /* An undo that ended others and finds no more has done its work. */
    if (ifxTallyTotal(&undo->tally) > 0)
        return true;
    elsewhere = ifxUndoDescribeElsewhere(undo);
    return ifxErrorSet(error, IFX_ERROR_USAGE, "nothing to undo%s%s%s%s on %s%s",
                       undo->id ? " of transaction " : "", undo->id ? undo->id : "",
                       undo->domain ? " in " : "", undo->domain ? undo->domain : "",
                       ifxUndoNameHosts(undo->session), elsewhere);
}

/* Notes in the journal what has ended, so that the next undo does not stop there. */
static void
ifxUndoWriteEnded(const ifxUndo *undo)
{
    guint i;

    for (i = 0; i < undo->ended->len; i++) {
        g_autoptr(GError) problem = NULL;

        if (!ifxStoreLogWriteState(undo->store, undo->ended->pdata[i], IFX_STATE_ENDED, &problem))
            ifxTermNoteError(problem);
    }
}

/* Only this part holds the lock. What another run did meanwhile shows when the definition is read
 * again. */
static ifxExit
ifxUndoWrite(ifxUndo *undo,
             ifxStore *store,
             GError **error)
{
    const bool changes = undo->list->changes->len > 0;

    if (changes && !ifxChangeListConfirm(undo->list)) {
        return ifxChangeListWriteDeclined(undo->list, &undo->tally, error) &&
            ifxChangeListSummarize(undo->list, &undo->tally, "to undo", " Nothing was written.",
                                   error) ? ifxTallyStatus(&undo->tally) : IFX_EXIT_ERROR;
    }
    if (changes || undo->ended->len > 0 || undo->settles) {
        if (!ifxStoreLock(store, error))
            return IFX_EXIT_ERROR;
        ifxChangeListSettle(undo->list, store);
        ifxUndoWriteEnded(undo);
    }
    if (changes && !ifxChangeListWrite(undo->list, store, &undo->tally, NULL, error))
        return IFX_EXIT_ERROR;
    return ifxChangeListSummarize(undo->list, &undo->tally, "undone", "", error) ?
        ifxTallyStatus(&undo->tally) : IFX_EXIT_ERROR;
}

/* Finds out the UUID of the domain that the user named, on each host. */
static void
ifxUndoFindUuids(ifxUndo *undo)
{
    const GPtrArray *hosts = undo->session->hosts;
    guint i;

    for (i = 0; i < hosts->len; i++) {
        g_autoptr(ifxDomain) domain =
            undo->domain ? ifxHostReadDomain(hosts->pdata[i], undo->domain, NULL) : NULL;

        g_ptr_array_add(undo->uuids, domain ? g_strdup(domain->uuid) : NULL);
    }
}

/* Where there is no libvirt, what was written to another machine may be what the user means. */
static bool
ifxUndoOpenHosts(const ifxUndo *undo,
                 GError **error)
{
    const ifxLogEntry *last;
    g_autofree char *elsewhere = NULL;

    if (ifxSessionOpenHosts(undo->session, error))
        return true;
    last = undo->session->options.connect ? NULL : ifxUndoFindLast(undo, false);
    if (!last || strstr(last->record->uri, ":///"))
        return false;
    elsewhere = ifxUndoDescribeElsewhere(undo);
    if (error && *error) {
        char *message = g_strconcat((*error)->message, elsewhere, NULL);

        g_free((*error)->message);
        (*error)->message = message;
    }
    return false;
}

static bool
ifxUndoCheckUsage(const ifxOptions *options,
                  char **positionals,
                  GError **error)
{
    const char *id = positionals[0];

    if (options->host || options->sysroot)
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "undo writes to libvirt: use --connect URI instead of --host or --sysroot");
    else if (options->list && id)
        ifxErrorSet(error, IFX_ERROR_USAGE, "undo --list takes no arguments: %s", id);
    else if (id && (!*id || (positionals[1] && !*positionals[1])))
        ifxErrorSet(error, IFX_ERROR_USAGE, "the name of a domain is empty");
    else if (id && positionals[1] && !ifxTransactionIsId(id))
        ifxErrorSet(error, IFX_ERROR_USAGE, "%s is not the ID of a transaction; to list them: "
                    "virt-iommufix undo --list", id);
    else if (!options->list && !options->yes && !ifxTermCanAsk())
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "not a terminal, so nothing was written. Use --yes to write without asking");
    else
        return true;
    return false;
}

static ifxExit
ifxUndoRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    const bool by_id = positionals[0] && ifxTransactionIsId(positionals[0]);
    g_auto(ifxChangeList) list = { 0 };
    g_autoptr(ifxStore) store = NULL;
    g_autoptr(GPtrArray) log = NULL;
    g_autoptr(GPtrArray) uuids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GPtrArray) ended = g_ptr_array_new();
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    ifxUndo undo = {
        .session = session, .id = by_id ? positionals[0] : NULL,
        .domain = positionals[by_id ? 1 : 0], .found = found, .uuids = uuids,
        .list = &list, .ended = ended, .problems = problems,
    };

    if (!ifxUndoCheckUsage(&session->options, positionals, error))
        return IFX_EXIT_ERROR;
    if (session->options.list)
        return ifxUndoList(session, error);

    session->write = true;
    undo.tally.quiet = session->options.quiet;
    store = ifxStoreOpen(true, error);
    log = store ? ifxUndoListRead(store, problems, error) : NULL;
    undo.store = store;
    undo.log = log;
    if (!log || !ifxUndoOpenHosts(&undo, error))
        return IFX_EXIT_ERROR;
    ifxUndoFindUuids(&undo);
    ifxChangeListInit(&list, session);
    return ifxUndoCollect(&undo, error) ? ifxUndoWrite(&undo, store, error) : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandUndo = {
    .name = "undo",
    .positionals = "[ID] [DOMAIN] | --list",
    .summary = "undo what apply wrote, or list it",
    .examples = "virt-iommufix undo --list\n"
        "virt-iommufix undo",
    .options = IFX_OPTIONS_CONNECT | IFX_OPTIONS_UNDO | IFX_OPTIONS_WRITE | IFX_OPTIONS_LINES |
        IFX_OPTIONS_QUIET,
    .max_positionals = 2,
    .run = ifxUndoRun,
};
