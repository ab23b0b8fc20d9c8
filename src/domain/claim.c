/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/claim.h"

#include <string.h>

#include "base/error.h"
#include "domain/qemu-arguments.h"
#include "domain/domain.h"
#include "xml/xml-text.h"

/* A search through one domain. */
typedef struct {
    ifxXmlText *text;
    GArray *claims;
    bool iommufd;           /* the domain has <iommufd enabled='yes'/> */
} ifxClaimSearch;

/* Adds the claims that @element makes. False with an error. */
typedef bool (*ifxClaimAddFunc)(ifxClaimSearch *search, guint element, GError **error);

typedef struct {
    ifxClaimTraits traits;
    const char *element;    /* a child of <devices>; with @ns one of <domain> */
    ifxClaimAddFunc add;
    const char *ns;         /* of @element; NULL: none */
} ifxClaimRow;

static bool ifxClaimAddHostdev(ifxClaimSearch *search, guint hostdev, GError **error);
static bool ifxClaimAddInterface(ifxClaimSearch *search, guint interface, GError **error);
static bool ifxClaimAddDisk(ifxClaimSearch *search, guint disk, GError **error);
static bool ifxClaimAddCommandLine(ifxClaimSearch *search, guint commandline, GError **error);

static const ifxClaimRow kinds[] = {
    [IFX_CLAIM_HOSTDEV] = {
        .traits = { .word = "hostdev", .can_be_managed = true },
        .element = "hostdev", .add = ifxClaimAddHostdev,
    },
    [IFX_CLAIM_INTERFACE] = {
        .traits = { .word = "interface", .can_be_managed = true, .from_network = true },
        .element = "interface", .add = ifxClaimAddInterface,
    },
    [IFX_CLAIM_NVME] = {
        .traits = { .word = "nvme", .can_be_managed = true, .managed_by_tristate = true,
                    .shareable = true, .opens_group = true },
        .element = "disk", .add = ifxClaimAddDisk,
    },
    [IFX_CLAIM_BY_HAND] = {
        .traits = { .word = "by-hand", .bypasses_libvirt = true },
        .element = "commandline", .add = ifxClaimAddCommandLine, .ns = IFX_QEMU_NAMESPACE,
    },
};

const ifxClaimTraits *
ifxClaimGetTraits(const ifxClaim *claim)
{
    return &kinds[claim->kind].traits;
}

bool
ifxClaimIsMoved(const ifxClaim *claim)
{
    return !ifxPciAddressEqual(&claim->address, &claim->written);
}

static void
ifxClaimClear(gpointer claim)
{
    g_free(((ifxClaim *) claim)->path);
}

static bool
ifxClaimHas(const ifxClaimSearch *search,
            guint element,
            const char *attribute,
            const char *value)
{
    return g_strcmp0(ifxXmlTextGetAttribute(search->text, element, attribute), value) == 0;
}

/* IFX_XML_NONE if @element is, or if it has no such child. */
static guint
ifxClaimGetChild(const ifxClaimSearch *search,
                 guint element,
                 const char *name)
{
    return element == IFX_XML_NONE ? IFX_XML_NONE :
        ifxXmlTextNextChild(search->text, element, IFX_XML_NONE, name);
}

/* Does libvirt read the attribute without a namespace, which a patch can name? */
static bool
ifxClaimIsPatchable(const ifxClaimSearch *search,
                    guint element,
                    const char *name)
{
    const char *read = ifxXmlTextGetAttribute(search->text, element, name);
    const ifxXmlAttribute *own = ifxXmlTextFindAttribute(search->text, element, name);

    return !read || (own && strlen(read) == own->decoded_length &&
                     memcmp(read, own->decoded, own->decoded_length) == 0);
}

static void
ifxClaimReadManaged(ifxClaim *claim,
                    const ifxClaimSearch *search,
                    guint element)
{
    const ifxClaimTraits *traits = ifxClaimGetTraits(claim);

    claim->managed_at = IFX_XML_NONE;
    if (element == IFX_XML_NONE || !traits->can_be_managed)
        return;
    if (!traits->managed_by_tristate)
        claim->managed = ifxClaimHas(search, element, "managed", "yes");
    else
        claim->managed = ifxXmlTextIsNamed(search->text, claim->element, "disk") ||
            ifxXmlTextGetAttribute(search->text, element, "managed");
    if (ifxClaimIsPatchable(search, element, "managed"))
        claim->managed_at = element;
}

static bool
ifxClaimReadAddress(ifxClaim *claim,
                    const ifxClaimSearch *search,
                    guint source,
                    GError **error)
{
    ifxXmlText *text = search->text;
    const guint address = ifxClaimGetChild(search, source, "address");

    if (address == IFX_XML_NONE)
        return true;
    if (ifxPciAddressFromAttributes(ifxXmlTextGetAttribute(text, address, "domain"),
                                    ifxXmlTextGetAttribute(text, address, "bus"),
                                    ifxXmlTextGetAttribute(text, address, "slot"),
                                    ifxXmlTextGetAttribute(text, address, "function"),
                                    &claim->address, error)) {
        claim->address_at = ifxClaimIsPatchable(search, address, "domain") &&
            ifxClaimIsPatchable(search, address, "bus") &&
            ifxClaimIsPatchable(search, address, "slot") &&
            ifxClaimIsPatchable(search, address, "function") ? address : IFX_XML_NONE;
        claim->written = claim->address;
        return true;
    }
    g_prefix_error(error, "%s: ", claim->path);
    return false;
}

static void
ifxClaimReadIommufd(ifxClaim *claim,
                    const ifxClaimSearch *search)
{
    const guint driver = ifxClaimGetChild(search, claim->element, "driver");

    claim->iommufd = search->iommufd;
    if (driver != IFX_XML_NONE && ifxXmlTextGetAttribute(search->text, driver, "iommufd"))
        claim->iommufd = ifxClaimHas(search, driver, "iommufd", "yes");
}

/* Adds a claim of @element, with the host's address in @source. The claim is lent; NULL with an
 * error. */
static ifxClaim *
ifxClaimAdd(ifxClaimSearch *search,
            ifxClaimKind kind,
            guint element,
            guint source,
            guint managed_at,
            GError **error)
{
    const ifxClaim new = { .kind = kind, .element = element, .address_at = IFX_XML_NONE };
    ifxClaim *claim;

    if (search->claims->len == IFX_CLAIMS_MAX) {
        ifxErrorSet(error, IFX_ERROR_XML, "it claims more than %d host devices",
                    IFX_CLAIMS_MAX);
        return NULL;
    }
    g_array_append_val(search->claims, new);
    claim = &g_array_index(search->claims, ifxClaim, search->claims->len - 1);
    claim->path = ifxXmlPathFormat(search->text, element);
    ifxClaimReadManaged(claim, search, managed_at);
    return ifxClaimReadAddress(claim, search, source, error) ? claim : NULL;
}

static bool
ifxClaimAddHostdev(ifxClaimSearch *search,
                   guint hostdev,
                   GError **error)
{
    const char *mode = ifxXmlTextGetAttribute(search->text, hostdev, "mode");
    const guint guest = ifxClaimGetChild(search, hostdev, "address");
    const guint driver = ifxClaimGetChild(search, hostdev, "driver");
    ifxClaim *claim;

    if ((mode && strcmp(mode, "subsystem") != 0) || !ifxClaimHas(search, hostdev, "type", "pci"))
        return true;

    claim = ifxClaimAdd(search, IFX_CLAIM_HOSTDEV, hostdev,
                        ifxClaimGetChild(search, hostdev, "source"), hostdev, error);
    if (!claim)
        return false;
    claim->placeholder = guest != IFX_XML_NONE &&
        ifxClaimHas(search, guest, "type", "unassigned");
    ifxClaimReadIommufd(claim, search);
    claim->legacy = driver != IFX_XML_NONE && (ifxClaimHas(search, driver, "name", "kvm") ||
                                               ifxClaimHas(search, driver, "name", "xen"));
    return true;
}

static bool
ifxClaimAddInterface(ifxClaimSearch *search,
                     guint interface,
                     GError **error)
{
    const guint source = ifxClaimGetChild(search, interface, "source");
    const guint address = ifxClaimGetChild(search, source, "address");
    ifxClaim *claim;

    if (!ifxClaimHas(search, interface, "type", "hostdev") ||
        (address != IFX_XML_NONE && !ifxClaimHas(search, address, "type", "pci")))
        return true;
    claim = ifxClaimAdd(search, IFX_CLAIM_INTERFACE, interface, source, interface, error);
    if (!claim)
        return false;
    ifxClaimReadIommufd(claim, search);
    return true;
}

/* A disk, its backing chain, its mirror and its data store. */
static bool
ifxClaimAddDisk(ifxClaimSearch *search,
                guint disk,
                GError **error)
{
    ifxXmlText *text = search->text;
    const guint past = ifxXmlTextGetElement(text, disk)->past;
    guint i;

    for (i = disk; i < past; i++) {
        guint source;

        if (i != disk && !ifxXmlTextIsNamed(text, i, "backingStore") &&
            !ifxXmlTextIsNamed(text, i, "mirror") && !ifxXmlTextIsNamed(text, i, "dataStore"))
            continue;
        if (!ifxClaimHas(search, i, "type", "nvme"))
            continue;

        source = ifxClaimGetChild(search, i, "source");
        if (source != IFX_XML_NONE && !ifxClaimHas(search, source, "type", "pci"))
            continue;
        if (!ifxClaimAdd(search, IFX_CLAIM_NVME, i, source, source, error))
            return false;
    }
    return true;
}

static bool
ifxClaimIsNamed(const ifxClaimSearch *search,
                guint element,
                const char *ns,
                const char *name)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(search->text, element);

    return ns ? g_strcmp0(e->ns, ns) == 0 && strcmp(e->local, name) == 0 :
        ifxXmlTextIsNamed(search->text, element, name);
}

static bool
ifxClaimAddCommandLine(ifxClaimSearch *search,
                       guint commandline,
                       GError **error)
{
    ifxXmlText *text = search->text;
    const guint past = ifxXmlTextGetElement(text, commandline)->past;
    bool device = false;
    guint i;

    for (i = commandline + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        ifxPciAddress address = { 0 };
        bool iommufd = false;
        const char *value;

        if (!ifxClaimIsNamed(search, i, IFX_QEMU_NAMESPACE, "arg"))
            continue;
        value = ifxXmlTextGetAttribute(text, i, "value");
        if (value && device && ifxQemuArgumentsReadDevice(value, &address, &iommufd)) {
            ifxClaim *claim = ifxClaimAdd(search, IFX_CLAIM_BY_HAND, i, IFX_XML_NONE,
                                          IFX_XML_NONE, error);

            if (!claim)
                return false;
            claim->address = address;
            claim->written = address;
            claim->iommufd = iommufd;
        }
        device = value && !device && strcmp(value, "-device") == 0;
    }
    return true;
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

/* Adds the claims of one child of <domain>, or of its <devices>. */
static bool
ifxClaimAddElement(ifxClaimSearch *search,
                   guint element,
                   bool in_devices,
                   GError **error)
{
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (in_devices == !kinds[i].ns &&
            ifxClaimIsNamed(search, element, kinds[i].ns, kinds[i].element) &&
            !kinds[i].add(search, element, error))
            return false;
    }
    return true;
}

GArray *
ifxClaimsFind(ifxXmlText *text,
              GError **error)
{
    g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(ifxClaim));
    ifxClaimSearch search = { .text = text, .claims = claims };
    const guint past = ifxXmlTextGetElement(text, 0)->past;
    const guint iommufd = ifxClaimGetChild(&search, 0, "iommufd");
    guint device = IFX_XML_NONE;
    guint i;

    g_array_set_clear_func(claims, ifxClaimClear);
    search.iommufd = iommufd != IFX_XML_NONE && ifxClaimHas(&search, iommufd, "enabled", "yes");
    while ((device = ifxDomainNextDevice(text, device)) != IFX_XML_NONE) {
        if (!ifxClaimAddElement(&search, device, true, error))
            return NULL;
    }
    for (i = 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        if (!ifxClaimAddElement(&search, i, false, error))
            return NULL;
    }
    /* A backing chain can come before the <source> of the disk. */
    g_array_sort(claims, ifxClaimCompare);
    return g_steal_pointer(&claims);
}
