/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

/* Does the guest get a function of that card, or will it? */
static bool
ifxPlanGiveHasCard(const ifxPlanBasis *basis,
                   const ifxPciAddress *address)
{
    ifxPciAddress function = *address;

    for (function.function = 0; function.function < 8; function.function++) {
        if (ifxPolicyGives(basis->policy, &function))
            return true;
    }
    return ifxPlanIndexHasCard(basis->index, address);
}

bool
ifxPlanGiveWants(const ifxPlanBasis *basis,
                 const ifxDevice *device)
{
    /* Virtual functions can have the number of a slot of their card's. */
    return ifxPolicyGives(basis->policy, &device->address) ||
        (basis->policy->give_card && !device->is_virtual &&
         ifxPlanGiveHasCard(basis, &device->address));
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
                  const ifxPlanGroup *group,
                  ifxPlanMember *member)
{
    guint i;

    for (i = 0; i < group->claims->len; i++) {
        const ifxPlanClaim *claim = group->claims->pdata[i];

        if (claim->claim->placeholder)
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
