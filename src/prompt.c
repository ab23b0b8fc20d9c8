/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

bool
ifxPromptIsPossible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool
ifxPromptYes(const char *question)
{
    char answer[16];

    fflush(stdout);
    fprintf(stderr, "%s [y/N] ", question);
    if (!fgets(answer, sizeof(answer), stdin)) {
        fputc('\n', stderr);
        return false;
    }
    g_strstrip(answer);
    return g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0;
}
