/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netlink-nft: interfaces whose packets nftables handles, or sends there (nft(8)).
 *
 * A chain of the hook "ingress" or "egress", and a flowtable, has the names of its interfaces (Linux
 * net/netfilter/nf_tables_api.c, nft_dump_basechain_hook()). A name without its NUL byte, and
 * NFTA_DEVICE_PREFIX, is the beginning of names. A rule of the family netdev can send packets to
 * another interface: "dup" and "fwd" take its number from a register, into which an expression
 * "immediate" put it (net/netfilter/nft_dup_netdev.c, nft_fwd_netdev.c). A number that comes from a
 * map is not known.
 *
 * To ask loads the module, so the question is left out where the kernel has none in use. A kernel
 * without nftables answers EINVAL (net/netfilter/nfnetlink.c, nfnetlink_rcv_msg()).
 */

#include "use/use-netlink.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/sysfs.h"

/* Linux 6.18 (include/uapi/linux/netfilter/nf_tables.h). */
#define IFX_NFT_DEVICE_PREFIX 2

#define IFX_NFT_TYPE(message) (NFNL_SUBSYS_NFTABLES << 8 | (message))

/* Registers 1 to 4 of 16 bytes, and 8 to 23 of 4 bytes, as the kernel numbers them. */
#define IFX_NFT_REGISTERS 24

/* What the expressions of a rule have put into registers so far. */
typedef struct _ifxUseNetlinkNftRule ifxUseNetlinkNftRule;
struct _ifxUseNetlinkNftRule {
    guint32 values[IFX_NFT_REGISTERS];
    bool known[IFX_NFT_REGISTERS];
};

static void
ifxUseNetlinkNftWrite(ifxUseNetlink *ask,
                      guint32 index)
{
    if (g_hash_table_contains(ask->by_index, GUINT_TO_POINTER(index)))
        g_string_append_printf(ask->record, "traffic %u nftables\n", index);
}

/* The interfaces that the attribute names. */
static void
ifxUseNetlinkNftWriteNamed(ifxUseNetlink *ask,
                           struct nlattr *attribute)
{
    const gsize length = (gsize) nla_len(attribute);
    g_autofree char *name = g_strndup(nla_data(attribute), length);
    const bool whole = nla_type(attribute) != IFX_NFT_DEVICE_PREFIX && strlen(name) < length;
    guint i;

    for (i = 0; i < ask->links->len; i++) {
        const ifxUseNetlinkLink *link = ask->links->pdata[i];

        if (whole ? strcmp(link->name, name) == 0 : g_str_has_prefix(link->name, name))
            ifxUseNetlinkNftWrite(ask, link->index);
    }
}

/* The list @devices of a hook. */
static void
ifxUseNetlinkNftReadDevices(ifxUseNetlink *ask,
                            struct nlattr *devices)
{
    struct nlattr *device = nla_data(devices);
    int left = nla_len(devices);

    for (; nla_ok(device, left); device = nla_next(device, &left))
        ifxUseNetlinkNftWriteNamed(ask, device);
}

static void
ifxUseNetlinkNftReadChain(ifxUseNetlink *ask,
                          struct nlmsghdr *message)
{
    struct nlattr *hook = message->nlmsg_type == IFX_NFT_TYPE(NFT_MSG_NEWCHAIN) ?
        nlmsg_find_attr(message, sizeof(struct nfgenmsg), NFTA_CHAIN_HOOK) : NULL;
    struct nlattr *parts[NFTA_HOOK_MAX + 1];

    if (!hook || nla_parse_nested(parts, NFTA_HOOK_MAX, hook, NULL) < 0)
        return;
    /* The kernel gives the only one of a list here too. */
    if (parts[NFTA_HOOK_DEVS])
        ifxUseNetlinkNftReadDevices(ask, parts[NFTA_HOOK_DEVS]);
    else if (parts[NFTA_HOOK_DEV])
        ifxUseNetlinkNftWriteNamed(ask, parts[NFTA_HOOK_DEV]);
}

static void
ifxUseNetlinkNftReadFlowtable(ifxUseNetlink *ask,
                              struct nlmsghdr *message)
{
    struct nlattr *hook = message->nlmsg_type == IFX_NFT_TYPE(NFT_MSG_NEWFLOWTABLE) ?
        nlmsg_find_attr(message, sizeof(struct nfgenmsg), NFTA_FLOWTABLE_HOOK) : NULL;
    struct nlattr *parts[NFTA_FLOWTABLE_HOOK_MAX + 1];

    if (hook && nla_parse_nested(parts, NFTA_FLOWTABLE_HOOK_MAX, hook, NULL) == 0 &&
        parts[NFTA_FLOWTABLE_HOOK_DEVS])
        ifxUseNetlinkNftReadDevices(ask, parts[NFTA_FLOWTABLE_HOOK_DEVS]);
}

/* ---- rules */

/* The number of a register; 0: none. */
static guint32
ifxUseNetlinkNftGetRegister(struct nlattr *attribute)
{
    const guint32 number = attribute ? ntohl(nla_get_u32(attribute)) : 0;

    return number < IFX_NFT_REGISTERS ? number : 0;
}

static void
ifxUseNetlinkNftReadImmediate(ifxUseNetlinkNftRule *rule,
                              struct nlattr *data)
{
    struct nlattr *parts[NFTA_IMMEDIATE_MAX + 1];
    struct nlattr *value;
    guint32 number;

    if (nla_parse_nested(parts, NFTA_IMMEDIATE_MAX, data, NULL) < 0 ||
        !parts[NFTA_IMMEDIATE_DREG] || !parts[NFTA_IMMEDIATE_DATA])
        return;
    number = ifxUseNetlinkNftGetRegister(parts[NFTA_IMMEDIATE_DREG]);
    value = nla_find(nla_data(parts[NFTA_IMMEDIATE_DATA]), nla_len(parts[NFTA_IMMEDIATE_DATA]),
                     NFTA_DATA_VALUE);
    rule->known[number] = value && nla_len(value) >= (int) sizeof(guint32);
    if (rule->known[number])
        rule->values[number] = nla_get_u32(value);
}

static void
ifxUseNetlinkNftReadExpression(ifxUseNetlink *ask,
                               ifxUseNetlinkNftRule *rule,
                               struct nlattr *expression)
{
    struct nlattr *parts[NFTA_EXPR_MAX + 1];
    struct nlattr *data;
    bool dup;
    guint32 number;

    if (nla_parse_nested(parts, NFTA_EXPR_MAX, expression, NULL) < 0 || !parts[NFTA_EXPR_NAME] ||
        !parts[NFTA_EXPR_DATA])
        return;
    data = parts[NFTA_EXPR_DATA];
    dup = nla_strcmp(parts[NFTA_EXPR_NAME], "dup") == 0;
    if (nla_strcmp(parts[NFTA_EXPR_NAME], "immediate") == 0)
        ifxUseNetlinkNftReadImmediate(rule, data);
    if (!dup && nla_strcmp(parts[NFTA_EXPR_NAME], "fwd") != 0)
        return;
    number = ifxUseNetlinkNftGetRegister(nla_find(
        nla_data(data), nla_len(data), dup ? (int) NFTA_DUP_SREG_DEV : (int) NFTA_FWD_SREG_DEV));
    if (rule->known[number])
        ifxUseNetlinkNftWrite(ask, rule->values[number]);
    else
        g_string_append(ask->record, "unasked the interface to which a rule of nftables sends\n");
}

static void
ifxUseNetlinkNftReadRule(ifxUseNetlink *ask,
                         struct nlmsghdr *message)
{
    struct nlattr *list = message->nlmsg_type == IFX_NFT_TYPE(NFT_MSG_NEWRULE) ?
        nlmsg_find_attr(message, sizeof(struct nfgenmsg), NFTA_RULE_EXPRESSIONS) : NULL;
    struct nlattr *expression = list ? nla_data(list) : NULL;
    int left = list ? nla_len(list) : 0;
    ifxUseNetlinkNftRule rule = { .known = { false } };

    for (; expression && nla_ok(expression, left); expression = nla_next(expression, &left))
        ifxUseNetlinkNftReadExpression(ask, &rule, expression);
}

/* ---- asking */

/* Has the kernel nftables now? A part of the kernel that is no module is in a list, if there are
 * modules at all. */
static bool
ifxUseNetlinkNftIsThere(void)
{
    struct utsname system;
    g_autofree char *folder = NULL;
    g_autofree char *builtin = NULL;

    if (ifxSysfsExists("/sys/module", "nf_tables"))
        return true;
    if (uname(&system) != 0)
        return true;
    folder = g_build_filename("/lib/modules", system.release, NULL);
    builtin = ifxSysfsReadAll(folder, "modules.builtin", G_MAXINT, NULL);
    return !builtin || strstr(builtin, "/nf_tables.ko");
}

void
ifxUseNetlinkNftAsk(ifxUseNetlink *ask)
{
    static const ifxUseNetlinkQuery queries[] = {
        {
            .type = IFX_NFT_TYPE(NFT_MSG_GETCHAIN), .header = sizeof(struct nfgenmsg),
            .family = NFPROTO_NETDEV, .what = "chains of nftables",
            .absent = NLE_INVAL, .read = ifxUseNetlinkNftReadChain,
        }, {
            .type = IFX_NFT_TYPE(NFT_MSG_GETCHAIN), .header = sizeof(struct nfgenmsg),
            .family = NFPROTO_INET, .what = "chains of nftables",
            .absent = NLE_INVAL, .read = ifxUseNetlinkNftReadChain,
        }, {
            .type = IFX_NFT_TYPE(NFT_MSG_GETRULE), .header = sizeof(struct nfgenmsg),
            .family = NFPROTO_NETDEV, .what = "rules of nftables",
            .absent = NLE_INVAL, .read = ifxUseNetlinkNftReadRule,
        }, {
            .type = IFX_NFT_TYPE(NFT_MSG_GETFLOWTABLE), .header = sizeof(struct nfgenmsg),
            .family = NFPROTO_UNSPEC, .what = "flowtables of nftables",
            .absent = NLE_INVAL, .read = ifxUseNetlinkNftReadFlowtable,
        },
    };
    struct nl_sock *own = ask->socket;
    bool asked = ifxUseNetlinkNftIsThere();
    guint i;

    if (!asked)
        return;
    ask->socket = ifxUseNetlinkConnect(NETLINK_NETFILTER, NULL);
    for (i = 0; ask->socket && asked && i < G_N_ELEMENTS(queries); i++)
        asked = ifxUseNetlinkList(ask, &queries[i]);
    nl_socket_free(ask->socket);
    ask->socket = own;
}
