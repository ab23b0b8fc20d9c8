/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report-remarks.h"

#include "plan-words.h"
#include "report-argument.h"
#include "report-reason.h"

/* So many names are told, the others counted. */
#define IFX_REMARK_NAMES 4

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

char *
ifxReportOthers(const GPtrArray *evidence,
                ifxReason reason)
{
    g_autoptr(GString) names = g_string_new(NULL);
    guint count = 0;
    guint i;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];

        if (piece->reason != reason)
            continue;
        if (count < IFX_REMARK_NAMES)
            g_string_append_printf(names, "%s%s", count > 0 ? ", " : "",
                                   (const char *) piece->chain->pdata[piece->chain->len - 1]);
        count++;
    }
    if (count == 0)
        return NULL;
    if (count > IFX_REMARK_NAMES)
        g_string_append_printf(names, " and %u more", count - IFX_REMARK_NAMES);
    return g_strdup_printf("%s: %s (%s)", ifxReportReason(reason), names->str,
                           ifxReasonToString(reason));
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
ifxReportClaim(const ifxPlanClaim *claim,
               const char *name)
{
    const ifxEvidence *cause = ifxReportCause(claim->evidence, claim->reason);
    const char *remedy = ifxReportRemedy(claim->reason);
    g_autofree char *chain = cause ? ifxReportChain(&claim->claim->address, cause) : NULL;
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
    if (claim->reason == IFX_REASON_CLAIM_IN_USE)
        g_string_append_printf(text, cause->lift == IFX_LIFT_BY_NAME ?
                               "; if the host can do without it: --allow-member %s" :
                               "; nothing else lifts this",
                               ifxPciAddressFormat(&claim->claim->address, address));
    g_string_append_printf(text, " (%s)", ifxReasonToString(claim->reason));
    return g_string_free(text, FALSE);
}

/* One that is simply there is worth no word, but who else claims it is. */
static void
ifxReportClaimRemarks(GPtrArray *remarks,
                      const ifxPlanClaim *claim)
{
    static const ifxReason others[] = { IFX_REASON_CLAIMED_ELSEWHERE, IFX_REASON_NETWORK_POOL };
    g_autofree char *name = ifxReportClaimName(claim->claim);
    guint i;

    if (claim->reason != IFX_REASON_DECLARED && claim->reason != IFX_REASON_PLACEHOLDER)
        ifxReportRemark(remarks, claim->verdict == IFX_VERDICT_REFUSE,
                        ifxReportClaim(claim, name));
    for (i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *words = ifxReportOthers(claim->evidence, others[i]);

        if (words)
            ifxReportRemark(remarks, false, g_strdup_printf("%s %s", name, words));
    }
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
        return g_strdup_printf("%s has <teaming>, so the domain is made to migrate: placeholders go "
                               "along, and name devices of the destination then (%s)", note->path,
                               code);
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

    for (i = 0; i < plan->claims->len; i++)
        ifxReportClaimRemarks(remarks, &g_array_index(plan->claims, ifxPlanClaim, i));
    for (i = 0; i < plan->arguments->len; i++) {
        const ifxPlanArgument *argument = &g_array_index(plan->arguments, ifxPlanArgument, i);

        if (ifxReportArgumentIsNotable(argument))
            ifxReportRemark(remarks, false, ifxReportArgument(argument));
    }
    for (i = 0; i < plan->notes->len; i++)
        ifxReportRemark(remarks, false,
                        ifxReportPlanNote(&g_array_index(plan->notes, ifxPlanNote, i)));
    return remarks;
}
