/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection-define.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "host/connection-internal.h"
#include "base/error.h"

/* The first libvirt that knows <address type='unassigned'/>. */
#define IFX_LIBVIRT_UNASSIGNED 6000000

bool
ifxConnectionCheckDefine(ifxConnection *connection,
                         GError **error)
{
    unsigned long version = 0;

    if (!connection->qemu) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_CONNECTION,
                    "%s is not libvirt's QEMU driver: another would hand the devices to the guest",
                    connection->uri);
        return false;
    }
    if (virConnectGetLibVersion(connection->conn, &version) < 0) {
        ifxConnectionFail(error, "cannot ask %s for libvirt's version", connection->uri);
        return false;
    }
    if (version < IFX_LIBVIRT_UNASSIGNED) {
        g_autofree char *words = ifxConnectionGetVersion(connection);

        g_set_error(error, IFX_ERROR, IFX_ERROR_CONNECTION,
                    "%s is libvirt %s: placeholders need 6.0.0 or later", connection->uri, words);
        return false;
    }
    return true;
}

/* NULL, and libvirt's error is set. */
static GBytes *
ifxConnectionReadFlags(virDomainPtr domain,
                       unsigned int flags)
{
    char *xml = virDomainGetXMLDesc(domain, flags);
    GBytes *bytes = xml ? g_bytes_new(xml, strlen(xml)) : NULL;

    free(xml);
    return bytes;
}

/* What was asked of libvirt failed. Ends with @domain, NULL if there is none. */
static void
ifxConnectionEndRead(ifxConnection *connection,
                     virDomainPtr domain,
                     const char *uuid,
                     bool ok,
                     GError **error)
{
    if (!ok)
        ifxConnectionFail(error, "cannot read domain %s of %s", uuid, connection->uri);
    if (domain)
        virDomainFree(domain);
}

static bool
ifxConnectionFillState(virDomainPtr domain,
                       ifxDomainState *state)
{
    const int persistent = virDomainIsPersistent(domain);
    const int running = virDomainIsActive(domain);
    int autostart = 0;

    state->persistent = persistent == 1;
    state->running = running == 1;
    /* Drivers without them say so, and then there is none. */
    state->saved = virDomainHasManagedSaveImage(domain, 0) == 1;
    virDomainGetAutostart(domain, &autostart);
    state->autostart = autostart == 1;
    return persistent >= 0 && running >= 0;
}

bool
ifxConnectionReadState(ifxConnection *connection,
                       const char *uuid,
                       ifxDomainState *state,
                       GError **error)
{
    virDomainPtr domain = virDomainLookupByUUIDString(connection->conn, uuid);
    const bool ok = domain && ifxConnectionFillState(domain, state);

    ifxConnectionEndRead(connection, domain, uuid, ok, error);
    return ok;
}

ifxDefinition *
ifxConnectionReadDefinition(ifxConnection *connection,
                            const char *uuid,
                            GError **error)
{
    virDomainPtr domain = virDomainLookupByUUIDString(connection->conn, uuid);
    g_autoptr(ifxDefinition) definition = g_new0(ifxDefinition, 1);

    if (domain) {
        definition->persistent = virDomainIsPersistent(domain) == 1;
        definition->secret =
            ifxConnectionReadFlags(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
        if (definition->secret)
            definition->shown = ifxConnectionReadFlags(domain, VIR_DOMAIN_XML_INACTIVE);
    }
    ifxConnectionEndRead(connection, domain, uuid, definition->shown != NULL, error);
    return definition->shown ? g_steal_pointer(&definition) : NULL;
}

void
ifxDefinitionFree(ifxDefinition *definition)
{
    if (!definition)
        return;
    g_clear_pointer(&definition->secret, g_bytes_unref);
    g_clear_pointer(&definition->shown, g_bytes_unref);
    g_free(definition);
}

GBytes *
ifxConnectionReadSecret(ifxConnection *connection,
                        const char *uuid,
                        GError **error)
{
    virDomainPtr domain = virDomainLookupByUUIDString(connection->conn, uuid);
    GBytes *bytes = domain ?
        ifxConnectionReadFlags(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE) : NULL;

    ifxConnectionEndRead(connection, domain, uuid, bytes != NULL, error);
    return bytes;
}

/* @bytes as a string, which a GBytes need not be. */
static char *
ifxConnectionText(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return g_strndup(text, length);
}

bool
ifxConnectionDefine(ifxConnection *connection,
                    GBytes *xml,
                    ifxDefineHow how,
                    GError **error)
{
    g_autofree char *text = ifxConnectionText(xml);
    virDomainPtr domain = NULL;

    if (how == IFX_DEFINE_VALIDATE)
        domain = virDomainDefineXMLFlags(connection->conn, text, VIR_DOMAIN_DEFINE_VALIDATE);
    if (!domain && (how == IFX_DEFINE_PLAIN || virGetLastErrorCode() == VIR_ERR_NO_SUPPORT))
        domain = virDomainDefineXML(connection->conn, text);
    if (domain) {
        virDomainFree(domain);
        return true;
    }
    ifxConnectionFail(error, "%s does not take the new definition", connection->uri);
    if (error && *error && virGetLastErrorCode() == VIR_ERR_XML_INVALID_SCHEMA)
        (*error)->code = IFX_ERROR_XML;
    return false;
}
