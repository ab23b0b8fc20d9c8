/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include <string.h>

#include "base/error.h"
#include "cli/groups-drift.h"
#include "cli/target.h"
#include "report/report.h"
#include "report/report-json.h"

static void
ifxGroupsFreeNames(gpointer names)
{
    g_ptr_array_unref(names);
}

/* The names of the domains that claim @address; NULL if there are none. */
static GPtrArray *
ifxGroupsNames(const ifxElsewhere *elsewhere,
               const ifxPciAddress *address)
{
    const GPtrArray *others = ifxElsewhereGet(elsewhere, address);
    const guint count = ifxElsewhereCountDomains(elsewhere, address);
    GPtrArray *names = count > 0 ? g_ptr_array_new_full(count, g_free) : NULL;
    guint i;

    for (i = 0; i < count; i++)
        g_ptr_array_add(names, g_strdup(((const ifxOtherClaim *) others->pdata[i])->owner));
    return names;
}

/* Fills @claims: which domains claim which device. A domain that can't be read is reported and
 * makes @status an error; the output has the others. */
static bool
ifxGroupsCollect(ifxHost *host,
                 const ifxTopology *topology,
                 GHashTable *claims,
                 ifxExit *status,
                 GError **error)
{
    const ifxElsewhere *elsewhere = ifxHostLoadElsewhere(host, error);
    const GPtrArray *unread = elsewhere ? ifxElsewhereGetUnread(elsewhere) : NULL;
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    guint i;

    if (!elsewhere)
        return false;
    for (i = 0; i < devices->len; i++) {
        const ifxPciAddress *address = &((const ifxDevice *) devices->pdata[i])->address;
        GPtrArray *names = ifxGroupsNames(elsewhere, address);

        if (names)
            g_hash_table_insert(claims, g_memdup2(address, sizeof(*address)), names);
    }
    for (i = 0; i < unread->len; i++) {
        ifxTermNote("%s of %s: %s", (const char *) unread->pdata[i], ifxHostGetName(host),
                    ifxElsewhereGetUnreadError(elsewhere, i));
        *status = IFX_EXIT_ERROR;
    }
    return true;
}

/* Adds the group that @word asks for to @groups, once. False with a message if @topology has no such
 * group. @word was checked. */
static bool
ifxGroupsChoose(const ifxTopology *topology,
                const char *host,
                const char *word,
                GPtrArray *groups)
{
    const ifxDevice *device = NULL;
    const ifxGroup *group = NULL;
    ifxPciAddress address;
    guint64 number;

    if (ifxPciAddressParse(word, &address)) {
        device = ifxTopologyGetDevice(topology, &address);
        group = device ? ifxTopologyGetGroup(topology, device->group) : NULL;
    } else if (g_ascii_string_to_unsigned(word, 10, 0, G_MAXINT, &number, NULL)) {
        group = ifxTopologyGetGroup(topology, (int) number);
    }
    if (!group) {
        if (device)
            ifxTermNoteOn(host, "%s is in no IOMMU group", word);
        else
            ifxTermNoteOn(host, "there is no %s %s", strchr(word, ':') ? "device" : "IOMMU group",
                          word);
        return false;
    }
    if (!g_ptr_array_find(groups, group, NULL))
        g_ptr_array_add(groups, (gpointer) group);
    return true;
}

/* The groups that the command line asks for: new array of const ifxGroup *, lent by @topology. What
 * is not there makes @status an error. */
static GPtrArray *
ifxGroupsList(const ifxSession *session,
              const ifxTopology *topology,
              const char *host,
              char **words,
              ifxExit *status)
{
    GPtrArray *groups = g_ptr_array_new();
    guint i;

    for (i = 0; words[i]; i++) {
        if (!ifxGroupsChoose(topology, host, words[i], groups))
            *status = IFX_EXIT_ERROR;
    }
    for (i = 0; !words[0] && i < ifxTopologyCountGroups(topology); i++) {
        const ifxGroup *group = ifxTopologyGetNthGroup(topology, i);

        if (!session->options.shared || ifxGroupIsShared(group))
            g_ptr_array_add(groups, (gpointer) group);
    }
    return groups;
}

/* Reads why devices share groups. NULL with an error if the host does not show it. */
static ifxIsolation *
ifxGroupsLoadIsolation(const ifxHost *host,
                       const ifxTopology *topology,
                       GError **error)
{
    const char *sysroot = ifxHostGetSysroot(host);

    if (!sysroot) {
        ifxErrorSet(error, IFX_ERROR_HOST,
                    "%s: a capture or a connection to another machine does not show why devices "
                    "share a group. Run this as root on that host: virt-iommufix groups --why",
                    ifxHostGetName(host));
        return NULL;
    }
    return ifxIsolationLoad(sysroot, topology);
}

/* Adds one host to the document, or prints it. */
static ifxExit
ifxGroupsPrint(ifxSession *session,
               ifxHost *host,
               const ifxPlanHost *known,
               const GPtrArray *groups,
               GHashTable *claims,
               bool ports,
               ifxReportJson *json,
               GError **error)
{
    const ifxOptions *options = &session->options;
    const ifxTerm *term = &session->out.term;
    g_autoptr(ifxIsolation) isolation = options->why ?
        ifxGroupsLoadIsolation(host, known->topology, error) : NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    if (options->why && !isolation)
        return IFX_EXIT_ERROR;
    if (json) {
        ifxReportJsonAddHost(json, ifxHostGetName(host), known, groups, claims, isolation);
        return IFX_EXIT_DONE;
    }
    if (session->hosts->len > 1)
        g_string_append_printf(out, "%s\n", ifxHostGetName(host));
    if (isolation)
        ifxReportWhy(out, term, isolation, groups, ports, options->wide);
    else
        ifxReportGroups(out, term, known, groups, claims, options->wide);
    return ifxOutputWrite(&session->out, out->str, out->len, error) ? IFX_EXIT_DONE :
        IFX_EXIT_ERROR;
}

static ifxExit
ifxGroupsOfHost(ifxSession *session,
                ifxHost *host,
                char **words,
                ifxReportJson *json,
                GError **error)
{
    g_autoptr(GHashTable) claims = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                         g_free, ifxGroupsFreeNames);
    g_autoptr(ifxTopology) topology = ifxHostLoadTopology(host, NULL, error);
    g_autoptr(ifxUseGraph) use = topology ? ifxHostLoadUse(host, NULL, error) : NULL;
    g_autoptr(GPtrArray) groups = NULL;
    ifxPlanHost known = { .topology = topology, .use = use };
    ifxExit status = IFX_EXIT_DONE;

    if (!use || !ifxGroupsCollect(host, topology, claims, &status, error))
        return IFX_EXIT_ERROR;

    ifxTargetNoteUnasked(host);
    known.elsewhere = ifxHostLoadElsewhere(host, error);
    ifxReportNoGroups(ifxHostGetName(host), topology);
    groups = ifxGroupsList(session, topology, ifxHostGetName(host), words, &status);
    return ifxExitWorse(status, ifxGroupsPrint(session, host, &known, groups, claims,
                                               !words[0], json, error));
}

static bool
ifxGroupsCheckWords(char **words,
                    GError **error)
{
    for (; *words; words++) {
        ifxPciAddress address;

        if (!ifxPciAddressParse(*words, &address) &&
            !g_ascii_string_to_unsigned(*words, 10, 0, G_MAXINT, NULL, NULL))
            return ifxErrorSet(error, IFX_ERROR_USAGE,
                               "groups %s: neither the number of a group, such as 11, nor a PCI "
                               "address, such as 0000:01:00.0", *words);
    }
    return true;
}

static ifxExit
ifxGroupsRun(ifxSession *session,
             char **positionals,
             GError **error)
{
    g_autoptr(ifxReportJson) json = session->options.json ? ifxReportJsonNew("hosts") : NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    ifxExit status = IFX_EXIT_DONE;
    guint i;

    if (session->options.compare)
        return ifxGroupsDriftRun(session, positionals, error);
    if (!ifxGroupsCheckWords(positionals, error) || !ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    for (i = 0; i < session->hosts->len && !*error; i++)
        status = ifxExitWorse(status, ifxGroupsOfHost(session, session->hosts->pdata[i],
                                                      positionals, json, error));
    if (*error || !json)
        return status;

    ifxReportJsonFormat(json, out);
    return ifxOutputWriteDocument(&session->out, out->str, out->len, error) ? status :
        IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandGroups = {
    .name = "groups",
    .positionals = "[GROUP|ADDRESS]...",
    .summary = "list the host's IOMMU groups and the domains that claim them",
    .examples = "virt-iommufix groups --shared\n"
        "virt-iommufix groups --compare host-before.xml",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_PAGER | IFX_OPTIONS_JSON | IFX_OPTIONS_GROUPS,
    .max_positionals = G_MAXUINT,
    .run = ifxGroupsRun,
};
