/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection: a libvirt connection. With connection-guests, the one that calls libvirt.
 *
 * It is opened read-only, and no XML is asked for with its secrets, unless to write.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"
#include "host/guests.h"
#include "host/topology.h"

typedef struct _ifxConnection ifxConnection;

/* @uri NULL: what virsh would open (VIRSH_DEFAULT_CONNECT_URI, else libvirt's default).
 * What libvirt refuses is IFX_ERROR_CONNECTION in its words; node devices that can't be
 * read are as in topology-nodedev.h. @write: domains are to be defined.
 * Free with ifxConnectionFree(). */
ifxConnection *ifxConnectionOpen(const char *uri, bool write, GError **error);
void ifxConnectionFree(ifxConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxConnection, ifxConnectionFree)

/* The daemon's libvirt, "9.0.0"; NULL if it does not say. Free with g_free(). */
char *ifxConnectionGetVersion(ifxConnection *connection);

/* Does the other side still answer? */
bool ifxConnectionIsAlive(ifxConnection *connection);

/* Connects to the same URI again, and tries that for ten seconds. */
bool ifxConnectionReopen(ifxConnection *connection, GError **error);

/* The URI that was opened; lent. */
const char *ifxConnectionGetUri(const ifxConnection *connection);

/* Is it libvirt's QEMU driver (or its test driver, standing in)? Only that one keeps
 * an unassigned device from the guest. */
bool ifxConnectionIsQemu(const ifxConnection *connection);

/* Is it libvirt's QEMU driver on this machine, by a URI without a server and by the host's name?
 * The test driver's host is none. */
bool ifxConnectionIsLocal(ifxConnection *connection);

/* The UUIDs of the persistent domains, or of @all, in order of their names: new array
 * of char *, which frees them. */
GPtrArray *ifxConnectionListDomains(ifxConnection *connection, bool all, GError **error);

/* The persistent definition of the domain with that id, UUID or name, looked for in
 * this order as virsh does. */
GBytes *ifxConnectionReadDomain(ifxConnection *connection, const char *key, GError **error);

/* The devices at @addresses (ifxPciAddress) and the members of their groups; no others are asked
 * for. Devices are asked for once in a connection's life. */
ifxTopology *ifxConnectionLoadTopology(ifxConnection *connection,
                                       const GArray *addresses,
                                       GError **error);

/* All PCI devices. */
ifxTopology *ifxConnectionLoadAllDevices(ifxConnection *connection, GError **error);

/* What the node devices other than PCI ones tell of their use: ifxUseNodedevAdd() for each. */
bool ifxConnectionLoadUse(ifxConnection *connection, ifxUseGraph *use, GError **error);

/* All domains, with their persistent definitions and the live ones of those that run, and all
 * networks and storage pools. What is gone again before it is read is passed over, what can't be
 * read is said to @guests. False with an error if the domains can't be listed. */
bool ifxConnectionLoadGuests(ifxConnection *connection, ifxGuests *guests, GError **error);

/* A domain, beside its definition. */
typedef struct _ifxDomainState ifxDomainState;
struct _ifxDomainState {
    bool persistent;        /* to define a transient domain makes it persistent */
    bool running;
    bool autostart;
    bool saved;             /* it has a managed-save image, which holds its old definition */
};

/* Its definition as it is now. */
typedef struct _ifxDefinition ifxDefinition;
struct _ifxDefinition {
    bool persistent;
    GBytes *secret;         /* the persistent definition, with its passwords; read first */
    GBytes *shown;          /* the same without: what may be shown and kept */
};

/* Can it take placeholders? IFX_ERROR_CONNECTION if it is not libvirt's QEMU driver (or the test
 * driver), or older than 6.0.0: such a one would hand the device to the guest, or refuse it. */
bool ifxConnectionCheckDefine(ifxConnection *connection, GError **error);

/* Of the domain with that UUID. False with IFX_ERROR_CONNECTION. */
bool ifxConnectionReadState(ifxConnection *connection,
                            const char *uuid,
                            ifxDomainState *state,
                            GError **error);

/* The same. NULL with IFX_ERROR_CONNECTION. Free with ifxDefinitionFree(). */
ifxDefinition *ifxConnectionReadDefinition(ifxConnection *connection,
                                           const char *uuid,
                                           GError **error);
void ifxDefinitionFree(ifxDefinition *definition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDefinition, ifxDefinitionFree)

/* The persistent definition with its passwords. */
GBytes *ifxConnectionReadSecret(ifxConnection *connection, const char *uuid, GError **error);

typedef enum {
    IFX_DEFINE_VALIDATE,    /* against libvirt's schema, if the daemon can */
    IFX_DEFINE_PLAIN,
} ifxDefineHow;

/* Defines the domain in @xml. False with IFX_ERROR_CONNECTION in libvirt's words, or with
 * IFX_ERROR_XML if it is the schema that it does not agree with. */
bool ifxConnectionDefine(ifxConnection *connection, GBytes *xml, ifxDefineHow how, GError **error);
