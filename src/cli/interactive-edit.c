/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/interactive-edit.h"

#include <string.h>

#include "report/capture-xml.h"
#include "xml/edit-lines.h"
#include "base/editor.h"
#include "base/term.h"
#include "plan/plan-judge.h"
#include "report/report-text.h"
#include "xml/xml-patch.h"

#define IFX_EDIT_QUESTION "Edit it again? [y,n,q,?]"
#define IFX_EDIT_HELP \
    "y - open the editor on what was edited\n" \
    "n - throw the edit away, and leave the domain as it is\n" \
    "q - quit; nothing is written, whatever was agreed to (as does the end of the input)\n" \
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

/* Is nothing in it refused? By a topology of its own, since the target's need not have what was put
 * in; a placeholder whose device is gone is not taken out, but was left there. */
static bool
ifxEditCheckPlan(const ifxTarget *target,
                 const ifxDomain *domain,
                 GError **error)
{
    ifxPolicy policy = *target->policy;
    ifxPlanHost known = *target->known;
    g_autoptr(ifxTopology) topology = ifxHostLoadTopology(target->host, domain, error);
    g_autoptr(ifxPlan) plan = NULL;

    if (!topology)
        return false;
    known.topology = topology;
    policy.prune = false;
    plan = ifxPlanJudge(domain, &known, &policy);
    if (plan->result == IFX_RESULT_REFUSED) {
        ifxReportNotes(target->label, plan);
        g_set_error(error, IFX_ERROR, IFX_ERROR_REFUSED, "it declares, or lacks, what is refused");
        return false;
    }
    ifxReportBlocked(target->label, plan, false);
    return true;
}

/* Can what was edited be taken? It is the same domain, and nothing in it is refused. Its text
 * without passwords. */
static GBytes *
ifxEditCheck(const ifxTarget *target,
             GBytes *edited,
             GError **error)
{
    g_autoptr(ifxDomain) domain = ifxDomainParse(edited, error);
    g_autoptr(GString) shown = g_string_new(NULL);

    if (!domain)
        return NULL;
    if (g_strcmp0(domain->name, target->plan->domain->name) != 0 ||
        !ifxDomainHasUuid(domain, target->plan->domain->uuid)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "it is another domain: name and uuid must stay as they are");
        return NULL;
    }
    if (!ifxCaptureXmlAddDomain(shown, domain, error) ||
        !ifxEditCheckPlan(target, domain, error))
        return NULL;
    return g_bytes_new(shown->str, shown->len);
}

/* What was said of the edit: again? 'y', 'n' or 'q'. */
static char
ifxEditAgain(const ifxTarget *target,
             const GError *problem)
{
    ifxTermNote("%s: %s", target->label, problem->message);
    for (;;) {
        g_autofree char *answer = ifxTermAsk(IFX_EDIT_QUESTION);

        if (!answer)
            return 'q';
        if (*answer && !answer[1] && strchr("ynq", g_ascii_tolower(*answer)))
            return g_ascii_tolower(*answer);
        ifxTermShow(IFX_EDIT_HELP);
    }
}

/* Until it can be taken: 'e' with @edited and its text without passwords in @shown; 'y' if nothing
 * was edited; or it is given up, or edited back to what @old is: 'n' or 'q'. */
static char
ifxEditLoop(const ifxTarget *target,
            GBytes *old,
            GBytes *start,
            GBytes **edited,
            GBytes **shown)
{
    g_autoptr(GBytes) text = g_bytes_ref(start);

    for (;;) {
        g_autoptr(GError) problem = NULL;
        g_autoptr(GBytes) result = ifxEditorEdit(text, &problem);
        char key;

        if (result && g_bytes_equal(result, start))
            return 'y';
        if (result && g_bytes_equal(result, old))
            return 'n';
        *shown = result ? ifxEditCheck(target, result, &problem) : NULL;
        if (*shown) {
            *edited = g_steal_pointer(&result);
            return 'e';
        }
        key = ifxEditAgain(target, problem);
        if (key != 'y')
            return key;
        if (result) {
            g_bytes_unref(text);
            text = g_steal_pointer(&result);
        }
    }
}

static bool
ifxEditPropose(ifxProposals *proposals,
               ifxSession *session,
               const ifxTarget *target,
               const ifxDefinition *definition,
               GBytes *edited,
               GBytes *shown,
               GError **error)
{
    ifxProposal *proposal = g_new0(ifxProposal, 1);
    g_autoptr(GArray) edits = ifxEditsBetween(definition->shown, shown);

    proposal->connection = ifxHostGetConnection(target->host);
    proposal->label = g_strdup(target->label);
    proposal->name = g_strdup(target->plan->domain->name);
    proposal->uuid = g_strdup(target->plan->domain->uuid);
    proposal->before = g_bytes_ref(definition->shown);
    proposal->after = g_bytes_ref(shown);
    proposal->edit_of = g_bytes_ref(definition->secret);
    proposal->edited = g_bytes_ref(edited);
    proposal->command = "apply";
    proposal->own_stylesheet = true;
    return ifxProposeAdd(proposals, session, proposal, edits, target->diff_name, NULL,
                         "as it was edited", error);
}

/* With its passwords; it is still the one that the plan was made from. */
static ifxDefinition *
ifxEditRead(const ifxTarget *target,
            GError **error)
{
    const ifxDomain *domain = target->plan->domain;
    g_autoptr(ifxDefinition) definition =
        ifxConnectionReadDefinition(ifxHostGetConnection(target->host), domain->uuid, error);

    if (!definition)
        return NULL;
    if (!g_bytes_equal(definition->shown, ifxXmlTextGetData(domain->text))) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_REFUSED,
                    "%s: refused: its definition was changed meanwhile; nothing was written, the "
                    "same command plans it anew", target->label);
        return NULL;
    }
    return g_steal_pointer(&definition);
}

bool
ifxInteractiveEdit(ifxProposals *proposals,
                   ifxSession *session,
                   const ifxTarget *target,
                   const ifxPlan *plan,
                   GError **error)
{
    g_autoptr(ifxDefinition) definition = ifxEditRead(target, error);
    g_autoptr(GBytes) start = NULL;
    g_autoptr(GBytes) edited = NULL;
    g_autoptr(GBytes) shown = NULL;

    if (!definition)
        return false;
    start = ifxEditStart(session, definition, plan, error);
    if (!start) {
        g_prefix_error(error, "%s: ", target->label);
        return false;
    }
    switch (ifxEditLoop(target, definition->secret, start, &edited, &shown)) {
    case 'e':
        return ifxEditPropose(proposals, session, target, definition, edited, shown, error);
    case 'y':
        ifxTermNote("%s: nothing was edited", target->label);
        ifxReportBlocked(target->label, plan, true);
        return ifxProposeTarget(proposals, session, target, plan, error);
    case 'q':
        session->quit = true;
        return true;
    default:
        ifxTermNote("%s: left as it is", target->label);
        return true;
    }
}
