/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include <string.h>

#include "plan/plan-words.h"

/* Appends @text, which is escaped here, indented and wrapped; its first word in @style. */
static void
ifxReportAppendLine(GString *out,
                    const ifxTerm *term,
                    guint indent,
                    ifxStyle style,
                    const char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);
    const gsize word = out->len + indent;

    ifxTermWrap(out, safe, indent, term->width);
    g_string_insert(out, (gssize) (word + strcspn(safe, " ")), ifxTermEnd(term, style));
    g_string_insert(out, (gssize) word, ifxTermStart(term, style));
}

/* Appends what to do, a line each: a command is broken nowhere. */
static void
ifxReportAppendAdvice(GString *out,
                      const ifxTerm *term,
                      guint indent,
                      const ifxRemark *remark)
{
    guint i;

    for (i = 0; i < remark->advice->len; i++)
        ifxReportAppendLine(out, term, indent, IFX_STYLE_PLAIN, remark->advice->pdata[i]);
}

/* Appends the evidence for the verdict, each as a line. Without @full: what stands against taking the
 * device, and is not in the line of the member already. */
static void
ifxReportAppendEvidence(GString *out,
                        const ifxTerm *term,
                        const ifxPlanMember *member,
                        bool full)
{
    const ifxEvidence *cause = ifxEvidenceLookup(member->evidence, member->reason);
    guint i;

    for (i = 0; member->evidence && i < member->evidence->len; i++) {
        const ifxEvidence *piece = member->evidence->pdata[i];
        g_autofree char *steps = ifxEvidenceFormat(piece);
        g_autofree char *line = g_strdup_printf("also %s%s (%s)", piece->reason ==
                                                IFX_REASON_CLAIMED_ELSEWHERE ? "used by " : "",
                                                steps, ifxReasonToString(piece->reason));

        if (piece != cause && (piece->lift != IFX_LIFT_NOTHING || full))
            ifxReportAppendLine(out, term, 6, IFX_STYLE_PLAIN, line);
    }
}

static void
ifxReportAppendMember(GString *out,
                      const ifxTerm *term,
                      const ifxNamed *named,
                      const ifxPlan *plan,
                      const ifxPlanGroup *group,
                      const ifxPlanMember *member,
                      bool full)
{
    g_autoptr(ifxRemark) remark = ifxReportMemberRemark(named, plan, group, member);

    ifxReportAppendLine(out, term, 4, IFX_STYLE_BOLD, remark->text);
    ifxReportAppendEvidence(out, term, member, full);
    ifxReportAppendAdvice(out, term, 6, remark);
}

char *
ifxReportCheckRule(const ifxPlan *plan,
                   const ifxPlanGroup *group)
{
    char address[IFX_PCI_ADDRESS_LENGTH];

    return g_strdup_printf("All devices of the same IOMMU group %u of the PCI device %s must "
                           "belong to domain %s", group->group->number,
                           ifxPciAddressFormat(&group->claimed, address), plan->domain->name);
}

static guint
ifxReportCountRefused(const ifxPlanGroup *group)
{
    guint count = 0;
    guint i;

    for (i = 0; i < group->members->len; i++)
        count += g_array_index(group->members, ifxPlanMember, i).verdict == IFX_VERDICT_REFUSE;
    return count;
}

static void
ifxReportAppendGroupHead(GString *out,
                         const ifxTerm *term,
                         const ifxPlan *plan,
                         const ifxPlanGroup *group)
{
    const guint refused = ifxReportCountRefused(group);
    g_autofree char *rule = ifxReportCheckRule(plan, group);
    g_autofree char *line = refused == 0 ? g_strdup(rule) :
        g_strdup_printf("%s, but %u of them cannot be added", rule, refused);

    ifxReportAppendLine(out, term, 2, IFX_STYLE_PLAIN, line);
}

void
ifxReportCheckGroup(GString *out,
               const ifxTerm *term,
               const ifxNamed *named,
               const ifxPlan *plan,
               const ifxPlanGroup *group,
               bool full)
{
    guint pass;
    guint i;

    if (!group->complete)
        ifxReportAppendGroupHead(out, term, plan, group);
    /* What the head says is refused comes right after it. */
    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < group->members->len; i++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

            if ((member->verdict == IFX_VERDICT_REFUSE) == (pass == 0) &&
                (full || ifxReportMemberIsListed(member)))
                ifxReportAppendMember(out, term, named, plan, group, member, full);
        }
    }
}

bool
ifxReportCheckIsComplete(const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxReason reason = g_array_index(plan->claims, ifxPlanClaim, i).reason;

        if (reason == IFX_REASON_CLAIM_GONE || reason == IFX_REASON_MOVED_GONE ||
            reason == IFX_REASON_BRIDGE)
            return false;
    }
    for (i = 0; i < plan->groups->len; i++) {
        if (!g_array_index(plan->groups, ifxPlanGroup, i).complete)
            return false;
    }
    return true;
}

bool
ifxReportCheckIsUncertain(const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (g_array_index(plan->claims, ifxPlanClaim, i).uncertain)
            return plan->starts == IFX_STARTS_UNKNOWN;
    }
    return false;
}

bool
ifxReportCheckIsProblem(const ifxPlan *plan)
{
    return plan->result != IFX_RESULT_SKIPPED &&
        (plan->result != IFX_RESULT_COMPLETE || plan->starts == IFX_STARTS_NO ||
         ifxReportCheckIsUncertain(plan));
}

static const char *
ifxReportDescribeComplete(const ifxPlan *plan,
                          ifxStyle *style)
{
    *style = IFX_STYLE_BAD;
    if (plan->starts == IFX_STARTS_NO)
        return "complete, but will not start";
    if (plan->result == IFX_RESULT_REFUSED)
        return "complete, but takes devices that the host uses";
    *style = IFX_STYLE_NOTE;
    if (ifxReportCheckIsUncertain(plan))
        return "complete, but it is unknown whether it will start";
    *style = IFX_STYLE_GOOD;
    return plan->claims->len == 0 ? "complete, declares no PCI device" : "complete";
}

/* NULL: no claim is of a device that moved. */
static const char *
ifxReportDescribeMoved(const ifxPlan *plan)
{
    const char *state = NULL;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->reason == IFX_REASON_MOVED_UNCLEAR)
            return "unclear which devices it declares, since the host's cards moved";
        if (ifxClaimIsMoved(claim->claim))
            state = "declares old addresses of devices that moved";
    }
    for (i = 0; !state && i < plan->notes->len; i++) {
        if (g_array_index(plan->notes, ifxPlanNote, i).reason == IFX_REASON_MOVED_NETWORK)
            state = "gets a device from a network that has old addresses of devices that moved";
    }
    return state;
}

static const char *
ifxReportDescribeState(const ifxPlan *plan,
                       ifxStyle *style)
{
    const char *moved = ifxReportDescribeMoved(plan);

    *style = IFX_STYLE_NOTE;
    if (plan->result == IFX_RESULT_SKIPPED)
        return "skipped: not a domain of libvirt's QEMU driver";
    if (moved) {
        *style = IFX_STYLE_BAD;
        return moved;
    }
    if (plan->result != IFX_RESULT_NO_IOMMU && ifxReportCheckIsComplete(plan))
        return ifxReportDescribeComplete(plan, style);
    if (plan->result != IFX_RESULT_NO_IOMMU && plan->starts == IFX_STARTS_YES)
        return "incomplete, would start";

    *style = IFX_STYLE_BAD;
    if (plan->result == IFX_RESULT_NO_IOMMU)
        return "no IOMMU: its devices are in no group, so it will not start";
    return plan->starts == IFX_STARTS_UNKNOWN ? "incomplete, drivers unknown" :
        "incomplete, will not start";
}

const char *
ifxReportCheckState(const ifxPlan *plan)
{
    ifxStyle style;

    return ifxReportDescribeState(plan, &style);
}

/* Appends the remarks that are notes, or the others. A note that is in @noted is left out. */
static void
ifxReportAppendRemarks(GString *out,
                       const ifxTerm *term,
                       const GPtrArray *remarks,
                       bool notes,
                       GHashTable *noted)
{
    guint i;

    for (i = 0; i < remarks->len; i++) {
        const ifxRemark *remark = remarks->pdata[i];
        g_autofree char *line = g_strdup_printf("%s%s", notes ? "Note: " : "", remark->text);

        if (remark->note != notes ||
            (remark->key && !g_hash_table_add(noted, g_strdup(remark->key))))
            continue;
        ifxReportAppendLine(out, term, 2, notes ? IFX_STYLE_NOTE : IFX_STYLE_BOLD, line);
        ifxReportAppendAdvice(out, term, 4, remark);
    }
}

static void
ifxReportAppendCommand(GString *out,
                       const char *command)
{
    g_autofree char *safe = ifxTermEscape(command, strlen(command), false);

    g_string_append_printf(out, "%s\n", safe);
}

/* Is a member of the group in the way for good, so that the guest needs a device of another group? */
static bool
ifxReportIsGroupShared(const ifxPlanGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

        if (member->verdict == IFX_VERDICT_REFUSE &&
            (member->reason == IFX_REASON_PLATFORM_FUNCTION ||
             !ifxPlanMemberIsAllowable(member)))
            return true;
    }
    return false;
}

GPtrArray *
ifxReportCheckNext(const ifxNamed *named,
                   const ifxPlan *plan)
{
    GPtrArray *next = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *show = ifxNamedFormat(named, "diff", "");
    g_autofree char *write = ifxNamedFormatWrite(named, "");
    guint i;

    if (plan->result == IFX_RESULT_CHANGE) {
        if (strcmp(show, write) != 0)
            g_ptr_array_add(next, g_steal_pointer(&write));
        g_ptr_array_insert(next, 0, g_steal_pointer(&show));
        return next;
    }
    for (i = 0; named->explains && next->len == 0 && i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        if (ifxReportIsGroupShared(group))
            g_ptr_array_add(next, g_strdup_printf("virt-iommufix%s groups --why %u", named->host,
                                                  group->group->number));
    }
    return next;
}

/* The commands are broken nowhere, so that they can be pasted. */
static void
ifxReportAppendNext(GString *out,
                    const ifxTerm *term,
                    const ifxNamed *named,
                    const ifxPlan *plan)
{
    g_autoptr(GPtrArray) next = ifxReportCheckNext(named, plan);
    guint i;

    for (i = 0; i < next->len; i++) {
        if (i == 0)
            g_string_append_printf(out, "  %sNext:%s ", ifxTermStart(term, IFX_STYLE_BOLD),
                                   ifxTermEnd(term, IFX_STYLE_BOLD));
        else
            g_string_append(out, "        ");
        ifxReportAppendCommand(out, next->pdata[i]);
    }
}

/* Appends "LABEL: STATE"; what does not fit the terminal, on a second line. */
static void
ifxReportAppendHead(GString *out,
                    const ifxTerm *term,
                    const char *label,
                    ifxStyle style,
                    const char *state)
{
    const glong width = g_utf8_strlen(label, -1) + 2 + g_utf8_strlen(state, -1);
    const bool fits = term->width == 0 || width <= (glong) term->width;

    g_string_append_printf(out, "%s%s%s:%s%s%s%s\n", ifxTermStart(term, IFX_STYLE_BOLD), label,
                           ifxTermEnd(term, IFX_STYLE_BOLD), fits ? " " : "\n  ",
                           ifxTermStart(term, style), state, ifxTermEnd(term, style));
}

void
ifxReportCheck(GString *out,
               const ifxTerm *term,
               const ifxNamed *named,
               const ifxPlan *plan,
               GHashTable *noted)
{
    g_autoptr(GPtrArray) remarks = ifxReportRemarks(named, plan);
    g_autofree char *label = ifxTermEscape(named->label, strlen(named->label), false);
    ifxStyle style;
    const char *state = ifxReportDescribeState(plan, &style);
    guint i;

    ifxReportAppendHead(out, term, label, style, state);
    for (i = 0; i < plan->groups->len; i++)
        ifxReportCheckGroup(out, term, named, plan, &g_array_index(plan->groups, ifxPlanGroup, i),
                       false);
    ifxReportAppendRemarks(out, term, remarks, false, noted);
    if (!named->quiet)
        ifxReportAppendRemarks(out, term, remarks, true, noted);
    ifxReportAppendNext(out, term, named, plan);
}
