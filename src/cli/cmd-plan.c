/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "base/file.h"
#include "plan/plan-approval.h"
#include "plan/plan-file.h"
#include "plan/plan-xml.h"
#include "report/report-json.h"
#include "report/report.h"
#include "cli/walk.h"
#include "xml/xml-doc.h"

/* The document that grows. */
typedef struct {
    const GPtrArray *stylesheets;   /* NULL without --output */
    xmlDoc *xml;
    ifxReportJson *json;
} ifxPlanDocument;

/* Adds to @node, with --output, what a saved plan must find again when it is applied. */
static bool
ifxPlanAddApproval(const ifxTarget *target,
                   const GPtrArray *stylesheets,
                   xmlNode *node,
                   GError **error)
{
    ifxConnection *connection = target->without_secrets ? ifxHostGetConnection(target->host) : NULL;
    g_autofree char *libvirt = connection ? ifxConnectionGetVersion(connection) : NULL;
    g_autoptr(GString) diff = ifxTargetDiff(target, stylesheets, error);

    if (!diff)
        return false;
    ifxPlanApprovalAdd(node, target->plan, &target->policy,
                       connection ? ifxConnectionGetUri(connection) : NULL, libvirt, diff->str);
    return true;
}

static bool
ifxPlanVisit(const ifxTarget *target,
             void *opaque,
             GError **error)
{
    const ifxPlanDocument *document = opaque;
    xmlNode *node;

    ifxReportNotes(target->label, target->plan);
    if (document->json) {
        ifxReportJsonAddPlan(document->json, target->plan);
        return true;
    }
    node = ifxPlanXmlAdd(document->xml, target->plan);
    return !document->stylesheets ||
        ifxPlanAddApproval(target, document->stylesheets, node, error);
}

/* Prints the document on @output or saves it in @path, unless that is NULL. */
static bool
ifxPlanWrite(const ifxOutput *output,
             const char *path,
             const ifxPlanDocument *document,
             const ifxTally *tally,
             GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *quoted = NULL;
    g_autofree char *tail = NULL;

    if (path)
        ifxPlanFileMark(document->xml);
    if (document->json)
        ifxReportJsonFormat(document->json, out);
    else
        ifxPlanXmlFormat(document->xml, out);
    if (!path)
        return ifxOutputWriteDocument(output, out->str, out->len, error);
    if (!ifxFileCreate(path, out->str, out->len, error))
        return false;
    quoted = ifxTermQuote(path);
    tail = g_strdup_printf(" To write these changes: virt-iommufix apply --plan %s", quoted);
    ifxTallySummarize(tally, "to change", tail);
    return true;
}

static bool
ifxPlanCheckUsage(const ifxOptions *options,
                  GError **error)
{
    if (options->output && options->json)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--output saves the plan as XML: it cannot be combined with --json");
    if (!options->output && options->stylesheet)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--stylesheet needs --output: only a saved plan has a diff");
    return !options->output || ifxFileCheckAbsent(options->output, error);
}

/* A saved plan that is shown. */
typedef struct {
    const ifxPlanFileEntry *entry;
    const GPtrArray *stylesheets;
} ifxPlanShown;

/* Only reports what changed. */
static bool
ifxPlanShowCompare(const ifxTarget *target,
                   void *opaque,
                   GError **error)
{
    const ifxPlanShown *shown = opaque;
    const ifxPlanFileEntry *entry = shown->entry;
    g_autoptr(GString) diff = ifxTargetDiff(target, shown->stylesheets, error);
    g_autoptr(GError) moved = NULL;

    if (!diff)
        return false;
    if (!ifxPlanFileCheck(entry, target->plan, diff->str, &moved))
        ifxTermNoteOn(entry->name, "%s", moved->message);
    return true;
}

/* NULL: no host can be asked, which is reported. */
static ifxHost *
ifxPlanShowHost(ifxSession *session,
                const ifxPlanFileEntry *entry)
{
    g_autoptr(GError) problem = NULL;
    ifxHost *host = NULL;

    if (session->options.host || session->options.connect || session->options.sysroot)
        host = session->hosts->pdata[0];
    else if (entry->uri)
        host = ifxSessionGetHost(session, entry->uri, &problem);
    if (!host)
        ifxTermNoteOn(entry->name, "cannot check what changed since: %s", problem ?
                      problem->message : "the plan is not for a connection. Add --connect, --host "
                      "or --sysroot");
    return host;
}

static bool
ifxPlanShowEntry(ifxSession *session,
                 ifxPlanFileEntry *entry,
                 GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) diff = ifxPlanFileGetDiff(entry);
    ifxPlanShown shown = { .entry = entry, .stylesheets = session->stylesheets };
    const ifxWalkVisitor visitor = { .visit = ifxPlanShowCompare, .opaque = &shown };
    ifxTally tally = { 0 };
    ifxHost *host;

    ifxPlanFileDescribe(entry, text);
    if (!ifxOutputWrite(&session->out, text->str, text->len, error) ||
        !ifxOutputWriteDiff(&session->out, diff, error))
        return false;
    host = ifxPlanShowHost(session, entry);
    return !host || ifxWalkDomain(host, ifxHostIsConnection(host) && entry->uuid ?
                                  entry->uuid : entry->name, &entry->policy, &visitor, &tally,
                                  error);
}

/* Prints the saved plan @path: what is planned for each domain, and the diff. What changed since is
 * reported on stderr, where the host can be asked: the one that the options name, otherwise each
 * plan's connection. */
static ifxExit
ifxPlanShow(ifxSession *session,
            const char *path,
            GError **error)
{
    const ifxOptions *options = &session->options;
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_PLAN_FILE_MAX, error);
    g_autoptr(ifxPlanFile) file = bytes ? ifxPlanFileParse(bytes, error) : NULL;
    const GPtrArray *entries;
    guint i;

    if (bytes && !file)
        g_prefix_error(error, "%s: ", path);
    if (!file || !ifxSessionLoadStylesheets(session, true, error))
        return IFX_EXIT_ERROR;
    if ((options->host || options->connect || options->sysroot) &&
        !ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++) {
        if (!ifxPlanShowEntry(session, entries->pdata[i], error))
            return IFX_EXIT_ERROR;
    }
    return IFX_EXIT_DONE;
}

static ifxExit
ifxPlanRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    g_autoptr(xmlDoc) xml = ifxPlanXmlNew();
    g_autoptr(ifxReportJson) json = session->options.json ? ifxReportJsonNew("plans") : NULL;
    ifxPlanDocument document = {
        .stylesheets = session->options.output ? session->stylesheets : NULL,
        .xml = xml, .json = json,
    };
    const ifxWalkVisitor visitor = { .visit = ifxPlanVisit, .opaque = &document };
    ifxTally tally;
    ifxExit status;

    if (g_strcmp0(positionals[0], "show") == 0 && positionals[1] && !positionals[2])
        return ifxPlanShow(session, positionals[1], error);
    if (!ifxPlanCheckUsage(&session->options, error) ||
        (session->options.output && !ifxSessionLoadStylesheets(session, false, error)) ||
        !ifxWalkDomains(session, positionals, &visitor, &tally, error))
        return IFX_EXIT_ERROR;

    /* If every domain failed there is no result. */
    status = ifxTallyStatus(&tally);
    if (tally.failed > 0 && tally.failed == ifxTallyTotal(&tally))
        return status;
    return ifxPlanWrite(&session->out, session->options.output, &document, &tally,
                        error) ? status : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandPlan = {
    .name = "plan",
    .positionals = "[DOMAIN|FILE]... | show FILE",
    .summary = "print the plan for each domain, save it, or show a saved one",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY |
        IFX_OPTIONS_CHANGE | IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_JSON | IFX_OPTIONS_PLAN,
    .max_positionals = G_MAXUINT,
    .run = ifxPlanRun,
};
