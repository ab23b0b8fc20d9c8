/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-remarks.h"

#include <string.h>

#include "plan/plan-words.h"
#include "plan/report-reason.h"

/* So many who claim the same devices are told; plan documents have them all. */
#define IFX_REMARK_RIVALS 8

static void
ifxRemarkFree(gpointer data)
{
    ifxRemark *remark = data;

    g_free(remark->text);
    g_free(remark);
}

/* Takes over @text. */
static void
ifxReportRemark(GPtrArray *remarks,
                bool refused,
                char *text)
{
    ifxRemark *remark = g_new0(ifxRemark, 1);

    remark->refused = refused;
    remark->text = text;
    g_ptr_array_add(remarks, remark);
}

/* "0000:01:00.0 of /domain/devices/hostdev[1]" */
static char *
ifxReportClaimName(const ifxClaim *claim)
{
    char address[IFX_PCI_ADDRESS_LENGTH];

    if (!claim->has_address)
        return g_strdup(claim->path);
    return g_strdup_printf("%s of %s", ifxPciAddressFormat(&claim->address, address),
                           claim->path);
}

static char *
ifxReportClaim(const ifxPlanClaim *claim)
{
    const ifxEvidence *cause = ifxReportCause(claim->evidence, claim->reason);
    const char *remedy = ifxReportRemedy(claim->reason, cause);
    g_autofree char *chain = cause ? ifxReportChain(&claim->claim->address, cause) : NULL;
    g_autofree char *name = ifxReportClaimName(claim->claim);
    GString *text = g_string_new(name);
    char address[IFX_PCI_ADDRESS_LENGTH];

    if (claim->verdict == IFX_VERDICT_REMOVE) {
        g_string_append(text, " is a placeholder for a device that is not on this host: taken out");
        remedy = NULL;
    } else {
        g_string_append_printf(text, " %s", ifxReportReason(claim->reason));
    }
    if (claim->other)
        g_string_append_printf(text, " %s", claim->other->path);
    if (chain)
        g_string_append_printf(text, ": %s", chain);
    if (remedy)
        g_string_append_printf(text, "; %s", remedy);
    if (claim->reason == IFX_REASON_CLAIM_IN_USE && cause)
        g_string_append_printf(text, cause->lift == IFX_LIFT_BY_NAME ?
                               "; if the host can do without it: --allow-member %s" :
                               "; nothing else lifts this",
                               ifxPciAddressFormat(&claim->claim->address, address));
    g_string_append_printf(text, " (%s)", ifxReasonToString(claim->reason));
    return g_string_free(text, FALSE);
}

/* One who has a claim to devices of the domain too. */
typedef struct _ifxRival ifxRival;
struct _ifxRival {
    const char *name;       /* "domain web (running)", lent */
    ifxReason reason;
    ifxPciAddress first;
    guint count;            /* of devices */
};

static void
ifxReportAddRivals(GArray *rivals,
                   const ifxPciAddress *address,
                   const GPtrArray *evidence)
{
    guint i;
    guint j;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];
        const ifxRival rival = {
            .name = piece->chain->pdata[piece->chain->len - 1],
            .reason = piece->reason,
            .first = *address,
            .count = 1,
        };

        if (piece->lift != IFX_LIFT_NOTHING)
            continue;
        for (j = 0; j < rivals->len; j++) {
            if (strcmp(g_array_index(rivals, ifxRival, j).name, rival.name) == 0)
                break;
        }
        if (j < rivals->len)
            g_array_index(rivals, ifxRival, j).count++;
        else if (j < IFX_REMARK_RIVALS)
            g_array_append_val(rivals, rival);
    }
}

/* "workstation claims 0000:01:00.0 and 3 more of its devices too: ..." */
static char *
ifxReportRival(const ifxRival *rival)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *more = rival->count == 1 ? g_strdup("") :
        g_strdup_printf(" and %u more of the devices", rival->count - 1);

    if (rival->reason == IFX_REASON_IN_USE_PROCESS)
        return g_strdup_printf("%s has sound or input of %s%s open and loses it when the guest "
                               "starts (%s)", rival->name,
                               ifxPciAddressFormat(&rival->first, address), more,
                               ifxReasonToString(rival->reason));
    return g_strdup_printf(rival->reason == IFX_REASON_NETWORK_POOL ?
                           "%s may give %s%s to any of its guests (%s)" :
                           "%s claims %s%s too: only one of them can run at a time (%s)",
                           rival->name, ifxPciAddressFormat(&rival->first, address), more,
                           ifxReasonToString(rival->reason));
}

/* A line for each of them, not for each device. */
static void
ifxReportRivals(GPtrArray *remarks,
                const ifxPlan *plan)
{
    g_autoptr(GArray) rivals = g_array_new(FALSE, FALSE, sizeof(ifxRival));
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        /* Two claims of a device are one device. */
        if (ifxPlanLookupClaim(plan, &claim->claim->address) == claim->claim)
            ifxReportAddRivals(rivals, &claim->claim->address, claim->evidence);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD)
                ifxReportAddRivals(rivals, &member->member->address, member->evidence);
        }
    }
    for (i = 0; i < rivals->len; i++)
        ifxReportRemark(remarks, false, ifxReportRival(&g_array_index(rivals, ifxRival, i)));
}

static char *
ifxReportGroupNumbers(const GArray *groups)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < groups->len; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? ", " : "", g_array_index(groups, guint, i));
    return g_string_free(text, FALSE);
}

static char *
ifxReportPlanNote(const ifxPlanNote *note)
{
    g_autofree char *groups = ifxReportGroupNumbers(note->groups);
    const char *code = ifxReasonToString(note->reason);

    switch (note->reason) {
    case IFX_REASON_NETWORK_POOL:
        if (note->groups->len == 0)
            return g_strdup_printf("%s gets its device from the network %s when the domain starts "
                                   "(%s)", note->path, note->subject, code);
        return g_strdup_printf("%s gets its device from the network %s when the domain starts: it "
                               "may then need the whole of a group that has other devices too, %s "
                               "(%s)", note->path, note->subject, groups, code);
    case IFX_REASON_TEAMING:
        return g_strdup_printf("%s has <teaming>, so the domain is made to migrate: placeholders "
                               "go along, and name devices of the destination then (%s)",
                               note->path, code);
    default:
        return g_strdup_printf("%s can't be read: what it has of this host is not known (%s)",
                               note->subject, code);
    }
}

GPtrArray *
ifxReportRemarks(const ifxPlan *plan)
{
    GPtrArray *remarks = g_ptr_array_new_with_free_func(ifxRemarkFree);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        /* One that is simply there is worth no word. */
        if (claim->reason != IFX_REASON_DECLARED && claim->reason != IFX_REASON_PLACEHOLDER)
            ifxReportRemark(remarks, claim->verdict == IFX_VERDICT_REFUSE, ifxReportClaim(claim));
    }
    ifxReportRivals(remarks, plan);
    for (i = 0; i < plan->notes->len; i++)
        ifxReportRemark(remarks, false,
                        ifxReportPlanNote(&g_array_index(plan->notes, ifxPlanNote, i)));
    return remarks;
}
