/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <string.h>

#include "base/term.h"

#define IFX_NO_LINK " (no link)"

typedef struct _ifxUseNodedevFormat ifxUseNodedevFormat;
struct _ifxUseNodedevFormat {
    const ifxUseGraph *graph;
    GHashTable *numbers;    /* id of a USB device -> "001/004", lent by graph */
    GHashTable *products;   /* id of a USB device -> "046d:c31c", lent by graph */
    GString *out;
};

static const char *
ifxUseNodedevFormatName(const ifxUseThing *thing)
{
    return strchr(thing->id, '/') + 1;
}

static void
ifxUseNodedevFormatNet(const ifxUseNodedevFormat *format,
                       const ifxUseThing *thing,
                       const char *name)
{
    g_string_append_printf(format->out, "      <interface>%s</interface>\n", name);
    if (thing->label && g_str_has_suffix(thing->label, IFX_NO_LINK))
        g_string_append(format->out, "      <link state='down'/>\n");
}

/* libvirt requires a size. */
static void
ifxUseNodedevFormatStorage(const ifxUseNodedevFormat *format,
                           const ifxUseThing *thing G_GNUC_UNUSED,
                           const char *name)
{
    g_autofree char *file = g_strdelimit(g_strconcat("/dev/", name, NULL), "!", '/');

    g_string_append_printf(format->out, "      <block>%s</block>\n      <size>0</size>\n", file);
}

static void
ifxUseNodedevFormatScsiHost(const ifxUseNodedevFormat *format,
                            const ifxUseThing *thing G_GNUC_UNUSED,
                            const char *name)
{
    g_string_append_printf(format->out, "      <host>%s</host>\n",
                           g_str_has_prefix(name, "host") ? name + strlen("host") : name);
}

/* libvirt requires numbers. */
static void
ifxUseNodedevFormatUsb(const ifxUseNodedevFormat *format,
                       const ifxUseThing *thing,
                       const char *name G_GNUC_UNUSED)
{
    const char *numbers = g_hash_table_lookup(format->numbers, thing->id);
    const char *product = g_hash_table_lookup(format->products, thing->id);

    g_string_append_printf(format->out, "      <bus>%" G_GUINT64_FORMAT "</bus>\n"
                           "      <device>%" G_GUINT64_FORMAT "</device>\n",
                           numbers ? g_ascii_strtoull(numbers, NULL, 10) : 0,
                           numbers ? g_ascii_strtoull(numbers + 4, NULL, 10) : 0);
    if (product)
        g_string_append_printf(format->out, "      <product id='0x%s'/>\n"
                               "      <vendor id='0x%.4s'/>\n", product + 5, product);
}

static void
ifxUseNodedevFormatDrm(const ifxUseNodedevFormat *format,
                       const ifxUseThing *thing G_GNUC_UNUSED,
                       const char *name)
{
    g_string_append_printf(format->out, "      <type>%s</type>\n",
                           g_str_has_prefix(name, "renderD") ? "render" : "primary");
}

typedef struct _ifxUseNodedevKind ifxUseNodedevKind;
struct _ifxUseNodedevKind {
    const char *prefix;     /* of the ids */
    const char *type;       /* of the capability */
    void (*format)(const ifxUseNodedevFormat *format, const ifxUseThing *thing, const char *name);
};

static const ifxUseNodedevKind kinds[] = {
    { "block/", "storage", ifxUseNodedevFormatStorage },
    { "drm/", "drm", ifxUseNodedevFormatDrm },
    { "net/", "net", ifxUseNodedevFormatNet },
    { "scsi_host/", "scsi_host", ifxUseNodedevFormatScsiHost },
    { "usb/", "usb_device", ifxUseNodedevFormatUsb },
};

static const ifxUseNodedevKind *
ifxUseNodedevFormatFindKind(const char *id)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_has_prefix(id, kinds[i].prefix))
            return &kinds[i];
    }
    return NULL;
}

/* The first thing below @thing whose id begins with @prefix. */
static const ifxUseThing *
ifxUseNodedevFormatFindBelow(const ifxUseThing *thing,
                             const char *prefix)
{
    guint i;

    for (i = 0; i < thing->below->len; i++) {
        const ifxUseThing *below = thing->below->pdata[i];

        if (g_str_has_prefix(below->id, prefix))
            return below;
    }
    return NULL;
}

/* "/0000:00:0e.0/10000:e1:00.0", the outermost first: ifxUseGraphAddPath() the other way round. */
static char *
ifxUseNodedevFormatPciPath(const ifxUseGraph *graph,
                           const ifxPciAddress *address)
{
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    GString *path = g_string_new(NULL);
    guint level;

    for (level = 0; address && level < IFX_CHAIN_MAX; level++) {
        g_autofree char *id =
            g_strconcat("pci/", ifxPciAddressFormat(address, spelled), NULL);
        const ifxUseThing *thing = g_hash_table_lookup(graph->things, id);

        g_string_prepend(path, spelled);
        g_string_prepend_c(path, '/');
        address = thing && thing->devices->len > 1 ? thing->devices->pdata[1] : NULL;
    }
    return g_string_free(path, FALSE);
}

/* Appends a nodedev for the thing on @address; @number tells apart those of one thing. */
static void
ifxUseNodedevFormatThing(const ifxUseNodedevFormat *format,
                         const ifxUseThing *thing,
                         const ifxUseThing *usb,
                         const ifxPciAddress *address,
                         guint number)
{
    const ifxUseNodedevKind *kind = ifxUseNodedevFormatFindKind(thing->id);
    const char *name = ifxUseNodedevFormatName(thing);
    g_autofree char *safe = ifxTermEscape(name, strlen(name), false);
    g_autofree char *text = g_markup_escape_text(safe, -1);
    g_autofree char *pci = ifxUseNodedevFormatPciPath(format->graph, address);
    const char *device = usb ? ifxUseNodedevFormatName(usb) : "";

    if (!kind)
        return;
    g_string_append_printf(format->out, "  <device>\n    <name>%s_%s", kind->type, text);
    if (number > 0)
        g_string_append_printf(format->out, "_%u", number);
    g_string_append_printf(format->out, "</name>\n    <path>/sys/devices%s", pci);
    if (usb)
        g_string_append_printf(format->out, "/usb%.*s/%s", (int) strspn(device, "0123456789"),
                               device, device);
    if (usb != thing)
        g_string_append_printf(format->out, "/%s", text);
    g_string_append_printf(format->out, "</path>\n    <capability type='%s'>\n", kind->type);
    kind->format(format, thing, text);
    g_string_append(format->out, "    </capability>\n  </device>\n");
}

static void
ifxUseNodedevFormatAdd(const ifxUseNodedevFormat *format,
                       const ifxUseThing *thing)
{
    const bool is_usb = g_str_has_prefix(thing->id, "usb/");
    const ifxUseThing *usb = is_usb ? thing : ifxUseNodedevFormatFindBelow(thing, "usb/");
    const GPtrArray *devices = usb ? usb->devices : thing->devices;
    guint i;

    /* An interface of another network namespace, which libvirt does not list. */
    if (strchr(ifxUseNodedevFormatName(thing), '/'))
        return;
    for (i = 0; i < devices->len; i++)
        ifxUseNodedevFormatThing(format, thing, usb, devices->pdata[i], i);
}

static int
ifxUseNodedevFormatCompare(const void *a,
                           const void *b)
{
    return strcmp((*(ifxUseThing *const *) a)->id, (*(ifxUseThing *const *) b)->id);
}

/* The names that ifxUseNodedevAdd() reads. */
static void
ifxUseNodedevFormatFindUsb(const ifxUseNodedevFormat *format)
{
    GHashTableIter iter;
    gpointer alias;
    gpointer id;

    g_hash_table_iter_init(&iter, format->graph->aliases);
    while (g_hash_table_iter_next(&iter, &alias, &id)) {
        const char *rest = g_str_has_prefix(alias, "usb/") ?
            (const char *) alias + strlen("usb/") : "";

        if (strlen(rest) == strlen("001/004") && rest[3] == '/')
            g_hash_table_insert(format->numbers, id, (gpointer) rest);
        else if (strlen(rest) == strlen("046d:c31c") && rest[4] == ':')
            g_hash_table_insert(format->products, id, (gpointer) rest);
    }
}

void
ifxUseNodedevFormatAll(const ifxUseGraph *graph,
                       GString *out)
{
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) products = g_hash_table_new(g_str_hash, g_str_equal);
    const ifxUseNodedevFormat format = {
        .graph = graph, .numbers = numbers, .products = products, .out = out,
    };
    g_autoptr(GPtrArray) things = g_ptr_array_new();
    GHashTableIter iter;
    gpointer thing;
    guint i;

    if (!(graph->sight & IFX_SIGHT_DEVICES))
        return;
    ifxUseNodedevFormatFindUsb(&format);
    g_hash_table_iter_init(&iter, graph->things);
    while (g_hash_table_iter_next(&iter, NULL, &thing)) {
        if (ifxUseNodedevFormatFindKind(((const ifxUseThing *) thing)->id))
            g_ptr_array_add(things, thing);
    }
    g_ptr_array_sort(things, ifxUseNodedevFormatCompare);
    g_string_append(out, "  <device>\n    <name>net_lo</name>\n    <capability type='net'>\n"
                    "      <interface>lo</interface>\n    </capability>\n  </device>\n");
    for (i = 0; i < things->len; i++)
        ifxUseNodedevFormatAdd(&format, things->pdata[i]);
}
