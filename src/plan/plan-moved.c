/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-moved.h"

#include <string.h>

#include "base/pci-class.h"
#include "host/moves-claims.h"
#include "plan/plan-internal.h"

bool
ifxPlanMovedIsRewritten(const ifxPlanClaim *claim)
{
    return claim->verdict == IFX_VERDICT_DECLARED && ifxClaimIsMoved(claim->claim);
}

/* Does the domain claim a device at an address that was empty before the cards moved, or where another
 * kind of device was? Then its other claims can be of now, too. */
static bool
ifxPlanMovedIsWrittenSince(const ifxDomain *domain,
                           const ifxPlanHost *host)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        const ifxMove *move = ifxMovesFind(host->moves, &claim->written);

        if (move ? ifxPlanClaimsIsOtherKind(claim, move->before) :
            ifxMovesClaimsGetNow(host->moves, &claim->written) != NULL)
            return true;
    }
    return false;
}

/* Can the claim not mean what is at its address now? */
static bool
ifxPlanMovedIsOutdated(const ifxMoves *moves,
                       const ifxClaim *claim)
{
    const ifxMove *move = ifxMovesFind(moves, &claim->written);
    const ifxDevice *there = ifxMovesClaimsGetNow(moves, &claim->written);

    return move && move->state == IFX_MOVE_MOVED &&
        (!there || ifxDeviceIsBridge(there) || ifxPlanClaimsIsOtherKind(claim, there));
}

/* Is it known that its claims are of before? What the tool has rewritten and completed claims nothing
 * that is not there: if a claim of a device that moved can't mean what is at its address now, the
 * domain was not rewritten. */
static bool
ifxPlanMovedIsOfBefore(const ifxDomain *domain,
                       const ifxPlanHost *host)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        if (ifxPlanMovedIsOutdated(host->moves, &g_array_index(domain->claims, ifxClaim, i)))
            return true;
    }
    return host->of_before;
}

bool
ifxPlanMovedIsUnclear(const ifxDomain *domain,
                      const ifxPlanHost *host,
                      const ifxPolicy *policy)
{
    guint i;

    if (!host->moves)
        return false;
    /* A domain is rewritten as a whole, so one device is enough. */
    for (i = 0; !policy->several && i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (ifxClaimIsMoved(claim) && ifxPolicyAllows(policy, &claim->address))
            return false;
    }
    return host->since || ifxPlanMovedIsWrittenSince(domain, host) ||
        !ifxPlanMovedIsOfBefore(domain, host);
}

/* Refuses the claim. @lift: what overrides that; takes over @words, which are the evidence. */
static void
ifxPlanMovedRefuse(ifxPlanClaim *judged,
                   ifxReason reason,
                   ifxLift lift,
                   char *words)
{
    judged->verdict = IFX_VERDICT_REFUSE;
    judged->reason = reason;
    if (words)
        ifxPlanEvidenceAdd(&judged->evidence, reason, lift, NULL, words);
}

static void
ifxPlanMovedRefuseGone(ifxPlanClaim *judged,
                       const ifxPolicy *policy)
{
    ifxPlanMovedRefuse(judged, judged->claim->placeholder ? IFX_REASON_PLACEHOLDER_GONE :
                       IFX_REASON_MOVED_GONE, IFX_LIFT_NEVER, NULL);
    if (judged->claim->placeholder && policy->prune)
        judged->verdict = IFX_VERDICT_REMOVE;
}

/* It is one of several devices that are alike. */
static void
ifxPlanMovedRefuseAlike(ifxPlanClaim *judged)
{
    const GPtrArray *candidates = judged->candidates;
    GString *words = g_string_new("it may be ");
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < candidates->len; i++) {
        const ifxDevice *device = candidates->pdata[i];

        g_string_append_printf(words, "%s%s", i == 0 ? "" : i + 1 < candidates->len ? ", " : " or ",
                               ifxPciAddressFormat(&device->address, address));
    }
    ifxPlanMovedRefuse(judged, IFX_REASON_MOVED_UNCLEAR,
                       candidates->len > 0 ? IFX_LIFT_BY_NAME : IFX_LIFT_NEVER,
                       g_string_free(words, FALSE));
}

static void
ifxPlanMovedRefuseAmbiguous(ifxPlanClaim *judged,
                            const ifxPolicy *policy)
{
    const bool named = ifxPolicyAllows(policy, &judged->claim->address);
    char now[IFX_PCI_ADDRESS_LENGTH];
    char written[IFX_PCI_ADDRESS_LENGTH];

    ifxPlanMovedRefuse(judged, IFX_REASON_MOVED_UNCLEAR, IFX_LIFT_BY_NAME,
                       g_strdup_printf("it is %s if the domain was written before the cards moved, "
                                       "and %s if since%s",
                                       ifxPciAddressFormat(&judged->claim->address, now),
                                       ifxPciAddressFormat(&judged->claim->written, written),
                                       named ? "; --allow-member decides that only for a domain that "
                                       "is named alone" : ""));
}

bool
ifxPlanMovedJudge(ifxPlanClaim *judged,
                  const ifxPlanBasis *basis)
{
    const ifxClaim *claim = judged->claim;
    const ifxMove *move = basis->host->moves ?
        ifxMovesFind(basis->host->moves, &claim->written) : NULL;

    judged->candidates = move ? move->candidates : NULL;
    if (!move || (!claim->lost && !ifxClaimIsMoved(claim)))
        return true;
    if (move->state == IFX_MOVE_GONE)
        ifxPlanMovedRefuseGone(judged, basis->policy);
    else if (claim->lost)
        ifxPlanMovedRefuseAlike(judged);
    else if (claim->address_at == IFX_XML_NONE)
        ifxPlanMovedRefuse(judged, IFX_REASON_MOVED_BY_HAND, IFX_LIFT_NEVER, NULL);
    else if (basis->unclear)
        ifxPlanMovedRefuseAmbiguous(judged, basis->policy);
    else
        return true;
    return false;
}

static void
ifxPlanSetFree(gpointer data)
{
    ifxPlanSet *set = data;

    g_free(set->sel);
    g_free(set->type);
    g_free(set->value);
    g_free(set);
}

/* @number as the old value @old is written; NULL: as libvirt writes it, with @digits digits. */
static char *
ifxPlanMovedFormat(const char *old,
                   int digits,
                   guint number)
{
    const gsize length = old ? strlen(old) : 0;
    const bool hex = length > 2 && old[0] == '0' && g_ascii_tolower(old[1]) == 'x';
    g_autofree char *spelled = NULL;

    if (!hex && length > 1 && *old == '0')
        return g_strdup_printf("0%0*o", (int) length - 1, number);
    if (!hex && length > 0)
        return g_strdup_printf("%u", number);
    spelled = g_strdup_printf("%0*x", hex ? (int) length - 2 : digits, number);
    return g_strdup_printf("%.2s%s", hex ? old : "0x", spelled);
}

GPtrArray *
ifxPlanMovedListSets(const ifxPlan *plan,
                     const ifxPlanClaim *claim)
{
    const ifxPciAddress *now = &claim->claim->address;
    const ifxPciAddress *written = &claim->claim->written;
    const struct {
        const char *name;
        int digits;
        guint written;
        guint now;
    } parts[] = {
        { "domain", 4, written->domain, now->domain },
        { "bus", 2, written->bus, now->bus },
        { "slot", 2, written->slot, now->slot },
        { "function", 1, written->function, now->function },
    };
    const guint element = claim->claim->address_at;
    GPtrArray *sets = g_ptr_array_new_with_free_func(ifxPlanSetFree);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        const char *old = ifxXmlTextGetAttribute(plan->domain->text, element, parts[i].name);
        ifxPlanSet *set;

        if (parts[i].written == parts[i].now)
            continue;
        set = g_new0(ifxPlanSet, 1);
        set->sel = ifxPlanAttributePoint(plan, element, parts[i].name, &set->type);
        set->value = ifxPlanMovedFormat(old, parts[i].digits, parts[i].now);
        g_ptr_array_add(sets, set);
    }
    return sets;
}
