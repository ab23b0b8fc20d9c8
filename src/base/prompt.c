/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/prompt.h"

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

bool
ifxPromptIsPossible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

char *
ifxPromptLine(const char *question)
{
    GString *line = g_string_new(NULL);
    int c;

    fflush(stdout);
    fprintf(stderr, "%s ", question);
    while ((c = getc(stdin)) != EOF && c != '\n')
        g_string_append_c(line, (char) c);
    if (c == EOF && line->len == 0) {
        fputc('\n', stderr);
        g_string_free(line, TRUE);
        return NULL;
    }
    g_strstrip(line->str);
    return g_string_free(line, FALSE);
}

bool
ifxPromptYes(const char *question)
{
    g_autofree char *full = g_strdup_printf("%s [y/N]", question);
    g_autofree char *answer = ifxPromptLine(full);

    return answer &&
        (g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0);
}
