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
    g_autofree char *name = ifxTermQuote(plan->domain->name);
    g_autofree char *rule = ifxReportCheckRule(plan, group);
    GString *text = g_string_new(rule);
    const char *separator = "; these do not: ";
    guint i;

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
    g_autofree char *remedy = ifxReasonRemedy(claim->reason, NULL, &subject);
    char address[IFX_PCI_ADDRESS_LENGTH];

    return g_strdup_printf("domain %s would take %s from the host; it %s (%s). %s",
                           plan->domain->name,
                           ifxPciAddressFormat(&claim->claim->address, address), sentence,
                           ifxReasonToString(claim->reason), remedy);
}

/* The console and the only keyboard are the guest's if it gets the device itself. */
static bool
ifxHookGuardIsIntended(const ifxEvidence *piece)
{
    return piece->lift == IFX_LIFT_BY_NAME &&
        (piece->reason == IFX_REASON_BOOT_VGA || piece->reason == IFX_REASON_LAST_INPUT);
}

/* Why the guest must not take a device that the host uses. NULL: it may, because the user wants
 * that. */
static const ifxEvidence *
ifxHookGuardFindCause(const ifxPlanClaim *claim)
{
    const ifxEvidence *decisive = ifxEvidenceLookup(claim->evidence, claim->reason);
    guint i;

    if (claim->claim->placeholder || claim->chipset || !ifxHookGuardIsIntended(decisive))
        return decisive;
    for (i = 0; i < claim->evidence->len; i++) {
        const ifxEvidence *piece = claim->evidence->pdata[i];

        /* Data at rest is only unclear: the hook lets it pass. */
        if (piece->unanswered ||
            (piece->lift == IFX_LIFT_BY_NAME && piece->reason != IFX_REASON_UNKNOWN_USE &&
             !ifxHookGuardIsIntended(piece)))
            return piece;
    }
    return NULL;
}

static char *
ifxHookGuardDescribeUse(const ifxPlan *plan,
                        const ifxPlanClaim *claim,
                        const ifxEvidence *cause)
{
    const ifxReasonSubject subject = {
        .device = &claim->claim->address,
        .domain = plan->domain->name,
        .is_claim = true,
        .misplaced = claim->misplaced,
    };
    g_autofree char *remedy = ifxReasonRemedy(claim->reason, cause, &subject);
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

/* The command shows the same question, and what became of it. */
static char *
ifxHookGuardDescribeUnknown(const ifxPlan *plan,
                            const ifxPlanClaim *claim,
                            const ifxEvidence *cause)
{
    g_autofree char *name = ifxTermQuote(plan->domain->name);
    g_autofree char *steps = ifxEvidenceFormat(cause);
    char address[IFX_PCI_ADDRESS_LENGTH];

    return g_strdup_printf("domain %s would take %s from the host, and it is unknown whether the "
                           "host uses it: %s (%s). Look again: virt-iommufix check %s",
                           plan->domain->name,
                           ifxPciAddressFormat(&claim->claim->address, address), steps,
                           ifxReasonToString(cause->reason), name);
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
                                     claim->reason == IFX_REASON_UNKNOWN_USE ||
                                     claim->reason == IFX_REASON_PLATFORM_FUNCTION);
}

static char *
ifxHookGuardDescribeIntended(const ifxPlan *plan,
                             const ifxPlanClaim *claim)
{
    const ifxEvidence *cause = ifxEvidenceLookup(claim->evidence, claim->reason);
    g_autofree char *steps = ifxEvidenceFormat(cause);
    char address[IFX_PCI_ADDRESS_LENGTH];

    return g_strdup_printf("domain %s takes %s from the host, as it is declared to: %s (%s)",
                           plan->domain->name,
                           ifxPciAddressFormat(&claim->claim->address, address), steps,
                           ifxReasonToString(cause->reason));
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

/* Adds what the hook has to say about a device that the guest takes; false: the guest can have
 * it. */
static bool
ifxHookGuardJudgeTaken(const ifxPlan *plan,
                       const ifxPlanClaim *claim,
                       ifxHookGuardVerdict *verdict)
{
    const ifxEvidence *cause = claim->reason == IFX_REASON_PLATFORM_FUNCTION ? NULL :
        ifxHookGuardFindCause(claim);

    if (claim->reason == IFX_REASON_PLATFORM_FUNCTION) {
        g_ptr_array_add(verdict->reasons, ifxHookGuardDescribeChipset(plan, claim));
    } else if (!cause) {
        g_ptr_array_add(verdict->notes, ifxHookGuardDescribeIntended(plan, claim));
        return false;
    } else if (cause->unanswered) {
        g_ptr_array_add(verdict->unanswered, ifxHookGuardDescribeUnknown(plan, claim, cause));
    } else {
        g_ptr_array_add(verdict->reasons, ifxHookGuardDescribeUse(plan, claim, cause));
    }
    return true;
}

/* Adds why the guest must not take what the host uses, and how to allow it. */
static void
ifxHookGuardJudgeUse(const ifxPlan *plan,
                     const char *install,
                     ifxHookGuardVerdict *verdict)
{
    g_autoptr(GString) command = g_string_new(install);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (ifxHookGuardTakes(claim) && ifxHookGuardJudgeTaken(plan, claim, verdict))
            ifxHookGuardAllow(claim, command);
    }
    if (command->len > strlen(install))
        g_ptr_array_add(verdict->reasons,
                        g_strdup_printf("If the host does not need these devices: %s",
                                        command->str));
}

void
ifxHookGuardVerdictFree(ifxHookGuardVerdict *verdict)
{
    g_ptr_array_unref(verdict->reasons);
    g_ptr_array_unref(verdict->unanswered);
    g_ptr_array_unref(verdict->notes);
    g_free(verdict);
}

ifxHookGuardVerdict *
ifxHookGuardJudge(const ifxPlan *plan,
                  ifxHookRule rule,
                  ifxHookStage stage,
                  const char *install)
{
    ifxHookGuardVerdict *verdict = g_new0(ifxHookGuardVerdict, 1);
    guint i;

    verdict->reasons = g_ptr_array_new_with_free_func(g_free);
    verdict->unanswered = g_ptr_array_new_with_free_func(g_free);
    verdict->notes = g_ptr_array_new_with_free_func(g_free);
    if (stage == IFX_HOOK_PREPARE)
        ifxHookGuardJudgeUse(plan, install, verdict);
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        if (stage == IFX_HOOK_START && !ifxHookGuardGetsInterface(plan, group))
            continue;
        if (group->starts == IFX_STARTS_NO || (rule == IFX_HOOK_STRICT && !group->complete))
            g_ptr_array_add(verdict->reasons, ifxHookGuardDescribeGroup(plan, group));
    }
    return verdict;
}
