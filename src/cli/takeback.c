/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/takeback.h"

#include <string.h>

#include "xml/diff.h"
#include "write/inverse.h"

const char *
ifxTakebackStateToString(ifxTakebackState state)
{
    static const char *const words[] = {
        [IFX_TAKEBACK_WRITTEN] = "written",
        [IFX_TAKEBACK_UNDONE] = "taken back",
        [IFX_TAKEBACK_NOT_WRITTEN] = "not written",
        [IFX_TAKEBACK_RESTORED] = "put back",
        [IFX_TAKEBACK_BROKEN] = "wrong",
        [IFX_TAKEBACK_ALTERED] = "altered since",
        [IFX_TAKEBACK_UNKNOWN] = "unknown",
    };

    return words[state];
}

static ifxDomain *
ifxTakebackParse(const char *text,
                 GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return ifxDomainParse(bytes, error);
}

static ifxDomain *
ifxTakebackReadDomain(ifxHost *host,
                      const ifxRecord *record,
                      GError **error)
{
    g_autoptr(GBytes) bytes = ifxHostReadDomain(host, record->uuid, error);

    return bytes ? ifxDomainParse(bytes, error) : NULL;
}

/* The patch that takes the record's change out of @current; NULL in @patch: nothing of it is
 * there. */
static bool
ifxTakebackPatch(const ifxRecord *record,
                 const ifxDomain *current,
                 char **patch,
                 GError **error)
{
    g_autoptr(ifxDomain) before = ifxTakebackParse(record->before, error);
    g_autoptr(ifxDomain) after = before ? ifxTakebackParse(record->after, error) : NULL;

    return after && ifxInverseMake(before, after, current, patch, error);
}

static ifxTakebackState
ifxTakebackCompare(const ifxRecord *record,
                   const ifxDomain *current)
{
    g_autofree char *patch = NULL;

    if (!ifxTakebackPatch(record, current, &patch, NULL))
        return IFX_TAKEBACK_ALTERED;
    return patch ? IFX_TAKEBACK_WRITTEN : IFX_TAKEBACK_NOT_WRITTEN;
}

/* The run was ended before it could say what it did. */
static ifxTakebackState
ifxTakebackLook(ifxSession *session,
                const ifxStore *store,
                const ifxLogEntry *entry)
{
    g_autoptr(ifxRecord) record = ifxStoreReadRecord(store, entry, NULL);
    ifxHost *host = ifxSessionGetHost(session, entry->record->uri, NULL);
    g_autoptr(ifxDomain) current =
        record && host ? ifxTakebackReadDomain(host, record, NULL) : NULL;

    return current ? ifxTakebackCompare(record, current) : IFX_TAKEBACK_UNKNOWN;
}

ifxTakebackState
ifxTakebackFind(ifxSession *session,
                const ifxStore *store,
                const ifxLogEntry *entry)
{
    if (entry->undone)
        return IFX_TAKEBACK_UNDONE;
    switch (entry->state) {
    case IFX_STATE_WRITTEN:
        return IFX_TAKEBACK_WRITTEN;
    case IFX_STATE_NOT_WRITTEN:
        return IFX_TAKEBACK_NOT_WRITTEN;
    case IFX_STATE_RESTORED:
        return IFX_TAKEBACK_RESTORED;
    case IFX_STATE_BROKEN:
        return IFX_TAKEBACK_BROKEN;
    case IFX_STATE_OPEN:
        break;
    }
    return ifxTakebackLook(session, store, entry);
}

static ifxProposal *
ifxTakebackNew(const ifxHost *host,
               const ifxLogEntry *entry,
               const ifxDomain *current,
               const char *patch,
               const ifxRewrite *rewrite)
{
    ifxProposal *proposal = g_new0(ifxProposal, 1);

    proposal->connection = ifxHostGetConnection(host);
    proposal->label = g_strdup(current->name);
    proposal->name = g_strdup(current->name);
    proposal->uuid = g_strdup(entry->record->uuid);
    proposal->before = g_bytes_ref(ifxXmlTextGetData(current->text));
    proposal->after = g_bytes_ref(rewrite->text);
    proposal->patch = g_strdup(patch);
    proposal->command = "undo";
    proposal->undoes = g_strdup(entry->transaction);
    proposal->undoes_number = entry->number;
    return proposal;
}

static bool
ifxTakebackAdd(ifxSession *session,
               const ifxHost *host,
               const ifxLogEntry *entry,
               const ifxDomain *current,
               const char *patch,
               ifxProposals *proposals,
               GError **error)
{
    g_autofree char *diff_name = ifxDiffDomainName(NULL, current->name);
    g_autofree char *words = g_strdup_printf("takes back transaction %s", entry->transaction);
    g_autoptr(ifxRewrite) rewrite = ifxRewriteFromPatch(current->text, patch, error);
    ifxProposal *proposal =
        rewrite ? ifxTakebackNew(host, entry, current, patch, rewrite) : NULL;
    ifxReportLine *line = NULL;

    if (!proposal)
        return false;
    if (session->options.json)
        line = ifxReportLineNew(ifxHostGetName(host), current->name, proposal->uuid, NULL);
    return ifxProposeAdd(proposals, session, proposal, rewrite->edits, diff_name, line, words,
                         error);
}

static bool
ifxTakebackFail(const ifxLogEntry *entry,
                GError **error)
{
    g_prefix_error(error, "%s: %s", entry->record->name,
                   error && g_error_matches(*error, IFX_ERROR, IFX_ERROR_REFUSED) ?
                   "refused: " : "");
    return false;
}

/* From @current, the domain as it is. */
static bool
ifxTakebackProposeFrom(ifxSession *session,
                       const ifxHost *host,
                       const ifxLogEntry *entry,
                       const ifxRecord *record,
                       const ifxDomain *current,
                       ifxProposals *proposals,
                       bool *nothing,
                       GError **error)
{
    g_autofree char *patch = NULL;

    if (!ifxTakebackPatch(record, current, &patch, error))
        return ifxTakebackFail(entry, error);
    *nothing = patch == NULL;
    if (patch)
        return ifxTakebackAdd(session, host, entry, current, patch, proposals, error);
    ifxTermNote("%s: nothing of transaction %s is in its definition any more", current->name,
                entry->transaction);
    return true;
}

bool
ifxTakebackPropose(ifxSession *session,
                   const ifxStore *store,
                   const ifxLogEntry *entry,
                   ifxProposals *proposals,
                   bool *nothing,
                   GError **error)
{
    g_autoptr(ifxRecord) record = ifxStoreReadRecord(store, entry, error);
    ifxHost *host = record ? ifxSessionGetHost(session, record->uri, error) : NULL;
    g_autoptr(ifxDomain) current = host ? ifxTakebackReadDomain(host, record, error) : NULL;

    return current ?
        ifxTakebackProposeFrom(session, host, entry, record, current, proposals, nothing, error) :
        ifxTakebackFail(entry, error);
}
