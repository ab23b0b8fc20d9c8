/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tally: how many domains of a run came out how.
 */

#pragma once

#include <glib.h>

#include "base/error.h"
#include "plan/plan.h"

typedef struct _ifxTally ifxTally;
struct _ifxTally {
    guint results[IFX_RESULT_SKIPPED + 1];
    guint failed;
    guint left;             /* of those to change: that a person declined */
};

/* "8 domains: 2 to change, 5 complete, 1 refused." and @tail, on stderr. @change is what
 * is said of the 2. */
void ifxTallySummarize(const ifxTally *tally, const char *change, const char *tail);

/* All domains, those that failed too. */
guint ifxTallyTotal(const ifxTally *tally);

/* 2 if a domain failed, else 3 if one was refused, else 0. */
ifxExit ifxTallyStatus(const ifxTally *tally);
