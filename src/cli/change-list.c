/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/change-list.h"

#include <string.h>

#include "base/pci-class.h"
#include "base/term.h"
#include "cli/walk.h"
#include "domain/qemu-arguments.h"
#include "report/report.h"
#include "write/undo.h"
#include "write/write.h"
#include "xml/diff.h"

/* Changes that are being written. */
typedef struct {
    const ifxChangeList *list;
    ifxTally *tally;
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

void
ifxChangeListInit(ifxChangeList *list,
                  ifxSession *session)
{
    list->session = session;
    list->changes = g_ptr_array_new_with_free_func(ifxChangeListFreeChange);
    list->lines = g_ptr_array_new_with_free_func(ifxChangeListFreeLine);
    list->summaries = g_ptr_array_new_with_free_func(g_free);
}

void
ifxChangeListClear(ifxChangeList *list)
{
    g_clear_pointer(&list->changes, g_ptr_array_unref);
    g_clear_pointer(&list->lines, g_ptr_array_unref);
    g_clear_pointer(&list->summaries, g_ptr_array_unref);
}

/* Appends "0000:01:00.1 (audio device, snd_hda_intel)". */
static void
ifxChangeListAppendMember(GString *words,
                          const ifxMember *member)
{
    const ifxDevice *device = member->device;
    char address[IFX_PCI_ADDRESS_LENGTH];

    g_string_append(words, ifxPciAddressFormat(&member->address, address));
    if (!device || !device->has_class)
        return;
    g_string_append_printf(words, " (%s%s%s)", ifxPciClassDescribe(device->class_code),
                           device->driver ? ", " : "", device->driver ? device->driver : "");
}

/* "0000:01:00.1 (audio device, snd_hda_intel), 0000:01:00.2": what @plan adds; "" for nothing. */
static char *
ifxChangeListFormatAdditions(const ifxPlan *plan)
{
    GString *words = g_string_new(NULL);
    guint i;
    guint j;

    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            const ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);

            if (member->verdict != IFX_VERDICT_ADD)
                continue;
            if (words->len > 0)
                g_string_append(words, ", ");
            ifxChangeListAppendMember(words, member->member);
        }
    }
    return g_string_free(words, FALSE);
}

/* "will take 0000:01:00.1 from the host while it runs; sets managed='yes' on 1 device; removes 1
 * placeholder". @takes is set to whether it takes devices. */
static char *
ifxChangeListSummarize(const ifxPlan *plan,
                       bool *takes)
{
    g_autofree char *additions = ifxChangeListFormatAdditions(plan);
    GString *words = g_string_new(NULL);
    guint managed = 0;
    guint removed = 0;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        managed += claim->manage ? 1 : 0;
        removed += claim->verdict == IFX_VERDICT_REMOVE ? 1 : 0;
    }
    *takes = *additions;
    if (*takes)
        g_string_append_printf(words, "will take %s from the host while it runs", additions);
    if (managed > 0)
        g_string_append_printf(words, "%ssets managed='yes' on %u device%s",
                               words->len > 0 ? "; " : "", managed, managed == 1 ? "" : "s");
    if (removed > 0)
        g_string_append_printf(words, "%sremoves %u placeholder%s", words->len > 0 ? "; " : "",
                               removed, removed == 1 ? "" : "s");
    return g_string_free(words, FALSE);
}

/* What the user should know of the domain before it is written. */
static void
ifxChangeListNoteState(const ifxChange *change,
                       const ifxDomainState *state,
                       bool takes)
{
    g_autofree char *quoted = ifxTermQuote(change->name);

    if (state->running)
        ifxTermNoteOn(change->label, "it is running, so the change takes effect after a full "
                      "power-off, not after a reboot");
    if (state->autostart && takes)
        ifxTermNoteOn(change->label, "autostart is on: it takes these devices when this host "
                      "next boots");
    if (state->snapshots)
        ifxTermNoteOn(change->label, "it has snapshots; each keeps the old definition, and going "
                      "back to one brings that back. To list them: virsh snapshot-list %s",
                      quoted);
    if (state->saved)
        ifxTermNoteOn(change->label, "its next start uses the old definition, which is in its "
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

static bool
ifxChangeListShowDiff(ifxSession *session,
                      const ifxChange *change,
                      const char *diff_name,
                      GError **error)
{
    g_autoptr(GString) diff = g_string_new(NULL);
    gsize length;
    const char *bytes = g_bytes_get_data(change->before, &length);

    ifxDiffWrite(change->edits, bytes, length, diff_name, diff);
    return ifxOutputWriteDiff(&session->out, diff, error);
}

bool
ifxChangeListAdd(ifxChangeList *list,
                 ifxChange *change,
                 const char *diff_name,
                 const ifxPlan *plan,
                 const char *does,
                 GError **error)
{
    ifxSession *session = list->session;
    ifxDomainState state;
    bool takes = false;
    g_autofree char *summary = plan ? ifxChangeListSummarize(plan, &takes) : g_strdup(does);

    if (!ifxChangeReadState(change->host, change->label, change->uuid, &state, error) ||
        (ifxChangeListShowsDiff(session) &&
         !ifxChangeListShowDiff(session, change, diff_name, error))) {
        ifxChangeFree(change);
        return false;
    }
    ifxChangeListNoteState(change, &state, takes);
    g_ptr_array_add(list->changes, change);
    g_ptr_array_add(list->summaries, g_strdup_printf("%s: %s", change->label, summary));
    g_ptr_array_add(list->lines, !session->options.json ? NULL :
                    ifxReportLineNew(ifxHostGetName(change->host), change->name, change->uuid,
                                     plan));
    return true;
}

/* The line of a domain that is not to be changed. */
static bool
ifxChangeListWriteUnchanged(ifxSession *session,
                            const ifxTarget *target,
                            const ifxPlan *plan,
                            GError **error)
{
    const bool refused = plan->result == IFX_RESULT_REFUSED || plan->result == IFX_RESULT_NO_IOMMU;
    g_autoptr(ifxReportLine) line = NULL;
    g_autofree char *text = NULL;

    if (!session->options.json)
        return true;
    line = ifxReportLineNew(ifxHostGetName(target->host), plan->domain->name, plan->domain->uuid,
                            plan);
    text = ifxReportLineFormat(line, refused ? "refused" : "unchanged", 0, NULL, NULL);
    return ifxOutputWrite(&session->out, text, strlen(text), error);
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

/* "gaming: --allow-member overrides 0000:02:00.0: nvme0n1 -> /home (in-use-mounted)" */
static void
ifxChangeListAddOverride(GPtrArray *summaries,
                         const ifxTarget *target,
                         const ifxPciAddress *address,
                         const GPtrArray *evidence)
{
    guint i;

    if (!ifxPolicyAllows(&target->policy, address))
        return;
    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];
        g_autofree char *steps = ifxEvidenceFormat(piece);
        char spelled[IFX_PCI_ADDRESS_LENGTH];

        if (piece->lift == IFX_LIFT_BY_NAME)
            g_ptr_array_add(summaries, g_strdup_printf(
                "%s: --allow-member overrides %s: %s (%s)", target->label,
                ifxPciAddressFormat(address, spelled), steps, ifxReasonToString(piece->reason)));
    }
}

static void
ifxChangeListAddOverrides(GPtrArray *summaries,
                          const ifxTarget *target,
                          const ifxPlan *plan)
{
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        ifxChangeListAddOverride(summaries, target, &claim->claim->address, claim->evidence);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            const ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD)
                ifxChangeListAddOverride(summaries, target, &member->member->address,
                                         member->evidence);
        }
    }
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
    ifxReportNotes(target->named, plan);
    if (rewrite->edits->len == 0)
        return ifxChangeListWriteUnchanged(session, target, plan, error);

    change = ifxChangeNew(target->host, target->label, plan->domain, rewrite);
    change->own_stylesheet = session->options.stylesheet != NULL;
    if (!ifxChangeListNoteChange(&session->options, change, plan->domain, error)) {
        if (error && !g_error_matches(*error, IFX_ERROR, IFX_ERROR_REFUSED))
            g_prefix_error(error, "%s: ", target->label);
        return false;
    }
    if (!ifxChangeListAdd(list, g_steal_pointer(&change), target->diff_name, plan, NULL, error))
        return false;
    ifxChangeListAddOverrides(list->summaries, target, plan);
    return true;
}

bool
ifxChangeListConfirm(const ifxChangeList *list)
{
    const guint count = list->changes->len;
    g_autofree char *question = g_strdup_printf("Write %u domain%s to libvirt?", count,
                                                count == 1 ? "" : "s");
    guint i;

    for (i = 0; i < list->summaries->len; i++)
        ifxTermNote("%s", (const char *) list->summaries->pdata[i]);
    return list->session->options.yes || ifxTermConfirm(question);
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
    const ifxReportLine *line = run->list->lines->pdata[number];
    g_autofree char *text = NULL;

    ifxProgressHide(&run->progress);
    if (result->note)
        ifxTermNote("%s", result->note);
    if (result->outcome != IFX_OUTCOME_CHANGED)
        run->tally->results[IFX_RESULT_CHANGE]--;
    if (result->problem)
        ifxTallyAddProblem(run->tally, result->problem);
    else if (result->outcome == IFX_OUTCOME_NOT_DONE)
        run->tally->failed++;
    if (!line)
        return true;
    text = ifxReportLineFormat(line, outcomes[result->outcome], result->changed,
                               result->transaction,
                               result->problem ? result->problem->message : NULL);
    return ifxOutputWrite(&run->list->session->out, text, strlen(text), error);
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
    ifxChangeListRun run = { .list = list, .tally = tally };
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
    if (summary.left > 0)
        ifxTermNote("%s%u of the domains not written; run the same command again for the rest",
                    summary.interrupted ? "interrupted: " : "", summary.left);
    if (id)
        *id = g_steal_pointer(&summary.transaction);
    g_free(summary.transaction);
    return ok;
}
