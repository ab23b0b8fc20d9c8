/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-console: the host's displays and keyboards.
 *
 * The boot display is the one with boot_vga (Linux Documentation/ABI/testing/sysfs-bus-pci), where
 * firmware and, without a driver, the text or EFI console are. A display device is driven if it has
 * a DRM card or a frame buffer; that of the firmware (simple-framebuffer, efi-framebuffer) counts
 * for its parent, if this is a PCI device.
 */

#pragma once

#include "use/use.h"

/* Adds drm/card0 and drm/renderD128, with their names in /dev/dri as aliases, and the keyboards
 * (use-keyboard.h), from what is below @sysroot. In use (IFX_USE_BOOT_VGA) are the boot display,
 * unless it is kept for a guest, and a display that is the only one which the host drives:
 * "card0 -> boot display", without a card "nvidia -> boot display", "console -> boot display".
 *
 * IFX_SIGHT_CONSOLE if the devices of DRM and input can be listed, of which a kernel may have
 * but one kind, and PCI devices. */
void ifxUseConsoleLoad(const char *sysroot, ifxUseGraph *use);
