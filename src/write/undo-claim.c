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

static int
ifxUndoClaimCompare(gconstpointer a,
                    gconstpointer b)
{
    const ifxClaim *left = *(const ifxClaim *const *) a;
    const ifxClaim *right = *(const ifxClaim *const *) b;

    return left->element < right->element ? -1 : left->element > right->element;
}

/* The claims of @domain that have one of @addresses in the text: array of const ifxClaim, in document
 * order. */
static GPtrArray *
ifxUndoClaimListWritten(const ifxDomain *domain,
                        GHashTable *addresses)
{
    GPtrArray *claims = g_ptr_array_new();
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (g_hash_table_contains(addresses, &claim->written))
            g_ptr_array_add(claims, (gpointer) claim);
    }
    g_ptr_array_sort(claims, ifxUndoClaimCompare);
    return claims;
}

static bool
ifxUndoClaimIsSameList(const ifxDomain *one,
                       const ifxDomain *other,
                       GHashTable *addresses)
{
    g_autoptr(GPtrArray) left = ifxUndoClaimListWritten(one, addresses);
    g_autoptr(GPtrArray) right = ifxUndoClaimListWritten(other, addresses);
    guint i;

    for (i = 0; i < left->len && i < right->len; i++) {
        if (!ifxPciAddressEqual(&((const ifxClaim *) left->pdata[i])->written,
                                &((const ifxClaim *) right->pdata[i])->written))
            break;
    }
    return i == left->len && i == right->len;
}

bool
ifxUndoClaimIsBack(const ifxDomain *before,
                   const ifxDomain *after,
                   const ifxDomain *current)
{
    g_autoptr(GHashTable) addresses = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;

    for (i = 0; i < before->claims->len; i++) {
        ifxClaim *claim = &g_array_index(before->claims, ifxClaim, i);

        if (!ifxClaimIsMoved(claim))
            continue;
        g_hash_table_add(addresses, &claim->written);
        g_hash_table_add(addresses, &claim->address);
    }
    return g_hash_table_size(addresses) > 0 &&
        ifxUndoClaimIsSameList(before, current, addresses) &&
        !ifxUndoClaimIsSameList(after, current, addresses);
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
