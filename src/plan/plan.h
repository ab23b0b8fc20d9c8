/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan: which devices of its IOMMU groups a domain declares, and which it lacks.
 *
 * This is the data; plan-judge.h makes it. A plan follows only from a domain, from what is known
 * about its host, and from a policy. It lends from the domain and the host, which must outlive
 * it.
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
    IFX_LIFT_NOTHING,       /* it refuses nothing: it is only reported */
    IFX_LIFT_BY_NAME,       /* --allow-member lifts it for the device */
    IFX_LIFT_NEVER,
} ifxLift;

/* A use of a device, or one that is possible. */
typedef struct _ifxEvidence ifxEvidence;
struct _ifxEvidence {
    ifxReason reason;
    ifxLift lift;
    GPtrArray *chain;       /* char *: the steps from the device to its user, see use.h */
};

typedef struct _ifxPlanClaim ifxPlanClaim;
struct _ifxPlanClaim {
    const ifxClaim *claim;
    ifxVerdict verdict;
    ifxReason reason;
    int group;              /* or IFX_GROUP_NONE */
    bool manage;            /* it is to become managed='yes' */
    bool unmanaged;         /* it is not managed, and the device is on no VFIO driver: someone has
                             * to detach the device before each start */
    const ifxClaim *other;  /* CLAIMED_TWICE, NVME_WITH_HOSTDEV: the claim that excludes it */
    GPtrArray *evidence;    /* ifxEvidence; NULL: none */
};

typedef struct _ifxPlanMember ifxPlanMember;
struct _ifxPlanMember {
    const ifxMember *member;
    ifxVerdict verdict;
    ifxReason reason;
    ifxStarts starts;       /* would the kernel hand over the group if this member stayed as it is?
                             * YES if it is declared */
    GPtrArray *evidence;    /* ifxEvidence; NULL: none */
};

typedef struct _ifxPlanGroup ifxPlanGroup;
struct _ifxPlanGroup {
    const ifxGroup *group;
    ifxPciAddress claimed;  /* the first device by which the domain claims it */
    bool complete;          /* by the rule of libvirt's 2019 series: every member that can be
                             * declared is declared */
    ifxStarts starts;       /* by the kernel's rule */
    GArray *members;        /* ifxPlanMember, in the group's order */
};

/* Something about the domain as a whole. */
typedef struct _ifxPlanNote ifxPlanNote;
struct _ifxPlanNote {
    ifxReason reason;       /* NETWORK_POOL, TEAMING; UNKNOWN_USE: a domain of the host could not be
                             * read */
    char *path;             /* of the element that causes it; NULL: none */
    char *subject;          /* the network, or what could not be read; NULL: nothing */
    GArray *groups;         /* guint: the groups that the domain may need whole */
};

typedef struct _ifxPlan ifxPlan;
struct _ifxPlan {
    const ifxDomain *domain;
    ifxResult result;
    ifxStarts starts;       /* the worst of its groups; NO also if a claim keeps the guest from
                             * starting */
    GArray *claims;         /* ifxPlanClaim, in the domain's order */
    GArray *groups;         /* ifxPlanGroup, in order of the first claim */
    GArray *notes;          /* ifxPlanNote */
};

/* What is known about the host. */
typedef struct _ifxPlanHost ifxPlanHost;
struct _ifxPlanHost {
    const ifxTopology *topology;
    ifxUseGraph *use;               /* what it does with its devices; NULL: nothing is known */
    const ifxElsewhere *elsewhere;  /* what other domains claim; NULL: no other domain is known */
};

/* What the user allows. */
typedef struct _ifxPolicy ifxPolicy;
struct _ifxPolicy {
    GHashTable *allowed;    /* set of ifxPciAddress whose refusal is lifted; NULL: none */
    bool only_needed;       /* add only the members without which the kernel would not hand over
                             * the group */
    GHashTable *left_out;   /* set of GINT_TO_POINTER(group number): the groups that the user
                             * declined. Nothing is changed for them, and the rest of the domain
                             * is changed nevertheless. NULL: none */
    bool managed;           /* make every claim managed='yes' */
    bool prune;             /* remove placeholders whose device is gone: only where
                             * ifxTopologyShowsAllDevices() */
};

/* Does the user allow that device? Its refusal is lifted then. */
bool ifxPolicyAllows(const ifxPolicy *policy, const ifxPciAddress *address);

/* Is the group of that number among those left out? */
bool ifxPolicyLeavesOut(const ifxPolicy *policy, int group);

/* A plan without claims, groups and notes, whose result is IFX_RESULT_SKIPPED: plan-judge.h fills
 * it. Free with ifxPlanFree(). */
ifxPlan *ifxPlanNew(const ifxDomain *domain);
void ifxPlanFree(ifxPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlan, ifxPlanFree)

/* Appends a group without members, which the domain claims by the device @claimed. The returned
 * group is lent until the next one is added. */
ifxPlanGroup *ifxPlanAddGroup(ifxPlan *plan, const ifxGroup *group, const ifxPciAddress *claimed);

/* The first claim of that device, whatever its verdict; lent. NULL if there is none. */
const ifxClaim *ifxPlanLookupClaim(const ifxPlan *plan, const ifxPciAddress *address);

/* The group of that number, if the domain claims it; lent. NULL if it does not. */
const ifxPlanGroup *ifxPlanLookupGroup(const ifxPlan *plan, int number);

/* Must the member be declared by the rule of libvirt's 2019 series, and is it not? */
bool ifxPlanMemberIsLacking(const ifxPlanMember *member);

/* The piece that decides in an array of ifxEvidence: the first with IFX_LIFT_NEVER, otherwise the
 * first with IFX_LIFT_BY_NAME. NULL: there is none, or @evidence is NULL. Lent. */
const ifxEvidence *ifxEvidenceLookupDecisive(const GPtrArray *evidence);

/* Where new hostdevs go: after the last <hostdev> that stays, because libvirt numbers their
 * aliases in list order and qemu:commandline may name those. Without one, they become the last
 * children of <devices>. Returns the path of the <hostdev> (@after is true) or of <devices>; free
 * with g_free(). NULL if the domain has no <devices>. */
char *ifxPlanInsertionPoint(const ifxPlan *plan, bool *after);

/* What makes the claim managed, in the words of an XML patch. If the attribute is to be added,
 * @type is "@managed" and the path is that of the element. Otherwise @type is NULL and the path is
 * that of the attribute. Free with g_free(). */
char *ifxPlanClaimManagePoint(const ifxPlan *plan, const ifxPlanClaim *claim, const char **type);
