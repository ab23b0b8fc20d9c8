#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A card with three functions: a guest that wants its network function takes all of it.

host=slot
. "$srcdir/tests/lab/lib.sh"

together "$slot_nic" "$slot_usb" "$slot_sound"
completes managed "$slot_nic" "$slot_usb" "$slot_sound"
completes unmanaged "unmanaged:$slot_nic" "$slot_usb" "$slot_sound"

finish
