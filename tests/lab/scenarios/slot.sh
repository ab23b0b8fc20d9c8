#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A card of three functions: who wants its network card takes all of it.

host=slot
. "$srcdir/tests/lab/lib.sh"

together "$slot_nic" "$slot_usb" "$slot_sound"
completes managed "$slot_nic" "$slot_usb" "$slot_sound"
completes unmanaged "unmanaged:$slot_nic" "$slot_usb" "$slot_sound"

finish
