/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use-mount.h"

void
ifxUseMountLoad(const char *sysroot G_GNUC_UNUSED,
     ifxHostUse *use G_GNUC_UNUSED)
{
}
