/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include <string.h>

#include "base/error.h"
#include "base/pci-address.h"
#include "xml/xml-text.h"

static void
ifxNetworkAddNeed(ifxNetwork *network,
                  const char *interface)
{
    if (interface)
        g_ptr_array_add(network->needs, g_strconcat("net/", interface, NULL));
}

static bool
ifxNetworkAddAddress(ifxNetwork *network,
                     ifxXmlText *text,
                     guint element,
                     GError **error)
{
    const char *type = ifxXmlTextGetAttribute(text, element, "type");
    ifxPciAddress address;

    if (g_strcmp0(type, "pci") != 0)
        return true;
    if (!ifxPciAddressFromAttributes(ifxXmlTextGetAttribute(text, element, "domain"),
                                     ifxXmlTextGetAttribute(text, element, "bus"),
                                     ifxXmlTextGetAttribute(text, element, "slot"),
                                     ifxXmlTextGetAttribute(text, element, "function"),
                                     &address, error))
        return false;
    g_array_append_val(network->addresses, address);
    return true;
}

static bool
ifxNetworkAddForward(ifxNetwork *network,
                     ifxXmlText *text,
                     guint forward,
                     GError **error)
{
    const guint past = ifxXmlTextGetElement(text, forward)->past;
    guint i;

    network->hostdev =
        g_strcmp0(ifxXmlTextGetAttribute(text, forward, "mode"), "hostdev") == 0;
    ifxNetworkAddNeed(network, ifxXmlTextGetAttribute(text, forward, "dev"));
    for (i = forward + 1; i < past; i = ifxXmlTextGetElement(text, i)->past) {
        const char *dev = ifxXmlTextGetAttribute(text, i, "dev");

        if (ifxXmlTextIsNamed(text, i, "interface") || ifxXmlTextIsNamed(text, i, "pf"))
            ifxNetworkAddNeed(network, dev);
        if (ifxXmlTextIsNamed(text, i, "pf") && dev && network->hostdev)
            g_ptr_array_add(network->functions, g_strdup(dev));
        if (ifxXmlTextIsNamed(text, i, "address") && network->hostdev &&
            !ifxNetworkAddAddress(network, text, i, error))
            return false;
    }
    return true;
}

static bool
ifxNetworkRead(ifxNetwork *network,
               ifxXmlText *text,
               GError **error)
{
    const guint name = ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "name");
    const guint forward = ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "forward");
    const guint bridge = ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "bridge");

    if (!ifxXmlTextIsNamed(text, 0, "network"))
        return ifxErrorSet(error, IFX_ERROR_XML, "it holds no <network>");
    network->name = name == IFX_XML_NONE ? NULL : ifxXmlTextDupContent(text, name);
    if (!network->name || !*network->name)
        return ifxErrorSet(error, IFX_ERROR_XML, "the network has no <name>");
    if (forward == IFX_XML_NONE)
        return true;
    /* In any other mode libvirt creates the bridge. */
    if (bridge != IFX_XML_NONE &&
        g_strcmp0(ifxXmlTextGetAttribute(text, forward, "mode"), "bridge") == 0)
        ifxNetworkAddNeed(network, ifxXmlTextGetAttribute(text, bridge, "name"));
    return ifxNetworkAddForward(network, text, forward, error);
}

ifxNetwork *
ifxNetworkParse(GBytes *bytes,
                GError **error)
{
    g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, error);
    g_autoptr(ifxNetwork) network = g_new0(ifxNetwork, 1);

    network->addresses = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    network->functions = g_ptr_array_new_with_free_func(g_free);
    network->needs = g_ptr_array_new_with_free_func(g_free);
    return text && ifxNetworkRead(network, text, error) ? g_steal_pointer(&network) : NULL;
}

void
ifxNetworkFree(ifxNetwork *network)
{
    if (!network)
        return;
    g_array_unref(network->addresses);
    g_ptr_array_unref(network->functions);
    g_ptr_array_unref(network->needs);
    g_free(network->name);
    g_free(network);
}
