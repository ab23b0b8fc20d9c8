/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"
#include "report-groups.h"
#include "report-json.h"
#include "report-text.h"

static void
ifxGroupsFreeNames(gpointer names)
{
    g_ptr_array_unref(names);
}

static void
ifxGroupsAddClaims(GHashTable *claims,
                   const ifxDomain *domain)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        GPtrArray *names;

        if (!claim->has_address)
            continue;
        names = g_hash_table_lookup(claims, &claim->address);
        if (!names) {
            names = g_ptr_array_new_with_free_func(g_free);
            g_hash_table_insert(claims, g_memdup2(&claim->address, sizeof(claim->address)), names);
        }
        if (!g_ptr_array_find_with_equal_func(names, domain->name, g_str_equal, NULL))
            g_ptr_array_add(names, g_strdup(domain->name));
    }
}

/* Which domains claim which device. A domain that can't be read is said, and spoils the
 * run's status, not its output. */
static bool
ifxGroupsCollect(ifxHost *host,
                 GHashTable *claims,
                 ifxExit *status,
                 GError **error)
{
    g_autoptr(GPtrArray) keys = ifxHostListDomains(host, true, error);
    guint i;

    if (!keys)
        return false;
    for (i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i];
        g_autoptr(GError) problem = NULL;
        g_autoptr(GBytes) bytes = ifxHostReadDomain(host, key, &problem);
        g_autoptr(ifxDomain) domain = bytes ? ifxDomainParse(bytes, &problem) : NULL;

        if (domain) {
            ifxGroupsAddClaims(claims, domain);
        } else {
            ifxTermNote("domain %s of %s: %s", key, ifxHostGetName(host), problem->message);
            *status = IFX_EXIT_ERROR;
        }
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
    g_autoptr(GString) out = g_string_new(NULL);
    ifxExit status = IFX_EXIT_DONE;

    if (!topology || !ifxGroupsCollect(host, claims, &status, error))
        return IFX_EXIT_ERROR;

    ifxReportNoGroups(ifxHostGetName(host), topology);
    if (json) {
        ifxReportJsonAddHost(json, ifxHostGetName(host), topology, claims,
                             session->options.shared);
        return status;
    }
    if (session->hosts->len > 1)
        g_string_append_printf(out, "%s\n", ifxHostGetName(host));
    ifxReportGroups(out, &session->out, topology, claims, session->options.shared);
    return ifxSessionWrite(session, out->str, out->len, error) ? status : IFX_EXIT_ERROR;
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
    return ifxSessionWriteDocument(session, out->str, out->len, error) ? status : IFX_EXIT_ERROR;
}

const ifxCommand ifxCommandGroups = {
    .name = "groups",
    .positionals = "",
    .summary = "list the host's IOMMU groups and the domains that claim them",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_JSON | IFX_OPTIONS_GROUPS,
    .max_positionals = 0,
    .run = ifxGroupsRun,
};
