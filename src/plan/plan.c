/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan.h"

#include "plan/plan-internal.h"
#include "xml/xml-text.h"

static void
ifxPlanClaimClear(gpointer data)
{
    ifxPlanClaim *claim = data;

    g_clear_pointer(&claim->evidence, g_ptr_array_unref);
    g_free(claim->guest);
}

static void
ifxPlanMemberClear(gpointer data)
{
    ifxPlanMember *member = data;

    g_clear_pointer(&member->evidence, g_ptr_array_unref);
    g_free(member->guest);
}

static void
ifxPlanGroupClear(gpointer data)
{
    ifxPlanGroup *group = data;

    g_ptr_array_unref(group->claims);
    g_array_unref(group->members);
}

static void
ifxPlanNoteClear(gpointer data)
{
    ifxPlanNote *note = data;

    g_free(note->path);
    g_free(note->subject);
    g_array_unref(note->groups);
}

static GArray *
ifxPlanNewArray(guint size,
                guint reserved,
                GDestroyNotify clear)
{
    GArray *array = g_array_sized_new(FALSE, FALSE, size, reserved);

    g_array_set_clear_func(array, clear);
    return array;
}

ifxPlan *
ifxPlanNew(const ifxDomain *domain)
{
    ifxPlan *plan = g_new0(ifxPlan, 1);

    plan->domain = domain;
    plan->result = IFX_RESULT_SKIPPED;
    plan->starts = IFX_STARTS_UNKNOWN;
    plan->claims = ifxPlanNewArray(sizeof(ifxPlanClaim), domain->claims->len, ifxPlanClaimClear);
    plan->groups = ifxPlanNewArray(sizeof(ifxPlanGroup), 0, ifxPlanGroupClear);
    plan->notes = ifxPlanNewArray(sizeof(ifxPlanNote), 0, ifxPlanNoteClear);
    plan->claimed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    plan->numbers = g_hash_table_new(NULL, NULL);
    return plan;
}

void
ifxPlanFree(ifxPlan *plan)
{
    if (!plan)
        return;
    g_hash_table_unref(plan->numbers);
    g_hash_table_unref(plan->claimed);
    g_array_unref(plan->notes);
    g_array_unref(plan->groups);
    g_array_unref(plan->claims);
    g_free(plan);
}

bool
ifxPolicyAllows(const ifxPolicy *policy,
                const ifxPciAddress *address)
{
    return policy->allowed && g_hash_table_contains(policy->allowed, address);
}

bool
ifxPolicyGives(const ifxPolicy *policy,
               const ifxPciAddress *address)
{
    return policy->given && g_hash_table_contains(policy->given, address);
}

bool
ifxPolicyLeavesOut(const ifxPolicy *policy,
                   int group)
{
    return policy->left_out && g_hash_table_contains(policy->left_out, GINT_TO_POINTER(group));
}

const ifxClaim *
ifxPlanLookupClaim(const ifxPlan *plan,
                   const ifxPciAddress *address)
{
    return g_hash_table_lookup(plan->claimed, address);
}

const ifxPlanGroup *
ifxPlanLookupGroup(const ifxPlan *plan,
                   int number)
{
    gpointer place;

    if (!g_hash_table_lookup_extended(plan->numbers, GINT_TO_POINTER(number), NULL, &place))
        return NULL;
    return &g_array_index(plan->groups, ifxPlanGroup, GPOINTER_TO_UINT(place));
}

void
ifxPlanAddClaim(ifxPlan *plan,
                const ifxGroup *group,
                const ifxPlanClaim *claim)
{
    const gpointer number = GINT_TO_POINTER((int) group->number);
    gpointer place;

    if (!g_hash_table_lookup_extended(plan->numbers, number, NULL, &place)) {
        const ifxPlanGroup added = {
            .group = group,
            .claimed = claim->claim->address,
            .claims = g_ptr_array_new(),
            .complete = true,
            .starts = IFX_STARTS_YES,
            .members = ifxPlanNewArray(sizeof(ifxPlanMember), group->members->len,
                                       ifxPlanMemberClear),
        };

        place = GUINT_TO_POINTER(plan->groups->len);
        g_hash_table_insert(plan->numbers, number, place);
        g_array_append_val(plan->groups, added);
    }
    g_ptr_array_add(g_array_index(plan->groups, ifxPlanGroup, GPOINTER_TO_UINT(place)).claims,
                    (gpointer) claim);
}

bool
ifxPlanMemberIsLacking(const ifxPlanMember *member)
{
    switch (member->verdict) {
    case IFX_VERDICT_ADD:
        return true;
    case IFX_VERDICT_REFUSE:
        return member->reason != IFX_REASON_BRIDGE_BLOCKS;
    case IFX_VERDICT_SKIP:
        return member->reason != IFX_REASON_NOT_PCI && member->reason != IFX_REASON_BRIDGE &&
            member->reason != IFX_REASON_BRIDGE_BLOCKS &&
            member->reason != IFX_REASON_CHIPSET_IDLE && member->reason != IFX_REASON_STUB &&
            member->reason != IFX_REASON_GOES_WITH && member->reason != IFX_REASON_NO_ANSWER;
    case IFX_VERDICT_DECLARED:
    case IFX_VERDICT_REMOVE:
        break;
    }
    return false;
}

bool
ifxPlanMemberIsAllowable(const ifxPlanMember *member)
{
    const ifxEvidence *cause = ifxEvidenceLookup(member->evidence, member->reason);

    if (cause)
        return cause->lift == IFX_LIFT_BY_NAME;
    return member->reason == IFX_REASON_UNKNOWN_USE ||
        member->reason == IFX_REASON_PLATFORM_FUNCTION;
}

bool
ifxPlanClaimIsAllowable(const ifxPlanClaim *claim)
{
    const ifxEvidence *cause = ifxEvidenceLookup(claim->evidence, claim->reason);

    return claim->reason == IFX_REASON_PLATFORM_FUNCTION ||
        ((claim->reason == IFX_REASON_CLAIM_IN_USE || claim->reason == IFX_REASON_UNKNOWN_USE ||
          claim->reason == IFX_REASON_MOVED_UNCLEAR) &&
         cause && cause->lift == IFX_LIFT_BY_NAME);
}

/* The set of the elements that are removed. */
static GHashTable *
ifxPlanFindRemoved(const ifxPlan *plan)
{
    GHashTable *removed = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->verdict == IFX_VERDICT_REMOVE)
            g_hash_table_add(removed, GUINT_TO_POINTER(claim->claim->element));
    }
    return removed;
}

/* The last <hostdev> that stays; IFX_XML_NONE if there is none beside the last one. */
static guint
ifxPlanLastHostdev(const ifxPlan *plan)
{
    const ifxDomain *domain = plan->domain;
    g_autoptr(GHashTable) removed = ifxPlanFindRemoved(plan);
    guint last = IFX_XML_NONE;
    guint parent;
    guint i = IFX_XML_NONE;

    if (domain->last_hostdev == IFX_XML_NONE ||
        !g_hash_table_contains(removed, GUINT_TO_POINTER(domain->last_hostdev)))
        return domain->last_hostdev;
    parent = ifxXmlTextGetElement(domain->text, domain->last_hostdev)->parent;
    while ((i = ifxXmlTextNextChild(domain->text, parent, i, "hostdev")) != IFX_XML_NONE) {
        if (!g_hash_table_contains(removed, GUINT_TO_POINTER(i)))
            last = i;
    }
    return last;
}

ifxReasonSubject
ifxPlanClaimSubject(const ifxPlan *plan,
                    const ifxPlanClaim *claim)
{
    return (ifxReasonSubject) {
        .device = &claim->claim->address,
        .written = &claim->claim->written,
        .domain = plan->domain->name,
        .is_claim = true,
        .misplaced = claim->misplaced,
        .other = claim->other ? claim->other->path : NULL,
    };
}

ifxReasonSubject
ifxPlanMemberSubject(const ifxPlan *plan,
                     const ifxPlanGroup *group,
                     const ifxPlanMember *member)
{
    return (ifxReasonSubject) {
        .device = &member->member->address,
        .domain = plan->domain->name,
        .guest = &group->claimed,
        .other = member->other ? member->other->path : NULL,
    };
}

char *
ifxPlanInsertionPoint(const ifxPlan *plan,
                      bool *after)
{
    const ifxDomain *domain = plan->domain;
    const guint hostdev = ifxPlanLastHostdev(plan);

    *after = hostdev != IFX_XML_NONE;
    if (*after)
        return ifxXmlPathFormat(domain->text, hostdev);
    if (domain->devices != IFX_XML_NONE)
        return ifxXmlPathFormat(domain->text, domain->devices);
    return NULL;
}

bool
ifxPlanClaimIsGuests(const ifxPlanClaim *claim)
{
    return !claim->claim->placeholder || claim->give;
}

guint
ifxPlanClaimFindAddress(const ifxPlan *plan,
                        const ifxPlanClaim *claim)
{
    return ifxXmlTextNextChild(plan->domain->text, claim->claim->element, IFX_XML_NONE, "address");
}

char *
ifxPlanAttributePoint(const ifxPlan *plan,
                      guint element,
                      const char *name,
                      char **type)
{
    const ifxXmlText *text = plan->domain->text;
    g_autofree char *path = ifxXmlPathFormat(text, element);

    *type = NULL;
    if (ifxXmlTextFindAttribute(text, element, name))
        return g_strconcat(path, "/@", name, NULL);
    *type = g_strconcat("@", name, NULL);
    return g_steal_pointer(&path);
}

static char *
ifxPlanNoteFormatGroups(const ifxPlanNote *note)
{
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; i < note->groups->len; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? ", " : "",
                               g_array_index(note->groups, guint, i));
    return g_string_free(text, FALSE);
}

char *
ifxPlanNoteDescribe(const ifxPlanNote *note)
{
    g_autofree char *groups = ifxPlanNoteFormatGroups(note);

    switch (note->reason) {
    case IFX_REASON_NETWORK_POOL:
        if (note->groups->len == 0)
            return g_strdup_printf("%s gets its device from the network %s when the domain starts",
                                   note->path, note->subject);
        return g_strdup_printf("%s gets its device from the network %s when the domain starts, "
                               "and may then need every device of one of these groups: %s",
                               note->path, note->subject, groups);
    case IFX_REASON_TEAMING:
        return g_strdup_printf("%s has <teaming>, so the domain can migrate; its placeholders then "
                               "name devices of the destination host", note->path);
    case IFX_REASON_MOVED_NETWORK:
        return g_strdup_printf("%s gets its device from the network %s, whose devices have moved or "
                               "are gone, and the tool does not change networks. Correct it: virsh "
                               "net-edit %s. Then leave out --moved-from for this domain",
                               note->path, note->subject, note->subject);
    case IFX_REASON_MOVED_SINCE:
        return g_strdup_printf("%s declares %s, which was not there before the host's cards moved, "
                               "so its address stays as it is", note->path, note->subject);
    case IFX_REASON_MOVED_ALREADY:
        return g_strdup_printf("transaction %s has rewritten its addresses already, so they stay "
                               "as they are", note->subject);
    default:
        return g_strdup_printf("cannot read %s, so it is unknown which devices of this host it "
                               "uses", note->subject);
    }
}
