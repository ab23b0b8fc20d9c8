/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host-use-sysfs.h"

#include "use-block.h"
#include "use-bus.h"
#include "use-console.h"
#include "use-mount.h"
#include "use-network.h"
#include "use-process.h"
#include "use-virtual.h"

ifxHostUse *
ifxHostUseLoadSysfs(const char *sysroot)
{
    ifxHostUse *use = ifxHostUseNew();

    ifxUseBlockLoad(sysroot, use);
    ifxUseBusLoad(sysroot, use);
    ifxUseMountLoad(sysroot, use);
    ifxUseNetworkLoad(sysroot, use);
    ifxUseConsoleLoad(sysroot, use);
    ifxUseVirtualLoad(sysroot, use);
    ifxUseProcessLoad(sysroot, use);
    return use;
}
