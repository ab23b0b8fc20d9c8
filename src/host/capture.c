/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/host-internal.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "use/use.h"
#include "xml/xml-doc.h"
#include "host/topology-nodedev.h"

/* Enough for a host with thousands of devices and domains. */
#define IFX_CAPTURE_MAX (512 * 1024 * 1024)

/* A child of <node>: its own bytes. */
typedef struct _ifxCaptured ifxCaptured;
struct _ifxCaptured {
    char *name;
    GBytes *bytes;
};

struct _ifxCapture {
    GBytes *bytes;              /* the whole file */
    xmlDoc *doc;                /* its tree, until ifxCaptureAddUse() has read it */
    ifxTopology *topology;
    GArray *guests[IFX_GUEST_LAST];     /* ifxCaptured: for each kind, in the file's order */
    GHashTable *domains;        /* name -> GBytes, both lent by guests */
    GPtrArray *domain_names;    /* the same */
};

static void
ifxCapturedClear(gpointer data)
{
    ifxCaptured *captured = data;

    g_free(captured->name);
    g_bytes_unref(captured->bytes);
}

static ifxCapture *
ifxCaptureNew(GBytes *bytes)
{
    ifxCapture *capture = g_new0(ifxCapture, 1);
    guint kind;

    capture->bytes = g_bytes_ref(bytes);
    for (kind = 0; kind < IFX_GUEST_LAST; kind++) {
        capture->guests[kind] = g_array_new(FALSE, FALSE, sizeof(ifxCaptured));
        g_array_set_clear_func(capture->guests[kind], ifxCapturedClear);
    }
    capture->domains = g_hash_table_new(g_str_hash, g_str_equal);
    capture->domain_names = g_ptr_array_new();
    return capture;
}

/* A domain that is cut out of the capture loses the namespaces and the encoding of the capture. */
static bool
ifxCaptureCheckSlices(const ifxXmlText *text,
                      GError **error)
{
    const ifxXmlElement *root = ifxXmlTextGetElement(text, 0);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, root);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    guint i;

    if (!ifxXmlTextIsUtf8(text))
        return ifxErrorSet(error, IFX_ERROR_HOST,
                           "it is not in UTF-8, the encoding of libvirt's XML; convert it first");
    for (i = 0; i < root->n_attributes; i++) {
        if (g_str_has_prefix(bytes + attributes[i].name, "xmlns"))
            return ifxErrorSet(error, IFX_ERROR_HOST,
                               "<node> declares a namespace; declare it in the <domain> that "
                               "uses it");
    }
    return true;
}

static void
ifxCaptureSlice(ifxCapture *capture,
                const ifxXmlText *text,
                ifxGuestKind kind)
{
    guint i = IFX_XML_NONE;

    while ((i = ifxXmlTextNextChild(text, 0, i, ifxGuestKindToString(kind))) != IFX_XML_NONE) {
        const ifxXmlElement *element = ifxXmlTextGetElement(text, i);
        const guint name = ifxXmlTextNextChild(text, i, IFX_XML_NONE, "name");
        char *content = name == IFX_XML_NONE ? NULL : ifxXmlTextDupContent(text, name);
        const ifxCaptured captured = {
            .name = content ? content : g_strdup(""),
            .bytes = g_bytes_new_from_bytes(capture->bytes, element->start,
                                            element->end - element->start),
        };

        g_array_append_val(capture->guests[kind], captured);
    }
}

static bool
ifxCaptureNameDomains(ifxCapture *capture,
                      GError **error)
{
    const GArray *domains = capture->guests[IFX_GUEST_DOMAIN];
    guint i;

    for (i = 0; i < domains->len; i++) {
        const ifxCaptured *domain = &g_array_index(domains, ifxCaptured, i);

        if (!g_hash_table_insert(capture->domains, domain->name, domain->bytes))
            return ifxErrorSet(error, IFX_ERROR_HOST, "two domains have the name '%s'",
                               domain->name);
        g_ptr_array_add(capture->domain_names, domain->name);
    }
    return true;
}

static bool
ifxCaptureRead(ifxCapture *capture,
               GError **error)
{
    /* First, because this parser rejects hostile XML before it takes much time. */
    g_autoptr(ifxXmlText) text = ifxXmlTextParse(capture->bytes, error);
    gsize length;
    const char *xml = g_bytes_get_data(capture->bytes, &length);
    guint kind;

    if (text)
        capture->doc = ifxXmlDocRead(xml, length, "node", error);
    if (capture->doc)
        capture->topology = ifxTopologyNodedevRead(xmlDocGetRootElement(capture->doc), error);
    if (!capture->topology || !ifxCaptureCheckSlices(text, error))
        return false;
    for (kind = 0; kind < IFX_GUEST_LAST; kind++)
        ifxCaptureSlice(capture, text, (ifxGuestKind) kind);
    return ifxCaptureNameDomains(capture, error);
}

ifxCapture *
ifxCaptureLoad(const char *path,
               GError **error)
{
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_CAPTURE_MAX, error);
    g_autoptr(ifxCapture) capture = bytes ? ifxCaptureNew(bytes) : NULL;

    if (!capture)
        return NULL;
    if (!ifxCaptureRead(capture, error)) {
        g_prefix_error(error, "cannot use %s as a host: ", path);
        return NULL;
    }
    return g_steal_pointer(&capture);
}

void
ifxCaptureFree(ifxCapture *capture)
{
    guint kind;

    if (!capture)
        return;
    g_ptr_array_unref(capture->domain_names);
    g_hash_table_unref(capture->domains);
    for (kind = 0; kind < IFX_GUEST_LAST; kind++)
        g_array_unref(capture->guests[kind]);
    ifxTopologyUnref(capture->topology);
    g_clear_pointer(&capture->doc, xmlFreeDoc);
    g_bytes_unref(capture->bytes);
    g_free(capture);
}

ifxTopology *
ifxCaptureGetTopology(const ifxCapture *capture)
{
    return capture->topology;
}

const GPtrArray *
ifxCaptureGetDomains(const ifxCapture *capture)
{
    return capture->domain_names;
}

GBytes *
ifxCaptureLookupDomain(const ifxCapture *capture,
                       const char *name)
{
    return g_hash_table_lookup(capture->domains, name);
}

bool
ifxCaptureAddUse(ifxCapture *capture,
                 ifxUseGraph *use,
                 GError **error)
{
    gsize length;
    const char *xml = g_bytes_get_data(capture->bytes, &length);

    if (!capture->doc)
        return ifxUseNodedevAdd(use, xml, length, "node", error);
    ifxUseNodedevAddTree(use, xmlDocGetRootElement(capture->doc));
    g_clear_pointer(&capture->doc, xmlFreeDoc);
    return true;
}

void
ifxCaptureAddGuests(const ifxCapture *capture,
                    ifxGuests *guests)
{
    guint kind;
    guint i;

    for (kind = 0; kind < IFX_GUEST_LAST; kind++) {
        for (i = 0; i < capture->guests[kind]->len; i++) {
            const ifxCaptured *captured = &g_array_index(capture->guests[kind], ifxCaptured, i);

            ifxGuestsAdd(guests, (ifxGuestKind) kind, captured->name, captured->bytes, false);
        }
    }
}
