/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-evidence.h"

#include <string.h>

#include "domain/domain.h"
#include "plan/plan-carry.h"
#include "plan/plan-questions.h"
#include "use/use.h"

/* The most other claims of a device that are named; the others are counted. */
#define IFX_PLAN_EVIDENCE_CLAIMS 8

/* The most uses of a device that are named of one kind; the others are counted. A host can have a
 * thousand containers whose mounts are on one disk, and each plan names them. */
#define IFX_PLAN_EVIDENCE_USES 32

static void
ifxEvidenceFree(gpointer data)
{
    ifxEvidence *evidence = data;

    g_ptr_array_unref(evidence->chain);
    g_free(evidence);
}

/* Takes over @chain, or makes one of @step. */
void
ifxPlanEvidenceAdd(GPtrArray **list,
                   ifxReason reason,
                   ifxLift lift,
                   GPtrArray *chain,
                   char *step)
{
    ifxEvidence *evidence = g_new0(ifxEvidence, 1);

    if (!*list)
        *list = g_ptr_array_new_with_free_func(ifxEvidenceFree);
    evidence->reason = reason;
    evidence->lift = lift;
    evidence->chain = chain ? chain : g_ptr_array_new_with_free_func(g_free);
    if (step)
        g_ptr_array_add(evidence->chain, step);
    g_ptr_array_add(*list, evidence);
}

/* The same for a question that got no answer in time. */
static void
ifxPlanEvidenceAddUnanswered(GPtrArray **list,
                             GPtrArray *chain,
                             char *step)
{
    ifxPlanEvidenceAdd(list, IFX_REASON_UNKNOWN_USE, IFX_LIFT_BY_NAME, chain, step);
    ((ifxEvidence *) (*list)->pdata[(*list)->len - 1])->unanswered = true;
    ((ifxEvidence *) (*list)->pdata[(*list)->len - 1])->final = true;
}

static ifxReason
ifxPlanEvidenceReasonOfUse(ifxUseKind kind)
{
    static const ifxReason reasons[] = {
        [IFX_USE_MOUNTED] = IFX_REASON_IN_USE_MOUNTED,
        [IFX_USE_SWAP] = IFX_REASON_IN_USE_SWAP,
        [IFX_USE_NETWORK] = IFX_REASON_IN_USE_NETWORK,
        [IFX_USE_PROCESS] = IFX_REASON_IN_USE_PROCESS,
        [IFX_USE_LISTENER] = IFX_REASON_IN_USE_PROCESS,
        [IFX_USE_DOMAIN] = IFX_REASON_IN_USE_DOMAIN,
        [IFX_USE_BOOT_VGA] = IFX_REASON_BOOT_VGA,
        [IFX_USE_LAST_INPUT] = IFX_REASON_LAST_INPUT,
        [IFX_USE_MDEV_PARENT] = IFX_REASON_MDEV_PARENT,
        [IFX_USE_VDPA_PARENT] = IFX_REASON_VDPA_PARENT,
        [IFX_USE_HELD] = IFX_REASON_IN_USE_HELD,
        [IFX_USE_UNCLEAR] = IFX_REASON_UNKNOWN_USE,
        [IFX_USE_UNANSWERED] = IFX_REASON_UNKNOWN_USE,
    };

    return reasons[kind];
}

/* One note for each process, however many inputs of the device it has open. @known: the processes
 * that have one. */
static void
ifxPlanEvidenceAddListener(GPtrArray **list,
                           GHashTable *known,
                           GPtrArray *chain)
{
    if (!g_hash_table_add(known, chain->pdata[chain->len - 1]))
        return;
    ifxPlanEvidenceAdd(list, IFX_REASON_IN_USE_PROCESS, IFX_LIFT_NOTHING,
                       g_ptr_array_ref(chain), NULL);
}

/* The QEMU of another domain. libvirt refuses the start before it takes anything from the host if
 * that domain is its own; of another libvirt's it knows nothing, and the start fails when the
 * group cannot be opened. */
static void
ifxPlanEvidenceAddQemu(GPtrArray **list,
                       const ifxElsewhere *elsewhere,
                       const ifxUse *found)
{
    const bool foreign = elsewhere && ifxElsewhereIsForeign(elsewhere, found->domain);

    ifxPlanEvidenceAdd(list, foreign ? IFX_REASON_IN_USE_PROCESS : IFX_REASON_CLAIMED_ELSEWHERE,
                       foreign ? IFX_LIFT_BY_NAME : IFX_LIFT_NOTHING,
                       g_ptr_array_ref(found->chain), NULL);
}

/* A use that is unclear can be clear to root; what is at rest on a disk is not. */
static void
ifxPlanEvidenceAddUse(GPtrArray **list,
                      ifxUseGraph *graph,
                      const ifxUse *found)
{
    ifxPlanEvidenceAdd(list, ifxPlanEvidenceReasonOfUse(found->kind),
                       found->vital ? IFX_LIFT_NEVER : IFX_LIFT_BY_NAME,
                       g_ptr_array_ref(found->chain), NULL);
    ((ifxEvidence *) (*list)->pdata[(*list)->len - 1])->final = ifxUseGraphIsPrivileged(graph) ||
        (ifxUseGraphIsLoaded(graph) &&
         !g_str_has_prefix(found->chain->pdata[found->chain->len - 1], IFX_USE_CANNOT_ASK));
}

/* How many uses there are of each kind, of which the host can and cannot live without. */
typedef guint ifxPlanUseCounts[IFX_USE_UNANSWERED + 1][2];

/* What the first pieces of each kind do not name. These decide: the others have the same weight. */
static void
ifxPlanEvidenceAddMore(GPtrArray **list,
                       ifxPlanUseCounts counts)
{
    guint kind;
    guint vital;

    for (kind = 0; kind <= IFX_USE_UNANSWERED; kind++) {
        for (vital = 0; vital < 2; vital++) {
            if (counts[kind][vital] <= IFX_PLAN_EVIDENCE_USES)
                continue;
            ifxPlanEvidenceAdd(list, ifxPlanEvidenceReasonOfUse((ifxUseKind) kind),
                               vital ? IFX_LIFT_NEVER : IFX_LIFT_BY_NAME, NULL,
                               g_strdup_printf("%u more like these",
                                               counts[kind][vital] - IFX_PLAN_EVIDENCE_USES));
            ((ifxEvidence *) (*list)->pdata[(*list)->len - 1])->counts = true;
        }
    }
}

static void
ifxPlanEvidenceAddUses(GPtrArray **list,
                       const ifxDomain *domain,
                       const ifxPlanHost *host,
                       const ifxPciAddress *address)
{
    const GPtrArray *uses = ifxUseEvidenceGet(host->use, address);
    g_autoptr(GHashTable) listeners = g_hash_table_new(g_str_hash, g_str_equal);
    ifxPlanUseCounts counts = { { 0 } };
    guint i;

    for (i = 0; uses && i < uses->len; i++) {
        const ifxUse *found = uses->pdata[i];

        if (found->kind == IFX_USE_LISTENER)
            ifxPlanEvidenceAddListener(list, listeners, found->chain);
        else if (found->kind == IFX_USE_UNANSWERED)
            ifxPlanEvidenceAddUnanswered(list, g_ptr_array_ref(found->chain), NULL);
        else if (found->domain && (!domain || g_strcmp0(domain->uuid_key, found->domain) != 0))
            ifxPlanEvidenceAddQemu(list, host->elsewhere, found);
        else if (!found->domain && ++counts[found->kind][found->vital] <= IFX_PLAN_EVIDENCE_USES)
            ifxPlanEvidenceAddUse(list, host->use, found);
    }
    ifxPlanEvidenceAddMore(list, counts);
}

/* Sources that know only the driver name can still show that a userspace driver owns the device. */
static void
ifxPlanEvidenceAddUserspace(GPtrArray **list,
                            const ifxDevice *device)
{
    guint i;

    if (!ifxDeviceIsOnUserspaceDriver(device))
        return;
    for (i = 0; *list && i < (*list)->len; i++) {
        if (((const ifxEvidence *) (*list)->pdata[i])->reason == IFX_REASON_IN_USE_PROCESS)
            return;
    }
    ifxPlanEvidenceAdd(list, IFX_REASON_IN_USE_PROCESS, IFX_LIFT_BY_NAME, NULL,
                       g_strdup_printf("userspace driver %s", device->driver));
}

/* A physical function that loses its driver loses its virtual functions, and a VMD controller the
 * drives below it. What the guest gets of these never lets go of them. */
static void
ifxPlanEvidenceAddCarried(GPtrArray **list,
                          const ifxPlanAsker *asker,
                          const ifxTopology *topology,
                          const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    const ifxDevice *claimed = asker ?
        ifxPlanCarryFindClaimed(asker->index, topology, device) : NULL;
    const ifxLift lift = claimed ? IFX_LIFT_NEVER : IFX_LIFT_BY_NAME;
    char spelled[IFX_PCI_ADDRESS_LENGTH];

    if (claimed)
        ifxPciAddressFormat(&claimed->address, spelled);
    if (claimed && !claimed->is_virtual && !functions) {
        ifxPlanEvidenceAdd(list, IFX_REASON_CARRIER, lift, NULL, g_strdup(spelled));
    } else if (functions && functions->len > 1) {
        ifxPciAddressFormat(&g_array_index(functions, ifxPciAddress, 0), spelled);
        ifxPlanEvidenceAdd(list, IFX_REASON_PF_WITH_VFS, lift, NULL,
                           g_strdup_printf("%u virtual functions, from %s on", functions->len,
                                           spelled));
    } else if (claimed || functions) {
        if (!claimed)
            ifxPciAddressFormat(&g_array_index(functions, ifxPciAddress, 0), spelled);
        ifxPlanEvidenceAdd(list, IFX_REASON_PF_WITH_VFS, lift, NULL,
                           g_strdup_printf("virtual function %s", spelled));
    }
}

/* "domain web (running)". The caller owns it. */
static char *
ifxPlanEvidenceNameClaim(const ifxOtherClaim *claim)
{
    return g_strdup_printf("%s %s%s", claim->network ? "network" : "domain", claim->owner,
                           claim->running ? " (running)" : "");
}

/* Adds those of @claims from @from on and before @end, without @own: the first of them, and how
 * many more there are, because a thousand domains that share a device make a thousand plans. */
static void
ifxPlanEvidenceAddSomeClaims(GPtrArray **list,
                             ifxReason reason,
                             const GPtrArray *claims,
                             guint from,
                             guint end,
                             const ifxOtherClaim *own)
{
    guint left = end - from - (own ? 1 : 0);
    guint shown = 0;
    guint i;

    for (i = from; i < end && shown < IFX_PLAN_EVIDENCE_CLAIMS; i++) {
        if (claims->pdata[i] == own)
            continue;
        ifxPlanEvidenceAdd(list, reason, IFX_LIFT_NOTHING, NULL,
                           ifxPlanEvidenceNameClaim(claims->pdata[i]));
        shown++;
    }
    left -= shown;
    if (left == 0)
        return;
    ifxPlanEvidenceAdd(list, reason, IFX_LIFT_NOTHING, NULL,
                       g_strdup_printf("%u more %s%s", left, reason == IFX_REASON_NETWORK_POOL ?
                                       "network" : "domain", left == 1 ? "" : "s"));
    ((ifxEvidence *) (*list)->pdata[(*list)->len - 1])->counts = true;
}

/* @domain is NULL for any domain: then no domain is another one. */
static void
ifxPlanEvidenceAddOtherClaims(GPtrArray **list,
                              const ifxDomain *domain,
                              const ifxElsewhere *elsewhere,
                              const ifxPciAddress *address)
{
    const GPtrArray *claims = ifxElsewhereGet(elsewhere, address);
    const guint domains = ifxElsewhereCountDomains(elsewhere, address);

    if (!claims)
        return;
    if (domain)
        ifxPlanEvidenceAddSomeClaims(list, IFX_REASON_CLAIMED_ELSEWHERE, claims, 0, domains,
                                     ifxElsewhereLookupOwn(elsewhere, address, domain));
    ifxPlanEvidenceAddSomeClaims(list, IFX_REASON_NETWORK_POOL, claims, domains, claims->len,
                                 NULL);
}

/* The needs of a domain that could not be read are unknown: its disk may be here. */
static void
ifxPlanEvidenceAddUnread(GPtrArray **list,
                         const ifxPlanHost *host,
                         const ifxDevice *device)
{
    const GPtrArray *unread = ifxElsewhereGetUnread(host->elsewhere);

    if (unread->len > 0 && device->driver_state != IFX_DRIVER_NONE &&
        ifxPlanQuestionsHave(host, device))
        ifxPlanEvidenceAdd(list, IFX_REASON_UNKNOWN_USE, IFX_LIFT_BY_NAME, NULL,
                           g_strdup_printf("%s can't be read", (char *) unread->pdata[0]));
}

static bool
ifxPlanEvidenceHasChain(const GPtrArray *list,
                        const GPtrArray *chain)
{
    guint i;
    guint j;

    for (i = 0; list && i < list->len; i++) {
        const GPtrArray *known = ((const ifxEvidence *) list->pdata[i])->chain;

        for (j = 0; j < known->len && j < chain->len; j++) {
            if (strcmp(known->pdata[j], chain->pdata[j]) != 0)
                break;
        }
        if (j == known->len && j == chain->len)
            return true;
    }
    return false;
}

/* The domain of a file need not be defined on the host. If it is, its needs are among the uses
 * already. */
static void
ifxPlanEvidenceAddNeeds(GPtrArray **list,
                        const ifxDomain *domain,
                        const GPtrArray *needs,
                        const ifxUseGraph *use,
                        const ifxPciAddress *address)
{
    guint i;

    for (i = 0; i < needs->len; i++) {
        const ifxUseKind kind = ifxUseNeedGetKind(needs->pdata[i]);
        g_autoptr(GPtrArray) way = ifxUseEvidenceFindChain(use, address, needs->pdata[i]);

        if (!way)
            continue;
        g_ptr_array_add(way, g_strdup_printf("domain %s", domain->name));
        if (!ifxPlanEvidenceHasChain(*list, way))
            ifxPlanEvidenceAdd(list, ifxPlanEvidenceReasonOfUse(kind), ifxUseNeedIsVital(kind) ?
                               IFX_LIFT_NEVER : IFX_LIFT_BY_NAME, g_steal_pointer(&way), NULL);
    }
}

ifxPlanEvidence *
ifxPlanEvidenceFindFor(const ifxPlanAsker *asker,
                       const ifxPlanHost *host,
                       const ifxDevice *device)
{
    ifxPlanEvidence *evidence = g_new0(ifxPlanEvidence, 1);
    const ifxDomain *domain = asker ? asker->domain : NULL;
    GPtrArray **list = &evidence->pieces;
    const char *late;

    if (host->use)
        ifxPlanEvidenceAddUses(list, domain, host, &device->address);
    if (host->use && asker && asker->needs)
        ifxPlanEvidenceAddNeeds(list, domain, asker->needs, host->use, &device->address);
    ifxPlanEvidenceAddUserspace(list, device);
    ifxPlanEvidenceAddCarried(list, asker, host->topology, device);
    if (host->elsewhere) {
        ifxPlanEvidenceAddUnread(list, host, device);
        ifxPlanEvidenceAddOtherClaims(list, domain, host->elsewhere, &device->address);
    }
    late = ifxPlanQuestionsFindLate(host, device);
    if (late)
        ifxPlanEvidenceAddUnanswered(list, NULL, g_strdup(late));
    evidence->unasked =
        ifxPlanQuestionsFindUnasked(host, device, &evidence->unasked_final);
    return evidence;
}

ifxPlanEvidence *
ifxPlanEvidenceFind(const ifxPlanHost *host,
                    const ifxDevice *device)
{
    return ifxPlanEvidenceFindFor(NULL, host, device);
}

void
ifxPlanEvidenceFree(ifxPlanEvidence *evidence)
{
    if (!evidence)
        return;
    g_clear_pointer(&evidence->pieces, g_ptr_array_unref);
    g_free(evidence->unasked);
    g_free(evidence);
}

void
ifxPlanEvidenceAddUnasked(ifxPlanEvidence *evidence)
{
    ifxPlanEvidenceAdd(&evidence->pieces, IFX_REASON_UNKNOWN_USE, IFX_LIFT_BY_NAME, NULL,
                       g_strdup(evidence->unasked));
    ((ifxEvidence *) evidence->pieces->pdata[evidence->pieces->len - 1])->final =
        evidence->unasked_final;
}
