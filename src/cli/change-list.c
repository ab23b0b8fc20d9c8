/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/change-list.h"

#include "base/term.h"
#include "cli/line.h"
#include "cli/walk.h"
#include "domain/qemu-arguments.h"
#include "report/report.h"
#include "write/undo.h"
#include "write/write.h"
#include "xml/diff.h"

/* So many domains get a command each at the end of a run. */
#define IFX_CHANGE_LIST_NAMED 3

/* Changes that are being written. */
typedef struct {
    const ifxChangeList *list;
    ifxTally *tally;
    GArray *written;        /* guint: the changes that libvirt has now */
    ifxProgress progress;
} ifxChangeListRun;

static void
ifxChangeListFreeChange(gpointer change)
{
    ifxChangeFree(change);
}

static void
ifxChangeListFreeLine(gpointer line)
{
    ifxReportLineFree(line);
}

static void
ifxChangeListFreeSummary(gpointer summary)
{
    ifxChangeSummaryFree(summary);
}

void
ifxChangeListInit(ifxChangeList *list,
                  ifxSession *session)
{
    *list = (ifxChangeList) {
        .session = session,
        .changes = g_ptr_array_new_with_free_func(ifxChangeListFreeChange),
        .lines = g_ptr_array_new_with_free_func(ifxChangeListFreeLine),
        .summaries = g_ptr_array_new_with_free_func(ifxChangeListFreeSummary),
        .states = g_array_new(FALSE, FALSE, sizeof(ifxDomainState)),
    };
}

void
ifxChangeListClear(ifxChangeList *list)
{
    g_clear_pointer(&list->changes, g_ptr_array_unref);
    g_clear_pointer(&list->lines, g_ptr_array_unref);
    g_clear_pointer(&list->summaries, g_ptr_array_unref);
    g_clear_pointer(&list->states, g_array_unref);
}

void
ifxChangeListNoteState(const char *label,
                       const char *name,
                       const ifxDomainState *state,
                       bool takes)
{
    g_autofree char *quoted = ifxTermQuote(name);

    if (state->running)
        ifxTermNoteOn(label, "it is running, so the change takes effect after a full "
                      "power-off, not after a reboot");
    if (state->autostart && takes)
        ifxTermNoteOn(label, "autostart is on: it takes these devices when this host "
                      "next boots");
    if (state->snapshots)
        ifxTermNoteOn(label, "it has snapshots; each keeps the old definition, and going "
                      "back to one brings that back. To list them: virsh snapshot-list %s",
                      quoted);
    if (state->saved)
        ifxTermNoteOn(label, "its next start uses the old definition, which is in its "
                      "saved state. To drop that state: virsh managedsave-remove %s", quoted);
}

/* The dialogue has shown the diff of each group, but not what a site's stylesheet makes of the
 * whole. */
static bool
ifxChangeListShowsDiff(const ifxSession *session)
{
    const bool asked = session->options.interactive && session->out.term.terminal;

    return !session->options.json && (!asked || session->options.stylesheet);
}

/* The caller owns it. */
static GString *
ifxChangeListMakeDiff(const ifxChange *change,
                      const char *diff_name)
{
    GString *diff = g_string_new(NULL);
    gsize length;
    const char *bytes = g_bytes_get_data(change->before, &length);

    ifxDiffWrite(change->edits, bytes, length, diff_name, diff);
    return diff;
}

static void
ifxChangeListSetText(ifxReportLine *line,
                     const char *name,
                     GBytes *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);

    ifxReportLineSetBytes(line, name, bytes, length);
}

/* The line of the change; NULL without --json. The caller owns it. */
static ifxReportLine *
ifxChangeListMakeLine(const ifxSession *session,
                      const ifxChange *change,
                      const ifxTarget *target,
                      const GString *diff)
{
    const ifxReportSubject subject = {
        .command = session->command,
        .host = ifxHostGetName(change->host),
        .name = change->name,
        .uuid = change->uuid,
        .named = target ? target->named : NULL,
        .plan = target ? target->plan : NULL,
    };
    ifxReportLine *line = session->options.json ? ifxReportLineNew("domain", &subject) : NULL;

    if (!line)
        return NULL;
    if (session->options.dry_run)
        ifxReportLineSetOutcome(line, "would-change", true);
    ifxReportLineSetBytes(line, "diff", diff->str, diff->len);
    if (session->options.dry_run) {
        ifxChangeListSetText(line, "before", change->before);
        ifxChangeListSetText(line, "xml", change->after);
    }
    return line;
}

bool
ifxChangeListAdd(ifxChangeList *list,
                 ifxChange *change,
                 const char *diff_name,
                 const ifxTarget *target,
                 ifxChangeSummary *summary,
                 GError **error)
{
    ifxSession *session = list->session;
    g_autoptr(GString) diff = ifxChangeListMakeDiff(change, diff_name);
    ifxDomainState state;

    if (!ifxChangeReadState(change->host, change->label, change->uuid, &state, error) ||
        (ifxChangeListShowsDiff(session) &&
         !ifxOutputWriteDiff(&session->out, diff, error))) {
        ifxChangeFree(change);
        ifxChangeSummaryFree(summary);
        return false;
    }
    if (!list->noted && !session->options.quiet)
        ifxChangeListNoteState(change->label, change->name, &state, summary->devices->len > 0);
    g_ptr_array_add(list->changes, change);
    g_ptr_array_add(list->summaries, summary);
    g_array_append_val(list->states, state);
    g_ptr_array_add(list->lines, ifxChangeListMakeLine(session, change, target, diff));
    return true;
}

/* The line of a domain that is not to be changed. */
static bool
ifxChangeListWriteUnchanged(const ifxSession *session,
                            const ifxTarget *target,
                            GError **error)
{
    g_autoptr(ifxReportLine) line = session->options.json ?
        ifxLineNew(session, target, false) : NULL;

    return !line || ifxLineWrite(session, line, error);
}

/* What the user should know of the change before it is written. */
static bool
ifxChangeListNoteChange(const ifxOptions *options,
                        const ifxChange *change,
                        const ifxDomain *domain,
                        GError **error)
{
    g_autofree char *alias = ifxQemuArgumentsFindAlias(domain->text);
    g_autofree char *stays = NULL;

    if (alias)
        ifxTermNoteOn(change->label, "its QEMU arguments name %s; new hostdevs are added after the "
                      "others, so that it stays the same device%s", alias, options->prune ?
                    ", but one that --prune removes renumbers those after it" : "");
    if (change->own_stylesheet && !ifxUndoCheckChange(change, &stays, error))
        return false;
    if (stays)
        ifxTermNoteOn(change->label, "the stylesheet changes more than devices and managed, for "
                      "instance %s, and undo will not change that back", stays);
    return true;
}

bool
ifxChangeListAddPlan(ifxChangeList *list,
                     const ifxTarget *target,
                     const ifxPlan *plan,
                     GError **error)
{
    ifxSession *session = list->session;
    g_autoptr(ifxRewrite) rewrite = ifxRewriteNew(plan, session->stylesheets, error);
    g_autoptr(ifxChange) change = NULL;

    if (!rewrite) {
        g_prefix_error(error, "%s: ", target->label);
        return false;
    }
    if (!list->noted)
        ifxReportNotes(target->named, plan);
    if (rewrite->edits->len == 0)
        return ifxChangeListWriteUnchanged(session, target, error);

    change = ifxChangeNew(target->host, target->label, plan->domain, rewrite);
    change->own_stylesheet = session->options.stylesheet != NULL;
    if (target->known.moves)
        ifxChangeSetMoved(change, plan->domain, ifxMovedGetBefore(session->moved),
                          ifxMovedGetNow(session->moved));
    if (!ifxChangeListNoteChange(&session->options, change, plan->domain, error)) {
        if (error && !g_error_matches(*error, IFX_ERROR, IFX_ERROR_REFUSED))
            g_prefix_error(error, "%s: ", target->label);
        return false;
    }
    return ifxChangeListAdd(list, g_steal_pointer(&change), target->diff_name, target,
                            ifxChangeSummaryNew(target->label, plan, &target->policy), error);
}

bool
ifxChangeListConfirm(const ifxChangeList *list)
{
    const ifxOptions *options = &list->session->options;
    const guint count = list->changes->len;
    g_autofree char *question = g_strdup_printf("Write %u domain%s to libvirt?", count,
                                                count == 1 ? "" : "s");
    guint i;

    for (i = 0; !(options->quiet && options->yes) && i < list->summaries->len; i++)
        ifxChangeSummaryPrint(list->summaries->pdata[i]);
    return options->yes || ifxTermConfirm(question);
}

bool
ifxChangeListWriteDry(const ifxChangeList *list,
                      GError **error)
{
    guint i;

    for (i = 0; !list->session->options.quiet && i < list->summaries->len; i++)
        ifxChangeSummaryPrint(list->summaries->pdata[i]);
    for (i = 0; i < list->lines->len; i++) {
        const ifxReportLine *line = list->lines->pdata[i];

        if (line && !ifxLineWrite(list->session, line, error))
            return false;
    }
    return true;
}

bool
ifxChangeListWriteDeclined(const ifxChangeList *list,
                           ifxTally *tally,
                           GError **error)
{
    guint i;

    for (i = 0; i < list->lines->len; i++) {
        ifxReportLine *line = list->lines->pdata[i];

        if (!line)
            continue;
        tally->results[IFX_RESULT_CHANGE]--;
        tally->left++;
        ifxReportLineSetOutcome(line, "not-done", false);
        if (!ifxLineWrite(list->session, line, error))
            return false;
    }
    return true;
}

static void
ifxChangeListBegin(void *opaque,
                   guint number)
{
    ifxChangeListRun *run = opaque;

    ifxProgressShow(&run->progress, number);
}

static void
ifxChangeListReconnect(void *opaque,
                       ifxHost *host)
{
    ifxChangeListRun *run = opaque;

    ifxWalkNoteReconnect(&run->progress, host);
}

static bool
ifxChangeListEnd(void *opaque,
                 guint number,
                 const ifxWriteResult *result,
                 GError **error)
{
    static const char *const outcomes[] = {
        [IFX_OUTCOME_CHANGED] = "changed",
        [IFX_OUTCOME_REFUSED] = "refused",
        [IFX_OUTCOME_FAILED] = "failed",
        [IFX_OUTCOME_NOT_DONE] = "not-done",
    };
    ifxChangeListRun *run = opaque;
    ifxReportLine *line = run->list->lines->pdata[number];

    ifxProgressHide(&run->progress);
    if (result->note)
        ifxTermNote("%s", result->note);
    if (result->outcome == IFX_OUTCOME_CHANGED)
        g_array_append_val(run->written, number);
    else
        run->tally->results[IFX_RESULT_CHANGE]--;
    if (result->problem)
        ifxTallyAddProblem(run->tally, result->problem);
    else if (result->outcome == IFX_OUTCOME_NOT_DONE)
        run->tally->failed++;
    if (!line)
        return true;
    ifxReportLineSetOutcome(line, outcomes[result->outcome], result->changed);
    ifxReportLineSet(line, "transaction", result->transaction);
    ifxReportLineSet(line, "error", result->problem ? result->problem->message : NULL);
    return ifxLineWrite(run->list->session, line, error);
}

void
ifxChangeListSettle(const ifxChangeList *list,
                    const ifxStore *store)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    guint i;

    ifxUndoSettle(store, list->session->hosts, problems);
    for (i = 0; i < problems->len; i++)
        ifxTermNote("%s", (const char *) problems->pdata[i]);
}

bool
ifxChangeListSummarize(const ifxChangeList *list,
                       const ifxTally *tally,
                       const char *change,
                       const char *tail,
                       GError **error)
{
    ifxTallySummarize(tally, change, tail);
    return !list->session->options.json || ifxLineWriteSummary(list->session, tally, error);
}

/* Prints what the user does next, so that the guests get what was written. */
static void
ifxChangeListNoteNext(const ifxChangeListRun *run)
{
    const ifxChangeList *list = run->list;
    guint running = 0;
    guint i;

    for (i = 0; i < run->written->len; i++) {
        const guint number = g_array_index(run->written, guint, i);
        const ifxChange *change = list->changes->pdata[number];
        g_autofree char *name = ifxTermQuote(change->name);
        g_autofree char *uri = ifxTermQuote(ifxHostGetName(change->host));
        g_autofree char *start = list->session->options.connect ?
            g_strdup_printf("virsh -c %s start %s", uri, name) :
            g_strdup_printf("virsh start %s", name);
        const bool runs = g_array_index(list->states, ifxDomainState, number).running;

        running += runs ? 1 : 0;
        if (run->written->len <= IFX_CHANGE_LIST_NAMED)
            ifxTermNoteOn(change->label, runs ? "to use the change, power the guest off, then "
                          "start it: %s" : "to use the change, start it: %s", start);
    }
    if (run->written->len > IFX_CHANGE_LIST_NAMED)
        ifxTermNote("to use the changes, power off the guests that run (%u of %u), then start each: "
                    "virsh start NAME", running, run->written->len);
}

/* Prints what the same command would still do. */
static void
ifxChangeListNoteRest(const ifxWriteSummary *summary)
{
    const guint left = summary->left;
    const guint unknown = summary->unknown;
    g_autofree char *what = unknown == 0 ?
        g_strdup_printf("%u of the domains not written", left) : left == 0 ?
        g_strdup_printf("%u of the domains perhaps written", unknown) :
        g_strdup_printf("%u of the domains not written and %u perhaps written", left, unknown);

    if (left + unknown > 0)
        ifxTermNote("%s%s; run the same command again for the rest",
                    summary->interrupted ? "interrupted: " : "", what);
}

bool
ifxChangeListWrite(const ifxChangeList *list,
                   ifxStore *store,
                   ifxTally *tally,
                   char **id,
                   GError **error)
{
    const ifxOptions *options = &list->session->options;
    const ifxWriteOptions how = {
        .skip_validate = options->skip_validate,
    };
    g_autoptr(GArray) written = g_array_new(FALSE, FALSE, sizeof(guint));
    ifxChangeListRun run = { .list = list, .tally = tally, .written = written };
    const ifxWriteEvents events = {
        .begin = ifxChangeListBegin,
        .reconnect = ifxChangeListReconnect,
        .end = ifxChangeListEnd,
        .opaque = &run,
    };
    ifxWriteSummary summary;
    bool ok;

    if (!ifxStoreLock(store, error))
        return false;
    ifxChangeListSettle(list, store);
    ifxProgressBegin(&run.progress, list->changes->len);
    ok = ifxWriteChanges(store, list->changes, how, &events, &summary, error);
    ifxProgressHide(&run.progress);
    if (!options->quiet)
        ifxChangeListNoteNext(&run);
    ifxChangeListNoteRest(&summary);
    if (id)
        *id = g_steal_pointer(&summary.transaction);
    g_free(summary.transaction);
    return ok;
}
