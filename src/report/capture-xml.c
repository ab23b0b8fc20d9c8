/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/capture-xml.h"

#include <string.h>

#include "xml/edit.h"
#include "base/error.h"
#include "base/term.h"
#include "host/topology-nodedev.h"

/* sysfs promises neither UTF-8 nor characters that XML can hold. */
static char *
ifxCaptureXmlEscape(const char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);

    return g_markup_escape_text(safe, -1);
}

static void
ifxCaptureXmlAddName(GString *out,
                     const char *element,
                     guint16 id,
                     const char *words)
{
    g_autofree char *safe = words ? ifxCaptureXmlEscape(words) : NULL;

    g_string_append_printf(out, "      <%s id='0x%04x'", element, id);
    if (safe)
        g_string_append_printf(out, ">%s</%s>\n", safe, element);
    else
        g_string_append(out, "/>\n");
}

static void
ifxCaptureXmlAddDriver(GString *out,
                       const ifxDevice *device)
{
    g_autofree char *safe = NULL;

    switch (device->driver_state) {
    case IFX_DRIVER_UNKNOWN:
        g_string_append(out, "    <driver/>\n");
        break;
    case IFX_DRIVER_NONE:
        break;
    case IFX_DRIVER_BOUND:
        /* As a reader of the capture reads it. */
        safe = g_strstrip(ifxCaptureXmlEscape(device->driver));
        g_string_append_printf(out, "    <driver>\n      <name>%s</name>\n%s    </driver>\n", safe,
                               device->serves_vfio ? "      <vfio/>\n" :
                               device->vfio_unseen ? "      <vfio known='no'/>\n" : "");
        break;
    }
}

static const char *
ifxCaptureXmlHeader(const ifxDevice *device)
{
    if (device->is_dead)
        return "no-answer";
    switch (device->header) {
    case IFX_HEADER_UNKNOWN:
        break;
    case IFX_HEADER_ENDPOINT:
        return "endpoint";
    case IFX_HEADER_PCI_BRIDGE:
        return "pci-bridge";
    case IFX_HEADER_CARDBUS:
        return "cardbus-bridge";
    }
    return "unknown";
}

static void
ifxCaptureXmlAddAddress(GString *out,
                        const char *indent,
                        const ifxPciAddress *address)
{
    g_string_append_printf(out, "%s<address domain='0x%04x' bus='0x%02x' "
                           "slot='0x%02x' function='0x%x'/>\n", indent, address->domain,
                           address->bus, address->slot, address->function);
}

static void
ifxCaptureXmlAddFunctions(GString *out,
                          const ifxDevice *device)
{
    const GArray *functions = device->virtual_functions;
    guint i;

    if (device->is_virtual) {
        g_string_append(out, "      <capability type='phys_function'>\n");
        ifxCaptureXmlAddAddress(out, "        ", &device->physical_function);
        g_string_append(out, "      </capability>\n");
    }
    if (functions && functions->len > 0) {
        g_string_append(out, "      <capability type='virt_functions'>\n");
        for (i = 0; i < functions->len; i++)
            ifxCaptureXmlAddAddress(out, "        ", &g_array_index(functions, ifxPciAddress, i));
        g_string_append(out, "      </capability>\n");
    }
}

static int
ifxCaptureXmlCompare(gconstpointer a,
                     gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The members that are not PCI functions, in the order in which a reader has them: some names sort
 * differently when they are escaped, and some become the same. */
static void
ifxCaptureXmlAddOthers(GString *out,
                       const char *indent,
                       const ifxGroup *group)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        if (!member->is_pci)
            g_ptr_array_add(names, ifxTermEscape(member->name, strlen(member->name), false));
    }
    g_ptr_array_sort(names, ifxCaptureXmlCompare);
    for (i = 0; i < names->len; i++) {
        g_autofree char *safe = g_markup_escape_text(names->pdata[i], -1);

        if (i == 0 || strcmp(names->pdata[i], names->pdata[i - 1]) != 0)
            g_string_append_printf(out, "%s<member name='%s'/>\n", indent, safe);
    }
}

static void
ifxCaptureXmlAddGroup(GString *out,
                      const char *indent,
                      const ifxGroup *group)
{
    g_autofree char *deeper = g_strconcat(indent, "  ", NULL);
    guint i;

    g_string_append_printf(out, "%s<iommuGroup number='%u'>\n", indent, group->number);
    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);

        if (member->is_pci)
            ifxCaptureXmlAddAddress(out, deeper, &member->address);
    }
    ifxCaptureXmlAddOthers(out, deeper, group);
    g_string_append_printf(out, "%s</iommuGroup>\n", indent);
}

/* What hangs on the device, where that is known completely. */
static void
ifxCaptureXmlAddCarried(GString *out,
                        ifxUseGraph *use,
                        const ifxPciAddress *address)
{
    const ifxUseAttached *attached = ifxUseAttachedFind(use, address);
    guint i;

    if (!attached->complete)
        return;
    g_string_append_printf(out, "      <carries%s>\n", attached->ids->len == 0 ? "/" : "");
    for (i = 0; i < attached->ids->len; i++) {
        g_autofree char *safe = ifxCaptureXmlEscape(attached->ids->pdata[i]);

        g_string_append_printf(out, "        <thing id='%s'/>\n", safe);
    }
    if (attached->ids->len > 0)
        g_string_append(out, "      </carries>\n");
}

/* libvirt does not know this element, and passes over it. */
static void
ifxCaptureXmlAddIdentity(GString *out,
                         const ifxDevice *device)
{
    g_autofree char *path = device->path ? ifxCaptureXmlEscape(device->path) : NULL;
    guint i;

    if (!path && !device->has_subsystem && !device->serials)
        return;
    g_string_append(out, "      <identity");
    if (path)
        g_string_append_printf(out, " path='%s'", path);
    if (!device->has_subsystem && !device->serials) {
        g_string_append(out, "/>\n");
        return;
    }
    g_string_append(out, ">\n");
    if (device->has_subsystem)
        g_string_append_printf(out, "        <subsystem vendor='0x%04x' product='0x%04x'/>\n",
                               device->subsystem_vendor_id, device->subsystem_product_id);
    for (i = 0; device->serials && i < device->serials->len; i++) {
        const char *serial = device->serials->pdata[i];
        const int kind = (int) strcspn(serial, ":");
        g_autofree char *safe = g_markup_escape_text(serial + kind + 1, -1);

        g_string_append_printf(out, "        <serial kind='%.*s' value='%s'/>\n", kind, serial,
                               safe);
    }
    g_string_append(out, "      </identity>\n");
}

static void
ifxCaptureXmlAddDevice(GString *out,
                       ifxUseGraph *use,
                       const ifxDevice *device,
                       const ifxGroup *group)
{
    const ifxPciAddress *address = &device->address;
    g_autofree char *name = ifxNodedevName(address);

    g_string_append_printf(out, "  <device>\n    <name>%s</name>\n", name);
    if (device->is_carried) {
        g_autofree char *carrier = ifxNodedevName(&device->carrier);

        g_string_append_printf(out, "    <parent>%s</parent>\n", carrier);
    }
    ifxCaptureXmlAddDriver(out, device);
    g_string_append(out, "    <capability type='pci'>\n");
    if (device->has_class)
        g_string_append_printf(out, "      <class>0x%06x</class>\n", device->class_code);
    g_string_append_printf(out, "      <domain>%u</domain>\n      <bus>%u</bus>\n"
                           "      <slot>%u</slot>\n      <function>%u</function>\n",
                           address->domain, address->bus, address->slot, address->function);
    ifxCaptureXmlAddName(out, "product", device->product_id, device->product);
    ifxCaptureXmlAddName(out, "vendor", device->vendor_id, device->vendor);
    ifxCaptureXmlAddFunctions(out, device);
    ifxCaptureXmlAddIdentity(out, device);
    g_string_append_printf(out, "      <capability type='%s'/>\n",
                           ifxCaptureXmlHeader(device));
    if (group)
        ifxCaptureXmlAddGroup(out, "      ", group);
    if (device->driver_state != IFX_DRIVER_NONE && !ifxDeviceIsBridge(device))
        ifxCaptureXmlAddCarried(out, use, address);
    g_string_append(out, "    </capability>\n  </device>\n");
}

void
ifxCaptureXmlBegin(GString *out,
                   const ifxTopology *topology,
                   ifxUseGraph *use)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    g_autoptr(GHashTable) shown = g_hash_table_new(NULL, NULL);
    guint i;

    g_string_append(out, "<node>\n");
    for (i = 0; i < devices->len; i++) {
        const ifxDevice *device = devices->pdata[i];
        const ifxGroup *group = ifxTopologyGetGroup(topology, device->group);

        ifxCaptureXmlAddDevice(out, use, device, group);
        g_hash_table_add(shown, (gpointer) group);
    }
    ifxUseNodedevFormatAll(use, out);
    for (i = 0; i < ifxTopologyCountGroups(topology); i++) {
        const ifxGroup *group = ifxTopologyGetNthGroup(topology, i);

        if (!g_hash_table_contains(shown, group))
            ifxCaptureXmlAddGroup(out, "  ", group);
    }
}

/* The indentation of the end tag. The start tag had the same before the element was cut out of its
 * surroundings. */
static gsize
ifxCaptureXmlIndent(const char *bytes,
                    const ifxXmlElement *root)
{
    gsize at = root->content_end;

    while (at > root->content && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t'))
        at--;
    return at > root->content && bytes[at - 1] == '\n' ? root->content_end - at : 0;
}

bool
ifxCaptureXmlAddDomain(GString *out,
                       const ifxDomain *domain,
                       GError **error)
{
    const ifxXmlElement *root = ifxXmlTextGetElement(domain->text, 0);
    g_autoptr(GArray) edits = NULL;
    g_autoptr(GBytes) safe = NULL;
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(domain->text, &length);
    const char *text;

    if (!ifxXmlTextIsUtf8(domain->text))
        return ifxErrorSet(error, IFX_ERROR_XML,
                           "it is not in UTF-8, the encoding of libvirt's XML; convert it first");

    g_string_append_len(out, bytes + root->content_end - ifxCaptureXmlIndent(bytes, root),
                        (gssize) ifxCaptureXmlIndent(bytes, root));
    edits = ifxDomainSecretsFind(domain->text);
    safe = ifxEditsApply(edits, bytes, root->end);
    text = g_bytes_get_data(safe, &length);
    g_string_append_len(out, text + root->start, (gssize) (length - root->start));
    g_string_append_c(out, '\n');
    return true;
}

void
ifxCaptureXmlEnd(GString *out)
{
    g_string_append(out, "</node>\n");
}

bool
ifxCaptureXmlIsKnownType(const ifxDomain *domain)
{
    static const char *const types[] = {
        "qemu", "kqemu", "kvm", "hvf", "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv",
        "vbox", "phyp", "parallels", "bhyve", "vz", NULL
    };

    return domain->type && g_strv_contains(types, domain->type);
}
