/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inverse: what takes a transaction's change out of a domain as it is now.
 *
 * Pure: no I/O, no libvirt. Changes are found and taken back by what they mean, not by where
 * they stand, so that whatever else was changed since stays.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"

/* The text of an XML patch (xml-patch.h) that takes out of @current what came into the domain
 * between @before and @after, the transaction's own texts; NULL in @patch if @current has nothing
 * of it any more, or nothing came. Free with g_free().
 *
 * Three kinds of change count; a device is known by kind of claim and host address (NVMe: and
 * namespace):
 *  - claims that stand in <devices> of @after and not in @before are taken out, wherever they
 *    stand by now;
 *  - claims whose managed differs get back what @before has, be it nothing;
 *  - claims that stand in <devices> of @before and not in @after are put back as they were
 *    there, comments left out, where inverse-place.h says.
 * Nothing else does: what more a site's own stylesheet changed stays.
 *
 * @after may have been read back from libvirt or be what was to be written: what libvirt adds by
 * itself is no alteration. False with IFX_ERROR_REFUSED that names the entry if
 *  - what came in was altered: something of it is gone or has another value, managed differs,
 *    the guest gets what it did not get, or the reverse; or if it is there twice;
 *  - what came in was taken out since, while some other change still stands;
 *  - managed is by now neither as in @after nor as in @before;
 *  - a device that is to be put back is claimed otherwise by now.
 * A change that is back already, or whose claim is gone, is passed over. False with
 * IFX_ERROR_XML if @before can't be copied from. */
bool ifxInverseMake(const ifxDomain *before,
                    const ifxDomain *after,
                    const ifxDomain *current,
                    char **patch,
                    GError **error);
