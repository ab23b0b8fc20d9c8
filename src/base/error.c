/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/error.h"

GQuark
ifxErrorQuark(void)
{
    return g_quark_from_static_string("virt-iommufix");
}

static int
ifxExitWeight(ifxExit status)
{
    switch (status) {
    case IFX_EXIT_DONE:
        return 0;
    case IFX_EXIT_INCOMPLETE:
        return 1;
    case IFX_EXIT_REFUSED:
        return 2;
    case IFX_EXIT_ERROR:
        break;
    }
    return 3;
}

ifxExit
ifxExitWorse(ifxExit a,
             ifxExit b)
{
    return ifxExitWeight(a) >= ifxExitWeight(b) ? a : b;
}
