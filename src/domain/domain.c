/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include <string.h>

#include "base/error.h"
#include "xml/xml-path.h"

static void
ifxClaimClear(gpointer claim)
{
    g_free(((ifxClaim *) claim)->path);
}

static bool
ifxDomainHas(ifxXmlText *text,
             guint element,
             const char *attribute,
             const char *value)
{
    return g_strcmp0(ifxXmlTextGetAttribute(text, element, attribute), value) == 0;
}

/* Is it the attribute in no namespace, which a patch can name, that libvirt reads? */
static bool
ifxDomainReadsOwn(ifxXmlText *text,
                  guint element,
                  const char *name)
{
    const char *read = ifxXmlTextGetAttribute(text, element, name);
    const ifxXmlAttribute *own = ifxXmlTextFindAttribute(text, element, name);

    return !read || (own && strlen(read) == own->decoded_length &&
                     memcmp(read, own->decoded, own->decoded_length) == 0);
}

/* Adds a claim of @element whose host address stands in @source's <address>. */
static bool
ifxDomainAddClaim(ifxDomain *domain,
                  ifxClaimKind kind,
                  guint element,
                  guint source,
                  GError **error)
{
    ifxXmlText *text = domain->text;
    const guint managed_at = kind == IFX_CLAIM_NVME ? source : element;
    ifxClaim claim = {
        .kind = kind,
        .element = element,
        .path = ifxXmlPathFormat(text, element),
        .managed = managed_at != IFX_XML_NONE && ifxDomainHas(text, managed_at, "managed", "yes"),
        .managed_at = managed_at != IFX_XML_NONE && ifxDomainReadsOwn(text, managed_at, "managed") ?
            managed_at : IFX_XML_NONE,
    };
    guint address = source == IFX_XML_NONE ? IFX_XML_NONE :
        ifxXmlTextNextChild(text, source, IFX_XML_NONE, "address");

    if (domain->claims->len == IFX_DOMAIN_MAX_CLAIMS) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML, "it claims more than %d host devices",
                    IFX_DOMAIN_MAX_CLAIMS);
        ifxClaimClear(&claim);
        return false;
    }
    if (address != IFX_XML_NONE) {
        claim.has_address = true;
        if (!ifxPciAddressFromAttributes(ifxXmlTextGetAttribute(text, address, "domain"),
                                         ifxXmlTextGetAttribute(text, address, "bus"),
                                         ifxXmlTextGetAttribute(text, address, "slot"),
                                         ifxXmlTextGetAttribute(text, address, "function"),
                                         &claim.address, error)) {
            g_prefix_error(error, "%s: ", claim.path);
            ifxClaimClear(&claim);
            return false;
        }
    }

    g_array_append_val(domain->claims, claim);
    return true;
}

static bool
ifxDomainAddHostdev(ifxDomain *domain,
                    guint hostdev,
                    GError **error)
{
    ifxXmlText *text = domain->text;
    const char *mode = ifxXmlTextGetAttribute(text, hostdev, "mode");
    const guint guest = ifxXmlTextNextChild(text, hostdev, IFX_XML_NONE, "address");
    const guint driver = ifxXmlTextNextChild(text, hostdev, IFX_XML_NONE, "driver");
    ifxClaim *claim;

    domain->last_hostdev = hostdev;
    if ((mode && strcmp(mode, "subsystem") != 0) ||
        !ifxDomainHas(text, hostdev, "type", "pci"))
        return true;

    if (!ifxDomainAddClaim(domain, IFX_CLAIM_HOSTDEV, hostdev,
                           ifxXmlTextNextChild(text, hostdev, IFX_XML_NONE, "source"), error))
        return false;

    claim = &g_array_index(domain->claims, ifxClaim, domain->claims->len - 1);
    claim->placeholder = guest != IFX_XML_NONE && ifxDomainHas(text, guest, "type", "unassigned");
    claim->foreign = driver != IFX_XML_NONE && ifxDomainHas(text, driver, "name", "xen");
    return true;
}

static bool
ifxDomainAddInterface(ifxDomain *domain,
                      guint interface,
                      GError **error)
{
    ifxXmlText *text = domain->text;
    guint source;
    guint address;

    if (!ifxDomainHas(text, interface, "type", "hostdev"))
        return true;

    source = ifxXmlTextNextChild(text, interface, IFX_XML_NONE, "source");
    address = source == IFX_XML_NONE ? IFX_XML_NONE :
        ifxXmlTextNextChild(text, source, IFX_XML_NONE, "address");
    if (address != IFX_XML_NONE && !ifxDomainHas(text, address, "type", "pci"))
        return true;

    return ifxDomainAddClaim(domain, IFX_CLAIM_INTERFACE, interface, source, error);
}

static int
ifxClaimCompare(gconstpointer a,
                gconstpointer b)
{
    const ifxClaim *left = a;
    const ifxClaim *right = b;
    const guint left_at = left->managed_at == IFX_XML_NONE ? left->element : left->managed_at;
    const guint right_at = right->managed_at == IFX_XML_NONE ? right->element : right->managed_at;

    return left_at < right_at ? -1 : left_at > right_at;
}

/* A disk, and whatever its backing chain and mirror are made of. */
static bool
ifxDomainAddDisk(ifxDomain *domain,
                 guint disk,
                 GError **error)
{
    ifxXmlText *text = domain->text;
    const guint past = ifxXmlTextGetElement(text, disk)->past;
    guint i;

    for (i = disk; i < past; i++) {
        guint source;

        if (i != disk && !ifxXmlTextIsNamed(text, i, "backingStore") &&
            !ifxXmlTextIsNamed(text, i, "mirror") && !ifxXmlTextIsNamed(text, i, "dataStore"))
            continue;
        if (!ifxDomainHas(text, i, "type", "nvme"))
            continue;

        source = ifxXmlTextNextChild(text, i, IFX_XML_NONE, "source");
        if (source != IFX_XML_NONE && !ifxDomainHas(text, source, "type", "pci"))
            continue;
        if (!ifxDomainAddClaim(domain, IFX_CLAIM_NVME, i, source, error))
            return false;
    }
    return true;
}

static bool
ifxDomainAddDevices(ifxDomain *domain,
                    GError **error)
{
    ifxXmlText *text = domain->text;
    const guint past = ifxXmlTextGetElement(text, domain->devices)->past;
    guint i;

    for (i = domain->devices + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        bool ok = true;

        if (ifxXmlTextIsNamed(text, i, "hostdev"))
            ok = ifxDomainAddHostdev(domain, i, error);
        else if (ifxXmlTextIsNamed(text, i, "interface"))
            ok = ifxDomainAddInterface(domain, i, error);
        else if (ifxXmlTextIsNamed(text, i, "disk"))
            ok = ifxDomainAddDisk(domain, i, error);
        if (!ok)
            return false;
    }
    return true;
}

static char *
ifxDomainDupChild(const ifxXmlText *text,
                  const char *name)
{
    const guint child = ifxXmlTextNextChild(text, 0, IFX_XML_NONE, name);

    return child == IFX_XML_NONE ? NULL : ifxXmlTextDupContent(text, child);
}

ifxDomain *
ifxDomainNew(ifxXmlText *text,
             GError **error)
{
    g_autoptr(ifxDomain) domain = g_new0(ifxDomain, 1);

    domain->text = text;
    domain->last_hostdev = IFX_XML_NONE;
    domain->devices = IFX_XML_NONE;
    domain->claims = g_array_new(FALSE, FALSE, sizeof(ifxClaim));
    g_array_set_clear_func(domain->claims, ifxClaimClear);

    if (!ifxXmlTextIsNamed(text, 0, "domain")) {
        gsize length;
        const char *name = ifxXmlTextGetName(text, ifxXmlTextGetElement(text, 0), &length);

        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "it holds a <%.*s>%s, not a <domain>", (int) length, name,
                    ifxXmlTextGetElement(text, 0)->ns ? " of some namespace" : "");
        return NULL;
    }

    domain->type = g_strdup(ifxXmlTextGetAttribute(text, 0, "type"));
    domain->uuid = ifxDomainDupChild(text, "uuid");
    domain->name = ifxDomainDupChild(text, "name");
    if (!domain->name || !*domain->name) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_XML,
                    "the domain has no <name>: libvirt takes no such domain");
        return NULL;
    }

    domain->arguments = ifxQemuArgumentsFind(text, error);
    if (!domain->arguments)
        return NULL;
    for (;;) {
        const guint devices = ifxXmlTextNextChild(text, 0, domain->devices, "devices");

        if (devices == IFX_XML_NONE)
            break;
        domain->devices = devices;
        if (!ifxDomainAddDevices(domain, error))
            return NULL;
    }
    /* A backing chain may stand before the <source> of the disk. */
    g_array_sort(domain->claims, ifxClaimCompare);
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
    g_array_unref(domain->claims);
    g_clear_pointer(&domain->arguments, g_array_unref);
    g_free(domain->name);
    g_free(domain->uuid);
    g_free(domain->type);
    g_free(domain);
}

bool
ifxDomainIsQemu(const ifxDomain *domain)
{
    static const char *const types[] = { "kvm", "qemu", "hvf", "test", NULL };

    return domain->type && g_strv_contains(types, domain->type);
}

bool
ifxDomainHasUuid(const ifxDomain *domain,
                 const char *uuid)
{
    const char *own = domain->uuid;

    if (!own || !uuid)
        return false;
    for (;;) {
        own += strspn(own, "- \t\r\n");
        uuid += strspn(uuid, "- \t\r\n");
        if (!*own || g_ascii_tolower(*own) != g_ascii_tolower(*uuid))
            return *own == *uuid;
        own++;
        uuid++;
    }
}

const char *
ifxClaimKindToString(ifxClaimKind kind)
{
    switch (kind) {
    case IFX_CLAIM_HOSTDEV:
        return "hostdev";
    case IFX_CLAIM_INTERFACE:
        return "interface";
    case IFX_CLAIM_NVME:
        break;
    }
    return "nvme";
}
