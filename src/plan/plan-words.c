/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-words.h"

const char *
ifxVerdictToString(ifxVerdict verdict)
{
    static const char *const words[] = {
        [IFX_VERDICT_DECLARED] = "declared",
        [IFX_VERDICT_ADD] = "add",
        [IFX_VERDICT_SKIP] = "skip",
        [IFX_VERDICT_REFUSE] = "refuse",
        [IFX_VERDICT_REMOVE] = "remove",
    };

    return words[verdict];
}

const char *
ifxReasonToString(ifxReason reason)
{
    static const char *const words[IFX_REASON_LAST] = {
        [IFX_REASON_DECLARED] = "declared",
        [IFX_REASON_PLACEHOLDER] = "placeholder",
        [IFX_REASON_PLACEHOLDER_GONE] = "placeholder-gone",
        [IFX_REASON_PLACEHOLDER_ORPHAN] = "placeholder-orphan",
        [IFX_REASON_CLAIM_GONE] = "claim-gone",
        [IFX_REASON_CLAIM_IN_USE] = "claim-in-use",
        [IFX_REASON_UNMANAGED] = "unmanaged",
        [IFX_REASON_CLAIMED_TWICE] = "claimed-twice",
        [IFX_REASON_NVME_WITH_HOSTDEV] = "nvme-with-hostdev",
        [IFX_REASON_QEMU_ARGUMENT] = "qemu-argument",
        [IFX_REASON_NO_IOMMU] = "no-iommu",
        [IFX_REASON_NO_ADDRESS] = "no-address",
        [IFX_REASON_NOT_QEMU] = "not-qemu",
        [IFX_REASON_MISSING] = "missing",
        [IFX_REASON_NOT_NEEDED] = "not-needed",
        [IFX_REASON_DECLINED] = "declined",
        [IFX_REASON_BRIDGE] = "bridge",
        [IFX_REASON_BRIDGE_BLOCKS] = "bridge-blocks",
        [IFX_REASON_CHIPSET_IDLE] = "chipset-idle",
        [IFX_REASON_PLATFORM_FUNCTION] = "platform-function",
        [IFX_REASON_STUB] = "stub",
        [IFX_REASON_NOT_PCI] = "not-pci",
        [IFX_REASON_UNKNOWN_MEMBER] = "unknown-member",
        [IFX_REASON_UNKNOWN_USE] = "unknown-use",
        [IFX_REASON_IN_USE_MOUNTED] = "in-use-mounted",
        [IFX_REASON_IN_USE_SWAP] = "in-use-swap",
        [IFX_REASON_IN_USE_NETWORK] = "in-use-network",
        [IFX_REASON_IN_USE_PROCESS] = "in-use-process",
        [IFX_REASON_IN_USE_DOMAIN] = "in-use-domain",
        [IFX_REASON_BOOT_VGA] = "boot-vga",
        [IFX_REASON_LAST_INPUT] = "last-input",
        [IFX_REASON_PF_WITH_VFS] = "pf-with-vfs",
        [IFX_REASON_MDEV_PARENT] = "mdev-parent",
        [IFX_REASON_VDPA_PARENT] = "vdpa-parent",
        [IFX_REASON_CLAIMED_ELSEWHERE] = "claimed-elsewhere",
        [IFX_REASON_NETWORK_POOL] = "network-pool",
        [IFX_REASON_TEAMING] = "teaming",
    };

    return words[reason];
}

const char *
ifxLiftToString(ifxLift lift)
{
    static const char *const words[] = {
        [IFX_LIFT_NOTHING] = "nothing",
        [IFX_LIFT_BY_NAME] = "by-name",
        [IFX_LIFT_NEVER] = "never",
    };

    return words[lift];
}

const char *
ifxStartsToString(ifxStarts starts)
{
    static const char *const words[] = {
        [IFX_STARTS_YES] = "yes",
        [IFX_STARTS_UNKNOWN] = "unknown",
        [IFX_STARTS_NO] = "no",
    };

    return words[starts];
}

const char *
ifxResultToString(ifxResult result)
{
    static const char *const words[] = {
        [IFX_RESULT_COMPLETE] = "complete",
        [IFX_RESULT_CHANGE] = "change",
        [IFX_RESULT_REFUSED] = "refused",
        [IFX_RESULT_NO_IOMMU] = "no-iommu",
        [IFX_RESULT_SKIPPED] = "skipped",
    };

    return words[result];
}
