/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-network: network interfaces that carry something: addresses, routes, other interfaces.
 *
 * An interface that is merely up is not in use: network managers put all of them up. What sits
 * on what is as netdev_adjacent_sysfs_add() in Linux net/core/dev.c shows it: lower_NAME and
 * upper_NAME, and master. An interface above that is in another network namespace is not
 * shown by the kernel, nor is an interface there.
 */

#pragma once

#include "use/use.h"

/* Adds net/NAME for each of /sys/class/net below @sysroot, "br0 (bridge)", and as IFX_USE_NETWORK
 * what it carries (use-address.h); of what is above others and carries nothing, itself. Unclear
 * are: interfaces that are up and may have an address whose own could not be told; PCI network
 * devices that the host drives and that show no interface.
 *
 * IFX_SIGHT_NETWORK if all of it can be read, and is of one network namespace. */
void ifxUseNetworkLoad(const char *sysroot, ifxUseGraph *use);
