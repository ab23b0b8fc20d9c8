/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * help: the text of --help on a terminal.
 */

#pragma once

#include <glib.h>

/* @help with each line that does not fit @width columns broken at words. It goes on in the column of
 * the second part of the line, which two blanks or more separate from the first; without such a part,
 * two columns further right if it is indented. A longer word is not broken. @width 0: as it is. Free with g_free(). */
char *ifxHelpWrap(const char *help, guint width);
