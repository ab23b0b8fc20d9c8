/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
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

/* Adds one host to the document, or prints its table. */
static ifxExit
ifxGroupsOfHost(ifxSession *session,
                ifxHost *host,
                ifxReportJson *json,
                GError **error)
{
    g_autoptr(GHashTable) claims = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                         g_free, ifxGroupsFreeNames);
    g_autoptr(ifxTopology) topology = ifxHostLoadTopology(host, NULL, error);
    g_autoptr(ifxUseGraph) use = topology ? ifxHostLoadUse(host, error) : NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    ifxPlanHost known = { .topology = topology, .use = use };
    ifxExit status = IFX_EXIT_DONE;

    if (!use || !ifxGroupsCollect(host, topology, claims, &status, error))
        return IFX_EXIT_ERROR;

    known.elsewhere = ifxHostLoadElsewhere(host, error);
    ifxReportNoGroups(ifxHostGetName(host), topology);
    if (json) {
        ifxReportJsonAddHost(json, ifxHostGetName(host), &known, claims,
                             session->options.shared);
        return status;
    }
    if (session->hosts->len > 1)
        g_string_append_printf(out, "%s\n", ifxHostGetName(host));
    ifxReportGroups(out, &session->out.term, &known, claims, session->options.shared);
    return ifxOutputWrite(&session->out, out->str, out->len, error) ? status : IFX_EXIT_ERROR;
}

static ifxExit
ifxGroupsRun(ifxSession *session,
             char **positionals G_GNUC_UNUSED,
             GError **error)
{
    g_autoptr(ifxReportJson) json = session->options.json ? ifxReportJsonNew("hosts") : NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    ifxExit status = IFX_EXIT_DONE;
    guint i;

    if (!ifxSessionOpenHosts(session, error))
        return IFX_EXIT_ERROR;
    for (i = 0; i < session->hosts->len && !*error; i++)
        status = ifxExitWorse(status, ifxGroupsOfHost(session, session->hosts->pdata[i], json,
                                                      error));
    if (*error || !json)
        return status;

    ifxReportJsonFormat(json, out);
    return ifxOutputWriteDocument(&session->out, out->str, out->len, error) ? status :
        IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandGroups = {
    .name = "groups",
    .positionals = "",
    .summary = "list the host's IOMMU groups and the domains that claim them",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_JSON | IFX_OPTIONS_GROUPS,
    .max_positionals = 0,
    .run = ifxGroupsRun,
};
