/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/interactive.h"

#include <string.h>

#include "xml/diff.h"
#include "xml/edit.h"
#include "base/prompt.h"
#include "report/report-text.h"

#define IFX_KEYS "[y,n,a,d,v,q,?]"
#define IFX_HELP \
    "y - make this change\n" \
    "n - do not make it (as does an empty line)\n" \
    "a - make it, and all that follow for this domain\n" \
    "d - make neither this nor any that follow for this domain\n" \
    "v - show the evidence in full\n" \
    "q - quit; nothing is written, whatever was agreed to (as does the end of the input)\n" \
    "? - print this help\n"

/* What is asked about at once: the changes of a group, or, before these, the placeholders that are
 * to be taken out. */
#define IFX_HUNK_PRUNE IFX_GROUP_NONE

/* One domain's dialogue. */
typedef struct {
    ifxSession *session;
    const ifxTarget *target;
    ifxTerm term;           /* of the dialogue */
    GArray *hunks;          /* int: number of a group, or IFX_HUNK_PRUNE */
    GHashTable *left_out;   /* see ifxPolicy */
    bool prune;
} ifxTalk;

static bool
ifxTalkHasHunk(const ifxTalk *talk,
               int hunk)
{
    guint i;

    for (i = 0; i < talk->hunks->len; i++) {
        if (g_array_index(talk->hunks, int, i) == hunk)
            return true;
    }
    return false;
}

static void
ifxTalkAddHunk(ifxTalk *talk,
               int hunk)
{
    if (!ifxTalkHasHunk(talk, hunk))
        g_array_append_val(talk->hunks, hunk);
}

static bool
ifxTalkAdds(const ifxPlanGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        if (g_array_index(group->members, ifxPlanMember, i).verdict == IFX_VERDICT_ADD)
            return true;
    }
    return false;
}

/* What is to be taken out comes first: as long as it stays nothing else is changed. */
static void
ifxTalkFindHunks(ifxTalk *talk)
{
    const ifxPlan *plan = talk->target->plan;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (g_array_index(plan->claims, ifxPlanClaim, i).verdict == IFX_VERDICT_REMOVE)
            ifxTalkAddHunk(talk, IFX_HUNK_PRUNE);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        if (ifxTalkAdds(group))
            ifxTalkAddHunk(talk, (int) group->group->number);
    }
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->manage)
            ifxTalkAddHunk(talk, claim->group);
    }
}

/* The plan without what @left_out names; free with ifxPlanFree(). */
static ifxPlan *
ifxTalkPlan(const ifxTalk *talk,
            GHashTable *left_out,
            bool prune)
{
    ifxPolicy policy = *talk->target->policy;

    policy.left_out = left_out;
    policy.prune = prune;
    return ifxPlanJudge(talk->target->plan->domain, talk->target->known, &policy);
}

/* Are these edits the same? */
static bool
ifxTalkHasEdit(const GArray *edits,
               const ifxEdit *edit)
{
    guint i;

    for (i = 0; i < edits->len; i++) {
        const ifxEdit *other = &g_array_index(edits, ifxEdit, i);

        if (other->offset == edit->offset && other->removed == edit->removed &&
            strcmp(other->inserted, edit->inserted) == 0)
            return true;
    }
    return false;
}

/* What the stylesheets make of the groups among the hunks of which @hunk is one, and of what is to
 * be pruned: with IFX_HUNK_PRUNE, of that alone. NULL with an error. */
static ifxRewrite *
ifxTalkRewrite(const ifxTalk *talk,
               int hunk,
               ifxPlan **plan,
               GError **error)
{
    g_autoptr(GHashTable) others = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < talk->hunks->len; i++) {
        const int other = g_array_index(talk->hunks, int, i);

        if (other != hunk && other != IFX_HUNK_PRUNE)
            g_hash_table_add(others, GINT_TO_POINTER(other));
    }
    *plan = ifxTalkPlan(talk, others, talk->target->policy->prune);
    return ifxRewriteNew(*plan, talk->session->stylesheets, error);
}

/* The edits of that hunk alone; NULL with an error. */
static GArray *
ifxTalkEdits(const ifxTalk *talk,
             int hunk,
             GError **error)
{
    g_autoptr(ifxPlan) plan = NULL;
    g_autoptr(ifxPlan) prune_plan = NULL;
    g_autoptr(ifxRewrite) rewrite = ifxTalkRewrite(talk, hunk, &plan, error);
    g_autoptr(ifxRewrite) prune = NULL;
    g_autoptr(GArray) edits = ifxEditsNew();
    guint i;

    if (!rewrite)
        return NULL;
    if (hunk == IFX_HUNK_PRUNE || !ifxTalkHasHunk(talk, IFX_HUNK_PRUNE))
        return g_array_ref(rewrite->edits);
    prune = ifxTalkRewrite(talk, IFX_HUNK_PRUNE, &prune_plan, error);
    if (!prune)
        return NULL;
    for (i = 0; i < rewrite->edits->len; i++) {
        const ifxEdit *edit = &g_array_index(rewrite->edits, ifxEdit, i);

        if (!ifxTalkHasEdit(prune->edits, edit))
            ifxEditsAdd(edits, edit->offset, edit->removed, g_strdup(edit->inserted));
    }
    return g_steal_pointer(&edits);
}

static bool
ifxTalkShowHunk(const ifxTalk *talk,
                int hunk,
                GError **error)
{
    const ifxTarget *target = talk->target;
    g_autoptr(GArray) edits = ifxTalkEdits(talk, hunk, error);
    g_autoptr(GString) diff = g_string_new(NULL);
    g_autoptr(GString) shown = g_string_new(NULL);
    const char *bytes;
    gsize length;

    if (!edits)
        return false;
    bytes = ifxXmlTextGetBytes(target->plan->domain->text, &length);
    ifxDiffWrite(edits, bytes, length, target->diff_name, diff);
    ifxOutputFormatDiff(shown, &talk->term, diff->str);
    ifxTermShow(shown->str);
    return true;
}

/* NULL: the domain claims nothing of it that the guest gets. */
static const ifxPlanGroup *
ifxTalkGroup(const ifxTalk *talk,
             int hunk)
{
    const GArray *groups = talk->target->plan->groups;
    guint i;

    for (i = 0; i < groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(groups, ifxPlanGroup, i);

        if ((int) group->group->number == hunk)
            return group;
    }
    return NULL;
}

/* What is said of the hunk's group; @full: with all evidence. */
static void
ifxTalkShowGroup(const ifxTalk *talk,
                 int hunk,
                 bool full)
{
    const ifxPlanGroup *group = ifxTalkGroup(talk, hunk);
    g_autoptr(GString) out = g_string_new(NULL);

    if (group)
        ifxReportGroup(out, &talk->term, talk->target->plan, group, full);
    ifxTermShow(out->str);
}

/* "Declare these devices of group 11 for". Free with g_free(). */
static char *
ifxTalkQuestion(const ifxTalk *talk,
                int hunk)
{
    const ifxPlanGroup *group = ifxTalkGroup(talk, hunk);

    if (hunk == IFX_HUNK_PRUNE)
        return g_strdup("Take these placeholders out of");
    return g_strdup_printf(group && ifxTalkAdds(group) ? "Declare these devices of group %d for" :
                           "Have libvirt manage these devices of group %d for", hunk);
}

/* The answer, one of IFX_KEYS in lower case; 'q' at the end of the input. */
static char
ifxTalkAsk(const ifxTalk *talk,
           guint i)
{
    const int hunk = g_array_index(talk->hunks, int, i);
    g_autofree char *label =
        ifxTermEscape(talk->target->label, strlen(talk->target->label), false);
    g_autofree char *what = ifxTalkQuestion(talk, hunk);
    g_autofree char *question =
        g_strdup_printf("%s(%u/%u) %s %s?%s " IFX_KEYS, ifxTermStart(&talk->term, IFX_STYLE_BOLD),
                        i + 1, talk->hunks->len, what, label,
                        ifxTermEnd(&talk->term, IFX_STYLE_BOLD));

    for (;;) {
        g_autofree char *answer = ifxTermAsk(question);

        if (!answer)
            return 'q';
        if (!*answer)
            return 'n';
        if (!answer[1] && strchr("ynadq", g_ascii_tolower(*answer)))
            return g_ascii_tolower(*answer);
        if (strcmp(answer, "v") == 0 || strcmp(answer, "V") == 0)
            ifxTalkShowGroup(talk, hunk, true);
        else
            ifxTermShow(IFX_HELP);
    }
}

static void
ifxTalkLeaveOut(ifxTalk *talk,
                guint from,
                guint past)
{
    guint i;

    for (i = from; i < past; i++) {
        const int hunk = g_array_index(talk->hunks, int, i);

        if (hunk == IFX_HUNK_PRUNE)
            talk->prune = false;
        else
            g_hash_table_add(talk->left_out, GINT_TO_POINTER(hunk));
    }
}

/* Hunk by hunk. Returns how it ended: 'q', or any other key for "all is answered". */
static char
ifxTalkAskAll(ifxTalk *talk,
              GError **error)
{
    const guint count = talk->hunks->len;
    char key = 'y';
    guint i;

    for (i = 0; i < count && !strchr("adq", key); i++) {
        const int hunk = g_array_index(talk->hunks, int, i);

        if (!ifxTalkShowHunk(talk, hunk, error))
            return 'q';
        ifxTalkShowGroup(talk, hunk, false);
        key = ifxTalkAsk(talk, i);
        if (key == 'n' && hunk == IFX_HUNK_PRUNE)
            key = 'd';
        if (key == 'n')
            ifxTalkLeaveOut(talk, i, i + 1);
        else if (key == 'd')
            ifxTalkLeaveOut(talk, i, count);
    }
    return key;
}

bool
ifxInteractiveTarget(ifxProposals *proposals,
                     ifxSession *session,
                     const ifxTarget *target,
                     GError **error)
{
    g_autoptr(GArray) hunks = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL);
    ifxTalk talk = {
        .session = session, .target = target, .hunks = hunks, .left_out = left_out,
        .term = ifxTermOpen(stderr, session->options.color), .prune = target->policy->prune,
    };
    g_autoptr(ifxPlan) chosen = NULL;
    ifxDomainState state;
    GError *problem = NULL;
    char key;

    if (target->plan->result != IFX_RESULT_CHANGE)
        return ifxProposeTarget(proposals, session, target, target->plan, error);
    /* Nobody is asked about what is refused then. */
    if (!ifxProposeReadState(ifxHostGetConnection(target->host), target->label,
                             target->plan->domain->uuid, &state, error))
        return false;

    ifxTalkFindHunks(&talk);
    key = ifxTalkAskAll(&talk, &problem);
    if (problem) {
        g_propagate_prefixed_error(error, problem, "%s: ", target->label);
        return false;
    }
    session->quit = key == 'q';
    if (session->quit)
        return true;
    chosen = ifxTalkPlan(&talk, left_out, talk.prune);
    ifxReportBlocked(target->label, chosen);
    return ifxProposeTarget(proposals, session, target, chosen, error);
}
