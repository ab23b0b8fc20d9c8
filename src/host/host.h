/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host: where devices and domains come from: a libvirt connection, a capture
 * file, or a sysfs tree.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/connection.h"
#include "domain/domain.h"
#include "domain/elsewhere.h"
#include "use/use.h"
#include "host/topology.h"

typedef struct _ifxHost ifxHost;

/* Each is NULL with an error that says what can't be opened. Free with ifxHostFree(). @sysroot:
 * where the root of the connection's host can be looked at; NULL: not known. @write: domains are to
 * be defined. */
ifxHost *ifxHostOpenConnection(const char *uri,
                               const char *sysroot,
                               bool write,
                               GError **error);
ifxHost *ifxHostOpenCapture(const char *path, GError **error);
ifxHost *ifxHostOpenSysroot(const char *path, GError **error);
void ifxHostFree(ifxHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxHost, ifxHostFree)

/* The URI or path; lent. */
const char *ifxHostGetName(const ifxHost *host);

/* To define domains by; lent. NULL: it is no connection. */
ifxConnection *ifxHostGetConnection(const ifxHost *host);

/* As ifxConnectionIsAlive(). A host without a connection is always alive. */
bool ifxHostIsAlive(const ifxHost *host);

/* After something failed with @error: if the connection broke, calls @notify and connects again.
 * True: @error is cleared; repeat what failed. False: @error is what failed if the host is alive,
 * otherwise IFX_ERROR_CONNECTION, because the host cannot be reached for ten seconds. */
typedef void (*ifxHostReconnectFunc)(void *opaque, ifxHost *host);
bool ifxHostReconnect(ifxHost *host,
                      ifxHostReconnectFunc notify,
                      void *opaque,
                      GError **error);

/* Does it read domains from libvirt, which leaves their secrets out? */
bool ifxHostIsConnection(const ifxHost *host);

/* Can placeholders be declared to it? IFX_ERROR_CONNECTION if not: libvirt's other
 * drivers would hand the device to the guest. */
bool ifxHostCheckDriver(const ifxHost *host, GError **error);

/* Keys for ifxHostReadDomain(): of the persistent domains, or of @all. A sysfs tree
 * has none. New array of char *, which frees them. */
GPtrArray *ifxHostListDomains(ifxHost *host, bool all, GError **error);

/* The text of the domain with that name (for a connection: id, UUID or name). */
GBytes *ifxHostReadDomain(ifxHost *host, const char *key, GError **error);

/* Is a device that the host does not show not there? See ifxTopologyShowsAllDevices(); all
 * devices are read for it, once. False with @error if they can't be. */
bool ifxHostLoadAllDevices(ifxHost *host, GError **error);
bool ifxHostShowsAllDevices(const ifxHost *host);

/* The devices around @domain's claims at least, and around the pools of its networks, if
 * ifxHostLoadElsewhere() was called; NULL @domain: the whole host. The caller owns the
 * reference. */
ifxTopology *ifxHostLoadTopology(ifxHost *host, const ifxDomain *domain, GError **error);

/* What the host, and its domains, networks and storage pools, use its devices for. Seen are:
 *
 *     a sysfs tree                          its /sys, /proc and /run/udev
 *     a connection with such a tree         the same
 *     a connection to this machine's QEMU   this machine's own
 *     any other connection, a capture       the node devices
 *
 * Loaded once. The caller owns the reference. NULL with an error when the host, or the list of its
 * domains, can't be read; a single domain that can't be is no error (ifxElsewhereGetUnread()). */
ifxUseGraph *ifxHostLoadUse(ifxHost *host, GError **error);

/* Which of its domains and networks claim which device; loaded once, with the above. Lent for the
 * host's life. NULL with an error, as above. */
const ifxElsewhere *ifxHostLoadElsewhere(ifxHost *host, GError **error);
