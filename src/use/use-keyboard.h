/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-keyboard: the host's keyboards, and whether all of them hang on one device.
 */

#pragma once

#include "use/use.h"

/* Adds input/NAME for each of /sys/class/input below @sysroot that is a keyboard, with all the
 * keys that udev asks of one (src/udev/udev-builtin-input_id.c), but for those that a process
 * makes (/devices/virtual). If there are some, each is below a PCI device, and these are one or
 * of one IOMMU group, they are in use (IFX_USE_LAST_INPUT): who takes the group takes the last
 * keyboard. */
void ifxUseKeyboardLoad(const char *sysroot, ifxUseGraph *use);
