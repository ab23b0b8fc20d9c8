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
#include "xml/xml-patch.h"

/* undo-claim: one claim in several texts of a domain. */

/* The claim in @domain that corresponds to @claim, which is one of @own's and has an address: it
 * has the same kind, the same device and, for NVMe, the same namespace; if several match, it has
 * the same rank among them. NULL: there is none. @count, unless it is NULL, is set to how many
 * of @domain's claims match. Lent from @domain. */
const ifxClaim *ifxUndoClaimFind(const ifxDomain *domain,
                                 const ifxDomain *own,
                                 const ifxClaim *claim,
                                 guint *count);

/* Gives the claims of @before, the definition before a change, the addresses that the change gave them:
 * @moved is that of its record (record.h), or NULL. These claims come first then. */
void ifxUndoClaimFollow(ifxDomain *before, const GArray *moved);

/* Has @current the claims of these addresses as @before had them before it followed @moved, and not as
 * @after? Then they have not moved, or were moved back. Two can have changed places, so their order
 * counts. */
bool ifxUndoClaimIsBack(const ifxDomain *before, const ifxDomain *after, const ifxDomain *current);

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

/* undo-guest: where a claim is in the guest, and that back to what it was. */

/* Has the claim an <address> of its own? */
bool ifxUndoGuestHasAddress(const ifxDomain *domain, const ifxClaim *claim);

/* Can the claim share its slot of the guest? */
bool ifxUndoGuestIsMultifunction(const ifxDomain *domain, const ifxClaim *claim);

/* Makes that of @now, one of @current's with an <address>, what it is of @old. @patch is for
 * @current. */
void ifxUndoGuestSetMultifunction(const ifxDomain *before,
                                  const ifxClaim *old,
                                  const ifxDomain *current,
                                  const ifxClaim *now,
                                  ifxXmlPatch *patch);

/* Are the guest addresses of @old and @now nothing more than that? Otherwise ifxUndoGuestMove() cannot
 * put one in place of the other. */
bool ifxUndoGuestCanMove(const ifxDomain *before,
                         const ifxClaim *old,
                         const ifxDomain *current,
                         const ifxClaim *now);

/* Gives @now the guest address of @old, which can be none, or that of a placeholder. @adds owns what
 * the patch appends, and must outlive it. */
void ifxUndoGuestMove(const ifxDomain *before,
                      const ifxClaim *old,
                      const ifxDomain *current,
                      const ifxClaim *now,
                      xmlNode *adds,
                      ifxXmlPatch *patch);

/* undo-patch: the patch that takes a change out of a domain as it is now. */

/* Sets @patch to the text of an XML patch (xml-patch.h) that takes out of @current what was
 * changed between @before and @after, which are the definitions of one transaction; to NULL if
 * nothing of that is left in @current, or if nothing was changed. Free with g_free().
 *
 * Six kinds of change are undone. A claim is identified by its kind and host address, for NVMe
 * also by the namespace.
 *  - Claims in <devices> of @after that are not in @before are removed, wherever they are now.
 *  - Claims that got another address get that of @before, where ifxUndoClaimFollow() has given the
 *    claims of that the addresses of @after.
 *  - Claims whose managed differs get the value of @before; if that has none, the attribute is
 *    removed.
 *  - A placeholder that became a device of the guest becomes a placeholder again, and the reverse.
 *  - A guest address whose multifunction was set to "on" gets the value of @before, and the reverse.
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
 *  - a claim that got another address is not there, while another change is;
 *  - the guest address that is to become another one has parts of its own;
 *  - managed is now neither as in @after nor as in @before;
 *  - the device of a claim that is to be added again is claimed in another way now.
 * A change that was undone already, or whose claim is gone, is skipped. False with IFX_ERROR_XML
 * if a claim cannot be copied from @before. */
bool ifxUndoPatchMake(const ifxDomain *before,
                      const ifxDomain *after,
                      const ifxDomain *current,
                      char **patch,
                      GError **error);
