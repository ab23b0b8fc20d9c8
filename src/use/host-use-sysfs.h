/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host-use-sysfs: how a host uses its devices, from its own /sys, /proc and /run/udev.
 */

#pragma once

#include "use/host-use.h"

/* Of the host whose root is @sysroot, "/" for this one: never fails, but may see nothing. The
 * caller owns the reference. */
ifxHostUse *ifxHostUseLoadSysfs(const char *sysroot);
