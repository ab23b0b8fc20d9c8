/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report.h"

#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "base/pci-class.h"
#include "plan/plan-evidence.h"

typedef enum {
    IFX_COLUMN_GROUP,
    IFX_COLUMN_ADDRESS,
    IFX_COLUMN_CLASS,
    IFX_COLUMN_DRIVER,
    IFX_COLUMN_DOMAINS,
    IFX_COLUMN_USE,
    IFX_COLUMN_DEVICE,
} ifxColumn;

static void
ifxReportSet(struct libscols_line *line,
             ifxColumn column,
             const char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);

    scols_line_set_data(line, column, safe);
}

static char *
ifxReportDeviceName(const ifxDevice *device)
{
    if (!device->product)
        return g_strdup_printf("%04x:%04x", device->vendor_id, device->product_id);
    return g_strdup_printf("%s%s%s", device->vendor ? device->vendor : "",
                           device->vendor ? " " : "", device->product);
}

/* "gaming, workstation" */
static char *
ifxReportJoin(const GPtrArray *names)
{
    GString *joined = g_string_new(NULL);
    guint i;

    for (i = 0; names && i < names->len; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "", (const char *) names->pdata[i]);
    return g_string_free(joined, FALSE);
}

/* "nvme0n1 -> nvme0n1p2 -> /; ..."; "?" if nothing could look. */
static char *
ifxReportDescribeUse(const ifxPlanHost *host,
                     const ifxDevice *device)
{
    GString *text = g_string_new(NULL);
    g_autoptr(ifxPlanEvidence) evidence = NULL;
    guint i;

    if (ifxDeviceIsBridge(device))
        return g_string_free(text, FALSE);
    evidence = ifxPlanEvidenceFind(host, device);
    for (i = 0; evidence->pieces && i < evidence->pieces->len; i++) {
        const ifxEvidence *piece = evidence->pieces->pdata[i];
        g_autofree char *chain = ifxEvidenceFormat(piece);

        g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", chain);
    }
    if (text->len == 0 && !evidence->complete)
        g_string_append(text, "?");
    return g_string_free(text, FALSE);
}

static void
ifxReportGroupMember(struct libscols_table *table,
                     const ifxPlanHost *host,
                     const ifxGroup *group,
                     const ifxMember *member,
                     GHashTable *claims)
{
    static const char *const drivers[] = {
        [IFX_DRIVER_UNKNOWN] = "?",
        [IFX_DRIVER_NONE] = "-",
    };
    struct libscols_line *line = scols_table_new_line(table, NULL);
    const ifxDevice *device = member->device;
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *number = g_strdup_printf("%u", group->number);
    g_autofree char *name = NULL;
    g_autofree char *domains = NULL;
    g_autofree char *use = NULL;

    ifxReportSet(line, IFX_COLUMN_GROUP, number);
    if (!member->is_pci) {
        ifxReportSet(line, IFX_COLUMN_ADDRESS, member->name);
        ifxReportSet(line, IFX_COLUMN_CLASS, "no PCI device");
        return;
    }
    ifxReportSet(line, IFX_COLUMN_ADDRESS, ifxPciAddressFormat(&member->address, address));
    if (!device) {
        ifxReportSet(line, IFX_COLUMN_CLASS, "unknown member");
        return;
    }

    name = ifxReportDeviceName(device);
    use = ifxReportDescribeUse(host, device);
    domains = ifxReportJoin(g_hash_table_lookup(claims, &member->address));
    ifxReportSet(line, IFX_COLUMN_CLASS,
                 device->has_class ? ifxPciClassDescribe(device->class_code) : "?");
    ifxReportSet(line, IFX_COLUMN_USE, use);
    ifxReportSet(line, IFX_COLUMN_DEVICE, name);
    ifxReportSet(line, IFX_COLUMN_DRIVER, device->driver_state == IFX_DRIVER_BOUND ?
                 device->driver : drivers[device->driver_state]);
    ifxReportSet(line, IFX_COLUMN_DOMAINS, domains);
}

void
ifxReportGroups(GString *out,
                const ifxTerm *term,
                const ifxPlanHost *host,
                GHashTable *claims,
                bool shared)
{
    static const struct {
        const char *name;
        int flags;
    } columns[] = {
        [IFX_COLUMN_GROUP] = { "GROUP", SCOLS_FL_RIGHT },
        [IFX_COLUMN_ADDRESS] = { "ADDRESS", 0 },
        [IFX_COLUMN_CLASS] = { "CLASS", 0 },
        [IFX_COLUMN_DRIVER] = { "DRIVER", 0 },
        [IFX_COLUMN_DOMAINS] = { "DOMAINS", 0 },
        [IFX_COLUMN_USE] = { "USE", 0 },
        [IFX_COLUMN_DEVICE] = { "DEVICE", SCOLS_FL_TRUNC },
    };
    const ifxTopology *topology = host->topology;
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    guint i;
    guint j;

    for (i = 0; i < G_N_ELEMENTS(columns); i++)
        scols_table_new_column(table, columns[i].name, 0, columns[i].flags);
    if (term->terminal)
        scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);

    for (i = 0; i < ifxTopologyCountGroups(topology); i++) {
        const ifxGroup *group = ifxTopologyGetNthGroup(topology, i);

        if (shared && !ifxGroupIsShared(group))
            continue;
        for (j = 0; j < group->members->len; j++)
            ifxReportGroupMember(table, host, group,
                                 &g_array_index(group->members, ifxMember, j), claims);
    }

    if (scols_print_table_to_string(table, &text) == 0 && text && *text)
        g_string_append_printf(out, "%s\n", text);
    free(text);
    scols_unref_table(table);
}
