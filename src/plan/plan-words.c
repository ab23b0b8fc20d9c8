/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-words.h"

#include <string.h>

#include "base/term.h"
#include "host/topology-nodedev.h"
#include "plan/plan-named.h"
#include "plan/plan-stop.h"
#include "use/use.h"

/* {device} and {nodedev} are the kernel's and libvirt's name of the device, {written} is the address
 * that the text has, {other} is the path of the claim that excludes this one, {apart} what takes the guest's device out of the group. {edit},
 * {declare}, {prune}, {orphans}, {manage} and {look} are commands, {virsh} is the beginning of one. */
typedef struct _ifxReasonRow ifxReasonRow;
struct _ifxReasonRow {
    const char *code;
    const char *sentence;
    const char *declared;   /* the sentence for a claim; NULL: the same */
    const char *remedy;     /* NULL: nothing need be done */
    const char *never;      /* the remedy for a member where nothing lifts the evidence; NULL: the
                             * same */
    const char *claimed;    /* the remedy for a claim; NULL: the same */
    const char *never_claimed;  /* the remedy for a claim where nothing lifts the evidence; NULL:
                                 * IFX_REASON_NEEDED if there is one for a member */
};

/* The remedy for a claim of a device without which the host cannot be. */
#define IFX_REASON_NEEDED "The host needs it. Remove it from the domain: {edit}"

/* The same of one that disappears with what else the domain declares. */
#define IFX_REASON_BOTH "The domain declares both. Remove one of them: {edit}"

static const ifxReasonRow reasons[IFX_REASON_LAST] = {
    [IFX_REASON_DECLARED] = { "declared",
        .sentence = "is declared" },
    [IFX_REASON_PLACEHOLDER] = { "placeholder",
        .sentence = "is declared, as a placeholder" },
    [IFX_REASON_PLACEHOLDER_GONE] = { "placeholder-gone",
        .sentence = "is a placeholder for a device that this host does not have, so the guest "
                    "will not start",
        .remedy = "Remove it: {prune}" },
    [IFX_REASON_PLACEHOLDER_ORPHAN] = { "placeholder-orphan",
        .sentence = "is a placeholder, but the guest uses no device of its IOMMU group",
        .remedy = "If the host needs the device, remove the placeholder: {orphans}" },
    [IFX_REASON_CLAIM_GONE] = { "claim-gone",
        .sentence = "is declared, but this host does not have it",
        .remedy = "Correct the address, or remove the claim: {edit}" },
    [IFX_REASON_CLAIM_IN_USE] = { "claim-in-use",
        .sentence = "is declared, but the host uses it",
        .remedy = "Another card seems to have its address now. Correct it: {edit}" },
    [IFX_REASON_UNMANAGED] = { "unmanaged",
        .sentence = "has managed='no' and is not bound to vfio-pci, so the guest will not start",
        .remedy = "Detach it once with \"{virsh} nodedev-detach {nodedev}\", or at each start: "
                  "{manage}" },
    [IFX_REASON_LEGACY_DRIVER] = { "legacy-driver",
        .sentence = "has a <driver> that is not for VFIO, so the guest will not start",
        .remedy = "Remove that <driver>: {edit}" },
    [IFX_REASON_CLAIMED_TWICE] = { "claimed-twice",
        .sentence = "is declared a second time in {other}, so the guest will not start",
        .remedy = "Remove one of the two: {edit}" },
    [IFX_REASON_NVME_WITH_HOSTDEV] = { "nvme-with-hostdev",
        .sentence = "shares its IOMMU group with the NVMe disk {other}, and QEMU cannot open "
                    "the group for both",
        .remedy = "Declare the disk's controller as a hostdev instead of the disk: {edit}" },
    [IFX_REASON_MIXED_IOMMUFD] = { "mixed-iommufd",
        .sentence = "shares its group with {other}, and only one of them uses iommufd, so the "
                    "guest will not start",
        .remedy = "Set the same <driver iommufd='yes'/> or 'no' on both: {edit}" },
    [IFX_REASON_QEMU_ARGUMENT] = { "qemu-argument",
        .sentence = "is passed to QEMU by hand and is not bound to vfio-pci, so the guest will "
                    "not start",
        .remedy = "Declare it as a hostdev instead: {edit}" },
    [IFX_REASON_NO_IOMMU] = { "no-iommu",
        .sentence = "is in no IOMMU group",
        .remedy = "Enable the IOMMU in the firmware and on the kernel command line" },
    [IFX_REASON_NO_ANSWER] = { "no-answer",
        .sentence = "does not answer, so no guest can start that declares it",
        .remedy = "Turn the host off and on again" },
    [IFX_REASON_NOT_QEMU] = { "not-qemu",
        .sentence = "is not for libvirt's QEMU driver, so it was skipped: only that driver "
                    "knows placeholders" },
    [IFX_REASON_MISSING] = { "missing",
        .sentence = "is missing",
        .remedy = "Declare it: {declare}" },
    [IFX_REASON_GIVEN] = { "given",
        .sentence = "is missing, and the guest gets it",
        .declared = "is a placeholder, and the guest gets it" },
    [IFX_REASON_MOVED] = { "moved",
        .sentence = "was at {written} before the host's cards moved, and is still declared "
                    "there" },
    [IFX_REASON_MOVED_GONE] = { "moved-gone",
        .sentence = "is declared, but the device that was there before the host's cards moved "
                    "is gone",
        .remedy = "Put the card back or make the virtual function again, or remove the claim: "
                  "{edit}" },
    [IFX_REASON_MOVED_UNCLEAR] = { "moved-unclear",
        .sentence = "is declared, and it is unclear which device that is since the host's cards "
                    "moved",
        .remedy = "If the address is right as it is, leave out --moved-from; otherwise correct it: "
                  "{edit}" },
    [IFX_REASON_MOVED_BY_HAND] = { "moved-by-hand",
        .sentence = "was at {written} before the host's cards moved, and the tool cannot "
                    "rewrite this claim",
        .remedy = "Write {device} instead: {edit}" },
    [IFX_REASON_MOVED_NETWORK] = { "moved-network",
        .sentence = "is in a network whose devices moved",
        .remedy = "Correct the network first" },
    [IFX_REASON_MOVED_SINCE] = { "moved-since",
        .sentence = "was not there before the host's cards moved, so its address stays as it is" },
    [IFX_REASON_MOVED_ALREADY] = { "moved-already",
        .sentence = "was rewritten by an earlier run" },
    [IFX_REASON_NOT_NEEDED] = { "not-needed",
        .sentence = "is missing, but the guest starts without it" },
    [IFX_REASON_DECLINED] = { "declined",
        .sentence = "is missing, because you declined it" },
    [IFX_REASON_BRIDGE] = { "bridge",
        .sentence = "is a bridge, which no guest can use",
        .claimed = "Remove it from the domain: {edit}" },
    [IFX_REASON_BRIDGE_BLOCKS] = { "bridge-blocks",
        .sentence = "is a bridge; while its driver has it, no guest can use the group",
        .remedy = "Unbind it: echo {device} >/sys/bus/pci/devices/{device}/driver/unbind" },
    [IFX_REASON_CHIPSET_IDLE] = { "chipset-idle",
        .sentence = "is a chipset device without a driver" },
    [IFX_REASON_PLATFORM_FUNCTION] = { "platform-function",
        .sentence = "is a chipset device, which the host may need at any time",
        .remedy = "To separate them, {apart}",
        .claimed = "Remove it from the domain: {edit}" },
    [IFX_REASON_STUB] = { "stub",
        .sentence = "is bound to pci-stub, so neither the host nor a guest uses it" },
    [IFX_REASON_GOES_WITH] = { "goes-with",
        .sentence = "disappears when the guest takes the device that it belongs to",
        .declared = "is declared, but disappears when the guest takes {other}, so the guest will "
                    "not start",
        .claimed = "Remove one of the two: {edit}" },
    [IFX_REASON_NOT_PCI] = { "not-pci",
        .sentence = "is in the group, but is not a PCI device, so libvirt cannot detach it",
        .remedy = "If it has a driver, unbind it before the guest starts" },
    [IFX_REASON_UNKNOWN_MEMBER] = { "unknown-member",
        .sentence = "is in the group, but the host shows no such device",
        .remedy = "Look for it: lspci -s {device}" },
    [IFX_REASON_UNKNOWN_USE] = { "unknown-use",
        .sentence = "is missing, and the tool cannot tell from here whether the host needs it",
        .declared = "is declared, and the tool cannot tell from here whether the host needs it",
        .remedy = "Look again as root on the host: {look}" },
    [IFX_REASON_IN_USE_MOUNTED] = { "in-use-mounted",
        .sentence = "is missing, but the host has a file system on it mounted",
        .remedy = "Unmount it first",
        .never = "The host runs from it: {apart}" },
    [IFX_REASON_IN_USE_SWAP] = { "in-use-swap",
        .sentence = "is missing, but the host swaps to it",
        .remedy = "Turn this swap space off first" },
    [IFX_REASON_IN_USE_NETWORK] = { "in-use-network",
        .sentence = "is missing, but the host's network uses it",
        .remedy = "Move the addresses, routes and bridges of the host to another interface first",
        .never = "The host is reached through it: {apart}" },
    [IFX_REASON_IN_USE_PROCESS] = { "in-use-process",
        .sentence = "is missing, but a process uses it",
        .remedy = "Stop the process first" },
    [IFX_REASON_IN_USE_DOMAIN] = { "in-use-domain",
        .sentence = "is missing, but the host uses it for a domain, network or storage pool",
        .remedy = "Change that definition first" },
    [IFX_REASON_IN_USE_HELD] = { "in-use-held",
        .sentence = "is missing, but the kernel or a process holds a block device on it",
        .remedy = "Find out what holds the block device, and stop that first" },
    [IFX_REASON_BOOT_VGA] = { "boot-vga",
        .sentence = "is missing, but it shows the host's console",
        .remedy = "Move the console to another display first" },
    [IFX_REASON_LAST_INPUT] = { "last-input",
        .sentence = "is missing, but the host's only keyboard is connected to it",
        .remedy = "Connect the keyboard to another controller first" },
    [IFX_REASON_PF_WITH_VFS] = { "pf-with-vfs",
        .sentence = "is missing, but it has virtual functions, which disappear when it loses "
                    "its driver",
        .remedy = "Remove them first with \"echo 0 >/sys/bus/pci/devices/{device}/sriov_numvfs\"",
        .never = "The domain itself uses one of them: give it a device of another group",
        .never_claimed = IFX_REASON_BOTH },
    [IFX_REASON_CARRIER] = { "carrier",
        .sentence = "is missing, but a device that the domain uses disappears when it loses its "
                    "driver",
        .remedy = "Turn VMD off in the firmware, or give the guest {device} instead: {edit}",
        .never_claimed = IFX_REASON_BOTH },
    [IFX_REASON_MDEV_PARENT] = { "mdev-parent",
        .sentence = "is missing, but mediated devices are parts of it",
        .remedy = "Stop them first: (cd /sys/bus/pci/devices/{device} && for i in *-*-*-*-*; "
                  "do mdevctl stop -u $i; done)" },
    [IFX_REASON_VDPA_PARENT] = { "vdpa-parent",
        .sentence = "is missing, but vdpa devices are parts of it",
        .remedy = "Remove them first; this lists them: vdpa dev show" },
    [IFX_REASON_CLAIMED_ELSEWHERE] = { "claimed-elsewhere",
        .sentence = "is also used by another domain, and the two cannot run at the same time" },
    [IFX_REASON_NETWORK_POOL] = { "network-pool",
        .sentence = "is in the pool of a network, which may give it to any domain" },
    [IFX_REASON_TEAMING] = { "teaming",
        .sentence = "is part of a <teaming> pair, so the domain can migrate" },
};

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
    return reasons[reason].code;
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

/* Can the guest's card be moved away from @subject's device? A function of the root complex is a
 * part of the board (PCI Express Base 6.0, 1.3.2.3), and functions of one slot are one card. */
static bool
ifxReasonCanMove(const ifxReasonSubject *subject)
{
    const ifxPciAddress *device = subject->device;
    const ifxPciAddress *guest = subject->guest;

    return guest && device && guest->bus != 0 &&
        !(guest->domain == device->domain && guest->bus == device->bus &&
          guest->slot == device->slot);
}

/* What {@name} stands for; NULL: there is no such name. The caller owns it. */
static char *
ifxReasonGetName(const char *name,
                 const ifxReasonSubject *subject,
                 const ifxNamed *named)
{
    char device[IFX_PCI_ADDRESS_LENGTH];

    if (strcmp(name, "device") == 0)
        return g_strdup(subject->device ? ifxPciAddressFormat(subject->device, device) : "");
    if (strcmp(name, "written") == 0)
        return g_strdup(subject->written ? ifxPciAddressFormat(subject->written, device) : "");
    if (strcmp(name, "nodedev") == 0)
        return subject->device ? ifxNodedevName(subject->device) : g_strdup("");
    if (strcmp(name, "other") == 0)
        return g_strdup(subject->other);
    if (strcmp(name, "apart") == 0)
        return g_strdup(ifxReasonCanMove(subject) ?
                        "move the guest's card to a slot in another group" :
                        "give the guest a device of another group");
    if (strcmp(name, "virsh") == 0)
        return g_strconcat("virsh", named->uri, NULL);
    if (strcmp(name, "edit") == 0)
        return ifxNamedFormatEdit(named);
    if (strcmp(name, "look") == 0)
        return ifxNamedFormatAsRoot(named);
    return ifxNamedFormatWrite(named, strcmp(name, "prune") == 0 ? " --prune" :
                               strcmp(name, "orphans") == 0 ? " --prune=orphans" :
                               strcmp(name, "manage") == 0 ? " --managed" : "");
}

/* @words with the names of @subject filled in. */
static char *
ifxReasonFill(const char *words,
              const ifxReasonSubject *subject)
{
    static const ifxPolicy no_choices = { 0 };
    const ifxNamed *named = subject->named;
    g_autoptr(ifxNamed) plain = NULL;
    g_auto(GStrv) parts = g_strsplit(words, "{", -1);
    GString *text = g_string_new(parts[0]);
    guint i;

    if (!named) {
        plain = ifxNamedNew(IFX_NAMED_DOMAIN, subject->domain, subject->domain, subject->domain,
                            NULL, "", NULL, &no_choices);
        named = plain;
    }
    for (i = 1; parts[i]; i++) {
        g_auto(GStrv) name_and_rest = g_strsplit(parts[i], "}", 2);
        g_autofree char *value = ifxReasonGetName(name_and_rest[0], subject, named);

        g_string_append_printf(text, "%s%s", value, name_and_rest[1]);
    }
    return g_string_free(text, FALSE);
}

char *
ifxReasonDescribe(ifxReason reason,
                  const ifxReasonSubject *subject)
{
    const ifxReasonRow *row = &reasons[reason];

    return ifxReasonFill(subject->is_claim && row->declared ? row->declared : row->sentence,
                         subject);
}

char *
ifxReasonRemedy(ifxReason reason,
                const ifxEvidence *cause,
                const ifxReasonSubject *subject)
{
    const bool never = cause && cause->lift == IFX_LIFT_NEVER;
    const ifxReasonRow *row = &reasons[reason];
    g_autofree char *stop = cause ? ifxPlanStopFormat(cause) : NULL;

    if (reason == IFX_REASON_CLAIM_IN_USE && cause && !subject->misplaced)
        row = &reasons[cause->reason];
    if (reason == IFX_REASON_UNKNOWN_USE && cause && cause->final)
        return cause->unanswered ? ifxReasonFill("Look again: {look}", subject) : NULL;
    if (never && subject->is_claim && row->never_claimed)
        return ifxReasonFill(row->never_claimed, subject);
    if (never && row->never)
        return ifxReasonFill(subject->is_claim ? IFX_REASON_NEEDED : row->never, subject);
    if (subject->is_claim && row->claimed)
        return ifxReasonFill(row->claimed, subject);
    if (stop && row == &reasons[cause->reason])
        return g_steal_pointer(&stop);
    return row->remedy ? ifxReasonFill(row->remedy, subject) : NULL;
}

char *
ifxEvidenceFormat(const ifxEvidence *evidence)
{
    return ifxUseEvidenceFormatChain(evidence->chain);
}

const ifxEvidence *
ifxEvidenceLookupDecisive(const GPtrArray *evidence)
{
    const ifxEvidence *decisive = NULL;
    guint i;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];

        if (piece->lift != IFX_LIFT_NOTHING &&
            (!decisive || piece->lift > decisive->lift ||
             (piece->lift == decisive->lift && decisive->reason == IFX_REASON_UNKNOWN_USE &&
              piece->reason != IFX_REASON_UNKNOWN_USE)))
            decisive = piece;
    }
    return decisive;
}

const ifxEvidence *
ifxEvidenceLookup(const GPtrArray *evidence,
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
