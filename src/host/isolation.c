/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/isolation.h"

#include <string.h>

#include "base/sysfs.h"
#include "host/host-internal.h"

#define IFX_COMMAND_LINE_MAX 65536

struct _ifxIsolation {
    const ifxTopology *topology;    /* lent */
    GHashTable *places;             /* ifxPciAddress, in the place -> ifxIsolationPlace */
    bool overridden;
};

static bool
ifxIsolationReadOverride(const char *sysroot)
{
    g_autofree char *proc = g_build_filename(sysroot, "proc", NULL);
    g_autofree char *line = ifxSysfsReadAll(proc, "cmdline", IFX_COMMAND_LINE_MAX, NULL);

    return line && strstr(line, "pcie_acs_override=");
}

static void
ifxIsolationReadPlace(ifxIsolation *isolation,
                      const char *devices,
                      const ifxDevice *device)
{
    const ifxPciAddress *address = &device->address;
    ifxIsolationPlace *place = g_new0(ifxIsolationPlace, 1);
    char name[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *dir = g_build_filename(devices, ifxPciAddressFormat(address, name), NULL);
    g_autofree char *path = ifxSysfsResolve(devices, name);
    g_autoptr(GArray) chain = path ? ifxSysfsPciAncestors(path) : NULL;

    place->address = *address;
    place->multifunction = address->function > 0 && !device->is_virtual;
    place->depth = chain ? chain->len : 0;
    place->has_parent = place->depth > 1;
    if (place->has_parent)
        place->parent = g_array_index(chain, ifxPciAddress, chain->len - 2);
    ifxIsolationConfigRead(dir, place);
    g_hash_table_insert(isolation->places, &place->address, place);
}

ifxIsolation *
ifxIsolationLoad(const char *sysroot,
                 const ifxTopology *topology)
{
    ifxIsolation *isolation = g_new0(ifxIsolation, 1);
    g_autofree char *devices = g_build_filename(sysroot, "sys/bus/pci/devices", NULL);
    g_autoptr(GPtrArray) list = ifxTopologyListDevices(topology);
    guint i;

    isolation->topology = topology;
    isolation->places = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, NULL, g_free);
    isolation->overridden = ifxIsolationReadOverride(sysroot);
    for (i = 0; i < list->len; i++)
        ifxIsolationReadPlace(isolation, devices, list->pdata[i]);
    return isolation;
}

void
ifxIsolationFree(ifxIsolation *isolation)
{
    if (!isolation)
        return;
    g_hash_table_unref(isolation->places);
    g_free(isolation);
}

bool
ifxIsolationIsOverridden(const ifxIsolation *isolation)
{
    return isolation->overridden;
}

static const ifxIsolationPlace *
ifxIsolationGet(const ifxIsolation *isolation,
                const ifxPciAddress *address)
{
    return g_hash_table_lookup(isolation->places, address);
}

/* The device above; NULL: there is none. In a tree that is no kernel's, two devices may each be
 * above the other. */
static const ifxIsolationPlace *
ifxIsolationAbove(const ifxIsolation *isolation,
                  const ifxIsolationPlace *place)
{
    const ifxIsolationPlace *above = place->has_parent ?
        ifxIsolationGet(isolation, &place->parent) : NULL;

    return above && above->depth < place->depth ? above : NULL;
}

static int
ifxIsolationGroup(const ifxIsolation *isolation,
                  const ifxPciAddress *address)
{
    const ifxDevice *device = ifxTopologyGetDevice(isolation->topology, address);

    return device ? device->group : IFX_GROUP_NONE;
}

static bool
ifxIsolationIsolates(const ifxIsolationPlace *place)
{
    return place->acs == IFX_ACS_ON || place->acs == IFX_ACS_NEEDLESS;
}

static ifxIsolationReason
ifxIsolationReasonOf(ifxRule rule,
                     const ifxIsolationPlace *with,
                     const ifxIsolationPlace *cause)
{
    return (ifxIsolationReason) {
        .rule = rule,
        .with = with->address,
        .cause = cause->address,
        .type = cause->type,
        .acs = cause->acs,
    };
}

/* pci_for_each_dma_alias(): the nearest device above that hides @place from the IOMMU. */
static bool
ifxIsolationFindAlias(const ifxIsolation *isolation,
                      const ifxIsolationPlace *place,
                      ifxIsolationReason *reason)
{
    const ifxIsolationPlace *above;

    for (above = ifxIsolationAbove(isolation, place); above;
         above = ifxIsolationAbove(isolation, above)) {
        if (above->address.domain != place->address.domain) {
            *reason = ifxIsolationReasonOf(IFX_RULE_REQUESTER, above, above);
            return true;
        }
    }
    for (above = ifxIsolationAbove(isolation, place); above;
         above = ifxIsolationAbove(isolation, above)) {
        if (above->type == IFX_PORT_UNKNOWN)
            *reason = ifxIsolationReasonOf(IFX_RULE_UNKNOWN, above, above);
        else if (above->type == IFX_PORT_PCI_BRIDGE || above->type == IFX_PORT_CONVENTIONAL)
            *reason = ifxIsolationReasonOf(IFX_RULE_BRIDGE, above, above);
        else
            continue;
        return true;
    }
    return false;
}

/* pci_acs_path_enabled() from @port up. False: *@cause is what does not isolate. */
static bool
ifxIsolationCheckPath(const ifxIsolation *isolation,
                      const ifxIsolationPlace *port,
                      const ifxIsolationPlace **cause)
{
    for (; port; port = ifxIsolationAbove(isolation, port)) {
        if (!ifxIsolationIsolates(port)) {
            *cause = port;
            return false;
        }
    }
    return true;
}

/* get_pci_function_alias_group(). A function in the same group comes first, then one whose space is
 * known. */
static bool
ifxIsolationFindSibling(const ifxIsolation *isolation,
                        const ifxIsolationPlace *place,
                        ifxIsolationReason *reason)
{
    const int group = ifxIsolationGroup(isolation, &place->address);
    const ifxIsolationPlace *found = NULL;
    ifxPciAddress address = place->address;
    guint function;

    if ((place->has_header && !place->multifunction) || ifxIsolationIsolates(place))
        return false;
    for (function = 0; function < 8; function++) {
        const ifxIsolationPlace *sibling;

        address.function = (guint8) function;
        sibling = ifxIsolationGet(isolation, &address);
        if (!sibling || sibling == place || ifxIsolationIsolates(sibling))
            continue;
        if (!found || (ifxIsolationGroup(isolation, &found->address) != group &&
                       ifxIsolationGroup(isolation, &address) == group))
            found = sibling;
    }
    if (!found)
        return false;
    if (place->acs == IFX_ACS_UNKNOWN)
        *reason = ifxIsolationReasonOf(IFX_RULE_UNKNOWN, found, place);
    else if (found->acs == IFX_ACS_UNKNOWN)
        *reason = ifxIsolationReasonOf(IFX_RULE_UNKNOWN, found, found);
    else
        *reason = ifxIsolationReasonOf(IFX_RULE_SLOT, found, place);
    return true;
}

ifxIsolationReason
ifxIsolationExplain(const ifxIsolation *isolation,
                    const ifxPciAddress *address)
{
    const ifxIsolationPlace *place = ifxIsolationGet(isolation, address);
    const ifxIsolationPlace *port = place ? ifxIsolationAbove(isolation, place) : NULL;
    const ifxIsolationPlace *cause = NULL;
    ifxIsolationReason reason = { .with = *address, .cause = *address };

    if (!place)
        return reason;
    reason = ifxIsolationReasonOf(IFX_RULE_OWN, place, place);
    if (ifxIsolationFindAlias(isolation, place, &reason)) {
    } else if (port && !ifxIsolationCheckPath(isolation, port, &cause)) {
        reason = ifxIsolationReasonOf(IFX_RULE_PATH, port, cause);
    } else {
        ifxIsolationFindSibling(isolation, place, &reason);
    }
    reason.apart = reason.rule > IFX_RULE_OWN && ifxIsolationGroup(isolation, address) !=
        ifxIsolationGroup(isolation, &reason.with);
    return reason;
}

/* Joins what @reason puts together: of both sets of @numbers, the lower number stays. */
static void
ifxIsolationJoin(GArray *numbers,
                 const ifxGroup *group,
                 guint member,
                 const ifxIsolationReason *reason)
{
    guint other;
    guint i;

    for (other = 0; other < group->members->len; other++) {
        const ifxMember *found = &g_array_index(group->members, ifxMember, other);

        if (found->is_pci && ifxPciAddressEqual(&found->address, &reason->with))
            break;
    }
    if (other < group->members->len) {
        const guint a = g_array_index(numbers, guint, member);
        const guint b = g_array_index(numbers, guint, other);

        for (i = 0; i < numbers->len; i++) {
            if (g_array_index(numbers, guint, i) == MAX(a, b))
                g_array_index(numbers, guint, i) = MIN(a, b);
        }
    }
}

GArray *
ifxIsolationListUnexplained(const ifxIsolation *isolation,
                            const ifxGroup *group)
{
    GArray *unexplained = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    guint i;

    for (i = 0; i < group->members->len; i++)
        g_array_append_val(numbers, i);
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        ifxIsolationReason reason;

        if (!member->is_pci)
            continue;
        reason = ifxIsolationExplain(isolation, &member->address);
        if (reason.rule == IFX_RULE_UNKNOWN)
            return unexplained;
        if (reason.rule != IFX_RULE_OWN && !reason.apart)
            ifxIsolationJoin(numbers, group, i, &reason);
    }
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        if (member->is_pci && g_array_index(numbers, guint, i) != 0)
            g_array_append_val(unexplained, member->address);
    }
    return unexplained;
}

/* What is right below @port, and whether the kernel lets it share the port's group. */
static void
ifxIsolationCountBelow(const ifxIsolation *isolation,
                       const GPtrArray *devices,
                       ifxIsolationPort *port)
{
    const int group = ifxIsolationGroup(isolation, &port->address);
    guint i;

    for (i = 0; i < devices->len; i++) {
        const ifxDevice *device = devices->pdata[i];
        const ifxIsolationPlace *place = ifxIsolationGet(isolation, &device->address);

        if (!place || !place->has_parent || !ifxPciAddressEqual(&place->parent, &port->address))
            continue;
        if (port->devices++ == 0) {
            port->first = device->address;
            port->own = IFX_OWN_GROUP_YES;
        }
        if (device->group == group)
            port->own = IFX_OWN_GROUP_NO;
    }
}

static ifxIsolationPort
ifxIsolationJudgePort(const ifxIsolation *isolation,
                      const ifxIsolationPlace *place,
                      const GPtrArray *devices)
{
    const ifxIsolationPlace *cause = place;
    ifxIsolationPort port = { .address = place->address, .type = place->type };
    ifxIsolationReason alias = { .rule = IFX_RULE_OWN };
    ifxOwnGroup by_rules = IFX_OWN_GROUP_YES;

    if (ifxIsolationFindAlias(isolation, place, &alias))
        cause = ifxIsolationGet(isolation, &alias.cause);
    if (alias.rule != IFX_RULE_OWN || !ifxIsolationCheckPath(isolation, place, &cause))
        by_rules = IFX_OWN_GROUP_NO;
    if (alias.rule == IFX_RULE_UNKNOWN ||
        (alias.rule == IFX_RULE_OWN && cause->acs == IFX_ACS_UNKNOWN))
        by_rules = IFX_OWN_GROUP_UNKNOWN;

    port.own = by_rules;
    ifxIsolationCountBelow(isolation, devices, &port);
    port.apart = by_rules == IFX_OWN_GROUP_NO && port.own == IFX_OWN_GROUP_YES;
    port.cause = cause->address;
    port.acs = cause->acs;
    return port;
}

GArray *
ifxIsolationListPorts(const ifxIsolation *isolation)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(ifxIsolationPort));
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(isolation->topology);
    guint i;

    for (i = 0; i < devices->len; i++) {
        const ifxDevice *device = devices->pdata[i];
        const ifxIsolationPlace *place = ifxIsolationGet(isolation, &device->address);
        ifxIsolationPort port;

        if (!place || device->group == IFX_GROUP_NONE || !ifxDeviceIsBridge(device) ||
            place->type == IFX_PORT_UPSTREAM)
            continue;
        port = ifxIsolationJudgePort(isolation, place, devices);
        g_array_append_val(ports, port);
    }
    return ports;
}
