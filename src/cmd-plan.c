/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libxml/tree.h>

#include "command.h"
#include "plan-xml.h"
#include "report-json.h"
#include "report-text.h"
#include "walk.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* The document that grows: one of the two. */
typedef struct {
    xmlDoc *xml;
    ifxReportJson *json;
} ifxPlanDocument;

static bool
ifxPlanVisit(ifxSession *session G_GNUC_UNUSED,
             const ifxTarget *target,
             void *opaque,
             GError **error G_GNUC_UNUSED)
{
    const ifxPlanDocument *document = opaque;

    ifxReportNotes(target->label, target->plan);
    if (document->json)
        ifxReportJsonAddPlan(document->json, target->plan);
    else
        ifxPlanXmlAdd(document->xml, target->plan);
    return true;
}

static ifxExit
ifxPlanRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    g_autoptr(xmlDoc) xml = ifxPlanXmlNew();
    g_autoptr(ifxReportJson) json = session->options.json ? ifxReportJsonNew("plans") : NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    ifxPlanDocument document = { .xml = xml, .json = json };
    ifxTally tally;
    ifxExit status;

    if (!ifxWalkDomains(session, positionals, ifxPlanVisit, &document, &tally, error))
        return IFX_EXIT_ERROR;

    /* Where every domain failed there is no result. */
    status = ifxTallyStatus(&tally);
    if (tally.failed > 0 && tally.failed == ifxTallyTotal(&tally))
        return status;
    if (json)
        ifxReportJsonFormat(json, out);
    else
        ifxPlanXmlFormat(xml, out);
    return ifxSessionWriteDocument(session, out->str, out->len, error) ? status : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandPlan = {
    .name = "plan",
    .positionals = "[DOMAIN|FILE]...",
    .summary = "print the plan for each domain, as XML or JSON",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY |
        IFX_OPTIONS_CHANGE | IFX_OPTIONS_JSON,
    .max_positionals = G_MAXUINT,
    .run = ifxPlanRun,
};
