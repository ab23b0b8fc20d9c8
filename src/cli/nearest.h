/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nearest: what the user may have meant by a word that the tool does not know.
 */

#pragma once

#include <glib.h>

/* The one of @words (NULL-terminated) that is nearest to @word: at most two letters are missing, too
 * many, wrong or swapped, and not half of the word; lent. NULL: none. */
const char *ifxNearestFind(const char *word, const char *const *words);
