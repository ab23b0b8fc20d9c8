/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include <errno.h>
#include <string.h>

#define IFX_NEEDS_DEV "/dev/"
#define IFX_NEEDS_SCSI "scsi_"

/* @attribute of the first child with the name @child; NULL if there is none. Lent. */
static const char *
ifxNeedsGet(ifxXmlText *text,
            guint element,
            const char *child,
            const char *attribute)
{
    const guint found = ifxXmlTextNextChild(text, element, IFX_XML_NONE, child);

    return found == IFX_XML_NONE ? NULL : ifxXmlTextGetAttribute(text, found, attribute);
}

static void
ifxNeedsAdd(GPtrArray *needs,
            const char *prefix,
            const char *name)
{
    if (name && *name)
        g_ptr_array_add(needs, g_strconcat(prefix, name, NULL));
}

static bool
ifxNeedsIsPath(const char *value,
               gsize length)
{
    return length > strlen(IFX_NEEDS_DEV) &&
        memcmp(value, IFX_NEEDS_DEV, strlen(IFX_NEEDS_DEV)) == 0;
}

/* What the element's own attributes and text name below /dev. */
static void
ifxNeedsAddPaths(GPtrArray *needs,
                 ifxXmlText *text,
                 guint element)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, e);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    gsize content = e->content;
    guint i;

    for (i = 0; i < e->n_attributes; i++) {
        if (ifxNeedsIsPath(attributes[i].decoded, attributes[i].decoded_length))
            g_ptr_array_add(needs, g_strndup(attributes[i].decoded, attributes[i].decoded_length));
    }
    while (content < e->content_end && g_ascii_isspace(bytes[content]))
        content++;
    /* Only then is the text decoded, because that takes libxml2's parser. */
    if (e->past == element + 1 && ifxNeedsIsPath(bytes + content, e->content_end - content))
        g_ptr_array_add(needs, g_strstrip(ifxXmlTextDupContent(text, element)));
}

/* In a live definition libvirt shows what it chose for type='network'. */
static void
ifxNeedsAddInterface(GPtrArray *needs,
                     ifxXmlText *text,
                     guint interface)
{
    const char *dev = ifxNeedsGet(text, interface, "source", "dev");

    ifxNeedsAdd(needs, "net/", ifxNeedsGet(text, interface, "source", "bridge"));
    if (dev && !g_str_has_prefix(dev, IFX_NEEDS_DEV))
        ifxNeedsAdd(needs, "net/", dev);
}

/* virXMLPropUInt reads it in the same way, with base 0. */
static bool
ifxNeedsParseNumber(const char *text,
                    guint *number)
{
    char *end = NULL;
    guint64 value;

    if (!text || !g_ascii_isdigit(*text))
        return false;
    errno = 0;
    value = strtoull(text, &end, 0);
    *number = (guint) value;
    return errno == 0 && *end == '\0' && value <= G_MAXUINT;
}

static void
ifxNeedsAddUsb(GPtrArray *needs,
               ifxXmlText *text,
               guint source)
{
    guint first;
    guint second;

    if (ifxNeedsParseNumber(ifxNeedsGet(text, source, "address", "bus"), &first)) {
        const char *port = ifxNeedsGet(text, source, "address", "port");

        if (port)
            g_ptr_array_add(needs, g_strdup_printf("usb/%u-%s", first, port));
        if (ifxNeedsParseNumber(ifxNeedsGet(text, source, "address", "device"), &second))
            g_ptr_array_add(needs, g_strdup_printf("usb/%03u/%03u", first, second));
    }
    if (ifxNeedsParseNumber(ifxNeedsGet(text, source, "vendor", "id"), &first) &&
        ifxNeedsParseNumber(ifxNeedsGet(text, source, "product", "id"), &second))
        g_ptr_array_add(needs, g_strdup_printf("usb/%04x:%04x", first, second));
}

/* Only SCSI hostdevs have an adapter, and only mediated devices a UUID. */
static void
ifxNeedsAddHostdev(GPtrArray *needs,
                   ifxXmlText *text,
                   guint hostdev)
{
    const guint source = ifxXmlTextNextChild(text, hostdev, IFX_XML_NONE, "source");
    const char *adapter;
    const char *uuid;
    g_autofree char *lower = NULL;

    if (source == IFX_XML_NONE)
        return;
    if (g_strcmp0(ifxXmlTextGetAttribute(text, hostdev, "type"), "usb") == 0)
        ifxNeedsAddUsb(needs, text, source);
    adapter = ifxNeedsGet(text, source, "adapter", "name");
    if (adapter && g_str_has_prefix(adapter, IFX_NEEDS_SCSI))
        ifxNeedsAdd(needs, "scsi_host/", adapter + strlen(IFX_NEEDS_SCSI));
    uuid = ifxNeedsGet(text, source, "address", "uuid");
    lower = uuid ? g_ascii_strdown(uuid, -1) : NULL;
    ifxNeedsAdd(needs, "mdev/", lower);
}

/* ALSA's own names of a device of a sound card: hw:1, plughw:1,0, hw:PCH, hw:CARD=PCH,DEV=0,
 * sysdefault:CARD=PCH, front:PCH,0. The first argument is the card, by number or ID (alsa-lib
 * src/conf/alsa.conf). A name without a card, "default", can mean any. */
static void
ifxNeedsAddSound(GPtrArray *needs,
                 ifxXmlText *text,
                 guint element)
{
    const char *dev = ifxXmlTextGetAttribute(text, element, "dev");
    const char *arguments = dev && *dev != '/' ? strchr(dev, ':') : NULL;
    const char *card = arguments ? strstr(arguments, "CARD=") : NULL;
    g_autofree char *name = NULL;

    if (!arguments)
        return;
    card = card ? card + strlen("CARD=") : arguments + 1;
    name = g_strndup(card, strcspn(card, ",'\" "));
    if (name[strspn(name, G_CSET_DIGITS)] == '\0')
        ifxNeedsAdd(needs, "/dev/snd/controlC", name);
    else if (!strchr(name, '=') && !strchr(name, '/'))
        ifxNeedsAdd(needs, "sound-card/", name);
}

GPtrArray *
ifxDomainNeedsFind(const ifxDomain *domain)
{
    GPtrArray *needs = g_ptr_array_new_with_free_func(g_free);
    ifxXmlText *text = domain->text;
    guint device = IFX_XML_NONE;
    guint i;

    while ((device = ifxDomainNextDevice(text, device)) != IFX_XML_NONE) {
        for (i = device; i < ifxXmlTextGetElement(text, device)->past; i++) {
            ifxNeedsAddPaths(needs, text, i);
            if (ifxXmlTextIsNamed(text, device, "audio"))
                ifxNeedsAddSound(needs, text, i);
        }
        if (ifxXmlTextIsNamed(text, device, "interface"))
            ifxNeedsAddInterface(needs, text, device);
        else if (ifxXmlTextIsNamed(text, device, "hostdev"))
            ifxNeedsAddHostdev(needs, text, device);
    }
    return needs;
}
