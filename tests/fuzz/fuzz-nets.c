/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is the record of a host's network namespaces, as a tree has it.
 */
#include <string.h>

#include "fuzz.h"
#include "use/use-nets.h"

/* Each interface is found by its namespace and index, and what it carries has words. */
static void
ifxFuzzCheckLink(const ifxUseNets *nets,
                 const ifxUseLink *link)
{
    guint i;

    ifxFuzzExpect(ifxUseNetsFind(nets, link->netns->number, link->index) == link);
    ifxFuzzExpect(*link->name && !strchr(link->name, '/') && !strchr(link->name, ' '));
    for (i = 0; i < link->carried->len; i++)
        ifxFuzzExpect(*g_array_index(link->carried, ifxUseCarried, i).what);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    g_autofree char *record = g_strndup((const char *) data, size);
    g_autoptr(ifxUseNets) nets = ifxUseNetsParse(record);
    guint i;

    ifxFuzzExpect(nets->spaces->len > 0 || nets->unasked);
    for (i = 0; i < nets->links->len; i++)
        ifxFuzzCheckLink(nets, nets->links->pdata[i]);
    return 0;
}
