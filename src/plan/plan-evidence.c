/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-evidence.h"

#include <string.h>

#include "domain/domain-needs.h"
#include "use/use.h"
#include "base/pci-class.h"
#include "plan/plan-internal.h"

static void
ifxEvidenceFree(gpointer data)
{
    ifxEvidence *evidence = data;

    g_ptr_array_unref(evidence->chain);
    g_free(evidence);
}

/* Takes over @chain, or makes one of @step. */
static void
ifxPlanAddEvidence(GPtrArray **list,
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

static ifxReason
ifxPlanReasonOfUse(ifxUseKind kind)
{
    static const ifxReason reasons[] = {
        [IFX_USE_MOUNTED] = IFX_REASON_IN_USE_MOUNTED,
        [IFX_USE_SWAP] = IFX_REASON_IN_USE_SWAP,
        [IFX_USE_NETWORK] = IFX_REASON_IN_USE_NETWORK,
        [IFX_USE_PROCESS] = IFX_REASON_IN_USE_PROCESS,
        [IFX_USE_DOMAIN] = IFX_REASON_IN_USE_DOMAIN,
        [IFX_USE_BOOT_VGA] = IFX_REASON_BOOT_VGA,
        [IFX_USE_LAST_INPUT] = IFX_REASON_LAST_INPUT,
        [IFX_USE_MDEV_PARENT] = IFX_REASON_MDEV_PARENT,
        [IFX_USE_VDPA_PARENT] = IFX_REASON_VDPA_PARENT,
        [IFX_USE_UNCLEAR] = IFX_REASON_UNKNOWN_USE,
    };

    return reasons[kind];
}

static void
ifxPlanAddUses(GPtrArray **list,
               const ifxDomain *domain,
               ifxUseGraph *use,
               const ifxPciAddress *address)
{
    const GPtrArray *uses = ifxUseEvidenceGet(use, address);
    guint i;

    for (i = 0; uses && i < uses->len; i++) {
        const ifxUse *found = uses->pdata[i];
        GPtrArray *chain = found->chain;

        if (!found->domain)
            ifxPlanAddEvidence(list, ifxPlanReasonOfUse(found->kind),
                               found->vital ? IFX_LIFT_NEVER : IFX_LIFT_BY_NAME,
                               g_ptr_array_ref(chain), NULL);
        else if (!domain || !ifxDomainHasUuid(domain, found->domain))
            /* libvirt refuses the start before it takes anything. */
            ifxPlanAddEvidence(list, IFX_REASON_CLAIMED_ELSEWHERE, IFX_LIFT_NOTHING,
                               g_ptr_array_ref(chain), NULL);
    }
}

/* Whoever shows the driver, and nothing else, tells that too. */
static void
ifxPlanAddUserspace(GPtrArray **list,
                    const ifxDevice *device)
{
    guint i;

    if (!ifxDeviceIsOnUserspaceDriver(device))
        return;
    for (i = 0; *list && i < (*list)->len; i++) {
        if (((const ifxEvidence *) (*list)->pdata[i])->reason == IFX_REASON_IN_USE_PROCESS)
            return;
    }
    ifxPlanAddEvidence(list, IFX_REASON_IN_USE_PROCESS, IFX_LIFT_BY_NAME, NULL,
                       g_strdup_printf("userspace driver %s", device->driver));
}

/* When a physical function loses its driver, its virtual ones are gone. */
static void
ifxPlanAddFunctions(GPtrArray **list,
                    const ifxDomain *domain,
                    const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    ifxLift lift = IFX_LIFT_BY_NAME;
    guint i;
    guint j;

    if (!functions || functions->len == 0)
        return;
    for (i = 0; domain && i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        for (j = 0; claim->has_address && j < functions->len; j++) {
            if (ifxPciAddressEqual(&g_array_index(functions, ifxPciAddress, j), &claim->address))
                lift = IFX_LIFT_NEVER;
        }
    }
    ifxPciAddressFormat(&g_array_index(functions, ifxPciAddress, 0), spelled);
    ifxPlanAddEvidence(list, IFX_REASON_PF_WITH_VFS, lift, NULL, functions->len == 1 ?
                       g_strdup_printf("virtual function %s", spelled) :
                       g_strdup_printf("%u virtual functions, from %s on", functions->len,
                                       spelled));
}

static bool
ifxPlanIsOwn(const ifxDomain *domain,
             const ifxOtherClaim *claim)
{
    return claim->uuid && domain->uuid ? ifxDomainHasUuid(domain, claim->uuid) :
        strcmp(claim->owner, domain->name) == 0;
}

static void
ifxPlanAddOtherClaims(GPtrArray **list,
                      const ifxDomain *domain,
                      const ifxElsewhere *elsewhere,
                      const ifxPciAddress *address)
{
    const GPtrArray *claims = ifxElsewhereGet(elsewhere, address);
    guint i;

    for (i = 0; claims && i < claims->len; i++) {
        const ifxOtherClaim *claim = claims->pdata[i];

        if (claim->network)
            ifxPlanAddEvidence(list, IFX_REASON_NETWORK_POOL, IFX_LIFT_NOTHING, NULL,
                               g_strdup_printf("network %s", claim->owner));
        else if (domain && !ifxPlanIsOwn(domain, claim))
            ifxPlanAddEvidence(list, IFX_REASON_CLAIMED_ELSEWHERE, IFX_LIFT_NOTHING, NULL,
                               g_strdup_printf("domain %s%s", claim->owner,
                                               claim->running ? " (running)" : ""));
    }
}

/* Functions that the host may live on. */
static bool
ifxPlanMayServeHost(const ifxDevice *device)
{
    if (!device->has_class)
        return true;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_FIBRE_CHANNEL:
    case IFX_PCI_CLASS_SERIAL_INFINIBAND:
    case IFX_PCI_CLASS_IPMI:
    case IFX_PCI_CLASS_OLD_VGA:
        return true;
    case IFX_PCI_CLASS_PCI_BRIDGE:
    case IFX_PCI_CLASS_CARDBUS_BRIDGE:
        /* By its header an endpoint, so it leads to nothing. */
    case IFX_PCI_CLASS_OTHER_SYSTEM:
        /* Accelerators and the management functions of cards. */
        return false;
    }

    switch (IFX_PCI_BASE_CLASS(device->class_code)) {
    case IFX_PCI_BASE_STORAGE:
    case IFX_PCI_BASE_NETWORK:
    case IFX_PCI_BASE_DISPLAY:
    case IFX_PCI_BASE_MEMORY:
    case IFX_PCI_BASE_BRIDGE:
    case IFX_PCI_BASE_SYSTEM:
    case IFX_PCI_BASE_WIRELESS:
    case IFX_PCI_BASE_INTELLIGENT:
        return true;
    default:
        return false;
    }
}

/* What must have been looked at (ifxSight), so that no evidence means no use; 0: no look would
 * tell. */
static guint
ifxPlanNeededSight(const ifxDevice *device)
{
    if (!device->has_class)
        return 0;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_OLD_VGA:
        return IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES;
    case IFX_PCI_CLASS_SD_HOST:
    case IFX_PCI_CLASS_FIBRE_CHANNEL:
        return IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES;
    case IFX_PCI_CLASS_SERIAL_INFINIBAND:
        return IFX_SIGHT_NETWORK | IFX_SIGHT_PROCESSES;
    }

    switch (IFX_PCI_BASE_CLASS(device->class_code)) {
    case IFX_PCI_BASE_STORAGE:
        return IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES;
    case IFX_PCI_BASE_NETWORK:
    case IFX_PCI_BASE_WIRELESS:
        return IFX_SIGHT_NETWORK;
    case IFX_PCI_BASE_DISPLAY:
        return IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES;
    default:
        return 0;
    }
}

bool
ifxPlanUseIsKnown(const ifxPlanHost *host,
                  const ifxDevice *device)
{
    const guint needed = ifxPlanNeededSight(device);
    const guint sight = host->use ? ifxUseGraphGetSight(host->use) : 0;

    if (!ifxPlanMayServeHost(device) || ifxDeviceIsOnVfio(device))
        return true;
    /* A display shows the console without a driver too. */
    if (device->driver_state == IFX_DRIVER_NONE && !(needed & IFX_SIGHT_CONSOLE))
        return true;
    return needed != 0 && (needed & ~sight) == 0;
}

/* What a domain that could not be read needs is not known: its disk may be here. */
static void
ifxPlanAddUnread(GPtrArray **list,
                 const ifxElsewhere *elsewhere,
                 const ifxDevice *device)
{
    const GPtrArray *unread = ifxElsewhereGetUnread(elsewhere);

    if (unread->len > 0 && ifxPlanMayServeHost(device) &&
        device->driver_state != IFX_DRIVER_NONE && !ifxDeviceIsOnVfio(device))
        ifxPlanAddEvidence(list, IFX_REASON_UNKNOWN_USE, IFX_LIFT_BY_NAME, NULL,
                           g_strdup_printf("%s can't be read", (char *) unread->pdata[0]));
}

void
ifxPlanFindNeeds(ifxPlan *plan,
                 const ifxPlanHost *host)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) needs = NULL;
    guint i;

    if (!host->use || plan->domain->claims->len == 0)
        return;
    needs = ifxDomainFindNeeds(plan->domain);
    for (i = 0; i < needs->len; i++) {
        const char *id = ifxUseNeedFind(host->use, needs->pdata[i]);

        if (id && g_hash_table_add(seen, (gpointer) id))
            g_ptr_array_add(plan->needs, (gpointer) id);
    }
}

static bool
ifxPlanIsSaid(const GPtrArray *list,
              const GPtrArray *chain)
{
    guint i;
    guint j;

    for (i = 0; list && i < list->len; i++) {
        const GPtrArray *said = ((const ifxEvidence *) list->pdata[i])->chain;

        for (j = 0; j < said->len && j < chain->len; j++) {
            if (strcmp(said->pdata[j], chain->pdata[j]) != 0)
                break;
        }
        if (j == said->len && j == chain->len)
            return true;
    }
    return false;
}

/* A file's domain need not be defined on the host; one that is has been met already. */
static void
ifxPlanAddNeeds(GPtrArray **list,
                const ifxPlan *plan,
                const ifxUseGraph *use,
                const ifxPciAddress *address)
{
    guint i;

    for (i = 0; i < plan->needs->len; i++) {
        const ifxUseKind kind = ifxUseNeedGetKind(plan->needs->pdata[i]);
        g_autoptr(GPtrArray) way = ifxUseEvidenceFindChain(use, address, plan->needs->pdata[i]);

        if (!way)
            continue;
        g_ptr_array_add(way, g_strdup_printf("domain %s", plan->domain->name));
        if (!ifxPlanIsSaid(*list, way))
            ifxPlanAddEvidence(list, ifxPlanReasonOfUse(kind), ifxUseNeedIsVital(kind) ?
                               IFX_LIFT_NEVER : IFX_LIFT_BY_NAME, g_steal_pointer(&way), NULL);
    }
}

GPtrArray *
ifxPlanFindEvidence(const ifxPlan *plan,
                    const ifxPlanHost *host,
                    const ifxDevice *device)
{
    const ifxDomain *domain = plan ? plan->domain : NULL;
    GPtrArray *list = NULL;

    if (host->use)
        ifxPlanAddUses(&list, domain, host->use, &device->address);
    if (host->use && plan)
        ifxPlanAddNeeds(&list, plan, host->use, &device->address);
    ifxPlanAddUserspace(&list, device);
    ifxPlanAddFunctions(&list, domain, device);
    if (host->elsewhere) {
        ifxPlanAddUnread(&list, host->elsewhere, device);
        ifxPlanAddOtherClaims(&list, domain, host->elsewhere, &device->address);
    }
    return list;
}
