/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/nearest.h"

#include <string.h>

/* Longer words are not compared. */
#define IFX_NEAREST_LENGTH 64

#define IFX_NEAREST_MOST 2

/* How many letters must be inserted, removed, replaced or swapped with their neighbour to make @b of
 * @a (optimal string alignment). */
static guint
ifxNearestMeasure(const char *a,
                  const char *b)
{
    const guint length = (guint) strlen(a);
    const guint other = (guint) strlen(b);
    guint cost[IFX_NEAREST_LENGTH + 1][IFX_NEAREST_LENGTH + 1];
    guint i;
    guint j;

    if (length > IFX_NEAREST_LENGTH || other > IFX_NEAREST_LENGTH)
        return G_MAXUINT;
    for (i = 0; i <= length; i++)
        cost[i][0] = i;
    for (j = 0; j <= other; j++)
        cost[0][j] = j;
    for (i = 1; i <= length; i++) {
        for (j = 1; j <= other; j++) {
            const guint same = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);

            cost[i][j] = MIN(same, MIN(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = MIN(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[length][other];
}

const char *
ifxNearestFind(const char *word,
               const char *const *words)
{
    const char *nearest = NULL;
    guint least = MIN(IFX_NEAREST_MOST, (guint) strlen(word) / 2) + 1;
    guint i;

    for (i = 0; words[i]; i++) {
        const guint distance = ifxNearestMeasure(word, words[i]);

        if (distance >= least)
            continue;
        least = distance;
        nearest = words[i];
    }
    return nearest;
}
