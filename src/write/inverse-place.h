/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inverse-place: where to put back what was taken out of a domain's <devices>.
 */

#pragma once

#include <glib.h>

#include "domain/domain.h"

typedef struct _ifxInversePlaces ifxInversePlaces;
struct _ifxInversePlaces {
    const ifxDomain *before;    /* lent; it has what is to be put back */
    const ifxDomain *current;   /* lent; it has a <devices> */
    GHashTable *leaving;        /* lent; set of GUINT_TO_POINTER(element): those of @current that
                                 * are to be taken out */
    guint last_kept;            /* of @before's hostdevs the last that is in @current */
    guint last_hostdev;         /* of @current's the last that stays; both: or IFX_XML_NONE */
    guint last_entry;           /* asked for last, IFX_XML_NONE: none yet */
    guint last_place;           /* and what was found */
};

/* Nothing to clear. */
void ifxInversePlacesInit(ifxInversePlaces *places,
                          const ifxDomain *before,
                          const ifxDomain *current,
                          GHashTable *leaving);

/* The element of @current behind which @entry of @before goes: the nearest one in front of it that
 * is still there; but where no hostdev that stood behind it is there any more, the last hostdev,
 * because libvirt numbers aliases in list order and those of the others must not move.
 * Where nothing that stood before it is there, <devices> itself: it becomes the first child.
 * Entries are asked for in document order. */
guint ifxInversePlacesFind(ifxInversePlaces *places, guint entry);
