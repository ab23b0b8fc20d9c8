/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo.h"

#include <string.h>

#include "base/error.h"
#include "write/undo-internal.h"
#include "xml/xml-compare.h"

const char *
ifxUndoStateToString(ifxUndoState state)
{
    static const char *const words[] = {
        [IFX_UNDO_WRITTEN] = "written",
        [IFX_UNDO_UNDONE] = "undone",
        [IFX_UNDO_NOT_WRITTEN] = "not written",
        [IFX_UNDO_RESTORED] = "restored",
        [IFX_UNDO_BROKEN] = "wrong",
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

static ifxDomain *
ifxUndoReadDomain(ifxHost *host,
                  const ifxRecord *record,
                  GError **error)
{
    g_autoptr(GBytes) bytes = ifxHostReadDomain(host, record->uuid, error);

    return bytes ? ifxDomainParse(bytes, error) : NULL;
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
        [IFX_STATE_RESTORED] = IFX_UNDO_RESTORED,
        [IFX_STATE_BROKEN] = IFX_UNDO_BROKEN,
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

static ifxChange *
ifxUndoNewChange(const ifxLogEntry *entry,
                 ifxHost *host,
                 const ifxDomain *current,
                 const char *patch,
                 GError **error)
{
    g_autoptr(ifxRewrite) rewrite = ifxRewriteFromPatch(current->text, patch, error);
    ifxChange *change = rewrite ? ifxChangeNew(host, current->name, current, rewrite) : NULL;

    if (!change)
        return NULL;
    change->command = "undo";
    change->undoes = g_strdup(entry->transaction);
    change->undoes_number = entry->number;
    return change;
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
    g_autofree char *patch = NULL;

    *change = NULL;
    if (!current || !ifxUndoMakePatch(record, current, &patch, error))
        return false;
    if (patch)
        *change = ifxUndoNewChange(entry, host, current, patch, error);
    return !patch || *change;
}

bool
ifxUndoCheckChange(const ifxChange *change,
                   bool *whole,
                   GError **error)
{
    g_autoptr(ifxDomain) before = ifxDomainParse(change->before, error);
    g_autoptr(ifxDomain) after = before ? ifxDomainParse(change->after, error) : NULL;
    g_autofree char *patch = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ifxXmlText) undone = NULL;

    if (!after || !ifxUndoPatchMake(before, after, after, &patch, error))
        return false;
    bytes = patch ? ifxRewriteByPatch(change->after, patch, NULL) : g_bytes_ref(change->after);
    undone = bytes ? ifxXmlTextParse(bytes, NULL) : NULL;
    *whole = undone && ifxXmlCompare(before->text, undone, NULL) &&
        ifxXmlCompare(undone, before->text, NULL);
    return true;
}

/* Opens no connection: that may take long, and the user did not ask for it. */
static ifxHost *
ifxUndoFindHost(const GPtrArray *hosts,
                const ifxLogEntry *entry)
{
    guint i;

    for (i = 0; i < hosts->len; i++) {
        if (strcmp(ifxHostGetName(hosts->pdata[i]), entry->record->uri) == 0)
            return hosts->pdata[i];
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
    if (!ifxStoreLogDropSecret(store, entry, &problem) ||
        !ifxStoreLogWriteState(store, entry, state, &problem))
        g_ptr_array_add(problems, g_strdup(problem->message));
}

void
ifxUndoSettle(const ifxStore *store,
              const GPtrArray *hosts,
              GPtrArray *problems)
{
    g_autoptr(GPtrArray) unread = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) entries = ifxStoreLogReadOpen(store, unread, NULL);
    guint i;

    for (i = 0; entries && i < entries->len; i++) {
        ifxHost *host = ifxUndoFindHost(hosts, entries->pdata[i]);

        if (host)
            ifxUndoSettleEntry(store, entries->pdata[i], host, problems);
    }
}
