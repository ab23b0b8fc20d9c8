#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cards behind a PCIe-to-PCI bridge: the other card is added, the bridge is not, because libvirt
# cannot give it to a guest and the kernel does not ask for it.

host=bridge
. "$srcdir/tests/lab/lib.sh"

together "$bridge" "$bridge_nic" "$bridge_sound"
completes managed "$bridge_nic" "$bridge_sound"
completes unmanaged "unmanaged:$bridge_sound" "$bridge_nic"

guest bridge-itself "$bridge"
tool check bridge-itself
ends 1 "check: a guest that claims the bridge"
says "will not start"
fails bridge-itself "Non-endpoint PCI devices cannot be assigned to guests"

finish
