/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include <string.h>

#include "base/error.h"
#include "xml/xml-text.h"

/* For an iSCSI pool the path is the name of a target; an NFS pool has no path. */
static void
ifxStoragePoolAddDevice(GPtrArray *needs,
                        ifxXmlText *text,
                        guint device)
{
    const char *path = ifxXmlTextGetAttribute(text, device, "path");

    if (path && g_path_is_absolute(path))
        g_ptr_array_add(needs, g_strdup(path));
}

/* "host5" is an older spelling of "scsi_host5". A Fibre Channel host is created on its parent. */
static void
ifxStoragePoolAddAdapter(GPtrArray *needs,
                         ifxXmlText *text,
                         guint adapter)
{
    const char *name = ifxXmlTextGetAttribute(text, adapter, "name");
    const char *parent = ifxXmlTextGetAttribute(text, adapter, "parent");
    const char *host = name ? name : parent;

    if (!host)
        return;
    if (g_str_has_prefix(host, "scsi_"))
        host += strlen("scsi_");
    g_ptr_array_add(needs, g_strconcat("scsi_host/", host, NULL));
}

/* "tank/guests" is a dataset of the pool tank. */
static void
ifxStoragePoolAddZfs(GPtrArray *needs,
                     const ifxXmlText *text,
                     guint element)
{
    g_autofree char *name = ifxXmlTextDupContent(text, element);

    if (name)
        g_ptr_array_add(needs, g_strdup_printf("zfs/%.*s", (int) strcspn(name, "/"), name));
}

static void
ifxStoragePoolAddSource(GPtrArray *needs,
                        ifxXmlText *text,
                        guint source)
{
    const bool zfs = g_strcmp0(ifxXmlTextGetAttribute(text, 0, "type"), "zfs") == 0;
    const guint past = ifxXmlTextGetElement(text, source)->past;
    guint i;

    for (i = source + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        if (ifxXmlTextIsNamed(text, i, "device"))
            ifxStoragePoolAddDevice(needs, text, i);
        else if (ifxXmlTextIsNamed(text, i, "adapter"))
            ifxStoragePoolAddAdapter(needs, text, i);
        else if (ifxXmlTextIsNamed(text, i, "name") && zfs)
            ifxStoragePoolAddZfs(needs, text, i);
    }
}

GPtrArray *
ifxStoragePoolFindNeeds(GBytes *bytes,
                        GError **error)
{
    g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, error);
    GPtrArray *needs;
    guint source;

    if (!text)
        return NULL;
    if (!ifxXmlTextIsNamed(text, 0, "pool")) {
        ifxErrorSet(error, IFX_ERROR_XML, "it holds no <pool>");
        return NULL;
    }
    needs = g_ptr_array_new_with_free_func(g_free);
    source = ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "source");
    if (source != IFX_XML_NONE)
        ifxStoragePoolAddSource(needs, text, source);
    return needs;
}
