/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/plan-show.h"

#include <string.h>

#include "base/file.h"
#include "base/term.h"
#include "cli/line.h"
#include "cli/walk.h"
#include "plan/plan-file.h"
#include "write/undo.h"

/* A saved plan that is shown. */
typedef struct {
    ifxSession *session;
    const ifxPlanFile *file;
    const ifxPlanFileEntry *entry;
    const ifxStore *store;
    const GPtrArray *log;   /* NULL: the state folder cannot be read */
    const char *state;      /* of the entry, for --json; a constant */
    const char *applied;    /* the transaction that applied the entry; NULL: none */
    bool stale;             /* some entry changed since */
    bool refused;           /* some entry is refused */
    bool pending;           /* some entry can be applied, as far as is known */
} ifxPlanShown;

/* With the --sysroot of the connection's host. */
static char *
ifxPlanShowFormatTool(const ifxOptions *options)
{
    g_autofree char *connect = ifxOptionsFormatConnect(options);
    g_autofree char *tree =
        options->connect && options->sysroot ? ifxTermQuote(options->sysroot) : NULL;

    return g_strdup_printf("virt-iommufix%s%s%s", connect, tree ? " --sysroot " : "",
                           tree ? tree : "");
}

char *
ifxPlanShowFormatApply(const ifxOptions *options,
                       const char *path)
{
    g_autofree char *tool = ifxPlanShowFormatTool(options);
    g_autofree char *stylesheet = ifxOptionsFormat(options, IFX_OPTIONS_STYLESHEET);
    g_autofree char *moved = ifxOptionsFormat(options, IFX_OPTIONS_MOVED);
    g_autofree char *quoted = ifxTermQuote(path);

    return g_strdup_printf("%s apply%s%s --plan %s", tool, stylesheet, moved, quoted);
}

char *
ifxPlanShowFormatNew(const ifxOptions *options,
                     const char *name)
{
    g_autofree char *tool = ifxPlanShowFormatTool(options);
    g_autofree char *moved = ifxOptionsFormat(options, IFX_OPTIONS_MOVED);
    g_autofree char *quoted = ifxTermQuote(name);

    return g_strdup_printf("%s plan%s -o FILE %s", tool, moved, quoted);
}

/* Only reports what changed. */
static bool
ifxPlanShowCompare(const ifxTarget *target,
                   void *opaque,
                   GError **error)
{
    ifxPlanShown *shown = opaque;
    const ifxPlanFileEntry *entry = shown->entry;
    g_autoptr(GString) diff = ifxTargetDiff(target, shown->session->stylesheets, error);
    g_autoptr(GString) difference = g_string_new(NULL);
    g_autoptr(GError) moved = NULL;
    g_autofree char *again = NULL;

    if (!diff)
        return false;
    shown->state = entry->result == IFX_RESULT_CHANGE ? "current" :
        ifxResultToString(entry->result);
    if (!ifxPlanFileCheck(entry, target->plan, diff->str, difference, &moved)) {
        ifxTermShow(difference->str);
        again = ifxPlanShowFormatNew(&shown->session->options, entry->name);
        ifxTermNoteOn(entry->name, "%s. To make a new plan: %s", moved->message, again);
        shown->state = "stale";
        shown->stale = true;
    }
    return true;
}

/* NULL: the host cannot be asked, which is reported. */
static ifxHost *
ifxPlanShowFindHost(const ifxPlanShown *shown)
{
    const ifxPlanFileEntry *entry = shown->entry;
    ifxSession *session = shown->session;
    const bool file = session->options.host ||
        (session->options.sysroot && !session->options.connect);
    g_autoptr(GError) problem = NULL;
    g_autofree char *uuids = NULL;
    ifxHost *host = NULL;

    if (file)
        return session->hosts->pdata[0];
    if (!entry->uri) {
        ifxTermNoteOn(entry->name, "cannot check what changed since: the plan is not for a "
                      "connection. Add --connect, --host or --sysroot");
        return session->options.connect ? session->hosts->pdata[0] : NULL;
    }
    if (session->hosts->len > 0 || ifxSessionOpenHosts(session, &problem))
        host = ifxSessionFindHost(session, entry->uri, entry->host_uuid);
    uuids = host ? NULL : ifxSessionDescribeUuids(session, entry->uri, entry->host_uuid);
    if (uuids)
        ifxTermNoteOn(entry->name, "cannot check what changed since: the plan is for %s, %s",
                      entry->uri, uuids);
    else if (!host)
        ifxTermNoteOn(entry->name, "cannot check what changed since: the plan is for %s, and the "
                      "tool is not connected to that host%s%s", entry->uri,
                      problem ? ": " : "", problem ? problem->message : "");
    return host;
}

static bool
ifxPlanShowCheck(ifxPlanShown *shown,
                 GError **error)
{
    const ifxPlanFileEntry *entry = shown->entry;
    const ifxWalkVisitor visitor = { .visit = ifxPlanShowCompare, .opaque = shown };
    ifxTally tally = { 0 };
    const char *other;
    ifxHost *host;

    shown->state = "unknown";
    shown->applied = shown->log ?
        ifxUndoFindPlan(shown->store, shown->log, shown->session->hosts,
                        ifxPlanFileGetId(shown->file), entry->uuid) : NULL;
    if (shown->applied) {
        shown->state = "applied";
        ifxTermNoteOn(entry->name, "applied by transaction %s", shown->applied);
        return true;
    }
    host = ifxPlanShowFindHost(shown);
    other = host ? ifxMovedDescribeOther(shown->session->moved, entry->moved_sum) : NULL;
    if (other)
        ifxTermNoteOn(entry->name, "cannot check what changed since: %s", other);
    return !host || other || ifxWalkDomain(shown->session, host, ifxHostIsConnection(host) && entry->uuid ?
                                  entry->uuid : entry->name, &entry->policy, &visitor, &tally,
                                  error);
}

static bool
ifxPlanShowText(const ifxPlanShown *shown,
                GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) diff = ifxPlanFileGetDiff(shown->entry);

    g_string_append_c(text, '\n');
    ifxPlanFileDescribe(shown->entry, shown->session->out.term.width, text);
    return ifxOutputWrite(&shown->session->out, text->str, text->len, error) &&
        ifxOutputWriteDiff(&shown->session->out, diff, error);
}

static bool
ifxPlanShowLine(const ifxPlanShown *shown,
                GError **error)
{
    g_autoptr(ifxReportLine) line = ifxLineNewSaved(shown->session, shown->entry, NULL);

    ifxReportLineSet(line, "state", shown->state);
    ifxReportLineSet(line, "transaction", shown->applied);
    return ifxLineWrite(shown->session, line, error);
}

static bool
ifxPlanShowEntry(ifxPlanShown *shown,
                 GError **error)
{
    const ifxResult result = shown->entry->result;
    const bool json = shown->session->options.json;

    if (shown->session->options.problems && !ifxPlanFileIsProblem(shown->entry))
        return true;
    shown->refused |= result == IFX_RESULT_REFUSED || result == IFX_RESULT_NO_IOMMU;
    if ((!json && !ifxPlanShowText(shown, error)) || !ifxPlanShowCheck(shown, error))
        return false;
    shown->pending |= result == IFX_RESULT_CHANGE && shown->entry->uri && !shown->applied &&
        strcmp(shown->state, "stale") != 0;
    return !json || ifxPlanShowLine(shown, error);
}

static ifxTally
ifxPlanShowCount(const ifxPlanShown *shown)
{
    const GPtrArray *entries = ifxPlanFileGetEntries(shown->file);
    ifxTally tally = { .planned = true };
    guint i;

    for (i = 0; i < entries->len; i++)
        tally.results[((const ifxPlanFileEntry *) entries->pdata[i])->result]++;
    return tally;
}

static bool
ifxPlanShowHead(const ifxPlanShown *shown,
                GError **error)
{
    const ifxOutput *output = &shown->session->out;
    const ifxTally tally = ifxPlanShowCount(shown);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *totals = ifxTallyFormat(&tally, "to change");

    ifxPlanFileDescribeHead(shown->file, output->term.width, text);
    g_string_append_printf(text, "  %s\n", totals);
    return ifxOutputWrite(output, text->str, text->len, error);
}

/* Prints the command that applies the plan, or with --json the numbers. */
static bool
ifxPlanShowEnd(const ifxPlanShown *shown,
               const char *path,
               GError **error)
{
    g_autofree char *command = ifxPlanShowFormatApply(&shown->session->options, path);
    g_autofree char *safe = ifxTermEscape(command, strlen(command), false);
    g_autofree char *line = g_strdup_printf("\nNext: %s\n", safe);
    const ifxTally tally = ifxPlanShowCount(shown);

    if (shown->session->options.json)
        return ifxLineWriteSummary(shown->session, &tally, error);
    return !shown->pending || ifxOutputWrite(&shown->session->out, line, strlen(line), error);
}

ifxExit
ifxPlanShow(ifxSession *session,
            const char *path,
            GError **error)
{
    const ifxOptions *options = &session->options;
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_PLAN_FILE_MAX, error);
    g_autoptr(ifxPlanFile) file = bytes ? ifxPlanFileParse(bytes, error) : NULL;
    g_autoptr(ifxStore) store = file ? ifxStoreOpen(false, NULL) : NULL;
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GPtrArray) log = store ? ifxStoreLogRead(store, problems, NULL) : NULL;
    ifxPlanShown shown = { .session = session, .file = file, .store = store, .log = log };
    const GPtrArray *entries;
    guint i;

    if (bytes && !(file && ifxPlanFileIsIntact(file, error))) {
        g_prefix_error(error, "%s: ", path);
        return IFX_EXIT_ERROR;
    }
    if (!file || !ifxSessionLoadStylesheets(session, true, error))
        return IFX_EXIT_ERROR;
    if ((options->host || options->connect || options->sysroot) &&
        !ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    entries = ifxPlanFileGetEntries(file);
    if (!options->json && !ifxPlanShowHead(&shown, error))
        return IFX_EXIT_ERROR;
    for (i = 0; i < entries->len; i++) {
        shown.entry = entries->pdata[i];
        if (!ifxPlanShowEntry(&shown, error))
            return IFX_EXIT_ERROR;
    }
    if (!ifxPlanShowEnd(&shown, path, error))
        return IFX_EXIT_ERROR;
    if (shown.stale)
        return IFX_EXIT_REFUSED;
    return shown.refused ? IFX_EXIT_INCOMPLETE : IFX_EXIT_DONE;
}
