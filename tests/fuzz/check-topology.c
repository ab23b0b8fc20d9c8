/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "report/capture-xml.h"
#include "fuzz.h"
#include "base/pci-class.h"
#include "report/report.h"
#include "report/report-json.h"
#include "host/topology-nodedev.h"

static void
ifxFuzzCheckAddress(const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    ifxPciAddress parsed;

    ifxFuzzExpect(ifxPciAddressParse(ifxPciAddressFormat(address, spelled), &parsed));
    ifxFuzzExpect(ifxPciAddressEqual(address, &parsed));
}

static void
ifxFuzzCheckDevice(const ifxTopology *topology,
                   const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    guint i;

    ifxFuzzExpect(ifxTopologyGetDevice(topology, &device->address) == device);
    ifxFuzzCheckAddress(&device->address);
    ifxFuzzCheckAddress(&device->physical_function);
    ifxFuzzExpect(!functions || functions->len > 0);
    for (i = 0; functions && i < functions->len; i++)
        ifxFuzzCheckAddress(&g_array_index(functions, ifxPciAddress, i));
    ifxFuzzExpect(device->class_code <= 0xffffff);
    ifxFuzzExpect(ifxPciClassDescribe(device->class_code));
    ifxFuzzExpect((device->driver_state == IFX_DRIVER_BOUND) == (device->driver != NULL));
}

static void
ifxFuzzCheckGroup(const ifxTopology *topology,
                  const ifxGroup *group)
{
    const ifxMember *before = NULL;
    guint i;

    ifxFuzzExpect(ifxTopologyGetGroup(topology, (int) group->number) == group);
    ifxFuzzExpect(group->members->len > 0 || !ifxGroupIsShared(group));
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        ifxFuzzExpect(member->is_pci == !member->name);
        if (before && member->is_pci)
            ifxFuzzExpect(before->is_pci &&
                          ifxPciAddressCompare(&before->address, &member->address) < 0);
        else if (before && !before->is_pci)
            ifxFuzzExpect(strcmp(before->name, member->name) < 0);
        if (member->device)
            ifxFuzzExpect(ifxPciAddressEqual(&member->device->address, &member->address));
        before = member;
    }
}

/* What is shown of a host holds nothing that a terminal would take for more than text. */
static void
ifxFuzzCheckReports(const ifxTopology *topology)
{
    g_autoptr(GHashTable) claims = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    g_autoptr(ifxReportJson) json = ifxReportJsonNew("hosts");
    g_autoptr(GString) out = g_string_new(NULL);
    const ifxPlanHost known = { .topology = topology };
    g_autoptr(GPtrArray) groups = g_ptr_array_new();
    const ifxTerm term = { .stream = stdout };
    const ifxTerm narrow = { .stream = stdout, .width = 20 };
    gsize i;

    for (i = 0; i < ifxTopologyCountGroups(topology); i++)
        g_ptr_array_add(groups, (gpointer) ifxTopologyGetNthGroup(topology, (guint) i));
    ifxReportGroups(out, &term, &known, groups, claims, false);
    ifxReportGroups(out, &narrow, &known, groups, claims, false);
    ifxFuzzExpect(g_utf8_validate(out->str, (gssize) out->len, NULL));
    for (i = 0; i < out->len; i++)
        ifxFuzzExpect(out->str[i] == '\n' || !g_ascii_iscntrl(out->str[i]));

    g_string_truncate(out, 0);
    ifxReportJsonAddHost(json, "host", &known, groups, claims, NULL);
    ifxReportJsonFormat(json, out);
    ifxFuzzExpect(g_utf8_validate(out->str, (gssize) out->len, NULL));
}

void
ifxFuzzCheckTopology(const ifxTopology *topology)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    guint i;

    for (i = 0; i < devices->len; i++)
        ifxFuzzCheckDevice(topology, devices->pdata[i]);
    for (i = 0; i < ifxTopologyCountGroups(topology); i++) {
        const ifxGroup *group = ifxTopologyGetNthGroup(topology, i);

        ifxFuzzExpect(i == 0 || ifxTopologyGetNthGroup(topology, i - 1)->number < group->number);
        ifxFuzzCheckGroup(topology, group);
    }
    ifxFuzzCheckReports(topology);
}

static char *
ifxFuzzCapture(const ifxTopology *topology)
{
    g_autoptr(ifxUseGraph) use = ifxUseGraphNew();
    GString *out = g_string_new(NULL);

    ifxCaptureXmlBegin(out, topology, use);
    ifxCaptureXmlEnd(out);
    return g_string_free(out, FALSE);
}

void
ifxFuzzCheckCapture(const ifxTopology *topology)
{
    g_autofree char *xml = ifxFuzzCapture(topology);
    g_autofree char *again = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) back = ifxTopologyNodedevParse(xml, strlen(xml), &error);

    ifxFuzzExpectDone(back, error);
    again = ifxFuzzCapture(back);
    ifxFuzzExpect(strcmp(again, xml) == 0);
}
