/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include "base/error.h"
#include "base/uuid.h"
#include "xml/xml-text.h"

static char *
ifxDomainDupChild(const ifxXmlText *text,
                  const char *name)
{
    const guint child = ifxXmlTextNextChild(text, 0, IFX_XML_NONE, name);

    return child == IFX_XML_NONE ? NULL : ifxXmlTextDupContent(text, child);
}

guint
ifxDomainNextDevice(const ifxXmlText *text,
                    guint after)
{
    guint devices = IFX_XML_NONE;
    guint next = 0;

    if (after != IFX_XML_NONE) {
        devices = ifxXmlTextGetElement(text, after)->parent;
        next = ifxXmlTextGetElement(text, after)->past;
    }
    while (devices == IFX_XML_NONE || next == ifxXmlTextGetElement(text, devices)->past) {
        devices = ifxXmlTextNextChild(text, 0, devices, "devices");
        if (devices == IFX_XML_NONE)
            return IFX_XML_NONE;
        next = devices + 1;
    }
    return next;
}

/* Finds where new hostdevs go. */
static void
ifxDomainFindEnds(ifxDomain *domain)
{
    guint i = IFX_XML_NONE;

    while ((i = ifxXmlTextNextChild(domain->text, 0, i, "devices")) != IFX_XML_NONE)
        domain->devices = i;
    while ((i = ifxDomainNextDevice(domain->text, i)) != IFX_XML_NONE) {
        if (ifxXmlTextIsNamed(domain->text, i, "hostdev"))
            domain->last_hostdev = i;
    }
}

ifxDomain *
ifxDomainNew(ifxXmlText *text,
             GError **error)
{
    g_autoptr(ifxDomain) domain = g_new0(ifxDomain, 1);

    domain->text = text;
    domain->last_hostdev = IFX_XML_NONE;
    domain->devices = IFX_XML_NONE;

    if (!ifxXmlTextIsNamed(text, 0, "domain")) {
        gsize length;
        const char *name = ifxXmlTextGetName(text, ifxXmlTextGetElement(text, 0), &length);

        ifxErrorSet(error, IFX_ERROR_XML,
                    "it holds a <%.*s>%s, not a <domain>", (int) length, name,
                    ifxXmlTextGetElement(text, 0)->ns ? " in a namespace" : "");
        return NULL;
    }

    domain->type = g_strdup(ifxXmlTextGetAttribute(text, 0, "type"));
    domain->uuid = ifxDomainDupChild(text, "uuid");
    domain->uuid_key = ifxUuidFold(domain->uuid);
    domain->name = ifxDomainDupChild(text, "name");
    if (!domain->name || !*domain->name) {
        ifxErrorSet(error, IFX_ERROR_XML,
                    "the domain has no <name>, which libvirt requires");
        return NULL;
    }

    domain->claims = ifxClaimsFind(text, error);
    if (!domain->claims)
        return NULL;
    ifxDomainFindEnds(domain);
    return g_steal_pointer(&domain);
}

ifxDomain *
ifxDomainParse(GBytes *bytes,
               GError **error)
{
    ifxXmlText *text = ifxXmlTextParse(bytes, error);

    return text ? ifxDomainNew(text, error) : NULL;
}

void
ifxDomainFree(ifxDomain *domain)
{
    if (!domain)
        return;
    ifxXmlTextFree(domain->text);
    g_clear_pointer(&domain->claims, g_array_unref);
    g_free(domain->name);
    g_free(domain->uuid);
    g_free(domain->uuid_key);
    g_free(domain->type);
    g_free(domain);
}

bool
ifxDomainIsQemu(const ifxDomain *domain)
{
    static const char *const types[] = { "kvm", "qemu", "hvf", "test", NULL };

    return domain->type && g_strv_contains(types, domain->type);
}

static void
ifxDomainInterfaceFree(gpointer data)
{
    ifxDomainInterface *interface = data;

    g_free(interface->network);
    g_free(interface->path);
    g_free(interface);
}

/* The network of an <interface type='network'>; NULL for any other device. Lent. */
static const char *
ifxDomainGetNetwork(ifxXmlText *text,
                    guint device)
{
    const guint source = ifxXmlTextNextChild(text, device, IFX_XML_NONE, "source");

    if (source == IFX_XML_NONE || !ifxXmlTextIsNamed(text, device, "interface") ||
        g_strcmp0(ifxXmlTextGetAttribute(text, device, "type"), "network") != 0)
        return NULL;
    return ifxXmlTextGetAttribute(text, source, "network");
}

static void
ifxDomainAddInterface(GPtrArray *interfaces,
                      ifxXmlText *text,
                      guint device)
{
    const char *network = ifxDomainGetNetwork(text, device);
    const bool plugged = ifxXmlTextIsNamed(text, device, "interface") ||
        ifxXmlTextIsNamed(text, device, "hostdev");
    const bool teaming = plugged &&
        ifxXmlTextNextChild(text, device, IFX_XML_NONE, "teaming") != IFX_XML_NONE;
    ifxDomainInterface *interface;

    /* The time for a path grows with the number of siblings. */
    if ((!network && !teaming) || interfaces->len == IFX_CLAIMS_MAX)
        return;
    interface = g_new0(ifxDomainInterface, 1);
    interface->network = g_strdup(network);
    interface->teaming = teaming;
    interface->path = ifxXmlPathFormat(text, device);
    g_ptr_array_add(interfaces, interface);
}

GPtrArray *
ifxDomainFindInterfaces(const ifxDomain *domain)
{
    GPtrArray *interfaces = g_ptr_array_new_with_free_func(ifxDomainInterfaceFree);
    guint i = IFX_XML_NONE;

    while ((i = ifxDomainNextDevice(domain->text, i)) != IFX_XML_NONE)
        ifxDomainAddInterface(interfaces, domain->text, i);
    return interfaces;
}
