/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include <string.h>

static bool
ifxPlanGiveIsSameSlot(const ifxPciAddress *one,
                      const ifxPciAddress *other)
{
    return one->domain == other->domain && one->bus == other->bus && one->slot == other->slot;
}

/* Does the guest get a function of that card, or will it? */
static bool
ifxPlanGiveHasCard(const ifxDomain *domain,
                   const ifxPolicy *policy,
                   const ifxPciAddress *address)
{
    ifxPciAddress function = *address;
    guint i;

    for (function.function = 0; function.function < 8; function.function++) {
        if (ifxPolicyGives(policy, &function))
            return true;
    }
    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (!claim->placeholder && ifxPlanGiveIsSameSlot(&claim->address, address))
            return true;
    }
    return false;
}

bool
ifxPlanGiveWants(const ifxDomain *domain,
                 const ifxPolicy *policy,
                 const ifxDevice *device)
{
    /* Virtual functions can have the number of a slot of their card's. */
    return ifxPolicyGives(policy, &device->address) ||
        (policy->give_card && !device->is_virtual &&
         ifxPlanGiveHasCard(domain, policy, &device->address));
}

/* How QEMU is to open the group, where the claim @claim has that in its own <driver>. */
static const char *
ifxPlanGiveGetIommufd(const ifxPlan *plan,
                      const ifxClaim *claim)
{
    ifxXmlText *text = plan->domain->text;
    const guint driver = ifxXmlTextNextChild(text, claim->element, IFX_XML_NONE, "driver");

    return driver == IFX_XML_NONE ? NULL : ifxXmlTextGetAttribute(text, driver, "iommufd");
}

void
ifxPlanGiveMember(const ifxPlan *plan,
                  const ifxGroup *group,
                  ifxPlanMember *member)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->group != (int) group->number || claim->claim->placeholder)
            continue;
        if (ifxClaimGetTraits(claim->claim)->opens_group) {
            member->verdict = IFX_VERDICT_REFUSE;
            member->reason = IFX_REASON_NVME_WITH_HOSTDEV;
            member->other = claim->claim;
            return;
        }
        if (!member->iommufd)
            member->iommufd = ifxPlanGiveGetIommufd(plan, claim->claim);
    }
}

/* The guest address of @device, a child of <devices>, and its element. False if libvirt is to choose
 * it, or if it is more than an address. */
static bool
ifxPlanGiveReadAddress(ifxXmlText *text,
                       guint device,
                       ifxPciAddress *address,
                       guint *element)
{
    static const ifxPciAddress chosen = { 0 };
    const guint found = ifxXmlTextNextChild(text, device, IFX_XML_NONE, "address");

    *element = found;
    return found != IFX_XML_NONE &&
        g_strcmp0(ifxXmlTextGetAttribute(text, found, "type"), "pci") == 0 &&
        ifxPciAddressFromAttributes(ifxXmlTextGetAttribute(text, found, "domain"),
                                    ifxXmlTextGetAttribute(text, found, "bus"),
                                    ifxXmlTextGetAttribute(text, found, "slot"),
                                    ifxXmlTextGetAttribute(text, found, "function"),
                                    address, NULL) &&
        !ifxPciAddressEqual(address, &chosen) &&
        ifxXmlTextGetElement(text, found)->past == found + 1;
}

/* Does the guest get, by @element, a function of the host's card at @card? */
static bool
ifxPlanGiveIsOfCard(const ifxPlan *plan,
                    guint element,
                    const ifxPciAddress *card)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxClaim *claim = g_array_index(plan->claims, ifxPlanClaim, i).claim;

        if (claim->element == element)
            return claim->kind == IFX_CLAIM_HOSTDEV && !claim->placeholder &&
                ifxPlanGiveIsSameSlot(&claim->address, card);
    }
    return false;
}

/* Is @wanted free in the guest, and are only functions of the card in its slot? */
static bool
ifxPlanGiveIsFree(const ifxPlan *plan,
                  const ifxPciAddress *wanted,
                  const ifxPciAddress *card)
{
    ifxXmlText *text = plan->domain->text;
    guint device = IFX_XML_NONE;

    while ((device = ifxDomainNextDevice(text, device)) != IFX_XML_NONE) {
        ifxPciAddress there;
        guint element;

        if (ifxPlanGiveReadAddress(text, device, &there, &element) &&
            ifxPlanGiveIsSameSlot(&there, wanted) &&
            (there.function == wanted->function || !ifxPlanGiveIsOfCard(plan, device, card)))
            return false;
    }
    return true;
}

/* Makes @claim share its slot of the guest with the host's device at @address. Returns the address of
 * that in the guest; NULL: it cannot. The caller owns it. */
static ifxPciAddress *
ifxPlanGiveShareSlot(const ifxPlan *plan,
                     ifxPlanClaim *claim,
                     const ifxPciAddress *address)
{
    ifxXmlText *text = plan->domain->text;
    ifxPciAddress guest;
    guint element;

    if (!ifxPlanGiveIsOfCard(plan, claim->claim->element, address) ||
        !ifxPlanGiveReadAddress(text, claim->claim->element, &guest, &element) ||
        guest.function != 0)
        return NULL;
    guest.function = address->function;
    if (!ifxPlanGiveIsFree(plan, &guest, address))
        return NULL;
    claim->join = g_strcmp0(ifxXmlTextGetAttribute(text, element, "multifunction"), "on") != 0;
    return g_memdup2(&guest, sizeof(guest));
}

static ifxPciAddress *
ifxPlanGiveFindPlace(const ifxPlan *plan,
                     const ifxPciAddress *address)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        ifxPciAddress *place =
            ifxPlanGiveShareSlot(plan, &g_array_index(plan->claims, ifxPlanClaim, i), address);

        if (place)
            return place;
    }
    return NULL;
}

/* Has the placeholder's <address> nothing but its type? */
static bool
ifxPlanGiveIsPlain(const ifxPlan *plan,
                   const ifxPlanClaim *claim)
{
    const ifxXmlElement *address =
        ifxXmlTextGetElement(plan->domain->text, ifxPlanClaimFindAddress(plan, claim));

    return address->n_attributes == 1 && address->empty_tag;
}

void
ifxPlanGivePlaces(ifxPlan *plan)
{
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->give && ifxPlanGiveIsPlain(plan, claim))
            claim->guest = ifxPlanGiveFindPlace(plan, &claim->claim->address);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD && member->reason == IFX_REASON_GIVEN)
                member->guest = ifxPlanGiveFindPlace(plan, &member->member->address);
        }
    }
}
