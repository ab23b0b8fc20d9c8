/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * undo-patch-internal: what finding out what to undo (undo-patch.c) and writing the patch that does it
 * (undo-patch-format.c) share.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/undo-internal.h"

typedef enum {
    IFX_UNDO_PATCH_ADDED,
    IFX_UNDO_PATCH_REMOVED,
    IFX_UNDO_PATCH_MOVED,           /* it got another address of the host */
    IFX_UNDO_PATCH_MANAGED,         /* its managed was changed */
    IFX_UNDO_PATCH_GIVEN,           /* the guest got it, or it does not any more */
    IFX_UNDO_PATCH_MULTIFUNCTION,   /* its slot of the guest got more functions, or the reverse */
} ifxUndoPatchKind;

/* A thing that the transaction did to a claim. */
typedef struct _ifxUndoPatchChange ifxUndoPatchChange;
struct _ifxUndoPatchChange {
    ifxUndoPatchKind kind;
    const ifxClaim *old;    /* in before; NULL: it was added */
    const ifxClaim *new;    /* in after; NULL: it was removed */
    const ifxClaim *now;    /* in current; NULL: it is not there */
    bool pending;           /* the patch has to undo it */
};

typedef struct _ifxUndoPatch ifxUndoPatch;
struct _ifxUndoPatch {
    const ifxDomain *before;
    const ifxDomain *after;
    const ifxDomain *current;
    GArray *changes;        /* ifxUndoPatchChange: the claims of after, then the removed ones */
    GHashTable *leaving;    /* set of GUINT_TO_POINTER(element): what is removed from current */
};

/* The patch that undoes the pending changes of @undo, as text; there must be one. Free with g_free().
 * NULL with an error if the definition of before cannot be read as a tree. */
char *ifxUndoPatchFormat(const ifxUndoPatch *undo, GError **error);
