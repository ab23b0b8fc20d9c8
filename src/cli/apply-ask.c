/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/apply.h"

#include <string.h>

#include "xml/diff.h"
#include "xml/edit.h"
#include "base/term.h"
#include "plan/plan-judge.h"
#include "report/report.h"

#define IFX_ASK_KEYS "[y,n,a,d,g,v,q,?]"
#define IFX_ASK_HELP \
    "y, yes  - make this change\n" \
    "n, no   - do not make this change (same as an empty line)\n" \
    "a, all  - make this and all later changes of this domain\n" \
    "d, done - make neither this nor any later change of this domain\n" \
    "g, give - give these devices to the guest instead of hiding them: show that, and ask again\n" \
    "v, view - show all evidence\n" \
    "q, quit - quit and write nothing, not even what you agreed to (same as end of input)\n" \
    "?, help - print this help\n"

/* A hunk is what one question is about: the changes of a group, or, before these, the placeholders
 * that --prune removes. It is the number of the group, or this. */
#define IFX_HUNK_PRUNE IFX_GROUP_NONE

/* The dialogue about one domain. */
typedef struct {
    const ifxSession *session;
    const ifxTarget *target;
    ifxTerm term;           /* stderr, where the dialogue is */
    GArray *hunks;          /* int: number of a group, or IFX_HUNK_PRUNE */
    GHashTable *left_out;   /* see ifxPolicy */
    GHashTable *given;      /* the same */
    bool prune;
} ifxAsk;

static bool
ifxAskHasHunk(const ifxAsk *ask,
              int hunk)
{
    guint i;

    for (i = 0; i < ask->hunks->len; i++) {
        if (g_array_index(ask->hunks, int, i) == hunk)
            return true;
    }
    return false;
}

static void
ifxAskAddHunk(ifxAsk *ask,
              int hunk)
{
    if (!ifxAskHasHunk(ask, hunk))
        g_array_append_val(ask->hunks, hunk);
}

static bool
ifxAskGroupHasAdditions(const ifxPlanGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        if (g_array_index(group->members, ifxPlanMember, i).verdict == IFX_VERDICT_ADD)
            return true;
    }
    return false;
}

/* Removing placeholders comes first: a domain that keeps them is not changed in any other way. */
static void
ifxAskFindHunks(ifxAsk *ask)
{
    const ifxPlan *plan = ask->target->plan;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (g_array_index(plan->claims, ifxPlanClaim, i).verdict == IFX_VERDICT_REMOVE)
            ifxAskAddHunk(ask, IFX_HUNK_PRUNE);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        if (ifxAskGroupHasAdditions(group))
            ifxAskAddHunk(ask, (int) group->group->number);
    }
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->manage || claim->give)
            ifxAskAddHunk(ask, claim->group);
    }
}

/* The plan without what @left_out names. The caller owns it. */
static ifxPlan *
ifxAskMakePlan(const ifxAsk *ask,
               GHashTable *left_out,
               bool prune)
{
    ifxPolicy policy = ask->target->policy;

    policy.left_out = left_out;
    policy.given = ask->given;
    policy.prune = prune;
    return ifxPlanJudge(ask->target->plan->domain, &ask->target->known, &policy);
}

/* Are these edits the same? */
static bool
ifxAskHasEdit(const GArray *edits,
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

/* What the stylesheets make of @hunk and of the placeholders to be removed; with IFX_HUNK_PRUNE, of
 * the placeholders alone. NULL with an error. */
static ifxRewrite *
ifxAskMakeRewrite(const ifxAsk *ask,
                  int hunk,
                  ifxPlan **plan,
                  GError **error)
{
    g_autoptr(GHashTable) others = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < ask->hunks->len; i++) {
        const int other = g_array_index(ask->hunks, int, i);

        if (other != hunk && other != IFX_HUNK_PRUNE)
            g_hash_table_add(others, GINT_TO_POINTER(other));
    }
    *plan = ifxAskMakePlan(ask, others, ask->target->policy.prune);
    return ifxRewriteNew(*plan, ask->session->stylesheets, error);
}

/* The edits of @hunk alone; NULL with an error. */
static GArray *
ifxAskGetEdits(const ifxAsk *ask,
               int hunk,
               GError **error)
{
    g_autoptr(ifxPlan) plan = NULL;
    g_autoptr(ifxPlan) prune_plan = NULL;
    g_autoptr(ifxRewrite) rewrite = ifxAskMakeRewrite(ask, hunk, &plan, error);
    g_autoptr(ifxRewrite) prune = NULL;
    g_autoptr(GArray) edits = ifxEditsNew();
    guint i;

    if (!rewrite)
        return NULL;
    if (hunk == IFX_HUNK_PRUNE || !ifxAskHasHunk(ask, IFX_HUNK_PRUNE))
        return g_array_ref(rewrite->edits);
    prune = ifxAskMakeRewrite(ask, IFX_HUNK_PRUNE, &prune_plan, error);
    if (!prune)
        return NULL;
    for (i = 0; i < rewrite->edits->len; i++) {
        const ifxEdit *edit = &g_array_index(rewrite->edits, ifxEdit, i);

        if (!ifxAskHasEdit(prune->edits, edit))
            ifxEditsAdd(edits, edit->offset, edit->removed, g_strdup(edit->inserted));
    }
    return g_steal_pointer(&edits);
}

static bool
ifxAskShowHunk(const ifxAsk *ask,
               int hunk,
               GError **error)
{
    const ifxTarget *target = ask->target;
    g_autoptr(GArray) edits = ifxAskGetEdits(ask, hunk, error);
    g_autoptr(GString) diff = g_string_new(NULL);
    g_autoptr(GString) shown = g_string_new(NULL);
    const char *bytes;
    gsize length;

    if (!edits)
        return false;
    bytes = ifxXmlTextGetBytes(target->plan->domain->text, &length);
    ifxDiffWrite(edits, bytes, length, target->diff_name, diff);
    ifxOutputFormatDiff(shown, &ask->term, diff->str);
    ifxTermShow(shown->str);
    return true;
}

/* The group of @hunk; NULL: the domain has no claim in it that the guest gets. */
static const ifxPlanGroup *
ifxAskGetGroup(const ifxAsk *ask,
               int hunk)
{
    const GArray *groups = ask->target->plan->groups;
    guint i;

    for (i = 0; i < groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(groups, ifxPlanGroup, i);

        if ((int) group->group->number == hunk)
            return group;
    }
    return NULL;
}

/* Shows the group of @hunk as it would be; with all evidence if @full. */
static void
ifxAskShowGroup(const ifxAsk *ask,
                int hunk,
                bool full)
{
    g_autoptr(ifxPlan) plan = ifxAskMakePlan(ask, NULL, ask->target->policy.prune);
    const ifxPlanGroup *group = hunk == IFX_HUNK_PRUNE ? NULL : ifxPlanLookupGroup(plan, hunk);
    g_autoptr(GString) out = g_string_new(NULL);

    if (group)
        ifxReportCheckGroup(out, &ask->term, ask->target->named, plan, group, full);
    ifxTermShow(out->str);
}

/* Gives what is added with @hunk to the guest. If the guest cannot have it, that is reported. */
static void
ifxAskGive(const ifxAsk *ask,
           int hunk)
{
    const ifxPlanGroup *group = ifxAskGetGroup(ask, hunk);
    g_autoptr(GPtrArray) changed = g_ptr_array_new();
    g_autoptr(ifxPlan) plan = NULL;
    guint i;

    for (i = 0; group && i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

        if (member->verdict == IFX_VERDICT_ADD &&
            g_hash_table_add(ask->given, (gpointer) &member->member->address))
            g_ptr_array_add(changed, (gpointer) &member->member->address);
    }
    if (changed->len == 0) {
        ifxTermShow("There is nothing more to give with this change.\n");
        return;
    }
    plan = ifxAskMakePlan(ask, NULL, ask->target->policy.prune);
    if (plan->result == IFX_RESULT_CHANGE)
        return;
    ifxReportNotes(ask->target->named, plan);
    for (i = 0; i < changed->len; i++)
        g_hash_table_remove(ask->given, changed->pdata[i]);
}

/* Does the guest get a placeholder's device of that group? */
static bool
ifxAskGivesDeclared(const ifxAsk *ask,
                    int hunk)
{
    const GArray *claims = ask->target->plan->claims;
    guint i;

    for (i = 0; i < claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(claims, ifxPlanClaim, i);

        if (claim->give && claim->group == hunk)
            return true;
    }
    return false;
}

/* "Add these devices of group 11 to"; the caller owns it. */
static char *
ifxAskFormatQuestion(const ifxAsk *ask,
                     int hunk)
{
    const ifxPlanGroup *group = ifxAskGetGroup(ask, hunk);

    if (hunk == IFX_HUNK_PRUNE)
        return g_strdup("Remove these placeholders from");
    return g_strdup_printf(group && ifxAskGroupHasAdditions(group) ?
                           "Add these devices of group %d to" :
                           ifxAskGivesDeclared(ask, hunk) ? "Give these devices of group %d to" :
                           "Set managed='yes' on these devices of group %d in", hunk);
}

/* "(domain 7 of 40, change 1 of 2) "; "" for the only one. The caller owns it. */
static char *
ifxAskFormatPlace(const ifxAsk *ask,
                  guint i)
{
    const ifxTarget *target = ask->target;
    const guint count = ask->hunks->len;
    g_autofree char *domain = target->total < 2 ? NULL :
        g_strdup_printf("domain %u of %u", target->number, target->total);
    g_autofree char *change = count < 2 ? NULL : g_strdup_printf("change %u of %u", i + 1, count);

    if (!domain && !change)
        return g_strdup("");
    return g_strdup_printf("(%s%s%s) ", domain ? domain : "", domain && change ? ", " : "",
                           change ? change : "");
}

/* The key for an answer: one of IFX_ASK_KEYS in lower case; '?' for what is none. */
static char
ifxAskParseAnswer(const char *answer)
{
    static const char *const words[] = { "yes", "no", "all", "done", "give", "view", "quit" };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(answer, words[i]) == 0 ||
            (!answer[1] && g_ascii_tolower(*answer) == *words[i]))
            return *words[i];
    }
    return '?';
}

/* The answer, one of "ynadgq"; 'q' at the end of the input. */
static char
ifxAskOne(const ifxAsk *ask,
          guint i)
{
    const int hunk = g_array_index(ask->hunks, int, i);
    g_autofree char *label =
        ifxTermEscape(ask->target->label, strlen(ask->target->label), false);
    g_autofree char *what = ifxAskFormatQuestion(ask, hunk);
    g_autofree char *place = ifxAskFormatPlace(ask, i);
    g_autofree char *question =
        g_strdup_printf("%s%s%s %s?%s " IFX_ASK_KEYS, ifxTermStart(&ask->term, IFX_STYLE_BOLD),
                        place, what, label, ifxTermEnd(&ask->term, IFX_STYLE_BOLD));

    for (;;) {
        g_autofree char *answer = ifxTermAsk(question);
        const char key = !answer ? 'q' : !*answer ? 'n' : ifxAskParseAnswer(answer);

        if (key == 'v')
            ifxAskShowGroup(ask, hunk, true);
        else if (key == '?')
            ifxTermShow(IFX_ASK_HELP);
        else
            return key;
    }
}

static void
ifxAskLeaveOut(ifxAsk *ask,
               guint from,
               guint past)
{
    guint i;

    for (i = from; i < past; i++) {
        const int hunk = g_array_index(ask->hunks, int, i);

        if (hunk == IFX_HUNK_PRUNE)
            ask->prune = false;
        else
            g_hash_table_add(ask->left_out, GINT_TO_POINTER(hunk));
    }
}

/* Asks about all hunks. Returns 'q' if the user quit, any other key if not. */
static char
ifxAskAll(ifxAsk *ask,
          GError **error)
{
    const guint count = ask->hunks->len;
    char key = 'y';
    guint i;

    for (i = 0; i < count && !strchr("adq", key); i++) {
        const int hunk = g_array_index(ask->hunks, int, i);

        do {
            if (!ifxAskShowHunk(ask, hunk, error))
                return 'q';
            ifxAskShowGroup(ask, hunk, false);
            key = ifxAskOne(ask, i);
            if (key == 'g')
                ifxAskGive(ask, hunk);
        } while (key == 'g');
        if (key == 'n' && hunk == IFX_HUNK_PRUNE)
            key = 'd';
        if (key == 'n')
            ifxAskLeaveOut(ask, i, i + 1);
        else if (key == 'd')
            ifxAskLeaveOut(ask, i, count);
    }
    return key;
}

/* Prints a line for each group that the user declined, with what that means for the guest. */
static void
ifxAskNoteDeclined(const ifxAsk *ask,
                   const ifxPlan *chosen)
{
    guint i;

    for (i = 0; i < ask->hunks->len; i++) {
        const int hunk = g_array_index(ask->hunks, int, i);
        const ifxPlanGroup *group = hunk == IFX_HUNK_PRUNE ? NULL :
            ifxPlanLookupGroup(chosen, hunk);
        g_autofree char *blocker = group ? ifxReportBlocker(group) : NULL;

        if (g_hash_table_contains(ask->left_out, GINT_TO_POINTER(hunk)))
            ifxTermNoteOn(ask->target->label, "group %d stays as it is%s%s", hunk,
                          blocker ? "; " : "", blocker ? blocker : "");
    }
}

/* Adds what the user agreed to. The notes about it were printed before the questions; what is refused
 * because of the answers was not. */
static bool
ifxAskAddChosen(ifxChangeList *list,
                const ifxAsk *ask,
                GError **error)
{
    g_autoptr(ifxPlan) chosen = ifxAskMakePlan(ask, ask->left_out, ask->prune);

    bool ok;

    ifxAskNoteDeclined(ask, chosen);
    list->noted = chosen->result != IFX_RESULT_REFUSED;
    ok = ifxChangeListAddPlan(list, ask->target, chosen, error);
    list->noted = false;
    return ok;
}

/* A set of the addresses that @policy gives, which owns them. */
static GHashTable *
ifxAskCopyGiven(const ifxPolicy *policy)
{
    GHashTable *given = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    GHashTableIter each;
    gpointer address;

    if (!policy->given)
        return given;
    g_hash_table_iter_init(&each, policy->given);
    while (g_hash_table_iter_next(&each, &address, NULL))
        g_hash_table_add(given, address);
    return given;
}

bool
ifxApplyAsk(ifxChangeList *list,
            const ifxTarget *target,
            GError **error)
{
    ifxSession *session = list->session;
    g_autoptr(GArray) hunks = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) given = ifxAskCopyGiven(&target->policy);
    ifxAsk ask = {
        .session = session, .target = target, .hunks = hunks, .left_out = left_out, .given = given,
        .term = ifxTermOpen(stderr, session->options.color), .prune = target->policy.prune,
    };
    ifxDomainState state;
    GError *problem = NULL;
    char key;

    if (target->plan->result != IFX_RESULT_CHANGE)
        return ifxChangeListAddPlan(list, target, target->plan, error);
    /* Before the questions: a transient domain is refused, whatever the answers are. */
    if (!ifxChangeReadState(target->host, target->label, target->plan->domain->uuid, &state,
                            error))
        return false;

    ifxReportNotes(target->named, target->plan);
    ifxChangeListNoteState(target->label, target->plan->domain->name, &state, true);
    ifxAskFindHunks(&ask);
    key = ifxAskAll(&ask, &problem);
    if (problem) {
        g_propagate_prefixed_error(error, problem, "%s: ", target->label);
        return false;
    }
    if (key == 'q')
        return ifxErrorSet(error, IFX_ERROR_QUIT, "quit: nothing was written");
    return ifxAskAddChosen(list, &ask, error);
}
