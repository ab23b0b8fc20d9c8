/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prompt: questions to a person at the terminal.
 */

#pragma once

#include <stdbool.h>

/* Are stdin and stderr terminals? */
bool ifxPromptIsPossible(void);

/* "QUESTION " on stderr; the line that is answered, without white space at its ends. NULL at the
 * end of the input. Free with g_free(). */
char *ifxPromptLine(const char *question);

/* "QUESTION [y/N] " on stderr; anything but y or yes is no, as is the end of the input. */
bool ifxPromptYes(const char *question);
