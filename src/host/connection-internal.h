/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection-internal: what connection and connection-guests share.
 */

#pragma once

#include <glib.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>

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
