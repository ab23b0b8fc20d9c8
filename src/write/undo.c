/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo.h"

#include <string.h>

#include "base/error.h"
#include "host/moves-claims.h"
#include "write/undo-internal.h"
#include "xml/xml-compare.h"

const char *
ifxUndoStateToString(ifxUndoState state)
{
    static const char *const words[] = {
        [IFX_UNDO_WRITTEN] = "written",
        [IFX_UNDO_UNDONE] = "undone",
        [IFX_UNDO_NOT_WRITTEN] = "not written",
        [IFX_UNDO_BROKEN] = "wrong",
        [IFX_UNDO_ENDED] = "ended",
        [IFX_UNDO_CHANGED] = "changed since",
        [IFX_UNDO_UNKNOWN] = "unknown",
    };

    return words[state];
}

static ifxDomain *
ifxUndoParseDomain(const char *text,
                   GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return ifxDomainParse(bytes, error);
}

/* The domain as its text is: the host may have followed its devices. */
static ifxDomain *
ifxUndoReadDomain(ifxHost *host,
                  const ifxRecord *record,
                  GError **error)
{
    ifxDomain *domain = ifxHostReadDomain(host, record->uuid, error);

    if (domain)
        ifxMovesClaimsForget(domain);
    return domain;
}

/* Sets @patch to the patch that takes the record's change out of @current; to NULL if nothing of
 * the change is there. */
static bool
ifxUndoMakePatch(const ifxRecord *record,
                 const ifxDomain *current,
                 char **patch,
                 GError **error)
{
    g_autoptr(ifxDomain) before = ifxUndoParseDomain(record->before, error);
    g_autoptr(ifxDomain) after = before ? ifxUndoParseDomain(record->after, error) : NULL;

    if (before)
        ifxUndoClaimFollow(before, record->moved);
    return after && ifxUndoPatchMake(before, after, current, patch, error);
}

static ifxUndoState
ifxUndoCompare(const ifxRecord *record,
               const ifxDomain *current)
{
    g_autofree char *patch = NULL;

    if (!ifxUndoMakePatch(record, current, &patch, NULL))
        return IFX_UNDO_CHANGED;
    return patch ? IFX_UNDO_WRITTEN : IFX_UNDO_NOT_WRITTEN;
}

bool
ifxUndoNeedsHost(const ifxLogEntry *entry)
{
    return !entry->undone && entry->state == IFX_STATE_OPEN;
}

ifxUndoState
ifxUndoFindState(const ifxStore *store,
                 const ifxLogEntry *entry,
                 ifxHost *host)
{
    static const ifxUndoState known[] = {
        [IFX_STATE_OPEN] = IFX_UNDO_UNKNOWN,
        [IFX_STATE_WRITTEN] = IFX_UNDO_WRITTEN,
        [IFX_STATE_NOT_WRITTEN] = IFX_UNDO_NOT_WRITTEN,
        [IFX_STATE_BROKEN] = IFX_UNDO_BROKEN,
        [IFX_STATE_ENDED] = IFX_UNDO_ENDED,
    };
    g_autoptr(ifxRecord) record = NULL;
    g_autoptr(ifxDomain) current = NULL;

    if (entry->undone)
        return IFX_UNDO_UNDONE;
    if (entry->state != IFX_STATE_OPEN || !host)
        return known[entry->state];
    record = ifxStoreLogReadRecord(store, entry, NULL);
    current = record ? ifxUndoReadDomain(host, record, NULL) : NULL;
    return current ? ifxUndoCompare(record, current) : IFX_UNDO_UNKNOWN;
}

/* Sets @change to the change that takes the record's change out of @current; leaves it alone if
 * nothing of the record's change is there. */
static bool
ifxUndoChangeDomain(const ifxRecord *record,
                    ifxHost *host,
                    const ifxDomain *current,
                    ifxChange **change,
                    GError **error)
{
    g_autofree char *patch = NULL;
    g_autoptr(ifxRewrite) rewrite = NULL;

    if (!ifxUndoMakePatch(record, current, &patch, error))
        return false;
    if (!patch)
        return true;
    rewrite = ifxRewriteFromPatch(current->text, patch, error);
    if (!rewrite)
        return false;
    *change = ifxChangeNew(host, current->name, current, rewrite);
    return true;
}

/* The path of the first element that is in @one and not in @other; NULL: there is none. */
static char *
ifxUndoFindExtra(const ifxXmlText *one,
                 const ifxXmlText *other)
{
    guint missing;

    return ifxXmlCompareElements(one, 0, other, 0, &missing) ? NULL :
        ifxXmlPathFormat(one, missing);
}

/* Sets @stays to the path of the first element that undo of the change from @before to @after does
 * not change back, or to NULL. */
static bool
ifxUndoFindStays(const ifxDomain *before,
                 const ifxDomain *after,
                 char **stays,
                 GError **error)
{
    GBytes *text = ifxXmlTextGetData(after->text);
    g_autofree char *patch = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ifxXmlText) undone = NULL;

    *stays = NULL;
    if (!ifxUndoPatchMake(before, after, after, &patch, error))
        return false;
    bytes = patch ? ifxRewriteByPatch(text, patch, NULL) : g_bytes_ref(text);
    undone = bytes ? ifxXmlTextParse(bytes, NULL) : NULL;
    *stays = undone ? ifxUndoFindExtra(undone, before->text) : g_strdup("/domain");
    if (undone && !*stays)
        *stays = ifxUndoFindExtra(before->text, undone);
    return true;
}

bool
ifxUndoCheckChange(const ifxChange *change,
                   char **stays,
                   GError **error)
{
    g_autoptr(ifxDomain) before = ifxDomainParse(change->before, error);
    g_autoptr(ifxDomain) after = before ? ifxDomainParse(change->after, error) : NULL;

    if (before)
        ifxUndoClaimFollow(before, change->moved);
    return after && ifxUndoFindStays(before, after, stays, error);
}

/* The same for a record. What cannot be found out was a reason to refuse the change. */
static char *
ifxUndoFindRecordStays(const ifxRecord *record)
{
    g_autoptr(ifxDomain) before = ifxUndoParseDomain(record->before, NULL);
    g_autoptr(ifxDomain) after = before ? ifxUndoParseDomain(record->after, NULL) : NULL;
    char *stays = NULL;

    if (before)
        ifxUndoClaimFollow(before, record->moved);
    return after && ifxUndoFindStays(before, after, &stays, NULL) ? stays : NULL;
}

/* The undo moves the claims back, and so must an undo of it. */
static void
ifxUndoTurnMoved(ifxChange *change,
                 const ifxRecord *record)
{
    guint i;

    if (!record->moved)
        return;
    change->moved_from = g_strdup(record->moved_to);
    change->moved_to = g_strdup(record->moved_from);
    change->moved = g_array_new(FALSE, FALSE, sizeof(ifxRecordMove));
    for (i = 0; i < record->moved->len; i++) {
        const ifxRecordMove *move = &g_array_index(record->moved, ifxRecordMove, i);
        const ifxRecordMove back = { .from = move->to, .to = move->from };

        g_array_append_val(change->moved, back);
    }
}

bool
ifxUndoMakeChange(const ifxStore *store,
                  const ifxLogEntry *entry,
                  ifxHost *host,
                  ifxChange **change,
                  GError **error)
{
    g_autoptr(ifxRecord) record = ifxStoreLogReadRecord(store, entry, error);
    g_autoptr(ifxDomain) current = record ? ifxUndoReadDomain(host, record, error) : NULL;

    *change = NULL;
    if (!current || !ifxUndoChangeDomain(record, host, current, change, error))
        return false;
    if (*change) {
        (*change)->command = "undo";
        (*change)->undoes = g_strdup(entry->transaction);
        (*change)->undoes_number = entry->number;
        ifxUndoTurnMoved(*change, record);
        (*change)->stays = ifxUndoFindRecordStays(record);
    }
    return true;
}

bool
ifxUndoIsMovedBack(const ifxStore *store,
                   const ifxLogEntry *entry,
                   const ifxDomain *current)
{
    g_autoptr(ifxRecord) record = ifxStoreLogReadRecord(store, entry, NULL);
    g_autoptr(ifxDomain) before = record ? ifxUndoParseDomain(record->before, NULL) : NULL;
    g_autoptr(ifxDomain) after = before ? ifxUndoParseDomain(record->after, NULL) : NULL;

    if (!after)
        return false;
    ifxUndoClaimFollow(before, record->moved);
    return ifxUndoClaimIsBack(before, after, current);
}

/* Opens no connection: that may take long, and the user did not ask for it. */
static ifxHost *
ifxUndoFindHost(const GPtrArray *hosts,
                const ifxLogEntry *entry)
{
    guint i;

    for (i = 0; i < hosts->len; i++) {
        ifxConnection *connection = ifxHostGetConnection(hosts->pdata[i]);

        if (connection &&
            ifxConnectionIs(connection, entry->record->uri, entry->record->host_uuid))
            return hosts->pdata[i];
    }
    return NULL;
}

const char *
ifxUndoFindPlan(const ifxStore *store,
                const GPtrArray *log,
                const GPtrArray *hosts,
                const char *plan,
                const char *uuid)
{
    guint i;

    for (i = 0; uuid && i < log->len; i++) {
        const ifxLogEntry *entry = log->pdata[i];
        ifxHost *host;

        if (g_strcmp0(entry->record->plan, plan) != 0 || strcmp(entry->record->uuid, uuid) != 0)
            continue;
        host = entry->state == IFX_STATE_OPEN ? ifxUndoFindHost(hosts, entry) : NULL;
        if (entry->state == IFX_STATE_WRITTEN ||
            (host && ifxUndoFindState(store, entry, host) != IFX_UNDO_NOT_WRITTEN))
            return entry->transaction;
    }
    return NULL;
}

static void
ifxUndoSettleEntry(const ifxStore *store,
                   const ifxLogEntry *entry,
                   ifxHost *host,
                   GPtrArray *problems)
{
    const ifxUndoState found = ifxUndoFindState(store, entry, host);
    const ifxState state = found == IFX_UNDO_WRITTEN ? IFX_STATE_WRITTEN : IFX_STATE_NOT_WRITTEN;
    g_autoptr(GError) problem = NULL;

    if (found != IFX_UNDO_WRITTEN && found != IFX_UNDO_NOT_WRITTEN)
        return;
    if (!ifxStoreLogWriteState(store, entry, state, &problem))
        g_ptr_array_add(problems, g_strdup(problem->message));
}

void
ifxUndoSettle(const ifxStore *store,
              const GPtrArray *hosts,
              GPtrArray *problems)
{
    g_autoptr(GPtrArray) unread = ifxStoreLogNewProblems();
    g_autoptr(GPtrArray) entries = ifxStoreLogReadOpen(store, unread, NULL);
    guint i;

    for (i = 0; entries && i < entries->len; i++) {
        ifxHost *host = ifxUndoFindHost(hosts, entries->pdata[i]);

        if (host)
            ifxUndoSettleEntry(store, entries->pdata[i], host, problems);
    }
}
