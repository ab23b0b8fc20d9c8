/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool
ifxNeedsIs(ifxXmlText *text,
           guint element,
           const char *attribute,
           const char *value)
{
    return g_strcmp0(ifxXmlTextGetAttribute(text, element, attribute), value) == 0;
}

/* @attribute of the first child called @name; NULL if there is none. Lent. */
static const char *
ifxNeedsOfChild(ifxXmlText *text,
                guint element,
                const char *name,
                const char *attribute)
{
    const guint child = ifxXmlTextNextChild(text, element, IFX_XML_NONE, name);

    return child == IFX_XML_NONE ? NULL : ifxXmlTextGetAttribute(text, child, attribute);
}

static void
ifxNeedsAdd(GPtrArray *needs,
            const char *prefix,
            const char *name)
{
    if (name && *name)
        g_ptr_array_add(needs, g_strconcat(prefix, name, NULL));
}

static void
ifxNeedsAddPath(GPtrArray *needs,
                const char *path)
{
    if (path && g_str_has_prefix(path, "/dev/"))
        g_ptr_array_add(needs, g_strdup(path));
}

/* A disk, and whatever its backing chain, mirror and data store are made of. A device also
 * works as a file. */
static void
ifxNeedsAddDisk(GPtrArray *needs,
                ifxXmlText *text,
                guint disk)
{
    const guint past = ifxXmlTextGetElement(text, disk)->past;
    guint i;

    for (i = disk; i < past; i++) {
        if (!ifxXmlTextIsNamed(text, i, "source"))
            continue;
        ifxNeedsAddPath(needs, ifxXmlTextGetAttribute(text, i, "dev"));
        ifxNeedsAddPath(needs, ifxXmlTextGetAttribute(text, i, "file"));
    }
}

/* libvirt shows in a live definition what it chose for type='network'. */
static void
ifxNeedsAddInterface(GPtrArray *needs,
                     ifxXmlText *text,
                     guint interface)
{
    const char *dev = ifxNeedsOfChild(text, interface, "source", "dev");

    ifxNeedsAdd(needs, "net/", ifxNeedsOfChild(text, interface, "source", "bridge"));
    if (ifxNeedsIs(text, interface, "type", "vdpa"))
        ifxNeedsAddPath(needs, dev);
    else
        ifxNeedsAdd(needs, "net/", dev);
}

/* As virXMLPropUInt() reads it, with base 0. */
static bool
ifxNeedsNumber(const char *text,
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

    if (ifxNeedsNumber(ifxNeedsOfChild(text, source, "address", "bus"), &first) &&
        ifxNeedsNumber(ifxNeedsOfChild(text, source, "address", "device"), &second))
        g_ptr_array_add(needs, g_strdup_printf("usb/%03u/%03u", first, second));
    if (ifxNeedsNumber(ifxNeedsOfChild(text, source, "vendor", "id"), &first) &&
        ifxNeedsNumber(ifxNeedsOfChild(text, source, "product", "id"), &second))
        g_ptr_array_add(needs, g_strdup_printf("usb/%04x:%04x", first, second));
}

static void
ifxNeedsAddScsi(GPtrArray *needs,
                ifxXmlText *text,
                guint source)
{
    const char *name = ifxNeedsOfChild(text, source, "adapter", "name");

    if (name && g_str_has_prefix(name, "scsi_"))
        ifxNeedsAdd(needs, "scsi_host/", name + strlen("scsi_"));
}

static void
ifxNeedsAddHostdev(GPtrArray *needs,
                   ifxXmlText *text,
                   guint hostdev)
{
    const guint source = ifxXmlTextNextChild(text, hostdev, IFX_XML_NONE, "source");
    const char *mode = ifxXmlTextGetAttribute(text, hostdev, "mode");

    if (source == IFX_XML_NONE || (mode && strcmp(mode, "subsystem") != 0))
        return;
    if (ifxNeedsIs(text, hostdev, "type", "usb")) {
        ifxNeedsAddUsb(needs, text, source);
    } else if (ifxNeedsIs(text, hostdev, "type", "scsi")) {
        ifxNeedsAddScsi(needs, text, source);
    } else if (ifxNeedsIs(text, hostdev, "type", "mdev")) {
        const char *uuid = ifxNeedsOfChild(text, source, "address", "uuid");
        g_autofree char *lower = uuid ? g_ascii_strdown(uuid, -1) : NULL;

        ifxNeedsAdd(needs, "mdev/", lower);
    }
}

/* <gl> of a <graphics>, <acceleration> of a <video>'s <model>. */
static void
ifxNeedsAddRenderNode(GPtrArray *needs,
                      ifxXmlText *text,
                      guint device)
{
    const guint past = ifxXmlTextGetElement(text, device)->past;
    guint i;

    for (i = device; i < past; i++)
        ifxNeedsAddPath(needs, ifxXmlTextGetAttribute(text, i, "rendernode"));
}

static void
ifxNeedsAddDevice(GPtrArray *needs,
                  ifxXmlText *text,
                  guint device)
{
    if (ifxXmlTextIsNamed(text, device, "disk"))
        ifxNeedsAddDisk(needs, text, device);
    else if (ifxXmlTextIsNamed(text, device, "filesystem"))
        ifxNeedsAddPath(needs, ifxNeedsOfChild(text, device, "source", "dev"));
    else if (ifxXmlTextIsNamed(text, device, "interface"))
        ifxNeedsAddInterface(needs, text, device);
    else if (ifxXmlTextIsNamed(text, device, "hostdev"))
        ifxNeedsAddHostdev(needs, text, device);
    else if (ifxXmlTextIsNamed(text, device, "graphics") ||
             ifxXmlTextIsNamed(text, device, "video"))
        ifxNeedsAddRenderNode(needs, text, device);
}

GPtrArray *
ifxDomainNeedsFind(const ifxDomain *domain)
{
    GPtrArray *needs = g_ptr_array_new_with_free_func(g_free);
    ifxXmlText *text = domain->text;
    guint devices = IFX_XML_NONE;
    guint i;

    while ((devices = ifxXmlTextNextChild(text, 0, devices, "devices")) != IFX_XML_NONE) {
        const guint past = ifxXmlTextGetElement(text, devices)->past;

        for (i = devices + 1; i < past; i = ifxXmlTextGetElement(text, i)->past)
            ifxNeedsAddDevice(needs, text, i);
    }
    return needs;
}
