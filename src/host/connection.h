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
 * read are as in topology-nodedev.h. @write: domains are to be defined (connection-define.h).
 * Free with ifxConnectionFree(). */
ifxConnection *ifxConnectionOpen(const char *uri, bool write, GError **error);
void ifxConnectionFree(ifxConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxConnection, ifxConnectionFree)

/* The daemon's libvirt, "9.0.0"; NULL if it does not say. Free with g_free(). */
char *ifxConnectionGetVersion(ifxConnection *connection);

/* Does the other side still answer? */
bool ifxConnectionIsAlive(ifxConnection *connection);

/* Opens it anew, for as long as a daemon takes that starts again. IFX_ERROR_CONNECTION. */
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
ifxTopology *ifxConnectionLoadHost(ifxConnection *connection, GError **error);

/* What the node devices other than PCI ones tell of their use: ifxUseNodedevAdd() for each. */
bool ifxConnectionAddUse(ifxConnection *connection, ifxUseGraph *use, GError **error);

/* All domains, with their persistent definitions and the live ones of those that run, and all
 * networks and storage pools. What is gone again before it is read is passed over, what can't be
 * read is said to @guests. False with an error if the domains can't be listed. */
bool ifxConnectionAddGuests(ifxConnection *connection, ifxGuests *guests, GError **error);
