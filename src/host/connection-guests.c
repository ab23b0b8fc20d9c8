/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <string.h>

#include "host/connection-internal.h"
#include "use/use.h"

/* Those of node devices that sit on PCI ones. */
#define IFX_CONNECTION_SITTING \
    (VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET | VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE | \
     VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST | VIR_CONNECT_LIST_NODE_DEVICES_CAP_USB_DEV | \
     VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV | VIR_CONNECT_LIST_NODE_DEVICES_CAP_DRM)

/* VIR_CONNECT_LIST_NODE_DEVICES_CAP_VDPA, since libvirt 6.9.0. */
#define IFX_CONNECTION_VDPA (1U << 17)

/* A device that is gone again is none. */
static bool
ifxConnectionAddUseOf(const ifxConnection *connection,
                      virNodeDevicePtr device,
                      ifxUseGraph *use,
                      GError **error)
{
    char *xml = virNodeDeviceGetXMLDesc(device, 0);
    bool ok = true;

    if (xml) {
        ok = ifxUseNodedevAdd(use, xml, strlen(xml), "device", error);
        if (!ok)
            g_prefix_error(error, "node device %s of %s: ", virNodeDeviceGetName(device),
                           connection->uri);
    } else if (virGetLastErrorCode() != VIR_ERR_NO_NODE_DEVICE) {
        ifxConnectionFail(error, "cannot read node device %s of %s",
                          virNodeDeviceGetName(device), connection->uri);
        ok = false;
    }
    free(xml);
    return ok;
}

bool
ifxConnectionAddUse(ifxConnection *connection,
                    ifxUseGraph *use,
                    GError **error)
{
    virNodeDevicePtr *devices = NULL;
    int count = virConnectListAllNodeDevices(connection->conn, &devices,
                                             IFX_CONNECTION_SITTING | IFX_CONNECTION_VDPA);
    bool ok = true;
    int i;

    if (count < 0 && virGetLastErrorCode() == VIR_ERR_INVALID_ARG)
        count = virConnectListAllNodeDevices(connection->conn, &devices, IFX_CONNECTION_SITTING);
    if (count < 0) {
        ifxConnectionFail(error, "cannot list the node devices of %s", connection->uri);
        return false;
    }
    for (i = 0; i < count; i++) {
        ok = ok && ifxConnectionAddUseOf(connection, devices[i], use, error);
        virNodeDeviceFree(devices[i]);
    }
    free(devices);
    return ok;
}

/* Takes over @xml, NULL if it could not be had; @gone: the code of the error by which what
 * was listed is not there any more. */
static void
ifxConnectionAddGuest(ifxGuests *guests,
                      ifxGuestKind kind,
                      const char *name,
                      char *xml,
                      bool running,
                      int gone)
{
    g_autoptr(GBytes) bytes =
        xml ? g_bytes_new_with_free_func(xml, strlen(xml), free, xml) : NULL;

    if (bytes)
        ifxGuestsAdd(guests, kind, name, bytes, running);
    else if (virGetLastErrorCode() != gone)
        ifxGuestsAddUnread(guests, kind, name, virGetLastErrorMessage());
}

static bool
ifxConnectionAddDomains(ifxConnection *connection,
                        ifxGuests *guests,
                        GError **error)
{
    virDomainPtr *domains = NULL;
    const int count = virConnectListAllDomains(connection->conn, &domains, 0);
    int i;

    if (count < 0) {
        ifxConnectionFail(error, "cannot list the domains of %s", connection->uri);
        return false;
    }
    qsort(domains, (size_t) count, sizeof(*domains), ifxConnectionCompareDomains);
    for (i = 0; i < count; i++) {
        const bool running = virDomainGetID(domains[i]) != (unsigned int) -1;
        const char *name = virDomainGetName(domains[i]);

        ifxConnectionAddGuest(guests, IFX_GUEST_DOMAIN, name,
                              virDomainGetXMLDesc(domains[i], VIR_DOMAIN_XML_INACTIVE), running,
                              VIR_ERR_NO_DOMAIN);
        if (running)
            ifxConnectionAddGuest(guests, IFX_GUEST_DOMAIN, name,
                                  virDomainGetXMLDesc(domains[i], 0), true, VIR_ERR_NO_DOMAIN);
        virDomainFree(domains[i]);
    }
    free(domains);
    return true;
}

/* After a list that can't be had: nothing is in it where there is no such driver, or its
 * daemon is not installed (remoteOpenConn, libvirt src/remote/remote_daemon_dispatch.c). */
static void
ifxConnectionMissList(ifxGuests *guests,
                      ifxGuestKind kind)
{
    const virError *why = virGetLastError();

    if (!why || why->code == VIR_ERR_NO_SUPPORT || why->code == VIR_ERR_NO_CONNECT ||
        (why->code == VIR_ERR_SYSTEM_ERROR && why->int1 == ENOENT))
        return;
    ifxGuestsAddUnread(guests, kind, NULL, virGetLastErrorMessage());
}

static int
ifxConnectionCompareNetworks(const void *a,
                             const void *b)
{
    return strcmp(virNetworkGetName(*(const virNetworkPtr *) a),
                  virNetworkGetName(*(const virNetworkPtr *) b));
}

static void
ifxConnectionAddNetworks(ifxConnection *connection,
                         ifxGuests *guests)
{
    virNetworkPtr *networks = NULL;
    const int count = virConnectListAllNetworks(connection->conn, &networks, 0);
    int i;

    if (count < 0) {
        ifxConnectionMissList(guests, IFX_GUEST_NETWORK);
        return;
    }
    qsort(networks, (size_t) count, sizeof(*networks), ifxConnectionCompareNetworks);
    for (i = 0; i < count; i++) {
        ifxConnectionAddGuest(guests, IFX_GUEST_NETWORK, virNetworkGetName(networks[i]),
                              virNetworkGetXMLDesc(networks[i], 0), false, VIR_ERR_NO_NETWORK);
        virNetworkFree(networks[i]);
    }
    free(networks);
}

static int
ifxConnectionComparePools(const void *a,
                          const void *b)
{
    return strcmp(virStoragePoolGetName(*(const virStoragePoolPtr *) a),
                  virStoragePoolGetName(*(const virStoragePoolPtr *) b));
}

static void
ifxConnectionAddPools(ifxConnection *connection,
                      ifxGuests *guests)
{
    virStoragePoolPtr *pools = NULL;
    const int count = virConnectListAllStoragePools(connection->conn, &pools, 0);
    int i;

    if (count < 0) {
        ifxConnectionMissList(guests, IFX_GUEST_POOL);
        return;
    }
    qsort(pools, (size_t) count, sizeof(*pools), ifxConnectionComparePools);
    for (i = 0; i < count; i++) {
        ifxConnectionAddGuest(guests, IFX_GUEST_POOL, virStoragePoolGetName(pools[i]),
                              virStoragePoolGetXMLDesc(pools[i], 0), false,
                              VIR_ERR_NO_STORAGE_POOL);
        virStoragePoolFree(pools[i]);
    }
    free(pools);
}

bool
ifxConnectionAddGuests(ifxConnection *connection,
                       ifxGuests *guests,
                       GError **error)
{
    if (!ifxConnectionAddDomains(connection, guests, error))
        return false;
    ifxConnectionAddNetworks(connection, guests);
    ifxConnectionAddPools(connection, guests);
    return true;
}
