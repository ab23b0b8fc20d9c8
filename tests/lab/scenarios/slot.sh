#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A card with three functions: a guest that wants its network function takes all of it, and can get
# the others, too.

host=slot
. "$srcdir/tests/lab/lib.sh"

together "$slot_nic" "$slot_usb" "$slot_sound"
completes managed "$slot_nic" "$slot_usb" "$slot_sound"
completes unmanaged "unmanaged:$slot_nic" "$slot_usb" "$slot_sound"

# seen_by GUEST: a line "BUS SLOT.FUNCTION DEVICE" for each of the host's devices in QEMU's tree, which
# does not wait for the firmware as "info pci" does.
seen_by() {
    vsh qemu-monitor-command "$1" --hmp 'info qtree' | tr -d '\r"' | awk '
        $1 == "bus:" { bus = $2 }
        $1 == "dev:" { mine = $2 == "vfio-pci,"; host = addr = "" }
        mine && $1 == "host" { host = $3 }
        mine && $1 == "addr" { addr = $3 }
        mine && host != "" && addr != "" { print bus, addr, host; mine = 0 }' | sort
}

echo "# given: a guest with $slot_nic gets the whole card"
guest given "$slot_nic"
definition given >"$tmp/before"
tool apply --yes --give card given
ends 0 "apply --give card"
starts given
is "$(given_to given | tr '\n' ' ')" "$slot_nic $slot_usb $slot_sound " "QEMU has all functions"
seen_by given >"$tmp/seen"
slot=$(sed -n '1s/\.0 .*//p' "$tmp/seen")
is "$(cat "$tmp/seen")" "$slot.0 $slot_nic
$slot.1 $slot_usb
$slot.2 $slot_sound" "in one slot of the guest, with the host's numbers"
sed 's/^/# QEMU: /' "$tmp/seen"
tool check given
ends 0 "check: given is complete"
stops given
tool undo --yes
ends 0 "undo"
definition given >"$tmp/after"
same "$tmp/after" "$tmp/before" "the definition is as it was"

echo "# given: a placeholder becomes a device"
tool apply --yes given
definition given >"$tmp/hidden"
tool apply --yes --give "$slot_sound" given
ends 0 "apply --give $slot_sound"
starts given
is "$(given_to given | tr '\n' ' ')" "$slot_nic $slot_sound " "QEMU has one more"
is "$(seen_by given)" "$slot.0 $slot_nic
$slot.2 $slot_sound" "in the same slot"
stops given
tool undo --yes
definition given >"$tmp/after"
same "$tmp/after" "$tmp/hidden" "undo makes it a placeholder again"

finish
