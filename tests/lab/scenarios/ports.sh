#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cards below root ports that do not isolate them, and below a switch that does. The ports are
# members of the groups; the tool never adds them.

host='no-acs switch'
. "$srcdir/tests/lab/lib.sh"

together "$no_acs_port" "$no_acs_nic" "$no_acs_usb"
completes managed "$no_acs_nic" "$no_acs_usb"
completes unmanaged "unmanaged:$no_acs_usb" "$no_acs_nic"

together "$switch_down" "$switch_usb" "$switch_sound"
completes switch-managed "$switch_usb" "$switch_sound"
completes switch-unmanaged "unmanaged:$switch_sound" "$switch_usb"

guest alone "$switch_nic"
tool check alone
ends 0 "check: a card that is alone below its port needs nothing"
starts alone
stops alone

finish
