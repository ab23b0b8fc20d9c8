/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/plan-show.h"
#include "base/file.h"
#include "plan/plan-approval.h"
#include "plan/plan-file.h"
#include "plan/plan-xml.h"
#include "cli/line.h"
#include "report/report-json.h"
#include "report/report.h"
#include "cli/walk.h"
#include "xml/xml-doc.h"

/* The document that grows. */
typedef struct {
    const GPtrArray *stylesheets;   /* NULL without --output */
    bool problems;                  /* only these are in it */
    xmlDoc *xml;
    const ifxSession *session;
    ifxReportJson *json;            /* NULL without --json */
    bool can_apply;                 /* apply --plan would change a domain */
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
    const ifxPlanOrigin origin = {
        .uri = connection ? ifxConnectionGetUri(connection) : NULL,
        .host_uuid = connection ? ifxConnectionGetHostUuid(connection) : NULL,
        .libvirt = libvirt,
    };
    g_autoptr(GString) diff = ifxTargetDiff(target, stylesheets, error);

    if (!diff)
        return false;
    ifxPlanApprovalAdd(node, target->plan, &target->policy, connection ? &origin : NULL,
                       diff->str);
    return true;
}

static bool
ifxPlanVisit(const ifxTarget *target,
             void *opaque,
             GError **error)
{
    ifxPlanDocument *document = opaque;
    xmlNode *node;

    if (document->problems && !ifxReportCheckIsProblem(target->plan))
        return true;
    ifxReportNotes(target->named, target->plan);
    if (document->json) {
        const ifxReportSubject subject = ifxLineSubject(document->session, target, target->plan);

        ifxReportJsonAddPlan(document->json, &subject, NULL);
        return true;
    }
    document->can_apply |= target->kind == IFX_NAMED_DOMAIN &&
        target->plan->result == IFX_RESULT_CHANGE;
    node = ifxPlanXmlAdd(document->xml, target->plan, true);
    return !document->stylesheets ||
        ifxPlanAddApproval(target, document->stylesheets, node, error);
}

static bool
ifxPlanFail(const ifxHost *host,
            const char *key,
            const GError *problem,
            void *opaque,
            GError **error G_GNUC_UNUSED)
{
    const ifxPlanDocument *document = opaque;
    const ifxReportSubject subject = ifxLineSubjectFailed(document->session, host, key);

    if (document->json)
        ifxReportJsonAddPlan(document->json, &subject, problem->message);
    return true;
}

static void
ifxPlanFormatJson(const ifxPlanDocument *document,
                  const ifxTally *tally,
                  GString *out)
{
    ifxReportCount counts[IFX_TALLY_COUNTS];

    ifxTallyList(tally, counts);
    ifxReportJsonAddSummary(document->json, counts, G_N_ELEMENTS(counts));
    ifxReportJsonFormat(document->json, out);
}

/* Saves the document, and prints what to do with it. */
static bool
ifxPlanSave(const ifxOptions *options,
            const ifxPlanDocument *document,
            const GString *text,
            const ifxTally *tally,
            GError **error)
{
    const char *path = options->output;
    g_autofree char *quoted = ifxTermQuote(path);
    g_autofree char *command = ifxPlanShowFormatApply(options, path);
    g_autofree char *tail = document->can_apply ?
        g_strdup_printf(" To write these changes: %s", command) :
        g_strdup_printf(" To read the plan: virt-iommufix plan show %s", quoted);

    if (!ifxFileWrite(path, text->str, text->len, 0600, IFX_FILE_NEW, error))
        return false;
    ifxTallySummarize(tally, "to change", tail);
    return true;
}

/* Prints the document on @output, or saves it with --output. */
static bool
ifxPlanWrite(const ifxOutput *output,
             const ifxOptions *options,
             const ifxPlanDocument *document,
             const ifxTally *tally,
             GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (options->output)
        ifxPlanFileMark(document->xml);
    if (document->json)
        ifxPlanFormatJson(document, tally, out);
    else
        ifxPlanXmlFormat(document->xml, out);
    if (options->output)
        return ifxPlanSave(options, document, out, tally, error);
    if (!ifxOutputWriteDocument(output, out->str, out->len, error))
        return false;
    ifxTallySummarize(tally, "to change", "");
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

static ifxExit
ifxPlanRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    g_autoptr(xmlDoc) xml = ifxPlanXmlNew();
    g_autoptr(ifxReportJson) json = session->options.json ? ifxReportJsonNew("plans") : NULL;
    ifxPlanDocument document = {
        .stylesheets = session->options.output ? session->stylesheets : NULL,
        .xml = xml, .json = json, .session = session, .problems = session->options.problems,
    };
    const ifxWalkVisitor visitor = { .visit = ifxPlanVisit, .fail = ifxPlanFail, .opaque = &document };
    ifxTally tally;
    ifxExit status;

    if (g_strcmp0(positionals[0], "show") == 0 && positionals[1] && !positionals[2])
        return ifxPlanShow(session, positionals[1], error);
    /* A document is for programs. */
    session->out.pages = false;
    if (!ifxPlanCheckUsage(&session->options, error) ||
        (session->options.output && !ifxSessionLoadStylesheets(session, false, error)) ||
        !ifxWalkDomains(session, positionals, &visitor, &tally, error))
        return IFX_EXIT_ERROR;

    /* If every domain failed there is no result, except that JSON names them. */
    status = ifxTallyStatus(&tally);
    if (!json && tally.failed > 0 && tally.failed == ifxTallyTotal(&tally))
        return status;
    return ifxPlanWrite(&session->out, &session->options, &document, &tally,
                        error) ? status : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandPlan = {
    .name = "plan",
    .positionals = "[DOMAIN|FILE]... | show FILE",
    .summary = "print the plan for each domain, save it, or show a saved one",
    .examples = "virt-iommufix plan --all -o change.plan\n"
        "virt-iommufix plan show change.plan",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_PAGER | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY | IFX_OPTIONS_MOVED |
        IFX_OPTIONS_CHANGE | IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_JSON | IFX_OPTIONS_PLAN |
        IFX_OPTIONS_FILTER |
        IFX_OPTIONS_QUIET,
    .max_positionals = G_MAXUINT,
    .run = ifxPlanRun,
};
