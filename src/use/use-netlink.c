/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netlink: asks the kernel about one network namespace, and writes the lines of use-nets.h.
 *
 * libnl-3 carries the messages. libnl-route-3 would read them too, but it does not know
 * IFLA_PARENT_DEV_NAME (3.7), and it keeps an object for each of a million routes.
 *
 * The layout of the messages is that of rtnl_fill_ifinfo() (Linux net/core/rtnetlink.c),
 * inet_fill_ifaddr() (net/ipv4/devinet.c), inet6_fill_ifaddr() (net/ipv6/addrconf.c),
 * fib_dump_info() (net/ipv4/fib_semantics.c) and rt6_fill_node() (net/ipv6/route.c).
 */

#include "use/use-netlink.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>

/* The kernel starts a list again that changed while it was read. */
#define IFX_NETLINK_TRIES 4

/* The kernel fills at most 32 KiB (Linux net/netlink/af_netlink.c, netlink_recvmsg()). */
#define IFX_NETLINK_MESSAGE_MAX (64 * 1024)

/* How many addresses, default routes and other routes of an interface are written. */
#define IFX_NETLINK_SHOWN 8

typedef struct _ifxUseNetlinkReader ifxUseNetlinkReader;
struct _ifxUseNetlinkReader {
    ifxUseNetlink *ask;
    ifxUseNetlinkRead read;
};

static void
ifxUseNetlinkFreeLink(gpointer data)
{
    ifxUseNetlinkLink *link = data;

    g_free(link->name);
    g_free(link->kind);
    g_free(link->bus);
    g_free(link->parent);
    g_free(link);
}

static void
ifxUseNetlinkClear(ifxUseNetlink *ask)
{
    nl_socket_free(ask->socket);
    g_ptr_array_unref(ask->links);
    g_hash_table_unref(ask->by_index);
    g_hash_table_unref(ask->numbers);
    g_array_unref(ask->ids);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUseNetlink, ifxUseNetlinkClear)

struct nl_sock *
ifxUseNetlinkConnect(int protocol,
                     int *problem)
{
    struct nl_sock *socket = nl_socket_alloc();
    int result;

    nl_socket_disable_auto_ack(socket);
    /* To look at each message first costs as much as to read it. */
    nl_socket_disable_msg_peek(socket);
    nl_socket_set_msg_buf_size(socket, IFX_NETLINK_MESSAGE_MAX);
    result = nl_connect(socket, protocol);
    if (problem)
        *problem = result;
    if (result == 0)
        return socket;
    nl_socket_free(socket);
    return NULL;
}

static int
ifxUseNetlinkReceive(struct nl_msg *message,
                     void *opaque)
{
    const ifxUseNetlinkReader *reader = opaque;

    reader->read(reader->ask, nlmsg_hdr(message));
    return NL_OK;
}

int
ifxUseNetlinkRequest(ifxUseNetlink *ask,
                     struct nl_msg *request,
                     ifxUseNetlinkRead read)
{
    ifxUseNetlinkReader reader = { .ask = ask, .read = read };
    int problem = nl_send_auto(ask->socket, request);

    if (problem < 0)
        return problem;
    nl_socket_modify_cb(ask->socket, NL_CB_VALID, NL_CB_CUSTOM, ifxUseNetlinkReceive, &reader);
    problem = nl_recvmsgs_default(ask->socket);
    return problem < 0 ? problem : 0;
}

/* Forgets what an interrupted list gave. */
static void
ifxUseNetlinkForget(ifxUseNetlink *ask,
                    int type)
{
    guint i;

    for (i = 0; i < ask->links->len; i++) {
        ifxUseNetlinkLink *link = ask->links->pdata[i];

        memset(link->written, 0, sizeof(link->written));
    }
    g_array_set_size(ask->ids, 0);
    if (type == RTM_GETLINK) {
        g_hash_table_remove_all(ask->by_index);
        g_ptr_array_set_size(ask->links, 0);
    }
}

bool
ifxUseNetlinkList(ifxUseNetlink *ask,
                  const ifxUseNetlinkQuery *query)
{
    const gsize start = ask->record->len;
    int problem = -NLE_DUMP_INTR;
    guint i;

    for (i = 0; problem == -NLE_DUMP_INTR && i < IFX_NETLINK_TRIES; i++) {
        struct nl_msg *request = nlmsg_alloc_simple(query->type, NLM_F_REQUEST | NLM_F_DUMP);
        guint8 *header;

        if (i > 0)
            ifxUseNetlinkForget(ask, query->type);
        g_string_truncate(ask->record, start);
        header = nlmsg_reserve(request, query->header, NLMSG_ALIGNTO);
        if (header)
            *header = query->family;
        problem = header ? 0 : -NLE_NOMEM;
        if (problem == 0 && query->add)
            problem = query->add(request);
        if (problem == 0)
            problem = ifxUseNetlinkRequest(ask, request, query->read);
        nlmsg_free(request);
    }
    if (problem < 0 && problem != -NLE_OPNOTSUPP && problem != -query->absent)
        g_string_append_printf(ask->record, "unasked %s: %s\n", query->what,
                               nl_geterror(problem));
    return problem == 0;
}

/* ---- interfaces */

static char *
ifxUseNetlinkGetText(struct nlattr *attribute)
{
    return attribute ? g_strndup(nla_data(attribute), (gsize) nla_len(attribute)) : NULL;
}

static guint32
ifxUseNetlinkGetNumber(struct nlattr *attribute)
{
    return attribute ? nla_get_u32(attribute) : 0;
}

static bool
ifxUseNetlinkHasXdp(struct nlattr *attribute)
{
    struct nlattr *parts[IFLA_XDP_MAX + 1];

    return attribute && nla_parse_nested(parts, IFLA_XDP_MAX, attribute, NULL) == 0 &&
        parts[IFLA_XDP_ATTACHED] && nla_get_u8(parts[IFLA_XDP_ATTACHED]) != XDP_ATTACHED_NONE;
}

static char *
ifxUseNetlinkGetKind(struct nlattr *attribute)
{
    struct nlattr *parts[IFLA_INFO_MAX + 1];

    return attribute && nla_parse_nested(parts, IFLA_INFO_MAX, attribute, NULL) == 0 ?
        ifxUseNetlinkGetText(parts[IFLA_INFO_KIND]) : NULL;
}

/* Network managers put every Ethernet interface up. A CAN bus must be given its speed first, a radio
 * of IEEE 802.15.4 its network. Their sockets are neither addresses nor packet sockets, and nothing lists
 * those that only send (Linux net/can/raw.c, net/ieee802154/socket.c; read, not run). */
static bool
ifxUseNetlinkIsPutUp(const struct ifinfomsg *header)
{
    return (header->ifi_flags & IFF_UP) != 0 &&
        (header->ifi_type == ARPHRD_CAN || header->ifi_type == ARPHRD_IEEE802154);
}

/* Kinds of interface whose IFLA_LINK is the other end of a pair. */
static const char *const ifxUseNetlinkPairs[] = { "veth", "netkit", "vxcan", NULL };

static void
ifxUseNetlinkReadLink(ifxUseNetlink *ask,
                      struct nlmsghdr *message)
{
    const struct ifinfomsg *header = nlmsg_data(message);
    struct nlattr *parts[IFLA_MAX + 1];
    ifxUseNetlinkLink *link;

    if (message->nlmsg_type != RTM_NEWLINK || header->ifi_family != AF_UNSPEC ||
        nlmsg_parse(message, sizeof(*header), parts, IFLA_MAX, NULL) < 0 || !parts[IFLA_IFNAME] ||
        g_hash_table_contains(ask->by_index, GINT_TO_POINTER(header->ifi_index)))
        return;
    link = g_new0(ifxUseNetlinkLink, 1);
    link->index = (guint32) header->ifi_index;
    link->name = ifxUseNetlinkGetText(parts[IFLA_IFNAME]);
    link->kind = ifxUseNetlinkGetKind(parts[IFLA_LINKINFO]);
    link->bus = ifxUseNetlinkGetText(parts[IFLA_PARENT_DEV_BUS_NAME]);
    link->parent = ifxUseNetlinkGetText(parts[IFLA_PARENT_DEV_NAME]);
    link->master = ifxUseNetlinkGetNumber(parts[IFLA_MASTER]);
    link->lower = link->kind && g_strv_contains(ifxUseNetlinkPairs, link->kind) ? 0 :
        ifxUseNetlinkGetNumber(parts[IFLA_LINK]);
    link->lower_nsid = parts[IFLA_LINK_NETNSID] ? nla_get_s32(parts[IFLA_LINK_NETNSID]) : -1;
    link->promiscuous = ifxUseNetlinkGetNumber(parts[IFLA_PROMISCUITY]) > 0;
    link->xdp = ifxUseNetlinkHasXdp(parts[IFLA_XDP]);
    link->up = ifxUseNetlinkIsPutUp(header);
    g_ptr_array_add(ask->links, link);
    g_hash_table_insert(ask->by_index, GUINT_TO_POINTER(link->index), link);
}

static void
ifxUseNetlinkWriteLink(ifxUseNetlink *ask,
                       const ifxUseNetlinkLink *link)
{
    const guint32 elsewhere = link->lower && link->lower_nsid >= 0 ?
        ifxUseNetlinkNsidFind(ask, link->lower_nsid) : 0;

    g_string_append_printf(ask->record, "link %u %s", link->index, link->name);
    if (link->kind)
        g_string_append_printf(ask->record, " kind=%s", link->kind);
    if (link->bus && link->parent)
        g_string_append_printf(ask->record, " parent=%s/%s", link->bus, link->parent);
    if (link->master)
        g_string_append_printf(ask->record, " master=%u", link->master);
    /* An interface of a namespace that is not known is missed where it should be. */
    if (link->lower && link->lower_nsid < 0)
        g_string_append_printf(ask->record, " lower=%u", link->lower);
    else if (elsewhere)
        g_string_append_printf(ask->record, " lower=%u/%u", link->lower, elsewhere);
    g_string_append(ask->record, link->promiscuous ? " promiscuous" : "");
    g_string_append(ask->record, link->xdp ? " xdp" : "");
    g_string_append(ask->record, link->up ? " up\n" : "\n");
}

/* The interface, if more of the kind can be written. One that was not there a moment ago is as if
 * it was asked about then. */
static bool
ifxUseNetlinkCount(ifxUseNetlink *ask,
                   guint32 index,
                   ifxUseNetlinkLimited kind)
{
    ifxUseNetlinkLink *link = g_hash_table_lookup(ask->by_index, GUINT_TO_POINTER(index));

    return link && link->written[kind]++ < IFX_NETLINK_SHOWN;
}

/* ---- addresses */

static bool
ifxUseNetlinkIsLogin(const ifxUseNetlink *ask,
                     int family,
                     const void *address)
{
    struct in6_addr login;

    return ask->login && inet_pton(family, ask->login, &login) == 1 &&
        memcmp(&login, address, family == AF_INET ? sizeof(struct in_addr) : sizeof(login)) == 0;
}

/* One that comes by itself. */
static bool
ifxUseNetlinkIsOwn(int family,
                   const void *address)
{
    const struct in6_addr *address6 = address;

    return family == AF_INET ? *(const guint8 *) address == 127 :
        IN6_IS_ADDR_LOOPBACK(address6) || IN6_IS_ADDR_LINKLOCAL(address6);
}

static void
ifxUseNetlinkReadAddress(ifxUseNetlink *ask,
                         struct nlmsghdr *message)
{
    const struct ifaddrmsg *header = nlmsg_data(message);
    struct nlattr *parts[IFA_MAX + 1];
    char text[INET6_ADDRSTRLEN];
    struct nlattr *address;
    bool login;

    if (message->nlmsg_type != RTM_NEWADDR ||
        nlmsg_parse(message, sizeof(*header), parts, IFA_MAX, NULL) < 0)
        return;
    /* IFA_ADDRESS is the other end's where there are two. */
    address = parts[IFA_LOCAL] ? parts[IFA_LOCAL] : parts[IFA_ADDRESS];
    if (!address || !((header->ifa_family == AF_INET && nla_len(address) == 4) ||
                      (header->ifa_family == AF_INET6 && nla_len(address) == 16)))
        return;
    login = ifxUseNetlinkIsLogin(ask, header->ifa_family, nla_data(address));
    if (!login && ifxUseNetlinkIsOwn(header->ifa_family, nla_data(address)))
        return;
    if (ifxUseNetlinkCount(ask, header->ifa_index, IFX_NETLINK_ADDRESSES) || login)
        g_string_append_printf(ask->record, "address %u %s%s\n", header->ifa_index,
                               inet_ntop(header->ifa_family, nla_data(address), text,
                                         sizeof(text)), login ? " login" : "");
}

/* ---- routes */

/* "10.0.0.0/8"; NULL: not wanted. */
static char *
ifxUseNetlinkGetDestination(const struct rtmsg *header,
                            struct nlattr *attribute)
{
    const int length = header->rtm_family == AF_INET ? 4 : 16;
    struct in6_addr address = IN6ADDR_ANY_INIT;
    char text[INET6_ADDRSTRLEN];

    if (header->rtm_family == AF_MPLS)
        return g_strdup("mpls");
    if (header->rtm_family != AF_INET && header->rtm_family != AF_INET6)
        return NULL;
    if (attribute && nla_len(attribute) == length)
        memcpy(&address, nla_data(attribute), (gsize) length);
    if (header->rtm_family == AF_INET6 && header->rtm_dst_len > 0 &&
        (IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_MULTICAST(&address)))
        return NULL;
    return g_strdup_printf("%s/%u", inet_ntop(header->rtm_family, &address, text, sizeof(text)),
                           header->rtm_dst_len);
}

static void
ifxUseNetlinkWriteRoute(ifxUseNetlink *ask,
                        guint32 index,
                        const char *destination,
                        const char *words,
                        struct nlattr **parts)
{
    const bool is_default = g_str_has_suffix(destination, "/0");

    if (!ifxUseNetlinkCount(ask, index, is_default ? IFX_NETLINK_DEFAULTS : IFX_NETLINK_ROUTES))
        return;
    g_string_append_printf(ask->record, "route %u %s%s", index, destination, words);
    if (parts[RTA_TABLE])
        g_string_append_printf(ask->record, " table=%u", nla_get_u32(parts[RTA_TABLE]));
    if (parts[RTA_PRIORITY])
        g_string_append_printf(ask->record, " metric=%u", nla_get_u32(parts[RTA_PRIORITY]));
    g_string_append_c(ask->record, '\n');
}

/* A route over several interfaces, through gateways of each. */
static void
ifxUseNetlinkWriteHops(ifxUseNetlink *ask,
                       const char *destination,
                       struct nlattr **parts)
{
    const struct rtnexthop *hop = nla_data(parts[RTA_MULTIPATH]);
    int left = nla_len(parts[RTA_MULTIPATH]);

    while (RTNH_OK(hop, left)) {
        const gsize length = RTNH_ALIGN(hop->rtnh_len);

        ifxUseNetlinkWriteRoute(ask, (guint32) hop->rtnh_ifindex, destination, " via", parts);
        left -= (int) length;
        hop = (gconstpointer) ((const guint8 *) hop + length);
    }
}

static void
ifxUseNetlinkReadRoute(ifxUseNetlink *ask,
                       struct nlmsghdr *message)
{
    const struct rtmsg *header = nlmsg_data(message);
    struct nlattr *parts[RTA_MAX + 1];
    g_autofree char *destination = NULL;

    if (message->nlmsg_type != RTM_NEWROUTE || header->rtm_type != RTN_UNICAST ||
        nlmsg_parse(message, sizeof(*header), parts, RTA_MAX, NULL) < 0)
        return;
    destination = ifxUseNetlinkGetDestination(header, parts[RTA_DST]);
    if (!destination)
        return;
    if (parts[RTA_MULTIPATH])
        ifxUseNetlinkWriteHops(ask, destination, parts);
    else if (parts[RTA_OIF])
        ifxUseNetlinkWriteRoute(ask, nla_get_u32(parts[RTA_OIF]), destination,
                                header->rtm_protocol == RTPROT_RA ? " via ra" :
                                parts[RTA_GATEWAY] || parts[RTA_VIA] ? " via" : "", parts);
    else if (parts[RTA_NH_ID])
        g_string_append_printf(ask->record, "unasked the interface of the route to %s\n",
                               destination);
}

static int
ifxUseNetlinkSkipStatistics(struct nl_msg *request)
{
    return nla_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

static const ifxUseNetlinkQuery ifxUseNetlinkLinks = {
    .type = RTM_GETLINK,
    .what = "interfaces",
    .header = sizeof(struct ifinfomsg),
    .add = ifxUseNetlinkSkipStatistics,
    .read = ifxUseNetlinkReadLink,
};

static const ifxUseNetlinkQuery ifxUseNetlinkAddresses = {
    .type = RTM_GETADDR,
    .what = "addresses",
    .header = sizeof(struct ifaddrmsg),
    .read = ifxUseNetlinkReadAddress,
};

static const ifxUseNetlinkQuery ifxUseNetlinkRoutes = {
    .type = RTM_GETROUTE,
    .what = "routes",
    .header = sizeof(struct rtmsg),
    .read = ifxUseNetlinkReadRoute,
};

void
ifxUseNetlinkAsk(GString *record,
                 const GArray *all,
                 const char *login)
{
    g_auto(ifxUseNetlink) ask = { .record = record, .all = all, .login = login };
    int problem;
    guint i;

    ask.links = g_ptr_array_new_with_free_func(ifxUseNetlinkFreeLink);
    ask.by_index = g_hash_table_new(NULL, NULL);
    ask.numbers = g_hash_table_new(NULL, NULL);
    ask.ids = g_array_new(FALSE, FALSE, sizeof(gint32));
    ask.socket = ifxUseNetlinkConnect(NETLINK_ROUTE, &problem);
    if (!ask.socket) {
        g_string_append_printf(record, "unasked rtnetlink: %s\n", nl_geterror(problem));
        return;
    }
    if (!ifxUseNetlinkList(&ask, &ifxUseNetlinkLinks))
        return;
    for (i = 0; i < ask.links->len; i++)
        ifxUseNetlinkWriteLink(&ask, ask.links->pdata[i]);
    ifxUseNetlinkList(&ask, &ifxUseNetlinkAddresses);
    ifxUseNetlinkList(&ask, &ifxUseNetlinkRoutes);
    ifxUseNetlinkTcAsk(&ask);
    ifxUseNetlinkNftAsk(&ask);
    ifxUseNetlinkNsidAsk(&ask);
}
