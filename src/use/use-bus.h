/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-bus: SCSI hosts and USB devices, by the names that domains give them.
 */

#pragma once

#include "use/use.h"

/* Adds from what is below @sysroot scsi_host/host0 for each of /sys/class/scsi_host, and usb/1-4
 * for each USB device of /sys/bus/usb/devices, also called usb/001/004 (bus and device number)
 * and usb/046d:c31c (vendor and product; the first one of several). None of them is a use. */
void ifxUseBusLoad(const char *sysroot, ifxUseGraph *use);
