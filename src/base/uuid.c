/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/uuid.h"

#include <glib.h>
#include <string.h>

char *
ifxUuidFold(const char *uuid)
{
    GString *folded;

    if (!uuid)
        return NULL;
    folded = g_string_new(NULL);
    for (; *uuid; uuid++) {
        if (!strchr("- \t\r\n", *uuid))
            g_string_append_c(folded, g_ascii_tolower(*uuid));
    }
    return g_string_free(folded, folded->len == 0);
}
