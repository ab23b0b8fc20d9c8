/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo-patch-internal.h"

#include <string.h>

#include "base/error.h"

static void
ifxUndoPatchClear(ifxUndoPatch *undo)
{
    g_clear_pointer(&undo->changes, g_array_unref);
    g_clear_pointer(&undo->leaving, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUndoPatch, ifxUndoPatchClear)

/* Returns false. */
static bool
ifxUndoPatchRefuse(const ifxUndoPatch *undo,
                   const ifxClaim *claim,
                   GError **error,
                   const char *format,
                   ...) G_GNUC_PRINTF(4, 5);

static bool
ifxUndoPatchRefuse(const ifxUndoPatch *undo,
                   const ifxClaim *claim,
                   GError **error,
                   const char *format,
                   ...)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *why = NULL;
    va_list arguments;

    va_start(arguments, format);
    why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return ifxErrorRefuse(error, undo->current->name,
                          "the %s of %s %s; undo the change by hand: virsh edit %s",
                          ifxClaimGetTraits(claim)->word,
                          ifxPciAddressFormat(&claim->address, address), why, undo->current->name);
}

static void
ifxUndoPatchAddChange(ifxUndoPatch *undo,
                      ifxUndoPatchKind kind,
                      const ifxClaim *old,
                      const ifxClaim *new)
{
    const ifxUndoPatchChange change = { .kind = kind, .old = old, .new = new };

    g_array_append_val(undo->changes, change);
}

/* The claim is in both. */
static void
ifxUndoPatchCompare(ifxUndoPatch *undo,
                    const ifxClaim *old,
                    const ifxClaim *new)
{
    if (ifxClaimIsMoved(old))
        ifxUndoPatchAddChange(undo, IFX_UNDO_PATCH_MOVED, old, new);
    if (strcmp(ifxUndoClaimGetManaged(undo->before, old),
               ifxUndoClaimGetManaged(undo->after, new)) != 0)
        ifxUndoPatchAddChange(undo, IFX_UNDO_PATCH_MANAGED, old, new);
    if (old->placeholder != new->placeholder)
        ifxUndoPatchAddChange(undo, IFX_UNDO_PATCH_GIVEN, old, new);
    else if (ifxUndoGuestIsMultifunction(undo->before, old) !=
             ifxUndoGuestIsMultifunction(undo->after, new))
        ifxUndoPatchAddChange(undo, IFX_UNDO_PATCH_MULTIFUNCTION, old, new);
}

static void
ifxUndoPatchFindChanges(ifxUndoPatch *undo)
{
    const ifxDomain *before = undo->before;
    const ifxDomain *after = undo->after;
    guint i;

    for (i = 0; i < after->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(after->claims, ifxClaim, i);
        const ifxClaim *old = ifxUndoClaimFind(before, after, claim, NULL);

        if (old)
            ifxUndoPatchCompare(undo, old, claim);
        else if (ifxUndoClaimIsEntry(after, claim))
            ifxUndoPatchAddChange(undo, IFX_UNDO_PATCH_ADDED, NULL, claim);
    }
    for (i = 0; i < before->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(before->claims, ifxClaim, i);

        if (ifxUndoClaimIsEntry(before, claim) &&
            !ifxUndoClaimFind(after, before, claim, NULL))
            ifxUndoPatchAddChange(undo, IFX_UNDO_PATCH_REMOVED, claim, NULL);
    }
}

static bool
ifxUndoPatchCheckAdded(ifxUndoPatch *undo,
                       ifxUndoPatchChange *change,
                       GError **error)
{
    g_autofree char *difference = NULL;
    guint count;

    change->now = ifxUndoClaimFind(undo->current, undo->after, change->new, &count);
    if (count > 1)
        return ifxUndoPatchRefuse(undo, change->new, error, "is in the domain %u times now", count);
    if (!change->now)
        return true;
    difference = ifxUndoClaimDescribeDifference(undo->after, change->new,
                                                undo->current, change->now);
    if (difference)
        return ifxUndoPatchRefuse(undo, change->new, error, "was changed since: %s", difference);
    change->pending = true;
    g_hash_table_add(undo->leaving, GUINT_TO_POINTER(change->now->element));
    return true;
}

/* Finds the claim of a change that is in both. False with an error if it cannot be told which it is; it
 * can be none. */
static bool
ifxUndoPatchFindNow(const ifxUndoPatch *undo,
                    ifxUndoPatchChange *change,
                    GError **error)
{
    guint count;
    guint written;

    ifxUndoClaimFind(undo->after, undo->after, change->new, &written);
    change->now = ifxUndoClaimFind(undo->current, undo->after, change->new, &count);
    return count == 0 || (change->now && count == written) ||
        ifxUndoPatchRefuse(undo, change->new, error, "is in the domain %u times now, not %u",
                           count, written);
}

static bool
ifxUndoPatchCheckMoved(ifxUndoPatch *undo,
                       ifxUndoPatchChange *change,
                       GError **error)
{
    if (!ifxUndoPatchFindNow(undo, change, error))
        return false;
    if (change->now && change->now->address_at == IFX_XML_NONE)
        return ifxUndoPatchRefuse(undo, change->new, error, "has its address in attributes in a "
                                  "namespace, which no XML patch can name");
    change->pending = change->now != NULL;
    return true;
}

static bool
ifxUndoPatchCheckManaged(ifxUndoPatch *undo,
                         ifxUndoPatchChange *change,
                         GError **error)
{
    const char *old = ifxUndoClaimGetManaged(undo->before, change->old);
    const char *new = ifxUndoClaimGetManaged(undo->after, change->new);
    const char *now;

    if (!ifxUndoPatchFindNow(undo, change, error))
        return false;
    if (!change->now)
        return true;
    now = ifxUndoClaimGetManaged(undo->current, change->now);
    if (strcmp(now, old) == 0)
        return true;
    if (strcmp(now, new) != 0)
        return ifxUndoPatchRefuse(undo, change->new, error, "was changed since: managed is '%s' "
                                  "now and was set to '%s'", now, new);
    if (change->now->managed_at == IFX_XML_NONE || change->old->managed_at == IFX_XML_NONE)
        return ifxUndoPatchRefuse(undo, change->new, error, "has managed as an attribute in a "
                                  "namespace, which no XML patch can name");
    change->pending = true;
    return true;
}

static bool
ifxUndoPatchCheckGiven(ifxUndoPatch *undo,
                       ifxUndoPatchChange *change,
                       GError **error)
{
    if (!ifxUndoPatchFindNow(undo, change, error))
        return false;
    change->pending = change->now && change->now->placeholder == change->new->placeholder;
    return !change->pending ||
        ifxUndoGuestCanMove(undo->before, change->old, undo->current, change->now) ||
        ifxUndoPatchRefuse(undo, change->new, error, "has a guest address that is more than one");
}

static bool
ifxUndoPatchCheckMultifunction(ifxUndoPatch *undo,
                               ifxUndoPatchChange *change,
                               GError **error)
{
    if (!ifxUndoPatchFindNow(undo, change, error))
        return false;
    /* Without a guest address, libvirt chooses one, and what shares it. */
    change->pending = change->now && !change->now->placeholder &&
        ifxUndoGuestHasAddress(undo->current, change->now) &&
        ifxUndoGuestIsMultifunction(undo->current, change->now) ==
        ifxUndoGuestIsMultifunction(undo->after, change->new);
    return true;
}

/* Will @claim, one of current's, get another address? */
static bool
ifxUndoPatchMoves(const ifxUndoPatch *undo,
                  const ifxClaim *claim)
{
    guint i;

    for (i = 0; i < undo->changes->len; i++) {
        const ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (change->kind == IFX_UNDO_PATCH_MOVED && change->now == claim)
            return true;
    }
    return false;
}

static bool
ifxUndoPatchCheckRemoved(ifxUndoPatch *undo,
                         ifxUndoPatchChange *change,
                         GError **error)
{
    const ifxDomain *current = undo->current;
    g_autofree char *difference = NULL;
    guint i;

    change->now = ifxUndoClaimFind(current, undo->before, change->old, NULL);
    if (change->now) {
        difference = ifxUndoClaimDescribeDifference(undo->before, change->old,
                                                    current, change->now);
        return !difference ||
            ifxUndoPatchRefuse(undo, change->old, error, "was added again in another form: %s",
                               difference);
    }
    for (i = 0; i < current->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(current->claims, ifxClaim, i);

        /* Several disks of one controller share the device. */
        if (ifxPciAddressEqual(&claim->address, &change->old->written) &&
            !ifxUndoPatchMoves(undo, claim) &&
            (claim->kind != change->old->kind || !ifxClaimGetTraits(claim)->shareable))
            return ifxUndoPatchRefuse(undo, change->old, error, "cannot be added again: %s claims "
                                      "the device now", claim->path);
    }
    if (current->devices == IFX_XML_NONE)
        return ifxUndoPatchRefuse(undo, change->old, error, "cannot be added again: the domain has "
                                  "no <devices>");
    change->pending = true;
    return true;
}

static bool
ifxUndoPatchCheck(ifxUndoPatch *undo,
                  ifxUndoPatchChange *change,
                  GError **error)
{
    switch (change->kind) {
    case IFX_UNDO_PATCH_ADDED:
        return ifxUndoPatchCheckAdded(undo, change, error);
    case IFX_UNDO_PATCH_MOVED:
        return ifxUndoPatchCheckMoved(undo, change, error);
    case IFX_UNDO_PATCH_MANAGED:
        return ifxUndoPatchCheckManaged(undo, change, error);
    case IFX_UNDO_PATCH_GIVEN:
        return ifxUndoPatchCheckGiven(undo, change, error);
    case IFX_UNDO_PATCH_MULTIFUNCTION:
        return ifxUndoPatchCheckMultifunction(undo, change, error);
    case IFX_UNDO_PATCH_REMOVED:
        break;
    }
    return ifxUndoPatchCheckRemoved(undo, change, error);
}

/* Sets what is pending, and @any if anything is. */
static bool
ifxUndoPatchCheckAll(ifxUndoPatch *undo,
                     bool *any,
                     GError **error)
{
    ifxUndoPatchChange *gone = NULL;
    guint i;

    *any = false;
    for (i = 0; i < undo->changes->len; i++) {
        ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (!ifxUndoPatchCheck(undo, change, error))
            return false;
        *any = *any || change->pending;
        if ((change->kind == IFX_UNDO_PATCH_ADDED || change->kind == IFX_UNDO_PATCH_MOVED) &&
            !change->pending && !gone)
            gone = change;
    }
    if (*any && gone)
        return ifxUndoPatchRefuse(undo, gone->new, error, "was removed since, but the rest of the "
                                  "change was not");
    return true;
}

bool
ifxUndoPatchMake(const ifxDomain *before,
                 const ifxDomain *after,
                 const ifxDomain *current,
                 char **patch,
                 GError **error)
{
    g_auto(ifxUndoPatch) undo = {
        .before = before,
        .after = after,
        .current = current,
        .changes = g_array_new(FALSE, FALSE, sizeof(ifxUndoPatchChange)),
        .leaving = g_hash_table_new(NULL, NULL),
    };
    bool any;

    *patch = NULL;
    if (ifxUndoClaimIsBack(before, after, current))
        return true;
    ifxUndoPatchFindChanges(&undo);
    if (!ifxUndoPatchCheckAll(&undo, &any, error))
        return false;
    if (any)
        *patch = ifxUndoPatchFormat(&undo, error);
    return !any || *patch;
}
