/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo-internal.h"

#include <string.h>

#include "write/record.h"
#include "xml/xml-compare.h"

/* The NVMe namespace; NULL: the claim names none. */
static const char *
ifxUndoClaimGetNamespace(const ifxDomain *domain,
                         const ifxClaim *claim)
{
    const guint source = ifxXmlTextNextChild(domain->text, claim->element, IFX_XML_NONE, "source");

    return source == IFX_XML_NONE ? NULL :
        ifxXmlTextGetAttribute(domain->text, source, "namespace");
}

static bool
ifxUndoClaimIsAlike(const ifxDomain *domain,
                    const ifxClaim *claim,
                    const ifxDomain *other_domain,
                    const ifxClaim *other)
{
    return claim->kind == other->kind &&
        ifxPciAddressEqual(&claim->address, &other->address) &&
        (!ifxClaimGetTraits(claim)->shareable ||
         g_strcmp0(ifxUndoClaimGetNamespace(domain, claim),
                   ifxUndoClaimGetNamespace(other_domain, other)) == 0);
}

const ifxClaim *
ifxUndoClaimFind(const ifxDomain *domain,
                 const ifxDomain *own,
                 const ifxClaim *claim,
                 guint *count)
{
    const ifxClaim *found = NULL;
    guint rank = 0;
    guint n = 0;
    guint i;

    for (i = 0; &g_array_index(own->claims, ifxClaim, i) != claim; i++)
        rank += ifxUndoClaimIsAlike(own, claim, own, &g_array_index(own->claims, ifxClaim, i));
    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *other = &g_array_index(domain->claims, ifxClaim, i);

        if (ifxUndoClaimIsAlike(own, claim, domain, other) && n++ == rank)
            found = other;
    }
    if (count)
        *count = n;
    return found;
}

/* A claim that was removed can have the address that another one got. ifxUndoClaimFind() counts in this
 * order, so those that moved come first. */
static void
ifxUndoClaimSort(GArray *claims)
{
    const gsize size = sizeof(ifxClaim) * claims->len;
    g_autofree ifxClaim *copy = g_memdup2(claims->data, size);
    guint next = 0;
    guint pass;
    guint i;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < claims->len; i++) {
            if (ifxClaimIsMoved(&copy[i]) == (pass == 0))
                g_array_index(claims, ifxClaim, next++) = copy[i];
        }
    }
}

void
ifxUndoClaimFollow(ifxDomain *before,
                   const GArray *moved)
{
    guint i;
    guint j;

    for (i = 0; moved && i < before->claims->len; i++) {
        ifxClaim *claim = &g_array_index(before->claims, ifxClaim, i);

        for (j = 0; j < moved->len; j++) {
            const ifxRecordMove *move = &g_array_index(moved, ifxRecordMove, j);

            if (claim->address_at != IFX_XML_NONE &&
                ifxPciAddressEqual(&claim->written, &move->from))
                claim->address = move->to;
        }
    }
    if (moved && moved->len > 0)
        ifxUndoClaimSort(before->claims);
}

/* How many claims of @domain have @address in the text? */
static guint
ifxUndoClaimCount(const ifxDomain *domain,
                  const ifxPciAddress *address)
{
    guint count = 0;
    guint i;

    for (i = 0; i < domain->claims->len; i++)
        count += ifxPciAddressEqual(&g_array_index(domain->claims, ifxClaim, i).written, address) ?
            1 : 0;
    return count;
}

bool
ifxUndoClaimIsBack(const ifxDomain *before,
                   const ifxDomain *current)
{
    bool moved = false;
    guint i;

    for (i = 0; i < before->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(before->claims, ifxClaim, i);

        if (!ifxClaimIsMoved(claim))
            continue;
        moved = true;
        if (ifxUndoClaimCount(current, &claim->written) !=
            ifxUndoClaimCount(before, &claim->written) ||
            ifxUndoClaimCount(current, &claim->address) !=
            ifxUndoClaimCount(before, &claim->address))
            return false;
    }
    return moved;
}

bool
ifxUndoClaimIsEntry(const ifxDomain *domain,
                    const ifxClaim *claim)
{
    const guint parent = ifxXmlTextGetElement(domain->text, claim->element)->parent;

    return ifxXmlTextIsNamed(domain->text, parent, "devices");
}

const char *
ifxUndoClaimGetManaged(const ifxDomain *domain,
                       const ifxClaim *claim)
{
    const char *managed = claim->managed_at == IFX_XML_NONE ? NULL :
        ifxXmlTextGetAttribute(domain->text, claim->managed_at, "managed");

    return managed ? managed : claim->managed ? "yes" : "no";
}

char *
ifxUndoClaimDescribeDifference(const ifxDomain *domain,
                               const ifxClaim *claim,
                               const ifxDomain *current,
                               const ifxClaim *now)
{
    const char *managed = ifxUndoClaimGetManaged(domain, claim);
    const char *managed_now = ifxUndoClaimGetManaged(current, now);
    const char *name;
    gsize length;
    guint gone;

    if (claim->placeholder != now->placeholder)
        return g_strdup(now->placeholder ? "the guest does not get it any more" :
                        "the guest gets it now");
    if (strcmp(managed, managed_now) != 0)
        return g_strdup_printf("managed is '%s' now and was '%s'", managed_now, managed);
    if (ifxXmlCompareElements(domain->text, claim->element, current->text, now->element, &gone))
        return NULL;
    name = ifxXmlTextGetName(domain->text, ifxXmlTextGetElement(domain->text, gone), &length);
    return g_strdup_printf("its <%.*s> is gone or has changed", (int) length, name);
}
