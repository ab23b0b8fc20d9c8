/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection: a libvirt connection. Only this room calls libvirt.
 *
 * A connection is read-only and never asks for XML with secrets, unless it was opened to write.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "host/guests.h"
#include "host/topology.h"

typedef struct _ifxConnection ifxConnection;

/* @uri NULL: what virsh opens (VIRSH_DEFAULT_CONNECT_URI, otherwise libvirt's default). @write: to
 * define domains. NULL with IFX_ERROR_CONNECTION in libvirt's words. Free with
 * ifxConnectionFree().
 *
 * Every function below that fails sets IFX_ERROR_CONNECTION, and for a node device that cannot be
 * parsed the errors of topology-nodedev.h. */
ifxConnection *ifxConnectionOpen(const char *uri, bool write, GError **error);
void ifxConnectionFree(ifxConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxConnection, ifxConnectionFree)

/* The version of the daemon's libvirt, "9.0.0"; NULL: unknown. Free with g_free(). */
char *ifxConnectionGetVersion(ifxConnection *connection);

/* Does the daemon still answer? */
bool ifxConnectionIsAlive(ifxConnection *connection);

/* Connects to the same URI again, and tries that for ten seconds. */
bool ifxConnectionReopen(ifxConnection *connection, GError **error);

/* The URI of the connection; lent. */
const char *ifxConnectionGetUri(const ifxConnection *connection);

/* The UUID of its host; lent. NULL: unknown. It is that of libvirt's capabilities. A machine whose
 * firmware has none would get a new one at each start of the daemon (virSetHostUUIDStr(), libvirt
 * src/util/viruuid.c), so for this machine it is then /etc/machine-id. */
const char *ifxConnectionGetHostUuid(ifxConnection *connection);

/* Is it a connection to the libvirt that called itself @uri, on the host @uuid (NULL: unknown)? The
 * UUIDs decide where both are known; the URI may then be another way to the same driver and folder
 * ("qemu+ssh://host/system"). Otherwise the URIs must be the same. */
bool ifxConnectionIs(ifxConnection *connection, const char *uri, const char *uuid);

/* Do both lead to the same libvirt ("qemu:///system" and "qemu+unix:///system")? A second daemon on
 * the same host, as in a container, has other domains. */
bool ifxConnectionIsSame(ifxConnection *connection, ifxConnection *other);

/* Is it libvirt's QEMU driver, or its test driver, which counts as one? Only the QEMU driver keeps
 * an unassigned device from the guest; any other driver gives the device to the guest. */
bool ifxConnectionCheckDriver(const ifxConnection *connection, GError **error);

/* Is it libvirt's QEMU driver on this machine, so that /sys and /proc show its devices? The URI
 * does not show it, because a socket can be forwarded from anywhere, nor do names and UUIDs, which
 * machines share. So the daemon must run on the same kernel: the processor times that it reports
 * (virNodeGetCPUStats()) are those of this machine's /proc/stat before and after. Where this cannot
 * be found out, it is another machine. The test driver's host is never this machine. */
bool ifxConnectionIsLocal(ifxConnection *connection);

/* The UUIDs of the persistent domains, or of @all domains, in order of their names: new array
 * of char *, which frees them. */
GPtrArray *ifxConnectionDomainsList(ifxConnection *connection, bool all, GError **error);

/* The persistent definition of the domain with the id, UUID or name @key, tried in this order as
 * virsh does. It is as it was when the connection last read it for ifxConnectionLoadGuests(), once;
 * otherwise as it is now. NULL with IFX_ERROR_XML if it cannot be parsed. The caller owns it. */
ifxDomain *ifxConnectionDomainsRead(ifxConnection *connection, const char *key, GError **error);

/* The devices at @addresses (ifxPciAddress) and the members of their groups, and no others. A
 * connection asks for each device only once. */
ifxTopology *ifxConnectionLoadTopology(ifxConnection *connection,
                                       const GArray *addresses,
                                       GError **error);

/* All PCI devices. */
ifxTopology *ifxConnectionLoadAllDevices(ifxConnection *connection, GError **error);

/* Calls ifxUseNodedevAdd() for each node device that can be built on a PCI device. */
bool ifxConnectionLoadUse(ifxConnection *connection, ifxUseGraph *use, GError **error);

/* Adds all networks, storage pools and domains to @guests, each domain with its persistent
 * definition and, if it runs, the live one. Skips what has gone since it was listed, and adds what
 * cannot be read by ifxGuestsAddUnread(). False if the domains cannot be listed. */
bool ifxConnectionLoadGuests(ifxConnection *connection, ifxGuests *guests, GError **error);

/* The names of all domains: new array of char *, which frees them. NULL with
 * IFX_ERROR_CONNECTION. */
GPtrArray *ifxConnectionDomainsListNames(ifxConnection *connection, GError **error);

/* The state of a domain. */
typedef struct _ifxDomainState ifxDomainState;
struct _ifxDomainState {
    bool persistent;        /* defining a transient domain makes it persistent */
    bool running;
    bool autostart;
    bool snapshots;         /* it has some, each with the definition of its time */
    bool saved;             /* it has a managed-save image, which contains its old definition */
};

/* The definition of a domain as it is now. */
typedef struct _ifxDefinition ifxDefinition;
struct _ifxDefinition {
    bool persistent;
    GBytes *secret;         /* the persistent definition with its passwords; read first */
    GBytes *shown;          /* the same without passwords: it may be shown and saved */
};

/* Does the connection accept placeholders? False if ifxConnectionCheckDriver() fails, or if libvirt
 * is older than 6.0.0, which rejects placeholders. */
bool ifxConnectionCheckDefine(ifxConnection *connection, GError **error);

/* Reads the state of the domain @uuid. */
bool ifxConnectionReadState(ifxConnection *connection,
                            const char *uuid,
                            ifxDomainState *state,
                            GError **error);

/* The definition of the domain @uuid. Free with ifxDefinitionFree(). */
ifxDefinition *ifxConnectionReadDefinition(ifxConnection *connection,
                                           const char *uuid,
                                           GError **error);
void ifxDefinitionFree(ifxDefinition *definition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDefinition, ifxDefinitionFree)

/* Only the persistent definition with its passwords. */
GBytes *ifxConnectionReadSecret(ifxConnection *connection, const char *uuid, GError **error);

typedef enum {
    IFX_DEFINE_VALIDATE,    /* libvirt checks its schema, if the daemon is able to */
    IFX_DEFINE_PLAIN,
} ifxDefineHow;

/* Defines the domain in @xml, as virsh edit does (cmdEdit, libvirt tools/virsh-domain.c): read with
 * secrets, define with validation. False with IFX_ERROR_CONNECTION in libvirt's words, or with
 * IFX_ERROR_XML if @xml does not match libvirt's schema. */
bool ifxConnectionDefine(ifxConnection *connection, GBytes *xml, ifxDefineHow how, GError **error);
