#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# groups --why on all topologies: its rules, applied to real configuration spaces, must give the
# groups that the kernel made.

host='bridge chipset no-acs nvme slot switch used'
. "$srcdir/tests/lab/lib.sh"

# rule_of DEVICE: the rule by which the tool explains the group of the device, and the other device.
rule_of() {
    awk -F'"' -v device="$1" '
        BEGIN { other = "-" }
        $2 == "address" && !why { last = $4 }
        $2 == "address" && with { other = $4; with = 0 }
        $2 == "why" { why = 1 }
        $2 == "with" { with = 1 }
        $2 == "rule" { rule = $4 }
        why && $2 == "text" {
            if (last == device)
                print rule " " other
            why = 0
            other = "-"
        }' why.json
}

tool groups --why --json
ends 0 "groups --why --json"
cp "$tmp/out" why.json
devices=0
for path in "$pci"/*; do
    devices=$((devices + 1))
done
is "$(grep -c '"why":' why.json)" "$devices" "each device has a reason"
is "$(grep -c '"rule": *"unknown"' why.json)" 0 "none is unknown to root"
is "$(grep -c '"explained": *false' why.json)" 0 "the rules join all that the kernel joined"
is "$(grep -c '"apart": *true' why.json)" 0 "and nothing that the kernel keeps apart"

is "$(rule_of "$slot_usb")" "slot $slot_nic" "a function of a card without ACS"
is "$(rule_of "$chipset_sata")" "slot $chipset_lpc" "a function of the chipset"
is "$(rule_of "$bridge_nic")" "bridge $bridge" "a card behind a PCIe-to-PCI bridge"
is "$(rule_of "$no_acs_nic")" "path $no_acs_port" "a card below a root port without ACS"
is "$(rule_of "$no_acs_port")" "slot ${no_acs_port%.*}.1" "a root port of two functions, without ACS"
is "$(rule_of "$switch_usb")" "path $switch_down" "a card below a downstream port without ACS"
is "$(rule_of "$switch_down")" "own -" "the downstream port, below an upstream port and a root port with ACS"
is "$(rule_of "$bridge")" "own -" "what is below a root port with ACS"

# The prediction for a port that has no device yet: take the device away, and ask again.
ports_of() {
    sed -n 's/^  \([0-9a-f:.]*\)  .*: a card \(has\|shares\) .*/\1 \2/p' out
}
tool groups --why
ports_of >with-cards
for device in "$no_acs_nic" "$no_acs_usb" "$switch_nic" "$slot_nic" "$slot_usb" "$slot_sound"; do
    echo 1 >"$pci/$device/remove"
done
tool groups --why
ports_of >without
is "$(grep -c 'port, empty: ' out)" 4 "four ports are empty now"
same without with-cards "what the tool predicts of a port without cards is what was there with them"
echo 1 >/sys/bus/pci/rescan
tool groups --why
ports_of >again
same again with-cards "and what is there again"

finish
