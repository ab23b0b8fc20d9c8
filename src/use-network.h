/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-network: network interfaces that carry something: addresses, routes, other interfaces.
 */

#pragma once

#include "host-use.h"

/* Adds net/NAME for each of /sys/class/net below @sysroot; IFX_SIGHT_NETWORK if all of it
 * can be read. */
void ifxUseNetworkLoad(const char *sysroot, ifxHostUse *use);
