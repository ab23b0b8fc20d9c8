/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * undo-internal: the parts of undo.
 *
 * Pure: no I/O, no libvirt. Changes are found and undone by what they mean, not by where they are
 * in the text, so that whatever else was changed since stays.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/domain.h"

/* undo-claim: one claim in several texts of a domain. */

/* The claim in @domain that corresponds to @claim, which is one of @own's and has an address: it
 * has the same kind, the same device and, for NVMe, the same namespace; if several match, it has
 * the same rank among them. NULL: there is none. @count, unless it is NULL, is set to how many
 * of @domain's claims match. Lent from @domain. */
const ifxClaim *ifxUndoClaimFind(const ifxDomain *domain,
                                 const ifxDomain *own,
                                 const ifxClaim *claim,
                                 guint *count);

/* Is the claim's element a child of <devices>, so that it is added and removed as a whole? The
 * backing image of a disk is not. */
bool ifxUndoClaimIsEntry(const ifxDomain *domain, const ifxClaim *claim);

/* The claim's managed; "no" where the attribute is missing, which is libvirt's default. Lent from
 * @domain. */
const char *ifxUndoClaimGetManaged(const ifxDomain *domain, const ifxClaim *claim);

/* How @now, one of @current's, differs from the claim @claim in @domain: a part of it is gone or
 * has another value; the guest gets the device or does not; managed differs. What libvirt adds
 * by itself (an alias, a guest address, defaults) is no difference. In words that follow "was
 * changed since: "; NULL: it does not differ. Free with g_free(). */
char *ifxUndoClaimDescribeDifference(const ifxDomain *domain,
                                     const ifxClaim *claim,
                                     const ifxDomain *current,
                                     const ifxClaim *now);

/* undo-patch: the patch that takes a change out of a domain as it is now. */

/* Sets @patch to the text of an XML patch (xml-patch.h) that takes out of @current what was
 * changed between @before and @after, which are the definitions of one transaction; to NULL if
 * nothing of that is left in @current, or if nothing was changed. Free with g_free().
 *
 * Three kinds of change are undone. A claim is identified by its kind and host address, for NVMe
 * also by the namespace.
 *  - Claims in <devices> of @after that are not in @before are removed, wherever they are now.
 *  - Claims whose managed differs get the value of @before; if that has none, the attribute is
 *    removed.
 *  - Claims in <devices> of @before that are not in @after are added again as they were, without
 *    comments, where new placeholders go: after the last hostdev, or at the end of <devices>.
 *    Their old place would change the aliases of the hostdevs after it, which libvirt numbers.
 * Other changes, which a site's own stylesheet can make, stay.
 *
 * @after may have been read back from libvirt, or be what libvirt was to get: what libvirt adds
 * by itself is no change. False with IFX_ERROR_REFUSED, which names the claim, if
 *  - an added claim was changed since: a part of it is gone or has another value, managed
 *    differs, the guest gets what it did not get, or the reverse; or if the claim is there
 *    twice;
 *  - an added claim was removed since, while another change is still there;
 *  - managed is now neither as in @after nor as in @before;
 *  - the device of a claim that is to be added again is claimed in another way now.
 * A change that was undone already, or whose claim is gone, is skipped. False with IFX_ERROR_XML
 * if a claim cannot be copied from @before. */
bool ifxUndoPatchMake(const ifxDomain *before,
                      const ifxDomain *after,
                      const ifxDomain *current,
                      char **patch,
                      GError **error);
