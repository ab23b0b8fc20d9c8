#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A card of three functions: who wants its network card takes all of it.

host=slot
. "$srcdir/tests/lab/lib.sh"

together slot-nic slot-usb slot-sound
completes managed slot-nic slot-usb slot-sound
completes unmanaged unmanaged:slot-nic slot-usb slot-sound
cat /proc/uptime | sed 's/^/# /'

finish
