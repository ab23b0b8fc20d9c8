/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/write-run.h"

#include <string.h>

#include "base/interrupt.h"
#include "base/term.h"
#include "cli/recover.h"

/* The run as it goes on. */
typedef struct {
    ifxSession *session;
    ifxTransaction *transaction;
    ifxTally *tally;
    ifxProgress progress;
    GHashTable *gone;       /* set of connections that could not be opened again; lent */
    guint left;             /* how many were not done */
} ifxWriter;

/* One domain, by a connection that is opened anew once if it breaks. */
static bool
ifxWriteDomain(ifxWriter *writer,
               const ifxProposal *proposal,
               char **note,
               GError **error)
{
    const ifxOptions *options = &writer->session->options;
    const ifxRedefineHow how = {
        .skip_validate = options->skip_validate, .keep_backup = options->keep_backup,
    };
    g_autoptr(ifxRedefinition) redefinition =
        ifxRedefinitionNew(writer->transaction, proposal, how);
    g_autoptr(GError) problem = NULL;

    if (ifxRedefinitionRun(redefinition, note, &problem))
        return true;
    if (ifxConnectionIsAlive(proposal->connection)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    ifxProgressHide(&writer->progress);
    ifxTermNote("%s: the connection broke; connecting again",
                ifxConnectionGetUri(proposal->connection));
    if (!ifxConnectionReopen(proposal->connection, error)) {
        g_hash_table_add(writer->gone, proposal->connection);
        return false;
    }
    return ifxRedefinitionRun(redefinition, note, error);
}

static bool
ifxWriteLine(const ifxWriter *writer,
             const ifxWriteJob *job,
             const char *outcome,
             const char *problem,
             GError **error)
{
    const char *id = ifxTransactionCount(writer->transaction) > 0 ?
        ifxTransactionGetId(writer->transaction) : NULL;
    g_autofree char *line = job->line ?
        ifxReportLineFormat(job->line, outcome, id, problem) : NULL;

    return !line || ifxOutputWrite(&writer->session->out, line, strlen(line), error);
}

static bool
ifxWriteJobRun(ifxWriter *writer,
               ifxWriteJob *job,
               GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *note = NULL;
    const char *outcome = "changed";

    job->done = ifxWriteDomain(writer, job->proposal, &note, &problem);
    ifxProgressHide(&writer->progress);
    if (note)
        ifxTermNote("%s", note);
    if (problem) {
        const bool refused = g_error_matches(problem, IFX_ERROR, IFX_ERROR_REFUSED);

        ifxTermNote("%s", problem->message);
        outcome = refused ? "refused" : "failed";
        writer->tally->results[IFX_RESULT_CHANGE]--;
        if (refused)
            writer->tally->results[IFX_RESULT_REFUSED]++;
        else
            writer->tally->failed++;
    }
    return ifxWriteLine(writer, job, outcome, problem ? problem->message : NULL, error);
}

static bool
ifxWriteLeave(ifxWriter *writer,
              const ifxWriteJob *job,
              GError **error)
{
    writer->left++;
    writer->tally->results[IFX_RESULT_CHANGE]--;
    writer->tally->failed++;
    return ifxWriteLine(writer, job, "not-done", NULL, error);
}

static bool
ifxWriteAll(ifxWriter *writer,
            const GPtrArray *jobs,
            GError **error)
{
    bool ok = true;
    bool interrupted = false;
    guint i;

    for (i = 0; ok && i < jobs->len; i++) {
        ifxWriteJob *job = jobs->pdata[i];

        interrupted = interrupted || ifxInterruptIsPending();
        ifxProgressShow(&writer->progress, i);
        if (interrupted || g_hash_table_contains(writer->gone, job->proposal->connection))
            ok = ifxWriteLeave(writer, job, error);
        else
            ok = ifxWriteJobRun(writer, job, error);
    }
    ifxProgressHide(&writer->progress);
    writer->left += jobs->len - i;
    if (writer->left > 0)
        ifxTermNote("%s%u of the domains not written: the same command does the rest",
                    interrupted ? "interrupted: " : "", writer->left);
    return ok;
}

bool
ifxWriteRun(ifxSession *session,
            ifxStore *store,
            const GPtrArray *jobs,
            ifxTally *tally,
            char **id,
            GError **error)
{
    g_autoptr(GHashTable) gone = g_hash_table_new(NULL, NULL);
    g_autoptr(ifxTransaction) transaction = NULL;
    ifxWriter writer = { .session = session, .tally = tally, .gone = gone };
    bool ok;

    if (!ifxStoreLock(store, error))
        return false;
    ifxRecoverRuns(session, store);
    ifxInterruptHold();
    transaction = ifxTransactionNew(store);
    writer.transaction = transaction;
    ifxProgressBegin(&writer.progress, jobs->len);
    ok = ifxWriteAll(&writer, jobs, error);
    if (id && ifxTransactionCount(transaction) > 0)
        *id = g_strdup(ifxTransactionGetId(transaction));
    return ok;
}
