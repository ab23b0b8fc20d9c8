/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/hook.h"

#include <string.h>

#include "base/term.h"
#include "plan/plan-words.h"
#include "report/report.h"

bool
ifxHookGuardParseRule(const char *text,
                      ifxHookRule *rule)
{
    *rule = strcmp(text, "strict") == 0 ? IFX_HOOK_STRICT : IFX_HOOK_VIABLE;
    return *rule == IFX_HOOK_STRICT || strcmp(text, "viable") == 0;
}

static bool
ifxHookGuardBlocks(const ifxPlanMember *member)
{
    return ifxPlanMemberIsLacking(member) || member->starts == IFX_STARTS_NO;
}

static char *
ifxHookGuardDescribeGroup(const ifxPlan *plan,
                          const ifxPlanGroup *group)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *name = ifxTermQuote(plan->domain->name);
    GString *text = g_string_new(NULL);
    const char *separator = "";
    guint i;

    g_string_printf(text, "All devices of the same IOMMU group %u of the PCI device %s must belong "
                    "to domain %s; these do not: ", group->group->number,
                    ifxPciAddressFormat(&group->claimed, address), plan->domain->name);
    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);
        g_autofree char *words = NULL;

        if (!ifxHookGuardBlocks(member))
            continue;
        words = ifxReportMember(member->member);
        g_string_append_printf(text, "%s%s: %s", separator, words,
                               ifxReasonToString(member->reason));
        separator = ", ";
    }
    g_string_append_printf(text, plan->result == IFX_RESULT_CHANGE ?
                           ". Declare them: virt-iommufix apply %s" :
                           ". See what prevents that: virt-iommufix check %s", name);
    return g_string_free(text, FALSE);
}

/* A chipset device is not the guest's to take, whether the host is seen to use it or not. */
static char *
ifxHookGuardDescribeChipset(const ifxPlan *plan,
                            const ifxPlanClaim *claim)
{
    const ifxReasonSubject subject = {
        .device = &claim->claim->address,
        .domain = plan->domain->name,
        .is_claim = true,
    };
    g_autofree char *sentence = ifxReasonDescribe(claim->reason, &subject);
    g_autofree char *remedy = ifxReasonRemedy(claim->reason, IFX_LIFT_NOTHING, &subject);
    char address[IFX_PCI_ADDRESS_LENGTH];

    return g_strdup_printf("domain %s would take %s from the host; it %s (%s). %s",
                           plan->domain->name,
                           ifxPciAddressFormat(&claim->claim->address, address), sentence,
                           ifxReasonToString(claim->reason), remedy);
}

static char *
ifxHookGuardDescribeUse(const ifxPlan *plan,
                        const ifxPlanClaim *claim)
{
    const ifxEvidence *cause = ifxEvidenceLookup(claim->evidence, claim->reason);
    const bool by_name = cause->lift == IFX_LIFT_BY_NAME;
    const ifxReason reason = by_name ? cause->reason : claim->reason;
    const ifxReasonSubject subject = {
        .device = &claim->claim->address,
        .domain = plan->domain->name,
    };
    g_autofree char *remedy = ifxReasonRemedy(reason, cause->lift, &subject);
    g_autofree char *steps = ifxEvidenceFormat(cause);
    char address[IFX_PCI_ADDRESS_LENGTH];
    GString *text = g_string_new(NULL);

    ifxPciAddressFormat(&claim->claim->address, address);
    g_string_printf(text, "domain %s would take %s from the host, which uses it: %s (%s)",
                    plan->domain->name, address, steps, ifxReasonToString(cause->reason));
    if (remedy)
        g_string_append_printf(text, ". %s", remedy);
    return g_string_free(text, FALSE);
}

static bool
ifxHookGuardGetsInterface(const ifxPlan *plan,
                          const ifxPlanGroup *group)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxClaimGetTraits(claim->claim)->from_network &&
            claim->group == (int) group->group->number)
            return true;
    }
    return false;
}

/* libvirt itself refuses a device with managed='no' that has a driver of the host. */
static bool
ifxHookGuardTakes(const ifxPlanClaim *claim)
{
    return claim->claim->managed && (claim->reason == IFX_REASON_CLAIM_IN_USE ||
                                     claim->reason == IFX_REASON_PLATFORM_FUNCTION);
}

/* Appends " --allow-member=ADDRESS" to @command if that lets the guest take @claim's device. */
static void
ifxHookGuardAllow(const ifxPlanClaim *claim,
                  GString *command)
{
    const ifxEvidence *cause = ifxEvidenceLookup(claim->evidence, claim->reason);
    char address[IFX_PCI_ADDRESS_LENGTH];

    if (!cause || cause->lift == IFX_LIFT_BY_NAME)
        g_string_append_printf(command, " --allow-member=%s",
                               ifxPciAddressFormat(&claim->claim->address, address));
}

/* Appends to @reasons why the guest must not take what the host uses, and how to allow it. */
static void
ifxHookGuardJudgeUse(const ifxPlan *plan,
                     const char *install,
                     GPtrArray *reasons)
{
    g_autoptr(GString) command = g_string_new(install);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (!ifxHookGuardTakes(claim))
            continue;
        g_ptr_array_add(reasons, claim->reason == IFX_REASON_PLATFORM_FUNCTION ?
                        ifxHookGuardDescribeChipset(plan, claim) :
                        ifxHookGuardDescribeUse(plan, claim));
        ifxHookGuardAllow(claim, command);
    }
    if (command->len > strlen(install))
        g_ptr_array_add(reasons, g_strdup_printf("If the host does not need these devices: %s",
                                                 command->str));
}

GPtrArray *
ifxHookGuardJudge(const ifxPlan *plan,
                  ifxHookRule rule,
                  ifxHookStage stage,
                  const char *install)
{
    GPtrArray *reasons = g_ptr_array_new_with_free_func(g_free);
    guint i;

    if (stage == IFX_HOOK_PREPARE)
        ifxHookGuardJudgeUse(plan, install, reasons);
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        if (stage == IFX_HOOK_START && !ifxHookGuardGetsInterface(plan, group))
            continue;
        if (group->starts == IFX_STARTS_NO || (rule == IFX_HOOK_STRICT && !group->complete))
            g_ptr_array_add(reasons, ifxHookGuardDescribeGroup(plan, group));
    }
    return reasons;
}
