/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netlink-nsid: which namespaces the IDs in links between namespaces mean, and whether there is
 * a namespace that nothing shows.
 */

#include "use/use-netlink.h"

#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

/* How often to ask again about a namespace that nothing shows, and how many microseconds to wait
 * before the first time; each time twice as long. */
#define IFX_NSID_WAITS 6
#define IFX_NSID_WAIT 5000

static void
ifxUseNetlinkNsidRead(ifxUseNetlink *ask,
                      struct nlmsghdr *message)
{
    const ifxUseNetnsFile *netns = &g_array_index(ask->all, ifxUseNetnsFile, ask->asked);
    struct nlattr *parts[NETNSA_MAX + 1];
    gint32 nsid = NETNSA_NSID_NOT_ASSIGNED;

    if (nlmsg_parse(message, sizeof(struct rtgenmsg), parts, NETNSA_MAX, NULL) == 0 &&
        parts[NETNSA_NSID])
        nsid = nla_get_s32(parts[NETNSA_NSID]);
    if (nsid != NETNSA_NSID_NOT_ASSIGNED)
        g_hash_table_insert(ask->numbers, GINT_TO_POINTER(nsid), GUINT_TO_POINTER(netns->number));
}

guint32
ifxUseNetlinkNsidFind(ifxUseNetlink *ask,
                      gint32 nsid)
{
    const struct rtgenmsg header = { .rtgen_family = AF_UNSPEC };
    gconstpointer number;

    for (; ask->asked < ask->all->len; ask->asked++) {
        const int file = g_array_index(ask->all, ifxUseNetnsFile, ask->asked).file;
        struct nl_msg *request;
        int problem;

        if (g_hash_table_contains(ask->numbers, GINT_TO_POINTER(nsid)))
            break;
        if (file < 0)
            continue;
        request = nlmsg_alloc_simple(RTM_GETNSID, NLM_F_REQUEST);
        problem = nlmsg_append(request, (void *) &header, sizeof(header), NLMSG_ALIGNTO);
        if (problem == 0)
            problem = nla_put_u32(request, NETNSA_FD, (guint32) file);
        if (problem == 0)
            problem = ifxUseNetlinkRequest(ask, request, ifxUseNetlinkNsidRead);
        nlmsg_free(request);
        if (problem < 0)
            g_string_append_printf(ask->record, "unasked links between namespaces: %s\n",
                                   nl_geterror(problem));
    }
    number = g_hash_table_lookup(ask->numbers, GINT_TO_POINTER(nsid));
    return GPOINTER_TO_UINT(number);
}

static void
ifxUseNetlinkNsidReadOne(ifxUseNetlink *ask,
                    struct nlmsghdr *message)
{
    struct nlattr *parts[NETNSA_MAX + 1];
    gint32 nsid;

    if (message->nlmsg_type != RTM_NEWNSID ||
        nlmsg_parse(message, sizeof(struct rtgenmsg), parts, NETNSA_MAX, NULL) < 0 ||
        !parts[NETNSA_NSID])
        return;
    nsid = nla_get_s32(parts[NETNSA_NSID]);
    g_array_append_val(ask->ids, nsid);
}

static const ifxUseNetlinkQuery ifxUseNetlinkNsids = {
    .type = RTM_GETNSID,
    .what = "IDs of network namespaces",
    .header = sizeof(struct rtgenmsg),
    .read = ifxUseNetlinkNsidReadOne,
};

/* Has a namespace an ID here, and is not one of those that are known? *@nsid is set to it. */
static bool
ifxUseNetlinkNsidHasStranger(ifxUseNetlink *ask,
                         gint32 *nsid)
{
    guint i;

    g_array_set_size(ask->ids, 0);
    ifxUseNetlinkList(ask, &ifxUseNetlinkNsids);
    for (i = 0; i < ask->ids->len; i++) {
        *nsid = g_array_index(ask->ids, gint32, i);
        if (ifxUseNetlinkNsidFind(ask, *nsid) == 0)
            return true;
    }
    return false;
}

/* The kernel takes the ID of a namespace that ended away a moment later (cleanup_net(), Linux
 * net/core/net_namespace.c). */
void
ifxUseNetlinkNsidAsk(ifxUseNetlink *ask)
{
    gulong wait = IFX_NSID_WAIT;
    gint32 nsid = 0;
    guint i;

    for (i = 0; i < IFX_NSID_WAITS && ifxUseNetlinkNsidHasStranger(ask, &nsid); i++) {
        g_usleep(wait);
        wait *= 2;
    }
    if (i == IFX_NSID_WAITS)
        g_string_append_printf(ask->record, "unasked a network namespace that no process, open "
                               "file or mount shows (ID %d)\n", nsid);
}

