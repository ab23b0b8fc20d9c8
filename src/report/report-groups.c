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

/* "nvme0n1 -> nvme0n1p2 -> /" for each use; "?" if nothing could look. */
static char **
ifxReportListUses(const ifxPlanHost *host,
                  const ifxDevice *device)
{
    GPtrArray *uses = g_ptr_array_new();
    g_autoptr(ifxPlanEvidence) evidence =
        ifxDeviceIsBridge(device) ? NULL : ifxPlanEvidenceFind(host, device);
    guint i;

    for (i = 0; evidence && evidence->pieces && i < evidence->pieces->len; i++)
        g_ptr_array_add(uses, ifxEvidenceFormat(evidence->pieces->pdata[i]));
    if (evidence && uses->len == 0 && evidence->unasked)
        g_ptr_array_add(uses, g_strdup("?"));
    g_ptr_array_add(uses, NULL);
    return (char **) g_ptr_array_free(uses, FALSE);
}

/* The texts of a member, by column. */
typedef struct _ifxReportRow ifxReportRow;
struct _ifxReportRow {
    guint group;
    char address[IFX_PCI_ADDRESS_LENGTH];
    const char *name;       /* lent: the address, or the kernel's name of what is no PCI device */
    const char *class_name; /* a constant */
    const char *driver;     /* lent; NULL: there is nothing to report */
    char *domains;          /* this and the next two: NULL for a member without a device */
    char **uses;
    char *device;
};

static void
ifxReportRowFill(ifxReportRow *row,
                 const ifxPlanHost *host,
                 const ifxGroup *group,
                 const ifxMember *member,
                 GHashTable *claims)
{
    static const char *const drivers[] = {
        [IFX_DRIVER_UNKNOWN] = "?",
        [IFX_DRIVER_NONE] = "-",
    };
    const ifxDevice *device = member->device;

    *row = (ifxReportRow) { .group = group->number };
    row->name = member->is_pci ? ifxPciAddressFormat(&member->address, row->address) :
        member->name;
    row->class_name = member->is_pci ? "unknown member" : "no PCI device";
    if (!member->is_pci || !device)
        return;

    row->class_name = device->has_class ? ifxPciClassDescribe(device->class_code) : "?";
    row->driver = device->driver_state == IFX_DRIVER_BOUND ? device->driver :
        drivers[device->driver_state];
    row->domains = ifxReportJoin(g_hash_table_lookup(claims, &member->address));
    row->uses = ifxReportListUses(host, device);
    row->device = ifxReportDeviceName(device);
}

static void
ifxReportRowClear(ifxReportRow *row)
{
    g_free(row->domains);
    g_strfreev(row->uses);
    g_free(row->device);
}

static void
ifxReportRowAddLine(const ifxReportRow *row,
                    struct libscols_table *table)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    g_autofree char *number = g_strdup_printf("%u", row->group);
    g_autofree char *uses = row->uses ? g_strjoinv("; ", row->uses) : g_strdup("");

    ifxReportSet(line, IFX_COLUMN_GROUP, number);
    ifxReportSet(line, IFX_COLUMN_ADDRESS, row->name);
    ifxReportSet(line, IFX_COLUMN_CLASS, row->class_name);
    if (!row->driver)
        return;
    ifxReportSet(line, IFX_COLUMN_USE, uses);
    ifxReportSet(line, IFX_COLUMN_DEVICE, row->device);
    ifxReportSet(line, IFX_COLUMN_DRIVER, row->driver);
    ifxReportSet(line, IFX_COLUMN_DOMAINS, row->domains);
}

/* Appends "LABEL: TEXT" if there is a text, with each of several uses on a line of its own. */
static void
ifxReportRowAddDetail(GString *out,
                      guint width,
                      const char *label,
                      const char *text)
{
    g_autofree char *safe = text && *text ? ifxTermEscape(text, strlen(text), false) : NULL;
    g_autofree char *line = safe ? g_strdup_printf("%s: %s", label, safe) : NULL;

    if (line)
        ifxTermWrap(out, line, 6, width);
}

static void
ifxReportRowAddBlock(const ifxReportRow *row,
                     GString *out,
                     const ifxTerm *term)
{
    const bool bound = row->driver && strcmp(row->driver, "-") != 0 &&
        strcmp(row->driver, "?") != 0;
    g_autofree char *head = g_strdup_printf("%s  %s%s%s", row->name, row->class_name,
                                            bound ? ", " : "", bound ? row->driver : "");
    g_autofree char *safe = ifxTermEscape(head, strlen(head), false);
    guint i;

    ifxTermWrap(out, safe, 2, term->width);
    ifxReportRowAddDetail(out, term->width, "device", row->device);
    if (row->driver && !bound)
        ifxReportRowAddDetail(out, term->width, "driver", *row->driver == '?' ? "unknown" : "none");
    for (i = 0; row->uses && row->uses[i]; i++)
        ifxReportRowAddDetail(out, term->width, "use",
                              strcmp(row->uses[i], "?") == 0 ? "unknown" : row->uses[i]);
    ifxReportRowAddDetail(out, term->width, "domains", row->domains);
}

static char *
ifxReportFormatTable(const GArray *rows)
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
        [IFX_COLUMN_DEVICE] = { "DEVICE", 0 },
    };
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    char *copy = NULL;
    guint i;

    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
    for (i = 0; i < G_N_ELEMENTS(columns); i++)
        scols_table_new_column(table, columns[i].name, 0, columns[i].flags);
    for (i = 0; i < rows->len; i++)
        ifxReportRowAddLine(&g_array_index(rows, ifxReportRow, i), table);
    if (scols_print_table_to_string(table, &text) == 0 && text && *text)
        copy = g_strdup_printf("%s\n", text);
    free(text);
    scols_unref_table(table);
    return copy;
}

static bool
ifxReportFits(const char *text,
              guint width)
{
    while (*text) {
        const gsize length = strcspn(text, "\n");

        if (g_utf8_strlen(text, (gssize) length) > (glong) width)
            return false;
        text += length + (text[length] == '\n');
    }
    return true;
}

static void
ifxReportAppendBlocks(GString *out,
                      const ifxTerm *term,
                      const GArray *rows)
{
    guint i;

    for (i = 0; i < rows->len; i++) {
        const ifxReportRow *row = &g_array_index(rows, ifxReportRow, i);

        if (i == 0 || row->group != g_array_index(rows, ifxReportRow, i - 1).group)
            g_string_append_printf(out, "%s%sgroup %u%s\n", i == 0 ? "" : "\n",
                                   ifxTermStart(term, IFX_STYLE_BOLD), row->group,
                                   ifxTermEnd(term, IFX_STYLE_BOLD));
        ifxReportRowAddBlock(row, out, term);
    }
}

void
ifxReportGroups(GString *out,
                const ifxTerm *term,
                const ifxPlanHost *host,
                const GPtrArray *groups,
                GHashTable *claims,
                bool wide)
{
    guint count = 0;
    g_autoptr(GArray) rows = NULL;
    g_autofree char *table = NULL;
    guint i;
    guint j;

    for (i = 0; i < groups->len; i++)
        count += ((const ifxGroup *) groups->pdata[i])->members->len;
    /* A row has its address, which it lends to itself: it must not move. */
    rows = g_array_sized_new(FALSE, TRUE, sizeof(ifxReportRow), count);
    g_array_set_size(rows, count);
    g_array_set_clear_func(rows, (GDestroyNotify) ifxReportRowClear);
    count = 0;
    for (i = 0; i < groups->len; i++) {
        const ifxGroup *group = groups->pdata[i];

        for (j = 0; j < group->members->len; j++)
            ifxReportRowFill(&g_array_index(rows, ifxReportRow, count++), host, group,
                             &g_array_index(group->members, ifxMember, j), claims);
    }

    table = ifxReportFormatTable(rows);
    if (table && (wide || term->width == 0 || ifxReportFits(table, term->width)))
        g_string_append(out, table);
    else
        ifxReportAppendBlocks(out, term, rows);
}
