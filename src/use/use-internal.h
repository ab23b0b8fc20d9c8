/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-internal: how use.c keeps what use-evidence.c walks over. For these two alone.
 */

#pragma once

#include "use/use.h"

typedef struct _ifxThing ifxThing;
struct _ifxThing {
    char *id;
    char *label;            /* NULL: named, but not added yet; its id then */
    GPtrArray *below;       /* ifxThing, lent by things */
    GPtrArray *above;       /* ifxThing: those that have this one below */
    GPtrArray *devices;     /* ifxPciAddress, lent by holders */
    GArray *uses;           /* guint: indexes of uses */
};

typedef struct _ifxThingUse ifxThingUse;
struct _ifxThingUse {
    ifxUseKind kind;
    bool vital;
    char *what;             /* or NULL */
    char *domain;           /* or NULL */
};

struct _ifxUseGraph {
    GHashTable *things;     /* id -> ifxThing */
    GHashTable *aliases;    /* alias -> id */
    GHashTable *holders;    /* ifxPciAddress -> GPtrArray of ifxThing that are this device */
    GHashTable *pairs;      /* ifxPair: thing and thing below, thing and device */
    GArray *uses;           /* ifxThingUse, in the order they were added */
    GHashTable *evidence;   /* ifxPciAddress, lent by holders -> GPtrArray of ifxUse or NULL;
                             * NULL: to be found anew */
    ifxSight sight;
};
