#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Other ways to need a group: an NVMe disk, two guests, a card that is gone.

host='nvme slot'
. "$srcdir/tests/lab/lib.sh"

# An NVMe disk: its group must be complete, too.
together "$nvme_ssd" "$nvme_usb" "$nvme_sound"
guest disk "nvme:$nvme_ssd"
tool check disk
ends 1 "check: a guest with an NVMe disk"
says "incomplete, will not start"
fails disk "is not viable"
tool apply --yes disk
ends 0 "apply"
is "$(definition disk | grep -c "type='unassigned'")" 2 "adds the other two, and not the disk"
starts disk
on_vfio "$nvme_ssd" "$nvme_usb" "$nvme_sound"

# A second guest on the same group, while the first one runs and after that.
guest second "$nvme_sound"
tool check second
says claimed-elsewhere disk
tool apply --yes second
ends 0 "apply completes it all the same"
fails second "is in use by driver QEMU, domain disk"
stops disk
is "$(driver_of "$nvme_ssd" "$nvme_usb" "$nvme_sound")" "nvme xhci_hcd snd_hda_intel" \
    "all came back"
starts second
stops second

guest both "nvme:$nvme_ssd" "$nvme_sound"
tool apply --yes both
ends 3 "apply refuses an NVMe disk and a device of its group in one guest"
says nvme-with-hostdev

# A card is removed, and with it the device of a placeholder.
completes slot "$slot_nic" "$slot_usb" "$slot_sound"
guest gone "$slot_nic" "placeholder:$slot_usb" "placeholder:$slot_sound"
echo 1 >"$pci/$slot_sound/remove"
tool check gone
ends 1 "check: a placeholder whose device is gone"
says placeholder-gone "will not start"
fails gone "Failed to start domain"
tool apply --yes gone
ends 3 "apply refuses it"
tool apply --yes --prune gone
ends 0 "apply --prune"
is "$(definition gone | grep -c "type='unassigned'")" 1 "takes just that one out"
starts gone
stops gone
echo 1 >/sys/bus/pci/rescan
[ -d "$pci/$slot_sound" ]
result "the card is plugged in again"

# A placeholder in a group of which the guest gets no device.
guest orphan "placeholder:$slot_usb"
definition orphan >"$tmp/before"
tool check orphan
ends 0 "check: a placeholder alone"
says "placeholder-orphan"
tool apply --yes orphan
ends 0 "apply"
definition orphan >"$tmp/after"
same "$tmp/after" "$tmp/before" "leaves it alone"
starts orphan
stops orphan

finish
