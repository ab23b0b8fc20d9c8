/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/write.h"

#include "base/error.h"
#include "base/interrupt.h"
#include "write/write-internal.h"

/* A run on its way. */
typedef struct {
    ifxTransaction *transaction;
    ifxWriteOptions options;
    const ifxWriteEvents *events;
    GHashTable *gone;       /* set of ifxHost that could not be reached again; lent */
} ifxWrite;

static bool
ifxWriteChange(ifxWrite *write,
               const ifxChange *change,
               ifxChanged *changed,
               char **note,
               GError **error)
{
    g_autoptr(ifxChangeWrite) step =
        ifxChangeWriteNew(write->transaction, change, write->options);
    GError *problem = NULL;
    bool ok = ifxChangeWriteRun(step, note, &problem);

    if (!ok && ifxHostReconnect(change->host, write->events->reconnect, write->events->opaque,
                                &problem))
        ok = ifxChangeWriteRun(step, note, &problem);
    *changed = ifxChangeWriteGetChanged(step);
    if (ok)
        return true;
    if (!ifxHostIsAlive(change->host))
        g_hash_table_add(write->gone, change->host);
    g_propagate_error(error, problem);
    return false;
}

static bool
ifxWriteEnd(const ifxWrite *write,
            guint number,
            ifxWriteResult result,
            GError **error)
{
    if (ifxTransactionCount(write->transaction) > 0)
        result.transaction = ifxTransactionGetId(write->transaction);
    return write->events->end(write->events->opaque, number, &result, error);
}

/* Counts a change that did not end as wanted: it is still to be written, or it may be. */
static void
ifxWriteCountRest(const ifxWrite *write,
                  const ifxChange *change,
                  const ifxWriteResult *result,
                  ifxWriteSummary *summary)
{
    if (result->changed == IFX_CHANGED_UNKNOWN)
        summary->unknown++;
    else if (result->outcome == IFX_OUTCOME_NOT_DONE ||
             (result->changed == IFX_CHANGED_NO &&
              g_hash_table_contains(write->gone, change->host)))
        summary->left++;
}

static bool
ifxWriteNext(ifxWrite *write,
             guint number,
             const ifxChange *change,
             ifxWriteSummary *summary,
             GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *note = NULL;
    ifxWriteResult result = { .outcome = IFX_OUTCOME_CHANGED };

    ifxWriteChange(write, change, &result.changed, &note, &problem);
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_QUIT)) {
        g_clear_error(&problem);
        result.outcome = IFX_OUTCOME_NOT_DONE;
        summary->interrupted = true;
    }
    if (problem)
        result.outcome = g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED) ?
            IFX_OUTCOME_REFUSED : IFX_OUTCOME_FAILED;
    result.problem = problem;
    result.note = note;
    ifxWriteCountRest(write, change, &result, summary);
    return ifxWriteEnd(write, number, result, error);
}

static bool
ifxWriteAll(ifxWrite *write,
            const GPtrArray *changes,
            ifxWriteSummary *summary,
            GError **error)
{
    bool ok = true;
    guint i;

    for (i = 0; ok && i < changes->len; i++) {
        const ifxChange *change = changes->pdata[i];

        summary->interrupted = summary->interrupted || ifxInterruptIsPending();
        write->events->begin(write->events->opaque, i);
        if (summary->interrupted || g_hash_table_contains(write->gone, change->host)) {
            summary->left++;
            ok = ifxWriteEnd(write, i, (ifxWriteResult) { .outcome = IFX_OUTCOME_NOT_DONE },
                             error);
        } else {
            ok = ifxWriteNext(write, i, change, summary, error);
        }
    }
    summary->left += changes->len - i;
    return ok;
}

bool
ifxWriteChanges(ifxStore *store,
                const GPtrArray *changes,
                ifxWriteOptions options,
                const ifxWriteEvents *events,
                ifxWriteSummary *summary,
                GError **error)
{
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);
    g_autoptr(ifxTransaction) transaction = NULL;
    ifxWrite write = { .options = options, .events = events, .gone = gone };
    bool ok;

    *summary = (ifxWriteSummary) { 0 };
    ifxInterruptHold();
    transaction = ifxTransactionNew(store);
    write.transaction = transaction;
    ok = ifxWriteAll(&write, changes, summary, error);
    if (ifxTransactionCount(transaction) > 0)
        summary->transaction = g_strdup(ifxTransactionGetId(transaction));
    return ok;
}
