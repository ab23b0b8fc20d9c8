/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/remark.h"

#include "plan/plan-words.h"

void
ifxRemarkFree(ifxRemark *remark)
{
    if (!remark)
        return;
    g_free(remark->key);
    g_free(remark->text);
    g_ptr_array_unref(remark->advice);
    g_free(remark);
}

ifxRemark *
ifxRemarkNew(bool refused,
             char *text)
{
    ifxRemark *remark = g_new0(ifxRemark, 1);

    remark->refused = refused;
    remark->text = text;
    remark->advice = g_ptr_array_new_with_free_func(g_free);
    return remark;
}

void
ifxRemarkAddChoice(ifxRemark *remark,
                   const ifxNamed *named,
                   const char *condition,
                   const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *option = g_strdup_printf(" --allow-member %s",
                                              ifxPciAddressFormat(address, spelled));
    /* apply asks before it writes, rewrite does not. */
    g_autofree char *command =
        ifxNamedFormat(named, named->kind == IFX_NAMED_DOMAIN ? "apply" : "diff", option);

    g_ptr_array_add(remark->advice, g_strdup_printf("%s: %s", condition, command));
}

void
ifxRemarkAddOverride(ifxRemark *remark,
                     const ifxNamed *named,
                     const ifxPlan *plan,
                     bool possible,
                     const ifxPciAddress *address)
{
    if (!possible)
        g_ptr_array_add(remark->advice, g_strdup("This cannot be overridden"));
    else if (!plan->final)
        ifxRemarkAddChoice(remark, named, "If the host does not need it", address);
}

char *
ifxRemarkFormat(const ifxRemark *remark)
{
    GString *line = g_string_new(remark->text);
    guint i;

    for (i = 0; i < remark->advice->len; i++)
        g_string_append_printf(line, ". %s", (const char *) remark->advice->pdata[i]);
    return g_string_free(line, FALSE);
}
