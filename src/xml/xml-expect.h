/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-expect: the elements that a document must have once a patch is carried out.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "xml/xml-patch.h"

/* An element of the result: inserted, or one of the original. */
typedef struct _ifxXmlExpected ifxXmlExpected;
struct _ifxXmlExpected {
    guint depth;            /* 0 for the root */
    const xmlNode *node;    /* what is inserted; NULL for an element of the original */
    guint element;          /* the original's, where @node is NULL */
    guint first_change;     /* of the patch's instructions, those for @element: */
    guint past_change;      /* first_change ... past_change - 1 */
};

/* The place in the walk over them. */
typedef struct _ifxXmlExpect ifxXmlExpect;
struct _ifxXmlExpect {
    const ifxXmlPatch *patch;   /* lent */
    guint next;                 /* the element of the original that comes next */
    guint left;                 /* how many of the instructions are not met yet */
    GPtrArray *insertions;      /* those that insert, as they stand in the result */
    guint inserted;             /* how many of these are met */
    const xmlNode *node;        /* the one given last, while an insertion goes on */
    guint depth;                /* of @node */
};

/* Begins the walk; @patch must outlive it. End it with ifxXmlExpectClear(). */
void ifxXmlExpectInit(ifxXmlExpect *expect, const ifxXmlPatch *patch);
void ifxXmlExpectClear(ifxXmlExpect *expect);

/* The next element in document order; false at the end. */
bool ifxXmlExpectNext(ifxXmlExpect *expect, ifxXmlExpected *expected);

/* At the end: was each instruction met? */
bool ifxXmlExpectIsDone(const ifxXmlExpect *expect);
