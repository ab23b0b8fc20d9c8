/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-internal: what the files of this room share.
 */

#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "host/guests.h"
#include "host/topology.h"
#include "use/use.h"

struct _ifxConnection {
    virConnectPtr conn;
    char *uri;
    bool write;             /* it was opened to write */
    bool qemu;
    bool drivers;           /* its nodedevs name drivers */
    GHashTable *nodedevs;   /* ifxPciAddress -> ifxNodedev, one without device if it is not there */
};

/* IFX_ERROR_CONNECTION with what was tried and libvirt's last error. */
void ifxConnectionFail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Orders virDomainPtr by name, for qsort(). */
int ifxConnectionCompareDomains(const void *a, const void *b);

/* One host as a file that virsh -c test:///FILE opens too (capture-xml.h). */
typedef struct _ifxCapture ifxCapture;

/* Of <node>, reads the children <device>, <iommuGroup>, <domain>, <network> and <pool>. NULL
 * with an error that names @path. Free with ifxCaptureFree(). */
ifxCapture *ifxCaptureLoad(const char *path, GError **error);
void ifxCaptureFree(ifxCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxCapture, ifxCaptureFree)

/* Lent for the capture's life. */
ifxTopology *ifxCaptureGetTopology(const ifxCapture *capture);

/* The names of its domains in its order: of char *, lent for the capture's life. */
const GPtrArray *ifxCaptureGetDomains(const ifxCapture *capture);

/* The domain's own bytes; lent for the capture's life, NULL if there is no such domain. */
GBytes *ifxCaptureLookupDomain(const ifxCapture *capture, const char *name);

/* What its node devices tell of their use, as ifxUseNodedevAdd(). */
bool ifxCaptureAddUse(const ifxCapture *capture, ifxUseGraph *use, GError **error);

/* All its domains, networks and storage pools. None of the domains is known to run. */
void ifxCaptureAddGuests(const ifxCapture *capture, ifxGuests *guests);
