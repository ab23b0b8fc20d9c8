/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include "base/pci-class.h"
#include "plan/plan-carry.h"

/* Does the host use the device? Evidence that is unclear does not count: a controller that the
 * guest gave back when it stopped holds the guest's own disks. */
static bool
ifxPlanClaimsIsInUse(const ifxPlanClaim *claim,
                     const ifxPolicy *policy)
{
    guint i;

    for (i = 0; claim->evidence && i < claim->evidence->len; i++) {
        const ifxEvidence *piece = claim->evidence->pdata[i];

        if (piece->lift == IFX_LIFT_NEVER)
            return true;
        if (piece->lift == IFX_LIFT_BY_NAME && piece->reason != IFX_REASON_UNKNOWN_USE &&
            !ifxPolicyAllows(policy, &claim->claim->address))
            return true;
    }
    return false;
}

/* Did a question about the host's use get no answer? */
static bool
ifxPlanClaimsIsUnanswered(const ifxPlanClaim *claim,
                          const ifxPolicy *policy)
{
    guint i;

    for (i = 0; claim->evidence && i < claim->evidence->len; i++) {
        if (((const ifxEvidence *) claim->evidence->pdata[i])->unanswered)
            return !ifxPolicyAllows(policy, &claim->claim->address);
    }
    return false;
}

/* Must somebody detach the device before each start, if it does not serve VFIO by itself? libvirt
 * requires that an unmanaged device is on a VFIO driver: "Unmanaged PCI device ... must be manually
 * detached from the host" (virHostdevPreparePCIDevicesImpl). QEMU requires it of a device by
 * hand. */
static bool
ifxPlanClaimsIsUnmanaged(const ifxPlanIndex *index,
                         const ifxClaim *claim,
                         const ifxDevice *device)
{
    return !claim->managed && device->driver_state != IFX_DRIVER_UNKNOWN &&
        !ifxDeviceIsOnVfio(device) &&
        !(ifxClaimGetTraits(claim)->bypasses_libvirt &&
          ifxPlanIndexIsDetached(index, &claim->address));
}

/* The reason of a claim that is declared. */
static ifxReason
ifxPlanClaimsReason(const ifxPlanClaim *claim)
{
    if (claim->claim->legacy)
        return IFX_REASON_LEGACY_DRIVER;
    if (claim->unmanaged)
        return ifxClaimGetTraits(claim->claim)->bypasses_libvirt ? IFX_REASON_QEMU_ARGUMENT :
            IFX_REASON_UNMANAGED;
    if (claim->give)
        return IFX_REASON_GIVEN;
    if (ifxClaimIsMoved(claim->claim))
        return IFX_REASON_MOVED;
    return claim->claim->placeholder ? IFX_REASON_PLACEHOLDER : IFX_REASON_DECLARED;
}

bool
ifxPlanClaimsIsOtherKind(const ifxClaim *claim,
                        const ifxDevice *device)
{
    if (!device->has_class)
        return false;
    if (claim->kind == IFX_CLAIM_INTERFACE)
        return IFX_PCI_BASE_CLASS(device->class_code) != IFX_PCI_BASE_NETWORK;
    return claim->kind == IFX_CLAIM_NVME &&
        IFX_PCI_BASE_CLASS(device->class_code) != IFX_PCI_BASE_STORAGE;
}

/* @device is on the host, in a group, and no bridge. */
static void
ifxPlanClaimsJudgeDevice(ifxPlanClaim *judged,
                         const ifxDevice *device,
                         const ifxPlanBasis *basis)
{
    const ifxClaim *claim = judged->claim;
    const ifxPlanEvidence *evidence = g_hash_table_lookup(basis->evidence, device);
    const ifxPolicy *policy = basis->policy;
    const bool unmanaged = ifxPlanClaimsIsUnmanaged(basis->index, claim, device);

    judged->group = device->group;
    judged->unmanaged = unmanaged && !device->vfio_unseen;
    judged->uncertain = unmanaged && device->vfio_unseen;
    judged->chipset = ifxDeviceIsChipset(device) && !ifxDeviceIsOnVfio(device);
    judged->evidence = evidence->pieces ? g_ptr_array_ref(evidence->pieces) : NULL;
    if (ifxPlanClaimsIsInUse(judged, policy)) {
        judged->verdict = IFX_VERDICT_REFUSE;
        judged->reason = IFX_REASON_CLAIM_IN_USE;
        /* If the host lacks a function of the slot, another card is there than when the domain was
         * defined. */
        judged->misplaced = ifxPlanClaimsIsOtherKind(claim, device) ||
            ifxPlanIndexHasGone(basis->index, &claim->address);
        return;
    }
    if (judged->chipset && !ifxPolicyAllows(policy, &claim->address)) {
        judged->verdict = IFX_VERDICT_REFUSE;
        judged->reason = IFX_REASON_PLATFORM_FUNCTION;
        return;
    }
    if (ifxPlanClaimsIsUnanswered(judged, policy)) {
        judged->verdict = IFX_VERDICT_REFUSE;
        judged->reason = IFX_REASON_UNKNOWN_USE;
        return;
    }
    judged->verdict = IFX_VERDICT_DECLARED;
    judged->give = claim->placeholder && ifxPlanGiveWants(basis, device) &&
        !ifxPolicyLeavesOut(policy, device->group);
    judged->reason = ifxPlanClaimsReason(judged);
    /* To detach a device from a driver that serves VFIO by itself destroys it: a vGPU. */
    judged->manage = policy->managed && !claim->managed && claim->managed_at != IFX_XML_NONE &&
        !device->serves_vfio && !device->vfio_unseen &&
        !ifxPolicyLeavesOut(policy, device->group);
}

/* The host does not show the device. */
static void
ifxPlanClaimsJudgeAbsent(ifxPlanClaim *judged,
                         const ifxPlanBasis *basis)
{
    const ifxClaim *claim = judged->claim;

    judged->verdict = IFX_VERDICT_REFUSE;
    judged->reason = IFX_REASON_CLAIM_GONE;
    if (claim->placeholder && ifxTopologyIsListed(basis->host->topology, &claim->address)) {
        judged->reason = IFX_REASON_UNKNOWN_MEMBER;
    } else if (claim->placeholder) {
        judged->reason = IFX_REASON_PLACEHOLDER_GONE;
        if (basis->policy->prune)
            judged->verdict = IFX_VERDICT_REMOVE;
    }
}

/* Without regard to the other claims. */
static ifxPlanClaim
ifxPlanClaimsJudgeClaim(const ifxDomain *domain,
                        const ifxClaim *claim,
                        const ifxPlanBasis *basis)
{
    ifxPlanClaim judged = {
        .claim = claim,
        .verdict = IFX_VERDICT_SKIP,
        .group = IFX_GROUP_NONE,
    };
    const ifxDevice *device;

    if (!ifxDomainIsQemu(domain)) {
        judged.reason = IFX_REASON_NOT_QEMU;
        return judged;
    }
    if (!ifxPlanMovedJudge(&judged, basis))
        return judged;

    device = ifxTopologyGetDevice(basis->host->topology, &claim->address);
    if (!device) {
        ifxPlanClaimsJudgeAbsent(&judged, basis);
        return judged;
    }
    if (device->is_dead || ifxDeviceIsBridge(device)) {
        judged.verdict = IFX_VERDICT_REFUSE;
        judged.reason = device->is_dead ? IFX_REASON_NO_ANSWER : IFX_REASON_BRIDGE;
        judged.group = device->is_dead ? device->group : IFX_GROUP_NONE;
        return judged;
    }
    if (device->group == IFX_GROUP_NONE) {
        judged.reason = IFX_REASON_NO_IOMMU;
        return judged;
    }

    ifxPlanClaimsJudgeDevice(&judged, device, basis);
    return judged;
}

static void
ifxPlanClaimsRefuse(ifxPlanClaim *claim,
                    ifxReason reason,
                    const ifxClaim *other)
{
    claim->verdict = IFX_VERDICT_REFUSE;
    claim->reason = reason;
    claim->other = other;
    claim->manage = false;
    claim->give = false;
}

/* Refuses @claim if @seen has one of the same device; otherwise adds it. Only several NVMe disks
 * are one device (virNVMeDeviceListCreateDetachList). */
static void
ifxPlanClaimsRefuseDuplicate(ifxPlanClaim *claim,
                             GHashTable *seen)
{
    const ifxClaim *other = g_hash_table_lookup(seen, &claim->claim->address);

    if (!other)
        g_hash_table_insert(seen, (gpointer) &claim->claim->address, (gpointer) claim->claim);
    else if (claim->claim->kind != other->kind || !ifxClaimGetTraits(other)->shareable)
        ifxPlanClaimsRefuse(claim, IFX_REASON_CLAIMED_TWICE, other);
}

/* A claim of a device that is gone is none of the device that has its address now.
 *
 * libvirt refuses two claims of a device that it knows of, and QEMU does not open a device twice
 * ("device is already attached", QEMU hw/vfio), whether the host has the device or not. libvirt
 * does not know of a claim by hand, and QEMU does not know of a placeholder, so a device can have
 * both: QEMU opens a group once for all its devices on vfio-pci. */
static void
ifxPlanClaimsRefuseDuplicates(ifxPlan *plan)
{
    g_autoptr(GHashTable) libvirt = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    g_autoptr(GHashTable) qemu = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->claim->lost)
            continue;
        if (ifxPlanClaimIsGuests(claim))
            ifxPlanClaimsRefuseDuplicate(claim, qemu);
        if (!ifxClaimGetTraits(claim->claim)->bypasses_libvirt)
            ifxPlanClaimsRefuseDuplicate(claim, libvirt);
    }
}

/* QEMU opens the group of an NVMe disk for the disk alone and cannot open it again for another
 * device: "failed to open /dev/vfio/N: Device or resource busy". */
static void
ifxPlanClaimsRefuseNvmeWithHostdev(ifxPlan *plan)
{
    g_autoptr(GHashTable) disks = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxClaimGetTraits(claim->claim)->opens_group &&
            claim->verdict == IFX_VERDICT_DECLARED &&
            !g_hash_table_contains(disks, GINT_TO_POINTER(claim->group)))
            g_hash_table_insert(disks, GINT_TO_POINTER(claim->group), (gpointer) claim->claim);
    }
    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);
        const ifxClaim *disk = claim->group == IFX_GROUP_NONE ? NULL :
            g_hash_table_lookup(disks, GINT_TO_POINTER(claim->group));

        if (disk && claim->verdict == IFX_VERDICT_DECLARED && ifxPlanClaimIsGuests(claim) &&
            !ifxClaimGetTraits(claim->claim)->opens_group)
            ifxPlanClaimsRefuse(claim, IFX_REASON_NVME_WITH_HOSTDEV, disk);
    }
}

/* The device is gone before libvirt or QEMU comes to it, or is taken from them. */
static void
ifxPlanClaimsRefuseCarried(ifxPlan *plan,
                           const ifxTopology *topology)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);
        const ifxDevice *device =
            claim->claim->lost ? NULL : ifxTopologyGetDevice(topology, &claim->claim->address);
        const ifxClaim *other = device ? ifxPlanCarryLookupClaim(plan, topology, device) : NULL;

        if (other)
            ifxPlanClaimsRefuse(claim, IFX_REASON_GOES_WITH, other);
    }
}

/* The kernel gives a group to those that open it in /dev/vfio, or to iommufd: the second to come gets
 * EBUSY (vfio_device_block_group and vfio_group_fops_open, Linux drivers/vfio/group.c, since 6.6;
 * read, not run). QEMU does not bind a placeholder to either. */
static void
ifxPlanClaimsRefuseMixedIommufd(ifxPlan *plan)
{
    g_autoptr(GHashTable) first = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);
        const ifxClaim *other;

        if (claim->verdict != IFX_VERDICT_DECLARED || !ifxPlanClaimIsGuests(claim))
            continue;
        other = g_hash_table_lookup(first, GINT_TO_POINTER(claim->group));
        if (!other)
            g_hash_table_insert(first, GINT_TO_POINTER(claim->group), (gpointer) claim->claim);
        else if (other->iommufd != claim->claim->iommufd)
            ifxPlanClaimsRefuse(claim, IFX_REASON_MIXED_IOMMUFD, other);
    }
}

void
ifxPlanClaimsJudge(ifxPlan *plan,
                   const ifxPlanBasis *basis)
{
    const GArray *claims = plan->domain->claims;
    guint i;

    for (i = 0; i < claims->len; i++) {
        const ifxClaim *claim = &g_array_index(claims, ifxClaim, i);
        const ifxPlanClaim judged = ifxPlanClaimsJudgeClaim(plan->domain, claim, basis);

        g_array_append_val(plan->claims, judged);
        if (!claim->lost && !ifxPlanLookupClaim(plan, &claim->address))
            g_hash_table_insert(plan->claimed, (gpointer) &claim->address, (gpointer) claim);
    }
    if (ifxDomainIsQemu(plan->domain)) {
        ifxPlanClaimsRefuseDuplicates(plan);
        ifxPlanClaimsRefuseNvmeWithHostdev(plan);
        ifxPlanClaimsRefuseMixedIommufd(plan);
        ifxPlanClaimsRefuseCarried(plan, basis->host->topology);
    }
}
