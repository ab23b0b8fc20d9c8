#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A card comes between two boots, and the firmware gives other numbers to the buses of those after it.
# One command follows the devices of two guests, once.

host=switch
later='came switch'
. "$srcdir/tests/lab/lib.sh"

# first NAME CLAIM...: a guest of the first boot, which starts there.
first() {
    guest "$@"
    if ! vsh start "$1"; then
        echo "Bail out! $1 does not start at the first boot"
        exit 1
    fi
    vsh destroy "$1"
    definition "$1" >"$1.xml"
}

if [ "$LAB_BOOT" = 1 ]; then
    virt-iommufix capture >old.xml
    first card "$switch_usb" "placeholder:$switch_sound"
    first net "$switch_nic"
    echo "# first boot: $switch_usb $switch_sound $switch_nic"
    echo "$switch_usb" >card.was.xml
    keep ./*.xml
    exit 0
fi

kept
was=$(cat card.was.xml)
echo "# second boot: $switch_usb $switch_sound $switch_nic"
[ "$switch_usb" != "$was" ]
result "the card was at $was and is at $switch_usb"
vsh define card.xml
vsh define net.xml
definition card >before
if vsh start card >out 2>err; then
    echo "it starts" >err
    false
else
    true
fi
result "the guest does not start: $(tail -n 1 err)"

tool check --moved-from old.xml card
ends 1 "check"
says "declares old addresses of devices that moved" \
    "$switch_usb (/domain/devices/hostdev[1]) was at $was before the host's cards moved"
show out
tool apply --yes --all --moved-from old.xml
ends 0 "one command for all guests"
says "2 domains: 2 changed"
show out
show err
starts card
starts net
on_vfio "$switch_usb" "$switch_sound" "$switch_nic"
is "$(given_to card)" "$switch_usb" "the guest has its card, at the new address"
is "$(given_to net)" "$switch_nic" "the other guest, too"
stops card
stops net

definition card >mended
tool apply --yes --all --moved-from old.xml
ends 0 "the same command again"
says "2 domains: 0 changed, 2 complete" "has rewritten its addresses already"
definition card >after
same after mended "moves nothing"
tool undo --yes
ends 0 "undo"
definition card >after
same after before "gives back the old addresses"
tool apply --yes --moved-from old.xml card
ends 0 "after undo the devices are followed again"
starts card
stops card

finish
