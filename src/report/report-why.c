/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include <string.h>

const char *
ifxReportWhyPortType(ifxPortType type)
{
    static const char *const words[] = {
        [IFX_PORT_UNKNOWN] = "bridge",
        [IFX_PORT_CONVENTIONAL] = "PCI bridge",
        [IFX_PORT_ENDPOINT] = "device",
        [IFX_PORT_ROOT] = "root port",
        [IFX_PORT_UPSTREAM] = "upstream switch port",
        [IFX_PORT_DOWNSTREAM] = "downstream switch port",
        [IFX_PORT_PCI_BRIDGE] = "PCIe-to-PCI bridge",
        [IFX_PORT_COLLECTOR] = "event collector",
    };

    return words[type];
}

/* What is wrong with a device that does not isolate. */
static const char *
ifxReportAcs(ifxAcs acs)
{
    return acs == IFX_ACS_OFF ? "has ACS that is not enabled" : "has no ACS";
}

static char *
ifxReportWhyPath(const ifxIsolationReason *reason,
                 const char *with,
                 const char *cause)
{
    if (ifxPciAddressEqual(&reason->with, &reason->cause))
        return g_strdup_printf("is below the %s %s, which %s", ifxReportWhyPortType(reason->type),
                               with, ifxReportAcs(reason->acs));
    return g_strdup_printf("is below %s, and the %s %s above that %s", with,
                           ifxReportWhyPortType(reason->type), cause, ifxReportAcs(reason->acs));
}

/* The rule, as if there were no quirks. */
static char *
ifxReportWhyRule(const ifxIsolationReason *reason)
{
    char with[IFX_PCI_ADDRESS_LENGTH];
    char cause[IFX_PCI_ADDRESS_LENGTH];

    ifxPciAddressFormat(&reason->with, with);
    ifxPciAddressFormat(&reason->cause, cause);
    switch (reason->rule) {
    case IFX_RULE_OWN:
        return g_strdup("begins this group: no rule puts it into another device's group");
    case IFX_RULE_REQUESTER:
        return g_strdup_printf("is behind the VMD controller %s, whose requester ID its DMA "
                               "carries", with);
    case IFX_RULE_BRIDGE:
        return g_strdup_printf("is behind the %s %s, and the IOMMU cannot tell the devices there "
                               "apart", ifxReportWhyPortType(reason->type), with);
    case IFX_RULE_PATH:
        return ifxReportWhyPath(reason, with, cause);
    case IFX_RULE_SLOT:
        return g_strdup_printf("is a function of the same slot as %s, and %s", with,
                               reason->acs == IFX_ACS_IMPOSSIBLE ?
                               "conventional PCI has no ACS" :
                               reason->acs == IFX_ACS_OFF ?
                               "its ACS is not enabled" : "has no ACS");
    case IFX_RULE_UNKNOWN:
        break;
    }
    return g_strdup_printf("cannot tell: the configuration space of %s cannot be read. Run this as "
                           "root on the host: virt-iommufix groups --why", cause);
}

/* Why the kernel keeps apart what does not look isolated. */
static const char *
ifxReportApart(bool overridden)
{
    return overridden ? "pcie_acs_override= on the kernel's command line claims an isolation that "
        "the hardware does not show" :
        "the kernel has a quirk for the hardware, or newer rules than this tool";
}

char *
ifxReportWhyMember(const ifxIsolationReason *reason,
                   bool overridden)
{
    g_autofree char *rule = ifxReportWhyRule(reason);

    if (!reason->apart || reason->rule == IFX_RULE_UNKNOWN)
        return g_steal_pointer(&rule);
    return g_strdup_printf("%s, but the kernel keeps the two apart: %s", rule,
                           ifxReportApart(overridden));
}

char *
ifxReportWhyPort(const ifxIsolationPort *port,
                 bool overridden)
{
    char cause[IFX_PCI_ADDRESS_LENGTH];
    const bool itself = ifxPciAddressEqual(&port->address, &port->cause);

    ifxPciAddressFormat(&port->cause, cause);
    switch (port->own) {
    case IFX_OWN_GROUP_YES:
        return port->apart ?
            g_strdup_printf("a card has a group of its own, although %s shows no ACS: %s", cause,
                            ifxReportApart(overridden)) :
            g_strdup("a card has a group of its own");
    case IFX_OWN_GROUP_NO:
        if (port->cause.domain != port->address.domain)
            return g_strdup_printf("a card shares the group of the VMD controller %s", cause);
        if (port->type == IFX_PORT_PCI_BRIDGE || port->type == IFX_PORT_CONVENTIONAL)
            return g_strdup("all cards share the bridge's group");
        if (port->acs == IFX_ACS_ON || port->acs == IFX_ACS_NEEDLESS)
            return g_strdup("a card shares the port's group, for a reason that the tool does not "
                            "know");
        return itself ?
            g_strdup_printf("a card shares the port's group: the port %s",
                            ifxReportAcs(port->acs)) :
            g_strdup_printf("a card shares the port's group: %s above it %s", cause,
                            ifxReportAcs(port->acs));
    case IFX_OWN_GROUP_UNKNOWN:
        break;
    }
    return g_strdup_printf("cannot tell: the configuration space of %s cannot be read", cause);
}

static void
ifxReportWhyPorts(GString *out,
                  const ifxIsolation *isolation,
                  guint width)
{
    g_autoptr(GArray) ports = ifxIsolationListPorts(isolation);
    guint i;

    if (ports->len > 0)
        g_string_append_printf(out, "%sports\n", out->len > 0 ? "\n" : "");
    for (i = 0; i < ports->len; i++) {
        const ifxIsolationPort *port = &g_array_index(ports, ifxIsolationPort, i);
        g_autofree char *why = ifxReportWhyPort(port, ifxIsolationIsOverridden(isolation));
        char address[IFX_PCI_ADDRESS_LENGTH];
        char first[IFX_PCI_ADDRESS_LENGTH];
        g_autofree char *line = NULL;

        ifxPciAddressFormat(&port->address, address);
        if (port->devices > 0)
            line = g_strdup_printf("%s  %s, holds %s: %s", address, ifxReportWhyPortType(port->type),
                                   ifxPciAddressFormat(&port->first, first), why);
        else
            line = g_strdup_printf("%s  %s, empty: %s", address, ifxReportWhyPortType(port->type),
                                   why);
        ifxTermWrap(out, line, 2, width);
    }
}

static bool
ifxReportWhyHas(const GArray *addresses,
                const ifxPciAddress *address)
{
    guint i;

    for (i = 0; i < addresses->len; i++) {
        if (ifxPciAddressEqual(&g_array_index(addresses, ifxPciAddress, i), address))
            return true;
    }
    return false;
}

/* Why the device is in @group, as far as the rules explain it. @unexplained: the devices that the rules
 * do not join to the rest of the group. */
static void
ifxReportWhyDevice(GString *out,
                   const ifxIsolation *isolation,
                   const ifxGroup *group,
                   const GArray *unexplained,
                   const ifxPciAddress *address,
                   guint width)
{
    const ifxIsolationReason reason = ifxIsolationExplain(isolation, address);
    const bool begins = reason.rule == IFX_RULE_OWN;
    g_autofree char *why = ifxReportWhyMember(&reason, ifxIsolationIsOverridden(isolation));
    const bool is_unexplained = ifxReportWhyHas(unexplained, address);

    if (begins && group->members->len == 1)
        ifxTermWrap(out, "has a group of its own: no rule joins it to another device", 6, width);
    else if (!begins || !is_unexplained)
        ifxTermWrap(out, why, 6, width);
    if (is_unexplained)
        ifxTermWrap(out, "cannot explain why the kernel put it into this group", 6, width);
}

static void
ifxReportWhyGroup(GString *out,
                  const ifxTerm *term,
                  const ifxIsolation *isolation,
                  const ifxGroup *group,
                  guint width)
{
    g_autoptr(GArray) unexplained = ifxIsolationListUnexplained(isolation, group);
    guint i;

    g_string_append_printf(out, "%s%sgroup %u%s\n", out->len > 0 ? "\n" : "",
                           ifxTermStart(term, IFX_STYLE_BOLD), group->number,
                           ifxTermEnd(term, IFX_STYLE_BOLD));
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        g_autofree char *name = ifxReportMember(member);
        g_autofree char *safe = ifxTermEscape(name, strlen(name), false);

        ifxTermWrap(out, safe, 2, width);
        if (member->is_pci)
            ifxReportWhyDevice(out, isolation, group, unexplained, &member->address, width);
    }
}

void
ifxReportWhy(GString *out,
             const ifxTerm *term,
             const ifxIsolation *isolation,
             const GPtrArray *groups,
             bool ports,
             bool wide)
{
    const guint width = wide ? 0 : term->width;
    g_autoptr(GString) text = g_string_new(NULL);
    guint i;

    for (i = 0; i < groups->len; i++)
        ifxReportWhyGroup(text, term, isolation, groups->pdata[i], width);
    if (ports)
        ifxReportWhyPorts(text, isolation, width);
    g_string_append_len(out, text->str, (gssize) text->len);
}
