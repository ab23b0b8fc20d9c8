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
#include "host/moves.h"
#include "host/topology.h"
#include "plan/plan-words.h"

typedef struct _ifxPlanClaim ifxPlanClaim;
struct _ifxPlanClaim {
    const ifxClaim *claim;
    ifxVerdict verdict;
    ifxReason reason;
    int group;              /* or IFX_GROUP_NONE */
    bool manage;            /* it is to become managed='yes' */
    bool unmanaged;         /* it is not managed, and the device is on no VFIO driver: someone has
                             * to detach the device before each start */
    bool uncertain;         /* it may be unmanaged: the source can't show whether the device is on a
                             * VFIO driver */
    bool chipset;           /* it takes a chipset device that is on no VFIO driver: refused unless
                             * --allow-member names it */
    bool misplaced;         /* the address seems to be another device's since a card was moved: it
                             * holds no device of the claim's kind, or the domain also claims a
                             * function of the same slot that this host does not have */
    const ifxClaim *other;  /* CLAIMED_TWICE, NVME_WITH_HOSTDEV, MIXED_IOMMUFD, GOES_WITH: the
                             * claim that excludes it */
    const GPtrArray *candidates; /* since the host's cards moved, it may be one of several devices
                             * that are alike: const ifxDevice, lent by the moves. NULL: it is not */
    GPtrArray *evidence;    /* ifxEvidence; NULL: none */
    bool give;              /* it is a placeholder, and the guest is to get the device */
    bool join;              /* another function of its card comes into its slot of the guest: its
                             * guest address is to get multifunction='on' */
    ifxPciAddress *guest;   /* with @give: the address that the device is to have in the guest; NULL:
                             * libvirt chooses it */
};

typedef struct _ifxPlanMember ifxPlanMember;
struct _ifxPlanMember {
    const ifxMember *member;
    ifxVerdict verdict;
    ifxReason reason;
    ifxStarts starts;       /* would the kernel hand over the group if this member stayed as it is?
                             * YES if it is declared */
    GPtrArray *evidence;    /* ifxEvidence; NULL: none */
    const ifxClaim *other;  /* NVME_WITH_HOSTDEV: the disk that excludes it */
    ifxPciAddress *guest;   /* GIVEN: its address in the guest; NULL: libvirt chooses it */
    const char *iommufd;    /* GIVEN: "yes" or "no", as the <driver> has it of the claim by which the
                             * domain has the group; NULL: that has none. Lent by the domain */
};

typedef struct _ifxPlanGroup ifxPlanGroup;
struct _ifxPlanGroup {
    const ifxGroup *group;
    ifxPciAddress claimed;  /* the first device by which the domain claims it */
    GPtrArray *claims;      /* const ifxPlanClaim *: all by which the guest has it */
    bool complete;          /* by the rule of libvirt's 2019 series: every member that can be
                             * declared is declared */
    ifxStarts starts;       /* by the kernel's rule */
    GArray *members;        /* ifxPlanMember, in the group's order */
};

/* Something about the domain as a whole. */
typedef struct _ifxPlanNote ifxPlanNote;
struct _ifxPlanNote {
    ifxReason reason;       /* NETWORK_POOL, TEAMING; UNKNOWN_USE: a domain of the host could not be
                             * read; MOVED_NETWORK: its pool has devices that moved, and the domain
                             * is refused; MOVED_SINCE: a claim of a device that was not there before
                             * the cards moved and is now; MOVED_ALREADY: an earlier run rewrote the
                             * claims */
    char *path;             /* of the element that causes it; NULL: none */
    char *subject;          /* the network, what could not be read, the device, or the ID of the
                             * transaction; NULL: nothing */
    GArray *groups;         /* guint: the groups that the domain may need whole */
};

/* What the note is about, as a sentence without full stop. Free with g_free(). */
char *ifxPlanNoteDescribe(const ifxPlanNote *note);

typedef struct _ifxPlan ifxPlan;
struct _ifxPlan {
    const ifxDomain *domain;
    ifxResult result;
    ifxStarts starts;       /* the worst of its groups; NO also if a claim keeps the guest from
                             * starting */
    bool final;             /* something in it is refused that --allow-member does not override */
    GArray *claims;         /* ifxPlanClaim, in the domain's order */
    GArray *groups;         /* ifxPlanGroup, in order of the first claim */
    GArray *notes;          /* ifxPlanNote */
    GHashTable *claimed;    /* ifxPciAddress -> the first ifxClaim of that device; both lent */
    GHashTable *numbers;    /* number of a group -> its index in @groups */
};

/* What is known about the host. */
typedef struct _ifxPlanHost ifxPlanHost;
struct _ifxPlanHost {
    const ifxTopology *topology;
    ifxUseGraph *use;               /* what it does with its devices; NULL: nothing is known */
    const ifxElsewhere *elsewhere;  /* what other domains claim; NULL: no other domain is known */
    const ifxMoves *moves;          /* which device is where since the host's cards moved, for a domain
                                     * whose claims may be of before (ifxMovesClaimsFollow()); NULL:
                                     * they are of now */
    bool of_before;                 /* with @moves: the claims are of before, because the state folder
                                     * shows that no earlier run has rewritten the domain, or because
                                     * the capture has the same */
    bool since;                     /* with @moves: the domain has the new address of a device that it
                                     * claims in the capture, so its claims may be of now */
    const char *moved_already;      /* the transaction that has rewritten it; NULL: none */
};

/* What the user allows. */
typedef struct _ifxPolicy ifxPolicy;
struct _ifxPolicy {
    GHashTable *allowed;    /* set of ifxPciAddress whose refusal is lifted; NULL: none */
    bool several;           /* the run has other domains: with ifxPlanHost.moves, an address of @allowed
                             * does not show which device this one means */
    bool only_needed;       /* add only the members without which the kernel would not hand over
                             * the group */
    GHashTable *left_out;   /* set of GINT_TO_POINTER(group number): the groups that the user
                             * declined. Nothing is changed for them, and the rest of the domain
                             * is changed nevertheless. NULL: none */
    bool managed;           /* make every claim managed='yes' */
    GHashTable *given;      /* set of ifxPciAddress that the guest is to get and not only to
                             * declare; NULL: none */
    bool give_card;         /* the same for each function of a card of which the guest gets one */
    bool prune;             /* remove placeholders whose device is gone: no device and no group that
                             * is known shows it (ifxTopologyIsListed()). The groups that the domain
                             * claims are known, or it is refused; so none of them is less complete
                             * without the placeholder */
    const char *moved_from; /* the capture of the host before its cards moved: its path, for commands;
                             * NULL: none */
    const char *moved_sum;  /* and the sum of its devices (ifxMovesClaimsSum()), for saved plans */
    bool prune_orphans;     /* with @prune: remove those, too, whose device is there and of whose
                             * group the guest gets no device */
};

/* Does the user allow that device? Its refusal is lifted then. */
bool ifxPolicyAllows(const ifxPolicy *policy, const ifxPciAddress *address);

/* Does the user give that device to the guest by its address? */
bool ifxPolicyGives(const ifxPolicy *policy, const ifxPciAddress *address);

/* Is the group of that number among those left out? */
bool ifxPolicyLeavesOut(const ifxPolicy *policy, int group);

/* A plan without claims, groups and notes, whose result is IFX_RESULT_SKIPPED and for which it is
 * unknown whether the guest starts: plan-judge.h fills
 * it. Free with ifxPlanFree(). */
ifxPlan *ifxPlanNew(const ifxDomain *domain);
void ifxPlanFree(ifxPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlan, ifxPlanFree)

/* Adds that the guest has @group by @claim, which is one of the plan's: nothing must be added to
 * these later. A group that the plan did not have is appended, without members. */
void ifxPlanAddClaim(ifxPlan *plan, const ifxGroup *group, const ifxPlanClaim *claim);

/* The first claim of that device, whatever its verdict; lent. NULL if there is none. */
const ifxClaim *ifxPlanLookupClaim(const ifxPlan *plan, const ifxPciAddress *address);

/* The group of that number, if the domain claims it; lent. NULL if it does not. */
const ifxPlanGroup *ifxPlanLookupGroup(const ifxPlan *plan, int number);

/* What the words of a reason of the claim, or of the member of a claimed group, are about. Lends
 * from @plan. */
ifxReasonSubject ifxPlanClaimSubject(const ifxPlan *plan, const ifxPlanClaim *claim);
ifxReasonSubject ifxPlanMemberSubject(const ifxPlan *plan,
                                      const ifxPlanGroup *group,
                                      const ifxPlanMember *member);

/* Must the member be declared by the rule of libvirt's 2019 series, and is it not? */
bool ifxPlanMemberIsLacking(const ifxPlanMember *member);

/* Does the evidence, or without any the reason, let the user override the refusal of a member, of a
 * claim? */
bool ifxPlanMemberIsAllowable(const ifxPlanMember *member);
bool ifxPlanClaimIsAllowable(const ifxPlanClaim *claim);

/* Where new hostdevs go: after the last <hostdev> that stays, because libvirt numbers their
 * aliases in list order and qemu:commandline may name those. Without one, they become the last
 * children of <devices>. Returns the path of the <hostdev> (@after is true) or of <devices>; free
 * with g_free(). NULL if the domain has no <devices>. */
char *ifxPlanInsertionPoint(const ifxPlan *plan, bool *after);

/* Does the guest get the device of the claim, or will it? */
bool ifxPlanClaimIsGuests(const ifxPlanClaim *claim);

/* The claim's own <address>: where it is in the guest. IFX_XML_NONE: it has none. */
guint ifxPlanClaimFindAddress(const ifxPlan *plan, const ifxPlanClaim *claim);

/* What sets an attribute of an element, in the words of an XML patch. If the attribute is to be
 * added, @type is "@NAME" and the path is that of the element. Otherwise @type is NULL and the path is
 * that of the attribute. Free with g_free() both. */
char *ifxPlanAttributePoint(const ifxPlan *plan, guint element, const char *name, char **type);
