/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For the command tests: reads a plan on standard input, and prints the patch that the tool's own
 * stylesheet makes from it: complete-groups.xsl, or moved.xsl with the argument "moved".
 */
#include <libxml/parser.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xml/stylesheet.h"

int
main(int argc,
     char **argv)
{
    const bool moved = argc > 1 && strcmp(argv[1], "moved") == 0;
    xmlDoc *plan = xmlReadFd(STDIN_FILENO, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxStylesheet) stylesheet = ifxStylesheetNew(
        moved ? IFX_STYLESHEET_MOVED : IFX_STYLESHEET_COMPLETE_GROUPS, &error);
    xmlDoc *patch = plan && stylesheet ? ifxStylesheetApply(stylesheet, plan, &error) : NULL;
    const bool ok = patch && xmlDocFormatDump(stdout, patch, 1) > 0;

    if (error)
        fprintf(stderr, "%s\n", error->message);
    xmlFreeDoc(patch);
    xmlFreeDoc(plan);
    return ok ? 0 : 1;
}
