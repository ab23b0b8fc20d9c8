/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-console: the host's displays and keyboards.
 */

#pragma once

#include "host-use.h"

/* Adds drm/NAME and input/NAME, and IFX_SIGHT_CONSOLE, from what is below @sysroot. */
void ifxUseConsoleLoad(const char *sysroot, ifxHostUse *use);
