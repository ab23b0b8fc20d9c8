/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include "plan/plan-words.h"

/* An unknown driver counts only for a member that the domain lacks. Otherwise every chipset device
 * of the group would be listed. */
static bool
ifxReportBlocks(const ifxPlanMember *member)
{
    if (member->verdict == IFX_VERDICT_ADD)
        return false;
    return member->starts == IFX_STARTS_NO ||
        (member->starts == IFX_STARTS_UNKNOWN && ifxPlanMemberIsLacking(member));
}

char *
ifxReportBlocker(const ifxPlanGroup *group)
{
    ifxStarts starts = IFX_STARTS_YES;
    g_autoptr(GString) names = g_string_new(NULL);
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, i);

        if (!ifxReportBlocks(member) || member->starts < starts)
            continue;
        if (member->starts > starts)
            g_string_truncate(names, 0);
        starts = member->starts;
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "",
                               member->member->is_pci ?
                               ifxPciAddressFormat(&member->member->address, address) :
                               member->member->name);
    }
    if (starts == IFX_STARTS_YES)
        return NULL;
    return g_strdup_printf(starts == IFX_STARTS_NO ?
                           "the guest will not start, because the host keeps %s of group %u" :
                           "the guest might not start, because the host might keep %s of group %u",
                           names->str, group->group->number);
}

/* @group: the one that it is about; NULL: none. */
static void
ifxReportNote(const ifxNamed *named,
              const ifxPlanGroup *group,
              const ifxRemark *remark)
{
    g_autofree char *words = ifxRemarkFormat(remark);
    g_autofree char *line = group ? g_strdup_printf("group %u: %s", group->group->number, words) :
        g_steal_pointer(&words);

    if (remark->refused)
        ifxTermNoteRefused(named->label, line);
    else if (!named->quiet)
        ifxTermNoteOn(named->label, "%s", line);
}

void
ifxReportNotes(const ifxNamed *named,
               const ifxPlan *plan)
{
    g_autoptr(GPtrArray) remarks = ifxReportRemarks(named, plan);
    guint i;
    guint j;

    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);
            g_autoptr(ifxRemark) remark = NULL;

            if (member->verdict == IFX_VERDICT_ADD || !ifxReportMemberIsListed(member) ||
                member->reason == IFX_REASON_NOT_NEEDED)
                continue;
            remark = ifxReportMemberRemark(named, plan, group, member);
            ifxReportNote(named, group, remark);
        }
    }
    for (i = 0; i < remarks->len; i++)
        ifxReportNote(named, NULL, remarks->pdata[i]);
}

void
ifxReportNoGroups(const char *host,
                  const ifxTopology *topology)
{
    if (ifxTopologyCountGroups(topology) == 0)
        ifxTermNote("%s has no IOMMU groups (of %u PCI devices). Enable the IOMMU in the firmware "
                    "and on the kernel command line", host, ifxTopologyCountDevices(topology));
}
