/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inverse-entry: one claim in several texts of a domain.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"

/* The counterpart in @domain of @claim, which is one of @own's and has an address: of the same
 * kind, for the same device (of NVMe also the same namespace) and, where several are alike, of
 * the same rank among them. NULL: there is none. @count, unless it is NULL: how many of @domain
 * are alike. Lent from @domain. */
const ifxClaim *ifxInverseFindClaim(const ifxDomain *domain,
                                    const ifxDomain *own,
                                    const ifxClaim *claim,
                                    guint *count);

/* Is the claim's element a child of <devices>, so that it comes and goes as a whole? The image
 * behind a disk is not. */
bool ifxInverseIsEntry(const ifxDomain *domain, const ifxClaim *claim);

/* The claim's managed, "no" where it is absent, as libvirt has it. Lent from @domain. */
const char *ifxInverseGetManaged(const ifxDomain *domain, const ifxClaim *claim);

/* How @now, one of @current's, differs from its counterpart @claim in @domain: something of it
 * is gone or has another value; the guest gets the device or does not; managed. What libvirt
 * adds by itself (an alias, a guest's address, defaults) is no difference. In words that go
 * behind "it was altered since: "; NULL: not at all. Free with g_free(). */
char *ifxInverseDescribeAlteration(const ifxDomain *domain,
                                   const ifxClaim *claim,
                                   const ifxDomain *current,
                                   const ifxClaim *now);
