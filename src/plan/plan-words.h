/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-words: the verdicts, reasons and results of plans, and the words for them. Each reason is
 * one row of the table in plan-words.c: its code, a sentence, a remedy.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

typedef enum {
    IFX_VERDICT_DECLARED,   /* the domain declares the device */
    IFX_VERDICT_ADD,        /* a placeholder will be inserted; with the reason GIVEN a device that
                             * the guest gets */
    IFX_VERDICT_SKIP,       /* nothing is done, for a reason */
    IFX_VERDICT_REFUSE,     /* nothing is changed for this domain */
    IFX_VERDICT_REMOVE,     /* the claim will be removed */
} ifxVerdict;

/* The codes are stable; the man page describes cause and remedy of each. */
typedef enum {
    IFX_REASON_DECLARED,
    IFX_REASON_PLACEHOLDER,
    IFX_REASON_PLACEHOLDER_GONE,
    IFX_REASON_PLACEHOLDER_ORPHAN,
    IFX_REASON_CLAIM_GONE,
    IFX_REASON_CLAIM_IN_USE,
    IFX_REASON_UNMANAGED,
    IFX_REASON_LEGACY_DRIVER,
    IFX_REASON_CLAIMED_TWICE,
    IFX_REASON_NVME_WITH_HOSTDEV,
    IFX_REASON_MIXED_IOMMUFD,
    IFX_REASON_QEMU_ARGUMENT,
    IFX_REASON_NO_IOMMU,
    IFX_REASON_NO_ANSWER,
    IFX_REASON_NOT_QEMU,
    IFX_REASON_MISSING,
    IFX_REASON_GIVEN,
    IFX_REASON_MOVED,
    IFX_REASON_MOVED_GONE,
    IFX_REASON_MOVED_UNCLEAR,
    IFX_REASON_MOVED_BY_HAND,
    IFX_REASON_MOVED_NETWORK,
    IFX_REASON_MOVED_SINCE,
    IFX_REASON_MOVED_ALREADY,
    IFX_REASON_NOT_NEEDED,
    IFX_REASON_DECLINED,
    IFX_REASON_BRIDGE,
    IFX_REASON_BRIDGE_BLOCKS,
    IFX_REASON_CHIPSET_IDLE,
    IFX_REASON_PLATFORM_FUNCTION,
    IFX_REASON_STUB,
    IFX_REASON_GOES_WITH,
    IFX_REASON_NOT_PCI,
    IFX_REASON_UNKNOWN_MEMBER,
    IFX_REASON_UNKNOWN_USE,
    IFX_REASON_IN_USE_MOUNTED,
    IFX_REASON_IN_USE_SWAP,
    IFX_REASON_IN_USE_NETWORK,
    IFX_REASON_IN_USE_PROCESS,
    IFX_REASON_IN_USE_DOMAIN,
    IFX_REASON_IN_USE_HELD,
    IFX_REASON_BOOT_VGA,
    IFX_REASON_LAST_INPUT,
    IFX_REASON_PF_WITH_VFS,
    IFX_REASON_CARRIER,
    IFX_REASON_MDEV_PARENT,
    IFX_REASON_VDPA_PARENT,
    IFX_REASON_CLAIMED_ELSEWHERE,
    IFX_REASON_NETWORK_POOL,
    IFX_REASON_TEAMING,
    IFX_REASON_LAST,
} ifxReason;

/* Would the kernel give the group to a guest as it is now? Since Linux 5.19
 * (iommu_group_claim_dma_owner) a member that the guest does not get must have no driver, or one
 * that does not use DMA: a driver of VFIO, pci-stub or pcieport. */
typedef enum {
    IFX_STARTS_YES,
    IFX_STARTS_UNKNOWN,     /* a driver is unknown */
    IFX_STARTS_NO,
} ifxStarts;

typedef enum {
    IFX_RESULT_COMPLETE,    /* nothing to do, by the rule of the policy */
    IFX_RESULT_CHANGE,      /* members will be added, or claims changed as the policy wants */
    IFX_RESULT_REFUSED,     /* something prevents the change, so nothing is changed */
    IFX_RESULT_NO_IOMMU,    /* a claimed device is in no group */
    IFX_RESULT_SKIPPED,     /* the domain is not for libvirt's QEMU driver */
} ifxResult;

/* How the user can override a piece of evidence. */
typedef enum {
    IFX_LIFT_NOTHING,       /* it refuses nothing and is only reported */
    IFX_LIFT_BY_NAME,       /* with --allow-member for the device */
    IFX_LIFT_NEVER,
} ifxLift;

/* A use of a device, or one that is possible. */
typedef struct _ifxEvidence ifxEvidence;
struct _ifxEvidence {
    ifxReason reason;
    ifxLift lift;
    bool unanswered;        /* UNKNOWN_USE: a question got no answer in time */
    bool final;             /* UNKNOWN_USE: root on the host itself would see no more */
    bool counts;            /* it stands for all that the pieces before it do not name; its chain is
                             * "3 more domains", "3 more like these" */
    GPtrArray *chain;       /* char *: the steps from the device to its user, see use.h */
};

/* What plan documents and messages call these. Constants. */
const char *ifxVerdictToString(ifxVerdict verdict);
const char *ifxReasonToString(ifxReason reason);
const char *ifxLiftToString(ifxLift lift);
const char *ifxStartsToString(ifxStarts starts);
const char *ifxResultToString(ifxResult result);

/* What the words of a reason are about. Nothing is kept. */
typedef struct _ifxReasonSubject ifxReasonSubject;
struct _ifxReasonSubject {
    const ifxPciAddress *device;    /* NULL: it has no address */
    const ifxPciAddress *written;   /* MOVED and its like: the address that the claim has in the text;
                                     * NULL for a member */
    const char *domain;             /* the domain's name, quoted here where a shell needs that */
    const struct _ifxNamed *named;  /* how the user named it (plan-named.h); NULL: by its name */
    const ifxPciAddress *guest;     /* the device by which the guest has the group; NULL: the words
                                     * are about a claim, or it is unknown */
    bool is_claim;                  /* they are about a claim, not about a member */
    bool misplaced;                 /* CLAIM_IN_USE: see ifxPlanClaim */
    const char *other;              /* CLAIMED_TWICE and its like: the path of the other
                                     * claim; NULL for all others */
};

/* What is wrong, to follow the name of the device: "is missing". Free with g_free(). */
char *ifxReasonDescribe(ifxReason reason, const ifxReasonSubject *subject);

/* What to do about it: a sentence that begins with a capital letter and has no full stop, and ends
 * in a whole command where there is one; NULL: nothing. @cause: the evidence for @reason, or NULL.
 * Free with g_free(). */
char *ifxReasonRemedy(ifxReason reason, const ifxEvidence *cause, const ifxReasonSubject *subject);

/* "nvme1n1 -> nvme1n1p2 -> /". Free with g_free(). */
char *ifxEvidenceFormat(const ifxEvidence *evidence);

/* The piece that decides in an array of ifxEvidence: the first with IFX_LIFT_NEVER, otherwise the
 * first with IFX_LIFT_BY_NAME; unknown-use decides only if nothing else of that lift is there.
 * NULL: there is none, or @evidence is NULL. Lent. */
const ifxEvidence *ifxEvidenceLookupDecisive(const GPtrArray *evidence);

/* The piece of evidence that caused the verdict: the one with that @reason, or for a claim in use
 * the decisive one. NULL: none. Lent. */
const ifxEvidence *ifxEvidenceLookup(const GPtrArray *evidence, ifxReason reason);
