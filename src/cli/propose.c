/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/propose.h"

#include <string.h>

#include "xml/diff.h"
#include "domain/hostdev-alias.h"
#include "write/inverse.h"
#include "base/term.h"
#include "report/report-text.h"
#include "xml/xml-compare.h"
#include "xml/xml-patch.h"

void
ifxProposalsInit(ifxProposals *proposals)
{
    proposals->jobs = ifxWriteJobsNew();
    proposals->remarks = g_ptr_array_new_with_free_func(g_free);
}

void
ifxProposalsClear(ifxProposals *proposals)
{
    g_clear_pointer(&proposals->jobs, g_ptr_array_unref);
    g_clear_pointer(&proposals->remarks, g_ptr_array_unref);
}

/* "adds 0000:01:00.1, 0000:01:00.2; makes 1 claim managed". */
static char *
ifxProposeWords(const ifxPlan *plan)
{
    GString *words = g_string_new(NULL);
    guint managed = 0;
    guint removed = 0;
    guint i;
    guint j;

    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            const ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);
            char address[IFX_PCI_ADDRESS_LENGTH];

            if (member->verdict == IFX_VERDICT_ADD)
                g_string_append_printf(words, "%s%s", words->len > 0 ? ", " : "adds ",
                                       ifxPciAddressFormat(&member->member->address, address));
        }
    }
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        managed += claim->manage ? 1 : 0;
        removed += claim->verdict == IFX_VERDICT_REMOVE ? 1 : 0;
    }
    if (managed > 0)
        g_string_append_printf(words, "%smakes %u claim%s managed", words->len > 0 ? "; " : "",
                               managed, managed == 1 ? "" : "s");
    if (removed > 0)
        g_string_append_printf(words, "%stakes %u placeholder%s out", words->len > 0 ? "; " : "",
                               removed, removed == 1 ? "" : "s");
    return g_string_free(words, FALSE);
}

/* What the admin should know before it is written. */
static void
ifxProposeRemark(const ifxProposal *proposal,
                 const ifxDomainState *state)
{
    if (state->running)
        ifxTermNote("%s: it is running: the change takes effect after a full power-off, not after "
                    "a reboot", proposal->label);
    if (state->saved)
        ifxTermNote("%s: it has a saved state, which holds its old definition: with virsh start "
                    "and virsh shutdown it is used up, virsh managedsave-remove throws it away",
                    proposal->label);
}

bool
ifxProposeReadState(ifxConnection *connection,
                    const char *label,
                    const char *uuid,
                    ifxDomainState *state,
                    GError **error)
{
    if (!ifxConnectionReadState(connection, uuid, state, error))
        return false;
    if (state->persistent)
        return true;
    g_set_error(error, IFX_ERROR, IFX_ERROR_REFUSED,
                "%s: refused: it is transient: it has no definition that could be changed; "
                "whoever creates it has to add the devices", label);
    return false;
}

/* Who was asked hunk by hunk has seen what comes of it: but not what a site's stylesheet makes of
 * the whole. */
static bool
ifxProposeWasShown(const ifxSession *session)
{
    return session->options.interactive && session->out.term.terminal &&
        !session->options.stylesheet;
}

bool
ifxProposeAdd(ifxProposals *proposals,
              ifxSession *session,
              ifxProposal *proposal,
              const GArray *edits,
              const char *diff_name,
              ifxReportLine *line,
              const char *words,
              GError **error)
{
    ifxDomainState state;
    g_autoptr(GString) diff = g_string_new(NULL);
    gsize length;
    const char *bytes = g_bytes_get_data(proposal->before, &length);
    bool ok = ifxProposeReadState(proposal->connection, proposal->label, proposal->uuid, &state,
                                  error);

    if (ok && !session->options.json && !ifxProposeWasShown(session)) {
        ifxDiffWrite(edits, bytes, length, diff_name, diff);
        ok = ifxOutputWriteDiff(&session->out, diff, error);
    }
    if (!ok) {
        ifxProposalFree(proposal);
        ifxReportLineFree(line);
        return false;
    }
    ifxProposeRemark(proposal, &state);
    g_ptr_array_add(proposals->remarks,
                    g_strdup_printf("%s: %s%s", proposal->label, words, !state.autostart ? "" :
                                    "; it starts with the host, and takes them at its next boot"));
    ifxWriteJobsAdd(proposals->jobs, proposal, line);
    return true;
}

static bool
ifxProposeLine(ifxSession *session,
               const ifxReportLine *line,
               const ifxPlan *plan,
               GError **error)
{
    const bool refused = plan->result == IFX_RESULT_REFUSED || plan->result == IFX_RESULT_NO_IOMMU;
    g_autofree char *text = line ?
        ifxReportLineFormat(line, refused ? "refused" : "unchanged", NULL, NULL) : NULL;

    return !text || ifxOutputWrite(&session->out, text, strlen(text), error);
}

static ifxProposal *
ifxProposeNew(const ifxSession *session,
              const ifxTarget *target,
              const ifxDomain *domain,
              const ifxRewrite *rewrite)
{
    ifxProposal *proposal = g_new0(ifxProposal, 1);

    proposal->connection = ifxHostGetConnection(target->host);
    proposal->label = g_strdup(target->label);
    proposal->name = g_strdup(domain->name);
    proposal->uuid = g_strdup(domain->uuid);
    proposal->before = g_bytes_ref(ifxXmlTextGetData(domain->text));
    proposal->after = g_bytes_ref(rewrite->text);
    proposal->patch = ifxXmlPatchFormat(rewrite->patch);
    proposal->command = "apply";
    proposal->own_stylesheet = session->options.stylesheet != NULL;
    return proposal;
}

/* A site's stylesheet may change what undo knows nothing of. */
static bool
ifxProposeCheckInverse(const ifxProposal *proposal,
                       const ifxDomain *before,
                       GError **error)
{
    g_autoptr(ifxDomain) after = ifxDomainParse(proposal->after, error);
    g_autofree char *inverse = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ifxXmlText) undone = NULL;

    if (!after || !ifxInverseMake(before, after, after, &inverse, error)) {
        g_prefix_error(error, "%s: ", proposal->label);
        return false;
    }
    bytes = inverse ? ifxRewriteByPatch(proposal->after, inverse, NULL) :
        g_bytes_ref(proposal->after);
    undone = bytes ? ifxXmlTextParse(bytes, NULL) : NULL;
    if (!undone || !ifxXmlIsKept(before->text, undone, NULL) ||
        !ifxXmlIsKept(undone, before->text, NULL))
        ifxTermNote("%s: the stylesheet changes more than devices and managed: undo will leave the "
                    "rest as it is then", proposal->label);
    return true;
}

bool
ifxProposeTarget(ifxProposals *proposals,
                 ifxSession *session,
                 const ifxTarget *target,
                 const ifxPlan *plan,
                 GError **error)
{
    const ifxDomain *domain = plan->domain;
    g_autoptr(ifxRewrite) rewrite = NULL;
    g_autoptr(ifxReportLine) line = NULL;
    g_autofree char *alias = NULL;
    g_autofree char *words = NULL;
    ifxProposal *proposal;

    rewrite = ifxRewriteNew(plan, session->stylesheets, error);
    if (!rewrite) {
        g_prefix_error(error, "%s: ", target->label);
        return false;
    }
    ifxReportNotes(target->label, plan);
    if (session->options.json)
        line = ifxReportLineNew(ifxHostGetName(target->host), domain->name, domain->uuid, plan);
    if (rewrite->edits->len == 0)
        return ifxProposeLine(session, line, plan, error);

    alias = ifxHostdevAliasFind(domain);
    if (alias)
        ifxTermNote("%s: it speaks to QEMU of %s: new hostdevs go behind the others, so that it "
                    "stays the same device%s", target->label, alias, session->options.prune ?
                    ", but one that --prune takes out moves those behind it" : "");
    proposal = ifxProposeNew(session, target, domain, rewrite);
    if (session->options.stylesheet && !ifxProposeCheckInverse(proposal, domain, error)) {
        ifxProposalFree(proposal);
        return false;
    }
    words = ifxProposeWords(plan);
    return ifxProposeAdd(proposals, session, proposal, rewrite->edits, target->diff_name,
                         g_steal_pointer(&line), words, error);
}

bool
ifxProposalsAgree(const ifxProposals *proposals,
                  const ifxSession *session)
{
    const guint count = proposals->jobs->len;
    g_autofree char *question = g_strdup_printf("Write %u domain%s to libvirt?", count,
                                                count == 1 ? "" : "s");
    guint i;

    for (i = 0; i < count; i++)
        ifxTermNote("to be written: %s", (const char *) proposals->remarks->pdata[i]);
    return session->options.yes || ifxTermConfirm(question);
}
