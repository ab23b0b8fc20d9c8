/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/moved.h"

#include <string.h>

#include "base/error.h"
#include "host/moves-claims.h"
#include "write/undo.h"

struct _ifxMoved {
    ifxMoves *moves;
    char *before;
    char *now;
    ifxStore *store;        /* NULL: the host has no records; and: */
    GPtrArray *log;         /* what follows lends from it */
    GHashTable *corrected;  /* UUID of a domain -> the ifxLogEntry of the run that has rewritten it for
                             * the devices that are there now */
    GHashTable *outdated;   /* the same for other devices */
    GHashTable *domains;    /* folded UUID -> ifxDomain: those that the capture has */
    GHashTable *alike;      /* ifxPciAddress of now: ifxMovesClaimsFindAlike() */
};

/* Did that record rewrite a domain of @host, and is that still so? */
static bool
ifxMovedCounts(const ifxStore *store,
               const ifxLogEntry *entry,
               ifxHost *host)
{
    const ifxRecord *record = entry->record;
    ifxConnection *connection = ifxHostGetConnection(host);

    return record->moved_from && !entry->undone && strcmp(record->command, "apply") == 0 &&
        ifxConnectionIs(connection, record->uri, record->host_uuid) &&
        entry->state != IFX_STATE_NOT_WRITTEN && entry->state != IFX_STATE_ENDED &&
        (entry->state != IFX_STATE_OPEN ||
         ifxUndoFindState(store, entry, host) != IFX_UNDO_NOT_WRITTEN);
}

/* The domain that the capture has by the UUID of @entry, whose claims are as that run has written them;
 * so the capture is the younger one. */
static bool
ifxMovedIsInCapture(const ifxMoved *moved,
                    const ifxLogEntry *entry)
{
    g_autoptr(ifxRecord) record = ifxStoreLogReadRecord(moved->store, entry, NULL);
    g_autoptr(GBytes) text =
        record ? g_bytes_new_static(record->after, strlen(record->after)) : NULL;
    g_autoptr(ifxDomain) after = text ? ifxDomainParse(text, NULL) : NULL;
    const ifxDomain *then =
        after && after->uuid_key ? g_hash_table_lookup(moved->domains, after->uuid_key) : NULL;

    return then && ifxMovesClaimsCompare(moved->moves, then, after) == IFX_WRITTEN_BEFORE;
}

/* The last record of a domain decides. Where cards of one kind have changed places, the sums are the same
 * before and now. */
static void
ifxMovedAddRecord(ifxMoved *moved,
                  const ifxLogEntry *entry)
{
    const ifxRecord *record = entry->record;
    const bool is_now = strcmp(record->moved_to, moved->now) == 0;
    const bool before = strcmp(record->moved_to, moved->before) == 0;
    const bool now = is_now && !(before && ifxMovedIsInCapture(moved, entry));

    g_hash_table_remove(moved->corrected, record->uuid);
    g_hash_table_remove(moved->outdated, record->uuid);
    if (now || !before)
        g_hash_table_insert(now ? moved->corrected : moved->outdated, record->uuid,
                            (gpointer) entry);
}

static bool
ifxMovedReadRecords(ifxMoved *moved,
                    ifxHost *host,
                    GError **error)
{
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    guint i;

    moved->store = ifxStoreOpen(false, error);
    moved->log = moved->store ? ifxStoreLogRead(moved->store, problems, error) : NULL;
    if (!moved->log)
        return false;
    if (problems->len > 0) {
        const ifxLogProblem *problem = problems->pdata[0];

        return ifxErrorSet(error, IFX_ERROR_FILE, "--moved-from needs all records, to move nothing "
                           "twice: transaction %s: %s", problem->transaction, problem->message);
    }
    for (i = 0; i < moved->log->len; i++) {
        if (ifxMovedCounts(moved->store, moved->log->pdata[i], host))
            ifxMovedAddRecord(moved, moved->log->pdata[i]);
    }
    return true;
}

static void
ifxMovedDomainFree(gpointer domain)
{
    ifxDomainFree(domain);
}

/* Of a domain that is none, nothing is known. */
static bool
ifxMovedReadDomains(ifxMoved *moved,
                    ifxHost *capture,
                    GError **error)
{
    g_autoptr(GPtrArray) names = ifxHostListDomains(capture, true, error);
    guint i;

    for (i = 0; names && i < names->len; i++) {
        g_autoptr(ifxDomain) domain = ifxHostReadDomain(capture, names->pdata[i], NULL);

        if (domain && domain->uuid_key) {
            gpointer key = domain->uuid_key;

            g_hash_table_replace(moved->domains, key, g_steal_pointer(&domain));
        }
    }
    return names != NULL;
}

ifxMoved *
ifxMovedNew(const char *path,
            ifxHost *host,
            GError **error)
{
    g_autoptr(ifxMoved) moved = g_new0(ifxMoved, 1);
    g_autoptr(ifxHost) capture = ifxHostOpenCapture(path, error);
    g_autoptr(ifxTopology) before = capture ? ifxHostLoadIdentities(capture, error) : NULL;
    g_autoptr(ifxTopology) now = before ? ifxHostLoadIdentities(host, error) : NULL;

    if (!now)
        return NULL;
    moved->moves = ifxMovesNew(before, now);
    moved->before = ifxMovesClaimsSum(before);
    moved->now = ifxMovesClaimsSum(now);
    moved->corrected = g_hash_table_new(g_str_hash, g_str_equal);
    moved->outdated = g_hash_table_new(g_str_hash, g_str_equal);
    moved->domains = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, ifxMovedDomainFree);
    moved->alike = ifxMovesClaimsFindAlike(now);
    if (!ifxMovesIsSameHost(moved->moves)) {
        ifxErrorSet(error, IFX_ERROR_HOST, "--moved-from %s: it has no device of %s, so it is a "
                    "capture of another host", path, ifxHostGetName(host));
        return NULL;
    }
    if (ifxMovesMayBeTwins(moved->moves)) {
        ifxErrorSet(error, IFX_ERROR_HOST, "--moved-from %s: it may be a capture of another host of "
                    "this model: %s has equal devices with other serial numbers, and none with the "
                    "same one. If it is of this host, correct the addresses with virsh edit; groups "
                    "--compare %s shows them", path, ifxHostGetName(host), path);
        return NULL;
    }
    if (!ifxMovedReadDomains(moved, capture, error) ||
        (ifxHostGetConnection(host) && !ifxMovedReadRecords(moved, host, error)))
        return NULL;
    ifxHostFollowMoves(host, moved->moves, moved->corrected);
    return g_steal_pointer(&moved);
}

void
ifxMovedFree(ifxMoved *moved)
{
    if (!moved)
        return;
    g_clear_pointer(&moved->alike, g_hash_table_unref);
    g_clear_pointer(&moved->moves, ifxMovesFree);
    g_clear_pointer(&moved->corrected, g_hash_table_unref);
    g_clear_pointer(&moved->outdated, g_hash_table_unref);
    g_clear_pointer(&moved->domains, g_hash_table_unref);
    g_clear_pointer(&moved->log, g_ptr_array_unref);
    g_clear_pointer(&moved->store, ifxStoreFree);
    g_free(moved->before);
    g_free(moved->now);
    g_free(moved);
}

const char *
ifxMovedGetBefore(const ifxMoved *moved)
{
    return moved->before;
}

const char *
ifxMovedGetNow(const ifxMoved *moved)
{
    return moved->now;
}

const char *
ifxMovedDescribeOther(const ifxMoved *moved,
                      const char *sum)
{
    if (g_strcmp0(sum, moved ? moved->before : NULL) == 0)
        return NULL;
    if (!moved)
        return "its plan was made with --moved-from; add that option with the same capture";
    return sum ? "its plan was made with another capture than --moved-from names" :
        "its plan was made without --moved-from; leave that option out";
}

/* The record in @records of the run that has rewritten @domain. NULL: none has, or its old addresses are
 * back: by a snapshot, or by an old definition. */
static const ifxLogEntry *
ifxMovedLookupRecord(const ifxMoved *moved,
                     GHashTable *records,
                     const ifxDomain *domain)
{
    const ifxLogEntry *entry =
        domain->uuid ? g_hash_table_lookup(records, domain->uuid) : NULL;

    return entry && !ifxUndoIsMovedBack(moved->store, entry, domain) ? entry : NULL;
}

/* Is the device that has @address since @entry, or had it then, the one that has it now? */
static bool
ifxMovedIsAsRecorded(const ifxMoved *moved,
                     const ifxLogEntry *entry,
                     const ifxPciAddress *address)
{
    const GArray *moves = entry->record->moved;
    bool found = false;
    guint i;

    for (i = 0; moves && i < moves->len; i++) {
        const ifxRecordMove *move = &g_array_index(moves, ifxRecordMove, i);

        if (!ifxPciAddressEqual(&move->to, address))
            continue;
        if (ifxMovesClaimsCanBeAt(moved->moves, &move->from, address))
            return true;
        found = true;
    }
    return !found && ifxMovesClaimsCanBeAt(moved->moves, address, address);
}

/* Is @domain, which @entry has rewritten, right for the cards that are there now? Another card of the same
 * kind may be there since. What the capture has of the domain proves it; so does the record, if its run
 * followed the same moves. Where the sums are the same before and now, nothing shows when the capture was
 * made, and the record proves nothing. */
static bool
ifxMovedIsProven(const ifxMoved *moved,
                 const ifxLogEntry *entry,
                 const ifxDomain *domain)
{
    const ifxDomain *then =
        domain->uuid_key ? g_hash_table_lookup(moved->domains, domain->uuid_key) : NULL;
    const bool same = strcmp(moved->before, moved->now) == 0;
    guint i;

    if (then && ifxMovesClaimsHaveFollowed(moved->moves, then, domain))
        return true;
    for (i = 0; i < domain->claims->len; i++) {
        const ifxPciAddress *address = &g_array_index(domain->claims, ifxClaim, i).written;

        if (g_hash_table_contains(moved->alike, address) &&
            (same || !ifxMovedIsAsRecorded(moved, entry, address)))
            return false;
    }
    return true;
}

/* Sets what the domains of the capture show about @domain. @recorded: a record would show that a run has
 * rewritten it. One that the capture does not have is younger. */
static void
ifxMovedCompareDomain(const ifxMoved *moved,
                      const ifxDomain *domain,
                      bool recorded,
                      ifxPlanHost *known)
{
    const ifxDomain *then =
        domain->uuid_key ? g_hash_table_lookup(moved->domains, domain->uuid_key) : NULL;
    const ifxWritten written =
        then ? ifxMovesClaimsCompare(moved->moves, then, domain) : IFX_WRITTEN_UNKNOWN;

    known->of_before = written == IFX_WRITTEN_BEFORE ||
        (recorded && (then || g_hash_table_size(moved->domains) == 0));
    known->since = written == IFX_WRITTEN_SINCE;
}

bool
ifxMovedFollow(const ifxMoved *moved,
               ifxDomain *domain,
               ifxNamedKind kind,
               ifxPlanHost *known,
               GError **error)
{
    const bool recorded = kind == IFX_NAMED_DOMAIN && domain->uuid;
    const ifxLogEntry *outdated =
        recorded ? ifxMovedLookupRecord(moved, moved->outdated, domain) : NULL;
    const ifxLogEntry *corrected =
        recorded ? ifxMovedLookupRecord(moved, moved->corrected, domain) : NULL;

    if (outdated)
        return ifxErrorRefuse(error, domain->name, "transaction %s has rewritten its addresses, and "
                              "the host's devices have changed since; use a capture that was made "
                              "in between, or leave out --moved-from if the addresses are right",
                              outdated->transaction);
    if (corrected && !ifxMovedIsProven(moved, corrected, domain))
        return ifxErrorRefuse(error, domain->name, "transaction %s has rewritten its addresses, and "
                              "nothing proves that no card has changed places with one of its kind "
                              "since; use a capture with domains, or leave out --moved-from if the "
                              "addresses are right", corrected->transaction);
    known->moved_already = corrected ? corrected->transaction : NULL;
    if (corrected)
        return true;
    ifxMovesClaimsFollow(moved->moves, domain);
    known->moves = moved->moves;
    ifxMovedCompareDomain(moved, domain, recorded, known);
    return true;
}
