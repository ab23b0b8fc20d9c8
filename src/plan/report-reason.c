/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/report-reason.h"

static const char *const ifxReportReasons[IFX_REASON_LAST] = {
    [IFX_REASON_DECLARED] = "is declared",
    [IFX_REASON_PLACEHOLDER] = "is declared",
    [IFX_REASON_PLACEHOLDER_GONE] = "is a placeholder for a device that is not on this host, so "
        "the guest will not start",
    [IFX_REASON_PLACEHOLDER_ORPHAN] = "is a placeholder, but the guest is given no device of its "
        "group",
    [IFX_REASON_CLAIM_GONE] = "is declared, but is not on this host",
    [IFX_REASON_CLAIM_IN_USE] = "is declared, but it is in use",
    [IFX_REASON_UNMANAGED] = "is not managed, and on no VFIO driver: the guest does not start "
        "before someone detaches it",
    [IFX_REASON_CLAIMED_TWICE] = "is declared twice: libvirt takes no such domain, or QEMU can't "
        "start it; take one of them out; the other is",
    [IFX_REASON_NVME_WITH_HOSTDEV] = "is in one group with an NVMe disk: QEMU can't open the group "
        "for both, and placeholders don't help; give it the disk's controller as a hostdev "
        "instead, or a device of another group; the disk is",
    [IFX_REASON_QEMU_ARGUMENT] = "is passed to QEMU by hand and on no VFIO driver: libvirt does "
        "not detach it, so the guest will not start",
    [IFX_REASON_NO_IOMMU] = "is in no IOMMU group: is the IOMMU enabled in firmware and kernel?",
    [IFX_REASON_NO_ADDRESS] = "has no address in its <source>, skipped",
    [IFX_REASON_NOT_QEMU] = "is not for libvirt's QEMU driver, skipped: only that one knows "
        "placeholders",
    [IFX_REASON_MISSING] = "is missing",
    [IFX_REASON_DECLINED] = "is missing, and was declined",
    [IFX_REASON_NOT_NEEDED] = "is missing, but does not keep the guest from starting",
    [IFX_REASON_BRIDGE] = "is a bridge, which no guest can have",
    [IFX_REASON_BRIDGE_BLOCKS] = "is a bridge whose driver keeps the group from guests since Linux "
        "5.19",
    [IFX_REASON_CHIPSET_IDLE] = "is a part of the board that has no driver",
    [IFX_REASON_PLATFORM_FUNCTION] = "is a part of the board, and its driver keeps the group from "
        "guests",
    [IFX_REASON_STUB] = "is on pci-stub, which keeps it from host and guests alike",
    [IFX_REASON_NOT_PCI] = "is in the group, but is no PCI device: libvirt can't detach it",
    [IFX_REASON_UNKNOWN_MEMBER] = "is in the group, but the host shows no such device",
    [IFX_REASON_UNKNOWN_USE] = "is missing, but what the host uses it for is not known",
    [IFX_REASON_IN_USE_MOUNTED] = "is missing, but holds a mounted file system",
    [IFX_REASON_IN_USE_SWAP] = "is missing, but holds swap space that is in use",
    [IFX_REASON_IN_USE_NETWORK] = "is missing, but the host's network runs over it",
    [IFX_REASON_IN_USE_PROCESS] = "is missing, but a process has it",
    [IFX_REASON_IN_USE_DOMAIN] = "is missing, but the host runs it on behalf of a domain",
    [IFX_REASON_BOOT_VGA] = "is missing, but shows the host's console",
    [IFX_REASON_LAST_INPUT] = "is missing, but the host's only keyboard hangs on it",
    [IFX_REASON_PF_WITH_VFS] = "is missing, but has virtual functions, which go when it does",
    [IFX_REASON_MDEV_PARENT] = "is missing, but mediated devices are slices of it",
    [IFX_REASON_VDPA_PARENT] = "is missing, but vdpa devices are slices of it",
    [IFX_REASON_CLAIMED_ELSEWHERE] = "is claimed elsewhere too: only one of them can run at a time",
    [IFX_REASON_NETWORK_POOL] = "is in the pool of a network, which may give it to any of its "
        "guests",
    [IFX_REASON_TEAMING] = "is one of a team, which is there to migrate",
};

static const char *const ifxReportRemedies[IFX_REASON_LAST] = {
    [IFX_REASON_PLACEHOLDER_GONE] = "--prune takes that hostdev out",
    [IFX_REASON_CLAIM_GONE] = "was a card moved? Correct the domain first",
    [IFX_REASON_CLAIM_IN_USE] = "was a card moved? Correct the domain, or free the device",
    [IFX_REASON_UNMANAGED] = "virsh nodedev-detach does it once, --managed for good",
    [IFX_REASON_QEMU_ARGUMENT] = "declare it as a <hostdev> instead",
    [IFX_REASON_BRIDGE] = "take it out of the domain",
    [IFX_REASON_BRIDGE_BLOCKS] = "unbind it",
    [IFX_REASON_PLATFORM_FUNCTION] = "move the card to a slot in another group",
    [IFX_REASON_UNKNOWN_MEMBER] = "look at it with lspci -s",
    [IFX_REASON_IN_USE_MOUNTED] = "unmount it first",
    [IFX_REASON_IN_USE_SWAP] = "swapoff first",
    [IFX_REASON_IN_USE_NETWORK] = "take the host's network off it first",
    [IFX_REASON_IN_USE_PROCESS] = "stop that process first",
    [IFX_REASON_IN_USE_DOMAIN] = "give it up there first",
    [IFX_REASON_BOOT_VGA] = "put the console on another display first",
    [IFX_REASON_LAST_INPUT] = "plug the keyboard in elsewhere",
    [IFX_REASON_PF_WITH_VFS] = "remove them first, by its sriov_numvfs in sysfs",
    [IFX_REASON_MDEV_PARENT] = "remove them first",
    [IFX_REASON_VDPA_PARENT] = "remove them first, with vdpa dev del",
};

const char *
ifxReportReason(ifxReason reason)
{
    return ifxReportReasons[reason];
}

const char *
ifxReportRemedy(ifxReason reason,
                const ifxEvidence *cause)
{
    const bool never = cause && cause->lift == IFX_LIFT_NEVER;

    /* Nobody unmounts /. */
    if (never && reason == IFX_REASON_IN_USE_MOUNTED)
        return "the host lives on it; move the guest's card to a slot in another group";
    if (never && reason == IFX_REASON_PF_WITH_VFS)
        return "the domain itself claims one of them; give it a device of another group";
    return ifxReportRemedies[reason];
}

char *
ifxReportSteps(const ifxEvidence *evidence)
{
    return ifxUseEvidenceFormatChain(evidence->chain);
}

char *
ifxReportChain(const ifxPciAddress *address,
               const ifxEvidence *evidence)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *steps = ifxReportSteps(evidence);

    return g_strdup_printf("%s %s", ifxPciAddressFormat(address, spelled), steps);
}

const ifxEvidence *
ifxReportCause(const GPtrArray *evidence,
               ifxReason reason)
{
    const ifxEvidence *decisive = ifxEvidenceLookupDecisive(evidence);
    guint i;

    if (reason == IFX_REASON_CLAIM_IN_USE || (decisive && decisive->reason == reason))
        return decisive;
    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];

        if (piece->reason == reason)
            return piece;
    }
    return NULL;
}
