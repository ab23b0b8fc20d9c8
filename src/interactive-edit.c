/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interactive-edit.h"

#include <string.h>

#include "capture-xml.h"
#include "editor.h"
#include "prompt.h"
#include "report-text.h"
#include "xml-patch-format.h"

#define IFX_EDIT_QUESTION "Edit it again? [y,n,?]"
#define IFX_EDIT_HELP \
    "y - open the editor on what it was\n" \
    "n - throw the edit away, and leave the domain as it is\n" \
    "? - print this help\n"

/* The definition with passwords and with the change, as it is to be edited. */
static GBytes *
ifxEditStart(ifxSession *session,
             const ifxDefinition *definition,
             const ifxPlan *plan,
             GError **error)
{
    g_autoptr(ifxRewrite) rewrite = ifxRewriteNew(plan, session->stylesheets, error);
    g_autofree char *patch = NULL;

    if (!rewrite)
        return NULL;
    if (rewrite->edits->len == 0)
        return g_bytes_ref(definition->secret);
    patch = ifxXmlPatchFormat(rewrite->patch);
    return ifxRewriteByPatch(definition->secret, patch, error);
}

/* Can what was edited be taken? It is the same domain, and nothing in it is refused. */
static ifxDomain *
ifxEditCheck(const ifxTarget *target,
             GBytes *edited,
             GError **error)
{
    g_autoptr(ifxDomain) domain = ifxDomainParse(edited, error);
    g_autoptr(ifxPlan) plan = NULL;

    if (!domain)
        return NULL;
    if (g_strcmp0(domain->name, target->plan->domain->name) != 0 ||
        !ifxDomainHasUuid(domain, target->plan->domain->uuid)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "it is another domain: name and uuid must stay as they are");
        return NULL;
    }
    plan = ifxPlanNew(domain, target->known, target->policy);
    if (plan->result == IFX_RESULT_REFUSED) {
        ifxReportNotes(target->label, plan);
        g_set_error(error, IFX_ERROR, IFX_ERROR_REFUSED, "it declares, or lacks, what is refused");
        return NULL;
    }
    return g_steal_pointer(&domain);
}

/* What was said of the edit: again? */
static bool
ifxEditAgain(const ifxTarget *target,
             const GError *problem)
{
    ifxTermNote("%s: %s", target->label, problem->message);
    for (;;) {
        g_autofree char *answer = ifxPromptLine(IFX_EDIT_QUESTION);

        if (!answer || g_ascii_strcasecmp(answer, "n") == 0)
            return false;
        if (g_ascii_strcasecmp(answer, "y") == 0)
            return true;
        ifxTermSay(IFX_EDIT_HELP);
    }
}

/* Until it can be taken, or is given up: then NULL. */
static ifxDomain *
ifxEditLoop(const ifxTarget *target,
            GBytes *start)
{
    g_autoptr(GBytes) text = g_bytes_ref(start);

    for (;;) {
        g_autoptr(GError) problem = NULL;
        g_autoptr(GBytes) edited = ifxEditorEdit(text, &problem);
        ifxDomain *domain = edited ? ifxEditCheck(target, edited, &problem) : NULL;

        if (domain)
            return domain;
        if (!ifxEditAgain(target, problem))
            return NULL;
        if (edited) {
            g_bytes_unref(text);
            text = g_bytes_ref(edited);
        }
    }
}

static ifxProposal *
ifxEditPropose(const ifxTarget *target,
               const ifxDefinition *definition,
               const ifxDomain *edited,
               GError **error)
{
    g_autoptr(ifxProposal) proposal = g_new0(ifxProposal, 1);
    g_autoptr(GString) shown = g_string_new(NULL);

    if (!ifxCaptureXmlAddDomain(shown, edited, error))
        return NULL;
    proposal->connection = ifxHostGetConnection(target->host);
    proposal->label = g_strdup(target->label);
    proposal->name = g_strdup(edited->name);
    proposal->uuid = g_strdup(target->plan->domain->uuid);
    proposal->before = g_bytes_ref(definition->shown);
    proposal->after = g_bytes_new(shown->str, shown->len);
    proposal->edit_of = g_bytes_ref(definition->secret);
    proposal->edited = g_bytes_ref(ifxXmlTextGetData(edited->text));
    proposal->command = "apply";
    proposal->own_stylesheet = true;
    return g_steal_pointer(&proposal);
}

bool
ifxInteractiveEdit(ifxProposals *proposals,
                   ifxSession *session,
                   const ifxTarget *target,
                   const ifxPlan *plan,
                   GError **error)
{
    g_autoptr(ifxDefinition) definition =
        ifxConnectionReadDefinition(ifxHostGetConnection(target->host),
                                    target->plan->domain->uuid, error);
    g_autoptr(GBytes) start = NULL;
    g_autoptr(ifxDomain) edited = NULL;
    ifxProposal *proposal;

    if (!definition)
        return false;
    start = ifxEditStart(session, definition, plan, error);
    if (!start) {
        g_prefix_error(error, "%s: ", target->label);
        return false;
    }
    edited = ifxEditLoop(target, start);
    if (!edited) {
        ifxTermNote("%s: left as it is", target->label);
        return true;
    }
    if (g_bytes_equal(ifxXmlTextGetData(edited->text), start))
        return ifxProposeTarget(proposals, session, target, plan, error);

    proposal = ifxEditPropose(target, definition, edited, error);
    return proposal && ifxProposeAdd(proposals, session, proposal, NULL, NULL, NULL,
                                     "as it was edited", error);
}
