/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-netlink-tc: interfaces whose packets the kernel's traffic control handles, or sends there.
 *
 * A qdisc "ingress" or "clsact" is there because somebody attached it: filters hang on it. An action
 * "mirred" sends packets of any interface to another one (Linux net/sched/act_mirred.c). The kernel
 * lists the actions of one kind, without the filters that they belong to (tc_dump_action(),
 * net/sched/act_api.c). Where a BPF program sends packets is not to be seen.
 *
 * A BPF program can also be attached without a qdisc (tcx, Linux 6.6, kernel/bpf/tcx.c). bpf(2)
 * reports how many there are (BPF_PROG_QUERY).
 */

#include "use/use-netlink.h"

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IFX_TC_ACTION "mirred"

/* BPF_TCX_INGRESS and BPF_TCX_EGRESS (Linux include/uapi/linux/bpf.h). */
#define IFX_TC_INGRESS 46
#define IFX_TC_EGRESS 47

/* For an interface that was not there a moment ago, nothing. */
static void
ifxUseNetlinkTcWrite(ifxUseNetlink *ask,
                     guint32 index)
{
    if (g_hash_table_contains(ask->by_index, GUINT_TO_POINTER(index)))
        g_string_append_printf(ask->record, "traffic %u\n", index);
}

static void
ifxUseNetlinkTcReadQdisc(ifxUseNetlink *ask,
                         struct nlmsghdr *message)
{
    const struct tcmsg *header = nlmsg_data(message);
    struct nlattr *parts[TCA_MAX + 1];

    if (message->nlmsg_type == RTM_NEWQDISC &&
        nlmsg_parse(message, sizeof(*header), parts, TCA_MAX, NULL) == 0 && parts[TCA_KIND] &&
        (nla_strcmp(parts[TCA_KIND], "ingress") == 0 ||
         nla_strcmp(parts[TCA_KIND], "clsact") == 0))
        ifxUseNetlinkTcWrite(ask, (guint32) header->tcm_ifindex);
}

/* RTM_GETACTION wants the kind in the first action of a table. */
static int
ifxUseNetlinkTcAddKind(struct nl_msg *request)
{
    struct nlattr *table = nla_nest_start(request, TCA_ACT_TAB);
    struct nlattr *action = table ? nla_nest_start(request, 1) : NULL;
    const int problem = action ? nla_put_string(request, TCA_ACT_KIND, IFX_TC_ACTION) : -NLE_NOMEM;

    if (problem == 0) {
        nla_nest_end(request, action);
        nla_nest_end(request, table);
    }
    return problem;
}

static void
ifxUseNetlinkTcReadAction(ifxUseNetlink *ask,
                          struct nlattr *action)
{
    struct nlattr *parts[TCA_ACT_MAX + 1];
    struct nlattr *options[TCA_MIRRED_MAX + 1];
    struct tc_mirred mirred;

    if (nla_parse_nested(parts, TCA_ACT_MAX, action, NULL) < 0 || !parts[TCA_ACT_OPTIONS] ||
        nla_parse_nested(options, TCA_MIRRED_MAX, parts[TCA_ACT_OPTIONS], NULL) < 0 ||
        !options[TCA_MIRRED_PARMS] ||
        nla_memcpy(&mirred, options[TCA_MIRRED_PARMS], sizeof(mirred)) < (int) sizeof(mirred))
        return;
    ifxUseNetlinkTcWrite(ask, mirred.ifindex);
}

static void
ifxUseNetlinkTcReadActions(ifxUseNetlink *ask,
                           struct nlmsghdr *message)
{
    struct nlattr *table = nlmsg_find_attr(message, sizeof(struct tcamsg), TCA_ACT_TAB);
    struct nlattr *action = table ? nla_data(table) : NULL;
    int left = table ? nla_len(table) : 0;

    for (; action && nla_ok(action, left); action = nla_next(action, &left))
        ifxUseNetlinkTcReadAction(ask, action);
}

static void
ifxUseNetlinkTcAskPrograms(ifxUseNetlink *ask)
{
    guint i;
    guint32 place;

    for (i = 0; i < ask->links->len; i++) {
        const ifxUseNetlinkLink *link = ask->links->pdata[i];
        guint32 count = 0;

        for (place = IFX_TC_INGRESS; place <= IFX_TC_EGRESS; place++) {
            union bpf_attr query;

            memset(&query, 0, sizeof(query));
            query.query.target_fd = link->index;
            query.query.attach_type = place;
            if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof(query)) == 0)
                count += query.query.prog_cnt;
        }
        if (count > 0)
            ifxUseNetlinkTcWrite(ask, link->index);
    }
}

void
ifxUseNetlinkTcAsk(ifxUseNetlink *ask)
{
    static const ifxUseNetlinkQuery qdiscs = {
        .type = RTM_GETQDISC,
        .what = "queueing disciplines",
        .header = sizeof(struct tcmsg),
        .read = ifxUseNetlinkTcReadQdisc,
    };
    static const ifxUseNetlinkQuery actions = {
        .type = RTM_GETACTION,
        .what = "actions of traffic control",
        .header = sizeof(struct tcamsg),
        .add = ifxUseNetlinkTcAddKind,
        .read = ifxUseNetlinkTcReadActions,
    };

    ifxUseNetlinkList(ask, &qdiscs);
    ifxUseNetlinkList(ask, &actions);
    ifxUseNetlinkTcAskPrograms(ask);
}
