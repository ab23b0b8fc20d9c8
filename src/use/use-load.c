/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use.h"

#include "use/use-block.h"
#include "use/use-bus.h"
#include "use/use-console.h"
#include "use/use-mount.h"
#include "use/use-network.h"
#include "use/use-process.h"
#include "use/use-virtual.h"

ifxUseGraph *
ifxUseLoad(const char *sysroot)
{
    ifxUseGraph *use = ifxUseGraphNew();

    ifxUseBlockLoad(sysroot, use);
    ifxUseBusLoad(sysroot, use);
    ifxUseMountLoad(sysroot, use);
    ifxUseNetworkLoad(sysroot, use);
    ifxUseConsoleLoad(sysroot, use);
    ifxUseVirtualLoad(sysroot, use);
    ifxUseProcessLoad(sysroot, use);
    return use;
}
