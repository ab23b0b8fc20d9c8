/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libxml/parser.h>
#include <locale.h>

#include "fuzz.h"

static void G_GNUC_PRINTF(2, 3)
ifxFuzzIgnore(void *opaque G_GNUC_UNUSED,
              const char *format G_GNUC_UNUSED,
              ...)
{
}

/* As main() does. */
int
LLVMFuzzerInitialize(int *argc G_GNUC_UNUSED,
                     char ***argv G_GNUC_UNUSED)
{
    setlocale(LC_ALL, "C.UTF-8");
    xmlInitParser();
    xmlSetGenericErrorFunc(NULL, ifxFuzzIgnore);
    return 0;
}
