/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use-network.h"

void
ifxUseNetworkLoad(const char *sysroot G_GNUC_UNUSED,
     ifxHostUse *use G_GNUC_UNUSED)
{
}
