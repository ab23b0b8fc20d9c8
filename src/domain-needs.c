/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain-needs.h"

static void
ifxDomainInterfaceFree(gpointer data)
{
    ifxDomainInterface *interface = data;

    g_free(interface->network);
    g_free(interface->path);
    g_free(interface);
}

GPtrArray *
ifxDomainFindNeeds(const ifxDomain *domain G_GNUC_UNUSED)
{
    return g_ptr_array_new_with_free_func(g_free);
}

GPtrArray *
ifxDomainFindInterfaces(const ifxDomain *domain G_GNUC_UNUSED)
{
    return g_ptr_array_new_with_free_func(ifxDomainInterfaceFree);
}
