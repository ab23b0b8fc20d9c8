/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "base/file-new.h"
#include "plan/plan-approval.h"
#include "plan/plan-file.h"
#include "cli/plan-show.h"
#include "plan/plan-xml.h"
#include "report/report-json.h"
#include "report/report-text.h"
#include "cli/walk.h"
#include "xml/xml-doc.h"

/* The document that grows: one of the two. */
typedef struct {
    xmlDoc *xml;
    ifxReportJson *json;
} ifxPlanDocument;

/* With --output: the plan, and what it must find again when it is applied. */
static bool
ifxPlanKeep(ifxSession *session,
            const ifxTarget *target,
            xmlNode *node,
            GError **error)
{
    ifxConnection *connection = target->without_secrets ? ifxHostGetConnection(target->host) : NULL;
    g_autofree char *libvirt = connection ? ifxConnectionGetVersion(connection) : NULL;
    g_autoptr(GString) diff = ifxTargetDiff(session, target, error);

    if (!diff)
        return false;
    ifxPlanApprovalAdd(node, target->plan, target->policy,
                       connection ? ifxConnectionGetUri(connection) : NULL, libvirt, diff->str);
    return true;
}

static bool
ifxPlanVisit(ifxSession *session,
             const ifxTarget *target,
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
    return !session->options.output || ifxPlanKeep(session, target, node, error);
}

static bool
ifxPlanWrite(ifxSession *session,
             const ifxPlanDocument *document,
             const ifxTally *tally,
             GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (document->json) {
        ifxReportJsonFormat(document->json, out);
        return ifxOutputWriteDocument(&session->out, out->str, out->len, error);
    }
    if (!session->options.output) {
        ifxPlanXmlFormat(document->xml, out);
        return ifxOutputWriteDocument(&session->out, out->str, out->len, error);
    }
    ifxPlanFileMark(document->xml);
    ifxPlanXmlFormat(document->xml, out);
    if (!ifxFileMakeNew(session->options.output, out->str, out->len, error))
        return false;
    ifxTallySummarize(tally, "to change", " The plan is kept; apply --plan writes it.");
    return true;
}

static bool
ifxPlanCheckUsage(ifxSession *session,
                  GError **error)
{
    const ifxOptions *options = &session->options;

    if (options->output && options->json) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--output keeps the plan as XML, which apply reads: leave --json out");
        return false;
    }
    if (!options->output && options->stylesheet) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--stylesheet is for --output: what is printed has no diff");
        return false;
    }
    return !options->output || (ifxFileCheckNew(options->output, error) &&
                                ifxSessionLoadStylesheets(session, false, error));
}

static ifxExit
ifxPlanRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    g_autoptr(xmlDoc) xml = ifxPlanXmlNew();
    g_autoptr(ifxReportJson) json = session->options.json ? ifxReportJsonNew("plans") : NULL;
    ifxPlanDocument document = { .xml = xml, .json = json };
    ifxTally tally;
    ifxExit status;

    if (g_strcmp0(positionals[0], "show") == 0 && positionals[1] && !positionals[2])
        return ifxPlanShow(session, positionals[1], error);
    if (!ifxPlanCheckUsage(session, error) ||
        !ifxWalkDomains(session, positionals, ifxPlanVisit, &document, &tally, error))
        return IFX_EXIT_ERROR;

    /* Where every domain failed there is no result. */
    status = ifxTallyStatus(&tally);
    if (tally.failed > 0 && tally.failed == ifxTallyTotal(&tally))
        return status;
    return ifxPlanWrite(session, &document, &tally, error) ? status : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandPlan = {
    .name = "plan",
    .positionals = "[DOMAIN|FILE]... | show FILE",
    .summary = "print the plan for each domain, keep it, or show one that was kept",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY |
        IFX_OPTIONS_CHANGE | IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_JSON | IFX_OPTIONS_PLAN,
    .max_positionals = G_MAXUINT,
    .run = ifxPlanRun,
};
