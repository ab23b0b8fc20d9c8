/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include <string.h>

#include "plan/plan-words.h"

static void
ifxReportFreeRemark(gpointer remark)
{
    ifxRemarkFree(remark);
}

/* The address of the device, and its path in parentheses; also the address that the text has, unless
 * the rest of the message @says_written. */
static char *
ifxReportClaimName(const ifxClaim *claim,
                   bool says_written)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    char written[IFX_PCI_ADDRESS_LENGTH];

    ifxPciAddressFormat(&claim->address, address);
    if (says_written || !ifxClaimIsMoved(claim))
        return g_strdup_printf("%s (%s)", address, claim->path);
    return g_strdup_printf("%s (%s, declared as %s)", address, claim->path,
                           ifxPciAddressFormat(&claim->written, written));
}

/* Is @claim the only one that may be one of these devices? If two are alike, naming one device
 * would give it to both. */
static bool
ifxReportIsOnlyOneAlike(const ifxPlan *plan,
                        const ifxPlanClaim *claim)
{
    guint alike = 0;
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const GPtrArray *candidates = g_array_index(plan->claims, ifxPlanClaim, i).candidates;

        if (candidates && candidates->len > 0 && candidates->pdata[0] == claim->candidates->pdata[0])
            alike++;
    }
    return alike == 1;
}

/* Adds how to decide what the domain's addresses mean. A claim that cannot be rewritten can only mean
 * what is at its address. */
static void
ifxReportAddMeanings(ifxRemark *remark,
                     const ifxNamed *named,
                     const ifxPlan *plan,
                     const ifxPlanClaim *claim)
{
    const GPtrArray *candidates = claim->candidates;
    guint i;

    if (ifxClaimIsMoved(claim->claim))
        ifxRemarkAddChoice(remark, named, "If the domain was written before the cards moved",
                           &claim->claim->address);
    if (!candidates || candidates->len == 0 || !ifxReportIsOnlyOneAlike(plan, claim))
        return;
    for (i = 0; i < candidates->len; i++) {
        const ifxDevice *device = candidates->pdata[i];
        char address[IFX_PCI_ADDRESS_LENGTH];
        g_autofree char *condition =
            g_strdup_printf("If it is %s", ifxPciAddressFormat(&device->address, address));

        if (claim->claim->address_at != IFX_XML_NONE ||
            ifxPciAddressEqual(&device->address, &claim->claim->written))
            ifxRemarkAddChoice(remark, named, condition, &device->address);
    }
}

static ifxRemark *
ifxReportClaim(const ifxNamed *named,
               const ifxPlan *plan,
               const ifxPlanClaim *claim)
{
    const ifxEvidence *cause = ifxEvidenceLookup(claim->evidence, claim->reason);
    const ifxPciAddress *address = &claim->claim->address;
    ifxReasonSubject subject = ifxPlanClaimSubject(plan, claim);
    g_autofree char *name = ifxReportClaimName(claim->claim, claim->reason == IFX_REASON_MOVED ||
                                               claim->reason == IFX_REASON_MOVED_BY_HAND ||
                                               claim->reason == IFX_REASON_MOVED_UNCLEAR);
    g_autofree char *sentence = ifxReasonDescribe(claim->reason, &subject);
    g_autofree char *remedy = NULL;
    g_autofree char *steps = cause ? ifxEvidenceFormat(cause) : NULL;
    const char *code = ifxReasonToString(claim->reason);
    const bool uses = claim->reason == IFX_REASON_CLAIM_IN_USE ||
        claim->reason == IFX_REASON_UNKNOWN_USE;
    ifxRemark *remark;

    if (claim->verdict == IFX_VERDICT_REMOVE)
        return ifxRemarkNew(false, g_strdup_printf(
            claim->reason == IFX_REASON_PLACEHOLDER_GONE ?
            "%s is a placeholder for a device that this host does not have, and is removed (%s)" :
            "%s is a placeholder, the guest uses no device of its IOMMU group, and it is removed (%s)",
            name, code));
    remark = ifxRemarkNew(claim->verdict == IFX_VERDICT_REFUSE,
                          g_strdup_printf("%s %s%s%s (%s)", name, sentence, steps ? ": " : "",
                                          steps ? steps : "", code));
    subject.named = named;
    remedy = ifxReasonRemedy(claim->reason, cause, &subject);
    if (remedy)
        g_ptr_array_add(remark->advice, g_steal_pointer(&remedy));
    if (claim->reason == IFX_REASON_MOVED_UNCLEAR)
        ifxReportAddMeanings(remark, named, plan, claim);
    if ((uses && cause) || claim->reason == IFX_REASON_PLATFORM_FUNCTION)
        ifxRemarkAddOverride(remark, named, plan, ifxPlanClaimIsAllowable(claim), address);
    return remark;
}

static ifxRemark *
ifxReportUncertain(const ifxNamed *named,
                   const ifxPlanClaim *claim)
{
    g_autofree char *name = ifxReportClaimName(claim->claim, false);
    g_autofree char *look = ifxNamedFormatAsRoot(named);
    ifxRemark *remark = ifxRemarkNew(false, g_strdup_printf(
        "%s has managed='no', and only its host shows whether it is on a driver for VFIO, without "
        "which the guest will not start", name));

    g_ptr_array_add(remark->advice, g_strdup_printf("Look again on the host: %s", look));
    return remark;
}

/* Another domain or a network that uses devices of the domain. */
typedef struct _ifxRival ifxRival;
struct _ifxRival {
    const char *name;       /* "domain web (running)", lent */
    ifxReason reason;
    ifxPciAddress first;
    guint count;            /* of devices */
    bool counts;            /* @name is "3 more domains" */
};

/* @places: names of rivals to their index in @rivals, plus 1. */
static void
ifxReportAddRivals(GArray *rivals,
                   GHashTable *places,
                   const ifxPciAddress *address,
                   const GPtrArray *evidence)
{
    guint i;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];
        const ifxRival rival = {
            .name = piece->chain->pdata[piece->chain->len - 1],
            .reason = piece->reason,
            .first = *address,
            .count = 1,
            .counts = piece->counts,
        };
        /* Three more domains of one device need not be the three of another. */
        const gpointer known = rival.counts ? NULL : g_hash_table_lookup(places, rival.name);

        if (piece->lift != IFX_LIFT_NOTHING)
            continue;
        if (known) {
            g_array_index(rivals, ifxRival, GPOINTER_TO_UINT(known) - 1).count++;
            continue;
        }
        g_array_append_val(rivals, rival);
        if (!rival.counts)
            g_hash_table_insert(places, (gpointer) rival.name, GUINT_TO_POINTER(rivals->len));
    }
}

/* "domain web also uses 0000:01:00.0 and 3 others; ..." */
static char *
ifxReportRival(const ifxRival *rival)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *others = rival->count == 1 ? g_strdup("") :
        g_strdup_printf(" and %u other%s", rival->count - 1, rival->count == 2 ? "" : "s");
    const char *code = ifxReasonToString(rival->reason);

    ifxPciAddressFormat(&rival->first, address);
    if (rival->counts && rival->reason == IFX_REASON_NETWORK_POOL)
        return g_strdup_printf("%s may give %s to any of their guests (%s)", rival->name, address,
                               code);
    if (rival->counts)
        return g_strdup_printf("%s also use %s; \"virt-iommufix groups\" lists them (%s)",
                               rival->name, address, code);
    if (rival->reason == IFX_REASON_NETWORK_POOL)
        return g_strdup_printf("%s may give %s%s to any of its guests (%s)", rival->name, address,
                               others, code);
    if (rival->reason == IFX_REASON_IN_USE_PROCESS)
        return g_strdup_printf("%s has sound or input of %s%s open, and loses it when the guest "
                               "starts (%s)", rival->name, address, others, code);
    return g_strdup_printf("%s also uses %s%s; the two cannot run at the same time (%s)",
                           rival->name, address, others, code);
}

/* Adds a note; takes over @text. */
static ifxRemark *
ifxReportAddNote(GPtrArray *remarks,
                 char *text)
{
    ifxRemark *remark = ifxRemarkNew(false, text);

    remark->note = true;
    g_ptr_array_add(remarks, remark);
    return remark;
}

/* The key of a note about @rival: two domains that use one device, in alphabetical order. */
static char *
ifxReportRivalKey(const ifxNamed *named,
                  const ifxPlan *plan,
                  const ifxRival *rival)
{
    const char *begin = "domain ";
    const char *end = " (running)";
    const char *own = plan->domain->name;
    g_autofree char *other = NULL;
    bool after;

    if (rival->counts || rival->reason != IFX_REASON_CLAIMED_ELSEWHERE ||
        !g_str_has_prefix(rival->name, begin))
        return NULL;
    other = g_strdup(rival->name + strlen(begin));
    if (g_str_has_suffix(other, end))
        other[strlen(other) - strlen(end)] = '\0';
    after = strcmp(own, other) > 0;
    return g_strdup_printf("%s\n%s\n%s", named->host, after ? other : own, after ? own : other);
}

/* One line for each rival, not for each device. */
static void
ifxReportRivals(GPtrArray *remarks,
                const ifxNamed *named,
                const ifxPlan *plan)
{
    g_autoptr(GArray) rivals = g_array_new(FALSE, FALSE, sizeof(ifxRival));
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        /* Two claims of a device are one device. */
        if (ifxPlanLookupClaim(plan, &claim->claim->address) == claim->claim)
            ifxReportAddRivals(rivals, places, &claim->claim->address, claim->evidence);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD)
                ifxReportAddRivals(rivals, places, &member->member->address,
                                   member->evidence);
        }
    }
    for (i = 0; i < rivals->len; i++) {
        const ifxRival *rival = &g_array_index(rivals, ifxRival, i);

        ifxReportAddNote(remarks, ifxReportRival(rival))->key =
            ifxReportRivalKey(named, plan, rival);
    }
}

static char *
ifxReportPlanNote(const ifxPlanNote *note)
{
    g_autofree char *sentence = ifxPlanNoteDescribe(note);

    return g_strdup_printf("%s (%s)", sentence, ifxReasonToString(note->reason));
}

GPtrArray *
ifxReportRemarks(const ifxNamed *named,
                 const ifxPlan *plan)
{
    GPtrArray *remarks = g_ptr_array_new_with_free_func(ifxReportFreeRemark);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        /* What the plan itself is about to change needs no advice. */
        if ((claim->manage && claim->reason == IFX_REASON_UNMANAGED) ||
            claim->reason == IFX_REASON_GIVEN)
            continue;
        if (claim->reason != IFX_REASON_DECLARED && claim->reason != IFX_REASON_PLACEHOLDER)
            g_ptr_array_add(remarks, ifxReportClaim(named, plan, claim));
        else if (claim->uncertain)
            g_ptr_array_add(remarks, ifxReportUncertain(named, claim));
    }
    ifxReportRivals(remarks, named, plan);
    for (i = 0; i < plan->notes->len; i++) {
        const ifxPlanNote *note = &g_array_index(plan->notes, ifxPlanNote, i);

        if (note->reason == IFX_REASON_MOVED_NETWORK)
            g_ptr_array_add(remarks, ifxRemarkNew(true, ifxReportPlanNote(note)));
        else
            ifxReportAddNote(remarks, ifxReportPlanNote(note));
    }
    return remarks;
}
