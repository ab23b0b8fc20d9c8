/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moves-match: which devices of one kind are which.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/device.h"

/* A device of one side. */
typedef struct _ifxMovesItem ifxMovesItem;
struct _ifxMovesItem {
    const ifxDevice *device;
    ifxMovesItem *match;    /* the same device on the other side; NULL: none is known */
    GPtrArray *candidates;  /* const ifxDevice of the other side; NULL: it has none. Counted */
    ifxMovesItem *above;    /* while matching: an item that it is alike with; NULL: it is the first */
};

/* Could both be one device: does no id and no serial contradict that? */
bool ifxMovesMatchIsPossible(const ifxDevice *before, const ifxDevice *now);

/* Does nothing but a serial contradict that? */
bool ifxMovesMatchIsTwin(const ifxDevice *before, const ifxDevice *now);

/* Do both have one serial? */
bool ifxMovesMatchIsProven(const ifxDevice *before, const ifxDevice *now);

/* Finds out which of @before is which of @now, all of one vendor and device: arrays of ifxMovesItem,
 * in order of addresses. Sets match or candidates of both. */
void ifxMovesMatch(GPtrArray *before, GPtrArray *now);
