/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-argument.h"

#include "plan/plan-words.h"

bool
ifxReportArgumentIsNotable(const ifxPlanArgument *argument)
{
    return !argument->claim || argument->other || argument->lacks->len > 0;
}

bool
ifxReportArgumentsAreNotable(const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->arguments->len; i++) {
        if (ifxReportArgumentIsNotable(&g_array_index(plan->arguments, ifxPlanArgument, i)))
            return true;
    }
    return false;
}

static void
ifxReportLacks(const ifxPlanArgument *argument,
               GString *out)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < argument->lacks->len; i++) {
        const ifxMember *member = argument->lacks->pdata[i];

        if (i == 0)
            g_string_append_printf(out, "; its group %d also needs", argument->group);
        g_string_append_printf(out, "%s %s", i == 0 ? "" : ",",
                               ifxPciAddressFormat(&member->address, address));
    }
}

/* Why QEMU can't have it; false where it can. */
static bool
ifxReportObstacle(const ifxPlanArgument *argument,
                  GString *out)
{
    if (argument->other && argument->other == argument->claim)
        g_string_append_printf(out, ", but %s declares it, too, and QEMU can't open it twice, so "
                               "the guest will not start; take one of them out",
                               argument->other->path);
    else if (argument->other)
        g_string_append_printf(out, ", but the NVMe disk %s is in its group, which QEMU can't open "
                               "for both, so the guest will not start; take one of them out, or "
                               "pass the disk's controller as a hostdev", argument->other->path);
    else if (!argument->found)
        g_string_append(out, ", but is not on this host; correct that argument");
    else if (argument->group == IFX_GROUP_NONE)
        g_string_append(out, ", but is in no IOMMU group: is the IOMMU enabled in firmware and "
                        "kernel?");
    else
        return false;
    return true;
}

char *
ifxReportArgument(const ifxPlanArgument *argument)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_append_printf(out, "%s is passed to QEMU by hand (%s)",
                           ifxPciAddressFormat(&argument->argument->address, address),
                           argument->argument->text);
    if (!ifxReportObstacle(argument, out)) {
        if (!argument->claim)
            g_string_append(out, ": libvirt can't see it and detaches nothing for it");
        ifxReportLacks(argument, out);
        g_string_append(out, argument->claim ? "; declare these, too" :
                        "; declare it as a hostdev instead");
    }
    g_string_append_printf(out, " (%s)", ifxReasonToString(IFX_REASON_QEMU_ARGUMENT));
    return g_string_free(g_steal_pointer(&out), FALSE);
}
