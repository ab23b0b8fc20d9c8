/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is a file that the tool saved and that somebody may have changed: a plan, or a
 * record.
 */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);

    ifxFuzzCheckPlanFile(bytes);
    ifxFuzzCheckRecord((const char *) data, size);
    return 0;
}
