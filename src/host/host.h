/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host: where devices and domains come from: a libvirt connection, a capture file or a sysfs tree.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/connection.h"
#include "domain/domain.h"
#include "domain/elsewhere.h"
#include "use/use.h"
#include "host/moves.h"
#include "host/topology.h"

typedef struct _ifxHost ifxHost;

/* NULL with an error that names what cannot be opened. Free with ifxHostFree(). @sysroot: a folder
 * with the root file system of the connection's host; NULL: there is none. @write: to define
 * domains. */
ifxHost *ifxHostOpenConnection(const char *uri,
                               const char *sysroot,
                               bool write,
                               GError **error);
ifxHost *ifxHostOpenCapture(const char *path, GError **error);
ifxHost *ifxHostOpenSysroot(const char *path, GError **error);

/* The same to judge @domain alone: what is read is what concerns its claims and their groups, where
 * that shows the same. */
ifxHost *ifxHostOpenSysrootFor(const char *path, const ifxDomain *domain, GError **error);
void ifxHostFree(ifxHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxHost, ifxHostFree)

/* The URI or path; lent. */
const char *ifxHostGetName(const ifxHost *host);

/* The connection, to define domains; lent. NULL: the host has none. */
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

/* Do its domains come from libvirt, which leaves out their secrets? */
bool ifxHostIsConnection(const ifxHost *host);

/* Does the host accept placeholders? False with IFX_ERROR_CONNECTION if it is a connection to
 * another driver than libvirt's QEMU driver: such a driver gives the device to the guest. */
bool ifxHostCheckDriver(const ifxHost *host, GError **error);

/* Keys for ifxHostReadDomain(): those of the persistent domains, or of @all domains. A sysfs tree
 * has no domains. New array of char *, which frees them. */
GPtrArray *ifxHostListDomains(ifxHost *host, bool all, GError **error);

/* The names of all domains, in the same way. */
GPtrArray *ifxHostListNames(ifxHost *host, GError **error);

/* The domain with the name @key (for a connection: id, UUID or name). NULL with IFX_ERROR_XML if it is
 * there and cannot be parsed. Free with ifxDomainFree(). */
ifxDomain *ifxHostReadDomain(ifxHost *host, const char *key, GError **error);

/* The folder with the root file system of the host, whose /sys and /proc can be read; lent. NULL:
 * there is none, as for a capture, and for a connection to another machine without such a folder. */
const char *ifxHostGetSysroot(const ifxHost *host);

/* At least the devices and groups of @domain's claims and, if ifxHostLoadUse() was called,
 * those of the hostdev networks that it uses; @domain NULL: the whole host. The caller owns the
 * reference. */
ifxTopology *ifxHostLoadTopology(ifxHost *host, const ifxDomain *domain, GError **error);

/* The whole host with what tells its devices from others of their kind: subsystem, serials and path
 * (moves.h). They are read from sysfs where ifxHostGetSysroot() is not NULL; otherwise known is what
 * the node devices or the capture show. The caller owns the reference. */
ifxTopology *ifxHostLoadIdentities(ifxHost *host, GError **error);

/* As ifxGuestsFollowMoves(), for what is loaded about guests from now on. Both must live as long as
 * @host. */
void ifxHostFollowMoves(ifxHost *host, const ifxMoves *moves, GHashTable *corrected);

/* What the host, its domains, its networks and its storage pools use its devices for. The source of
 * the host's own use is:
 *
 *     a sysfs tree                          its /sys, /proc and /run/udev
 *     a connection with such a tree         the same
 *     a connection to this machine's QEMU   this machine's own
 *     any other connection, a capture       the node devices
 *
 * It is loaded once; for a single @domain, of a connection with such a tree, only what concerns the
 * groups of @domain is, until more is asked for. @domain NULL: the whole host. The caller owns the
 * reference. NULL with an error if the host or the list of its domains cannot be read. A single domain
 * that cannot be read is not an error (ifxElsewhereGetUnread()). */
ifxUseGraph *ifxHostLoadUse(ifxHost *host, const ifxDomain *domain, GError **error);

/* The same without what the host runs for its guests; it is loaded each time. */
ifxUseGraph *ifxHostLoadOwnUse(ifxHost *host, GError **error);

/* What could not be asked about this machine because the tool does not run as root: "what processes
 * have open". For one note: NULL from the second call on, for another host, for root, and before the
 * use was loaded. Free with g_free(). */
char *ifxHostTakeUnasked(ifxHost *host);

/* Which domains and networks of the host claim which device. It is loaded once, together with the
 * use of the whole host if no other was loaded, and lives as long as the host. NULL with an error as for ifxHostLoadUse(). */
const ifxElsewhere *ifxHostLoadElsewhere(ifxHost *host, GError **error);
