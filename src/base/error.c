/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

#include <stdarg.h>

GQuark
ifxErrorQuark(void)
{
    return g_quark_from_static_string("virt-iommufix");
}

bool
ifxErrorSet(GError **error,
            ifxError code,
            const char *format,
            ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(IFX_ERROR, (int) code, format, args));
    va_end(args);
    return false;
}

char *
ifxErrorFormatRefused(const char *label,
                      const char *why)
{
    return g_strdup_printf("%s: refused: %s", label, why);
}

bool
ifxErrorRefuse(GError **error,
               const char *label,
               const char *format,
               ...)
{
    g_autofree char *why = NULL;
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    message = ifxErrorFormatRefused(label, why);
    return ifxErrorSet(error, IFX_ERROR_REFUSED, "%s", message);
}

ifxExit
ifxExitWorse(ifxExit a,
             ifxExit b)
{
    static const int weights[] = {
        [IFX_EXIT_DONE] = 0,
        [IFX_EXIT_INCOMPLETE] = 1,
        [IFX_EXIT_REFUSED] = 2,
        [IFX_EXIT_ERROR] = 3,
    };

    return weights[a] >= weights[b] ? a : b;
}
