/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "base/error.h"
#include "host/host-internal.h"

/* So many bytes of domains are kept until they are asked for. */
#define IFX_CONNECTION_KEPT_MAX (128 * 1024 * 1024)

/* A parsed domain takes about so many times the bytes of its text. */
#define IFX_CONNECTION_PARSED 7

/* A domain that was listed. */
typedef struct _ifxListed ifxListed;
struct _ifxListed {
    virDomainPtr domain;
    bool awaited;           /* its key was given out, so that it will be read */
    /* Its persistent definition, read for one of two purposes and kept for the other; or NULL. */
    GBytes *for_survey;     /* ifxConnectionDomainsAddAll() */
    ifxDomain *for_reader;  /* ifxConnectionDomainsRead() */
};

static void
ifxListedFree(gpointer data)
{
    ifxListed *listed = data;

    g_clear_pointer(&listed->for_survey, g_bytes_unref);
    g_clear_pointer(&listed->for_reader, ifxDomainFree);
    virDomainFree(listed->domain);
    g_free(listed);
}

GHashTable *
ifxConnectionDomainsNew(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, ifxListedFree);
}

void
ifxConnectionDomainsForget(ifxConnection *connection)
{
    g_hash_table_remove_all(connection->domains);
    connection->kept = 0;
}

static int
ifxConnectionCompareDomains(const void *a,
                            const void *b)
{
    return strcmp(virDomainGetName(*(const virDomainPtr *) a),
                  virDomainGetName(*(const virDomainPtr *) b));
}

/* Takes over @domain; lent. @uuid: room for its UUID. NULL: it has none. */
static ifxListed *
ifxConnectionDomainsNote(ifxConnection *connection,
                         virDomainPtr domain,
                         char *uuid)
{
    ifxListed *listed;

    if (virDomainGetUUIDString(domain, uuid) != 0) {
        virDomainFree(domain);
        return NULL;
    }
    listed = g_hash_table_lookup(connection->domains, uuid);
    if (!listed) {
        listed = g_new0(ifxListed, 1);
        g_hash_table_insert(connection->domains, g_strdup(uuid), listed);
    } else {
        virDomainFree(listed->domain);
    }
    /* The new one knows whether the domain runs. */
    listed->domain = domain;
    return listed;
}

/* In order of their names: new array of virDomainPtr, which does not free them. */
static GPtrArray *
ifxConnectionDomainsAsk(ifxConnection *connection,
                         bool all,
                         GError **error)
{
    virDomainPtr *domains = NULL;
    const int count = virConnectListAllDomains(connection->conn, &domains,
                                               all ? 0 : VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
    GPtrArray *list;
    int i;

    if (count < 0) {
        ifxConnectionFail(error, "cannot list the domains of %s", connection->uri);
        return NULL;
    }
    qsort(domains, (size_t) count, sizeof(*domains), ifxConnectionCompareDomains);
    list = g_ptr_array_sized_new((guint) count);
    for (i = 0; i < count; i++)
        g_ptr_array_add(list, domains[i]);
    free(domains);
    return list;
}

GPtrArray *
ifxConnectionDomainsListNames(ifxConnection *connection,
                              GError **error)
{
    g_autoptr(GPtrArray) domains = ifxConnectionDomainsAsk(connection, true, error);
    GPtrArray *names = domains ? g_ptr_array_new_with_free_func(g_free) : NULL;
    guint i;

    for (i = 0; names && i < domains->len; i++) {
        g_ptr_array_add(names, g_strdup(virDomainGetName(domains->pdata[i])));
        virDomainFree(domains->pdata[i]);
    }
    return names;
}

GPtrArray *
ifxConnectionDomainsList(ifxConnection *connection,
                         bool all,
                         GError **error)
{
    g_autoptr(GPtrArray) domains = ifxConnectionDomainsAsk(connection, all, error);
    GPtrArray *uuids;
    guint i;

    if (!domains)
        return NULL;
    uuids = g_ptr_array_new_full(domains->len, g_free);
    for (i = 0; i < domains->len; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];
        ifxListed *listed = ifxConnectionDomainsNote(connection, domains->pdata[i], uuid);

        if (!listed)
            continue;
        listed->awaited = !all;
        g_ptr_array_add(uuids, g_strdup(uuid));
    }
    return uuids;
}

/* NULL with libvirt's error. */
static GBytes *
ifxConnectionDomainsFetch(virDomainPtr domain,
                          unsigned int flags)
{
    char *xml = virDomainGetXMLDesc(domain, flags);

    return xml ? g_bytes_new_with_free_func(xml, strlen(xml), free, xml) : NULL;
}

/* The persistent definition: the one that was kept for the survey, otherwise libvirt's. NULL with
 * libvirt's error. */
static GBytes *
ifxConnectionDomainsTakeText(ifxConnection *connection,
                             ifxListed *listed)
{
    if (!listed->for_survey)
        return ifxConnectionDomainsFetch(listed->domain, VIR_DOMAIN_XML_INACTIVE);
    connection->kept -= g_bytes_get_size(listed->for_survey);
    return g_steal_pointer(&listed->for_survey);
}

static gsize
ifxConnectionDomainsWeigh(const ifxDomain *domain)
{
    return g_bytes_get_size(ifxXmlTextGetData(domain->text)) * IFX_CONNECTION_PARSED;
}

static ifxDomain *
ifxConnectionDomainsTakeParsed(ifxConnection *connection,
                               ifxListed *listed)
{
    if (listed->for_reader)
        connection->kept -= ifxConnectionDomainsWeigh(listed->for_reader);
    return g_steal_pointer(&listed->for_reader);
}

/* Keeps @domain, of which this takes over, until it is read. */
static void
ifxConnectionDomainsKeepParsed(ifxConnection *connection,
                               ifxListed *listed,
                               ifxDomain *domain)
{
    ifxDomainFree(ifxConnectionDomainsTakeParsed(connection, listed));
    if (domain && listed->awaited && connection->kept < IFX_CONNECTION_KEPT_MAX) {
        connection->kept += ifxConnectionDomainsWeigh(domain);
        listed->for_reader = domain;
    } else {
        ifxDomainFree(domain);
    }
}

static void
ifxConnectionDomainsKeepText(ifxConnection *connection,
                             ifxListed *listed,
                             GBytes *text)
{
    if (listed->for_survey)
        g_bytes_unref(ifxConnectionDomainsTakeText(connection, listed));
    connection->kept += g_bytes_get_size(text);
    listed->for_survey = g_bytes_ref(text);
}

/* Asks libvirt for the domain that @key names; lent. NULL with libvirt's error. */
static ifxListed *
ifxConnectionDomainsLookup(ifxConnection *connection,
                           const char *key)
{
    virDomainPtr domain = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    guint64 id;

    if (g_ascii_string_to_unsigned(key, 10, 0, G_MAXINT, &id, NULL))
        domain = virDomainLookupByID(connection->conn, (int) id);
    if (!domain && strlen(key) == VIR_UUID_STRING_BUFLEN - 1)
        domain = virDomainLookupByUUIDString(connection->conn, key);
    if (!domain)
        domain = virDomainLookupByName(connection->conn, key);
    return domain ? ifxConnectionDomainsNote(connection, domain, uuid) : NULL;
}

virDomainPtr
ifxConnectionDomainsGet(ifxConnection *connection,
                        const char *uuid)
{
    const ifxListed *listed = g_hash_table_lookup(connection->domains, uuid);

    if (!listed)
        return virDomainLookupByUUIDString(connection->conn, uuid);
    virDomainRef(listed->domain);
    return listed->domain;
}

ifxDomain *
ifxConnectionDomainsRead(ifxConnection *connection,
                         const char *key,
                         GError **error)
{
    ifxListed *listed = g_hash_table_lookup(connection->domains, key);
    g_autoptr(GBytes) text = NULL;
    ifxDomain *domain;

    if (!listed)
        listed = ifxConnectionDomainsLookup(connection, key);
    domain = listed ? ifxConnectionDomainsTakeParsed(connection, listed) : NULL;
    if (listed)
        listed->awaited = false;
    if (domain)
        return domain;
    text = listed ? ifxConnectionDomainsFetch(listed->domain, VIR_DOMAIN_XML_INACTIVE) : NULL;
    if (!text) {
        ifxConnectionFail(error, "cannot read domain %s of %s", key, connection->uri);
        return NULL;
    }
    if (!connection->surveyed)
        ifxConnectionDomainsKeepText(connection, listed, text);
    return ifxDomainParse(text, error);
}

/* Adds one of the definitions of a domain to @guests; @text NULL: libvirt did not return it. What was
 * parsed; NULL: nothing could be. */
static ifxDomain *
ifxConnectionDomainsSurvey(ifxGuests *guests,
                           virDomainPtr domain,
                           GBytes *text,
                           bool running)
{
    const char *name = virDomainGetName(domain);
    g_autoptr(GError) problem = NULL;
    ifxDomain *parsed = text ? ifxDomainParse(text, &problem) : NULL;

    if (parsed)
        ifxGuestsAddDomain(guests, parsed, running);
    else if (text)
        ifxGuestsAddUnread(guests, IFX_GUEST_DOMAIN, name, problem->message);
    else if (virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
        ifxGuestsAddUnread(guests, IFX_GUEST_DOMAIN, name, virGetLastErrorMessage());
    return parsed;
}

static void
ifxConnectionDomainsAdd(ifxConnection *connection,
                        ifxListed *listed,
                        ifxGuests *guests)
{
    const bool running = virDomainGetID(listed->domain) != (unsigned int) -1;
    g_autoptr(GBytes) text = ifxConnectionDomainsTakeText(connection, listed);
    g_autoptr(GBytes) live = NULL;

    ifxConnectionDomainsKeepParsed(connection, listed,
                                   ifxConnectionDomainsSurvey(guests, listed->domain, text,
                                                              running));
    if (!running)
        return;
    live = ifxConnectionDomainsFetch(listed->domain, 0);
    ifxDomainFree(ifxConnectionDomainsSurvey(guests, listed->domain, live, true));
}

bool
ifxConnectionDomainsAddAll(ifxConnection *connection,
                           ifxGuests *guests,
                           GError **error)
{
    g_autoptr(GPtrArray) domains = ifxConnectionDomainsAsk(connection, true, error);
    guint i;

    if (!domains)
        return false;
    for (i = 0; i < domains->len; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];
        ifxListed *listed = ifxConnectionDomainsNote(connection, domains->pdata[i], uuid);

        if (listed)
            ifxConnectionDomainsAdd(connection, listed, guests);
    }
    connection->surveyed = true;
    return true;
}
