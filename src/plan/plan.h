/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan: what a domain declares of the groups that it claims, and what it lacks.
 *
 * Pure: a plan follows from a domain, what is known of its host, and a policy alone. It
 * lends from the domain and the host, which must outlive it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "domain/elsewhere.h"
#include "use/use.h"
#include "host/topology.h"

typedef enum {
    IFX_VERDICT_DECLARED,   /* the domain has it */
    IFX_VERDICT_ADD,        /* a placeholder is to be inserted */
    IFX_VERDICT_SKIP,       /* nothing to do, for a reason */
    IFX_VERDICT_REFUSE,     /* nothing is changed for this domain */
    IFX_VERDICT_REMOVE,     /* a claim that is to be taken out */
} ifxVerdict;

/* The stable codes; the man page has cause and remedy of each. */
typedef enum {
    IFX_REASON_DECLARED,
    IFX_REASON_PLACEHOLDER,
    IFX_REASON_PLACEHOLDER_GONE,
    IFX_REASON_PLACEHOLDER_ORPHAN,
    IFX_REASON_CLAIM_GONE,
    IFX_REASON_CLAIM_IN_USE,
    IFX_REASON_UNMANAGED,
    IFX_REASON_CLAIMED_TWICE,
    IFX_REASON_NVME_WITH_HOSTDEV,
    IFX_REASON_QEMU_ARGUMENT,
    IFX_REASON_NO_IOMMU,
    IFX_REASON_NO_ADDRESS,
    IFX_REASON_NOT_QEMU,
    IFX_REASON_MISSING,
    IFX_REASON_NOT_NEEDED,
    IFX_REASON_DECLINED,
    IFX_REASON_BRIDGE,
    IFX_REASON_BRIDGE_BLOCKS,
    IFX_REASON_CHIPSET_IDLE,
    IFX_REASON_PLATFORM_FUNCTION,
    IFX_REASON_STUB,
    IFX_REASON_NOT_PCI,
    IFX_REASON_UNKNOWN_MEMBER,
    IFX_REASON_UNKNOWN_USE,
    IFX_REASON_IN_USE_MOUNTED,
    IFX_REASON_IN_USE_SWAP,
    IFX_REASON_IN_USE_NETWORK,
    IFX_REASON_IN_USE_PROCESS,
    IFX_REASON_IN_USE_DOMAIN,
    IFX_REASON_BOOT_VGA,
    IFX_REASON_LAST_INPUT,
    IFX_REASON_PF_WITH_VFS,
    IFX_REASON_MDEV_PARENT,
    IFX_REASON_VDPA_PARENT,
    IFX_REASON_CLAIMED_ELSEWHERE,
    IFX_REASON_NETWORK_POOL,
    IFX_REASON_TEAMING,
    IFX_REASON_LAST,
} ifxReason;

/* Would the kernel hand the group over as things stand? Since Linux 5.19
 * (iommu_group_claim_dma_owner) a member that is not handed over itself must have
 * no driver or one that leaves DMA alone: vfio's, pci-stub or pcieport. */
typedef enum {
    IFX_STARTS_YES,
    IFX_STARTS_UNKNOWN,     /* a driver is not known */
    IFX_STARTS_NO,
} ifxStarts;

typedef enum {
    IFX_RESULT_COMPLETE,    /* nothing to do, by the rule that the policy names */
    IFX_RESULT_CHANGE,      /* members are to be added, or claims changed as the policy says */
    IFX_RESULT_REFUSED,     /* something is in the way, and nothing is changed */
    IFX_RESULT_NO_IOMMU,    /* a claimed device is in no group */
    IFX_RESULT_SKIPPED,     /* not a domain of libvirt's QEMU driver */
} ifxResult;

/* What the user can do about a piece of evidence. */
typedef enum {
    IFX_LIFT_NOTHING,       /* it refuses nothing: it is only said */
    IFX_LIFT_BY_NAME,       /* --allow-member lifts it for the device */
    IFX_LIFT_NEVER,
} ifxLift;

/* Who needs a device, or may. */
typedef struct _ifxEvidence ifxEvidence;
struct _ifxEvidence {
    ifxReason reason;
    ifxLift lift;
    GPtrArray *chain;       /* char *: the way from the device to who needs it, see use.h */
};

typedef struct _ifxPlanClaim ifxPlanClaim;
struct _ifxPlanClaim {
    const ifxClaim *claim;
    ifxVerdict verdict;
    ifxReason reason;
    int group;              /* or IFX_GROUP_NONE */
    bool manage;            /* it is to become managed='yes' */
    bool unmanaged;         /* it is not, and the device is on no driver of VFIO: before each
                             * start someone has to detach it */
    const ifxClaim *other;  /* CLAIMED_TWICE, NVME_WITH_HOSTDEV: beside which it can't stand */
    GPtrArray *evidence;    /* ifxEvidence; NULL: none */
};

typedef struct _ifxPlanMember ifxPlanMember;
struct _ifxPlanMember {
    const ifxMember *member;
    ifxVerdict verdict;
    ifxReason reason;
    ifxStarts starts;       /* would the group be handed over without it? YES if it is declared */
    GPtrArray *evidence;    /* ifxEvidence; NULL: none */
};

typedef struct _ifxPlanGroup ifxPlanGroup;
struct _ifxPlanGroup {
    const ifxGroup *group;
    ifxPciAddress claimed;  /* the first device by which the domain claims it */
    bool complete;          /* by the rule of libvirt's 2019 series: every member that can be
                             * declared is declared */
    ifxStarts starts;       /* by the kernel's */
    GArray *members;        /* ifxPlanMember, in the group's order */
};

/* Something about the domain as a whole that no verdict says. */
typedef struct _ifxPlanNote ifxPlanNote;
struct _ifxPlanNote {
    ifxReason reason;       /* NETWORK_POOL, TEAMING; UNKNOWN_USE: not all that the host runs could
                             * be read */
    char *path;             /* of the element that gives rise to it; NULL: none does */
    char *subject;          /* the network; what could not be read; NULL: nothing */
    GArray *groups;         /* guint: that it may need whole */
};

typedef struct _ifxPlan ifxPlan;
struct _ifxPlan {
    const ifxDomain *domain;
    ifxResult result;
    ifxStarts starts;       /* of all its groups; NO also when a device is gone, and when
                             * claims stand in each other's way */
    GArray *claims;         /* ifxPlanClaim, in the domain's order */
    GArray *groups;         /* ifxPlanGroup, in order of the first claim */
    GArray *notes;          /* ifxPlanNote */
};

/* What is known of the host. */
typedef struct _ifxPlanHost ifxPlanHost;
struct _ifxPlanHost {
    const ifxTopology *topology;
    ifxUseGraph *use;                /* NULL: nothing is known of what it does with its devices */
    const ifxElsewhere *elsewhere;  /* NULL: no other domain is known */
};

/* What the user allows. */
typedef struct _ifxPolicy ifxPolicy;
struct _ifxPolicy {
    GHashTable *allowed;    /* set of ifxPciAddress whose refusal is lifted; NULL: none */
    bool only_needed;       /* members are added only where the kernel would not hand over the
                             * group without */
    GHashTable *left_out;   /* set of GINT_TO_POINTER(group number): groups that the user declined,
                             * nothing is changed for them; they are no reason to change nothing
                             * else. NULL: none */
    bool managed;           /* every claim is to be managed */
    bool prune;             /* placeholders whose device is gone are to be taken out: only
                             * where ifxTopologyShowsAllDevices() */
};

/* Is the refusal of that device lifted? */
bool ifxPolicyAllows(const ifxPolicy *policy, const ifxPciAddress *address);

/* Is the group of that number among those left out? */
bool ifxPolicyLeavesOut(const ifxPolicy *policy, int group);

/* plan-judge.h makes one. */
void ifxPlanFree(ifxPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlan, ifxPlanFree)

/* The claim of that device, whatever its verdict, since libvirt takes no device that is
 * declared twice; lent. NULL if there is none. */
const ifxClaim *ifxPlanLookupClaim(const ifxPlan *plan, const ifxPciAddress *address);

/* The group of that number, if the domain claims it; lent. NULL if it does not. */
const ifxPlanGroup *ifxPlanLookupGroup(const ifxPlan *plan, int number);

/* Does the rule of libvirt's 2019 series want the member declared, and is it not? */
bool ifxPlanMemberIsLacking(const ifxPlanMember *member);

/* The piece that decides, of an array of ifxEvidence: the first of those that nothing lifts,
 * otherwise the first of those that refuse. NULL: none refuses, or @evidence is NULL. Lent. */
const ifxEvidence *ifxEvidenceLookupDecisive(const GPtrArray *evidence);

/* Where new hostdevs go: behind the last <hostdev> that stays, because libvirt numbers
 * their aliases in list order and qemu:commandline may name those; else they are the last
 * children of <devices>. The path of that element (free with g_free()); @after says
 * which. NULL if the domain has no <devices>. */
char *ifxPlanInsertionPoint(const ifxPlan *plan, bool *after);

/* What makes the claim managed, in the words of an XML patch: @type is "@managed" where
 * that attribute is to be added to the element whose path is returned; else NULL, and
 * the path is that of the attribute. Free with g_free(). */
char *ifxPlanClaimManagePoint(const ifxPlan *plan, const ifxPlanClaim *claim, const char **type);
