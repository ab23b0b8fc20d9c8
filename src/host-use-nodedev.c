/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host-use-nodedev.h"

bool
ifxHostUseAddNodedev(ifxHostUse *use G_GNUC_UNUSED,
                     const char *xml G_GNUC_UNUSED,
                     gsize length G_GNUC_UNUSED,
                     GError **error G_GNUC_UNUSED)
{
    return true;
}

bool
ifxHostUseAddCapture(ifxHostUse *use G_GNUC_UNUSED,
                     const char *xml G_GNUC_UNUSED,
                     gsize length G_GNUC_UNUSED,
                     GError **error G_GNUC_UNUSED)
{
    return true;
}
