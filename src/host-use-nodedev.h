/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-use-nodedev: what libvirt's node devices tell of the host's use of its PCI devices.
 *
 * They name the disks, interfaces and slices that sit on a device, not what those are used
 * for: so a disk or an interface is IFX_USE_UNCLEAR, and no sight is added. Only slices say all.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host-use.h"

/* Adds what one <device> document tells. False with IFX_ERROR_XML. */
bool ifxHostUseAddNodedev(ifxHostUse *use, const char *xml, gsize length, GError **error);

/* The same for each <device> of a capture: a <node> document. */
bool ifxHostUseAddCapture(ifxHostUse *use, const char *xml, gsize length, GError **error);
