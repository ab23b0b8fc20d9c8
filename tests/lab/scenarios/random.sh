#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2016 # words that are evaluated later
# Reality decides: random states of a host, each from a number (its seed). The tool is asked about
# every device. What it calls free loses its driver, as when libvirt takes it for a guest. Then
# everything that the host does must still work. What it refuses although nothing is on it loses its
# driver, too: if that disturbs nothing, the refusal was false.
#
#   LAB_SEED      the first state's seed; a state depends on its seed alone
#   LAB_STATES    how many states, each with the next seed

host=busy
. "$srcdir/tests/lab/lib.sh"
. "$srcdir/tests/lab/hold.sh"
. "$srcdir/tests/lab/states.sh"

blocks="disk_a disk_b disk_c disk_d scsi ssd"
carriers="$blocks disk_e usb_disk reader nic_a nic_b nic_c nic_d usb_nic tty dog usb_tty share edu"

mates=
for name in $carriers; do
    eval "mates=\"\$mates \$${name}_mate\""
done
# shellcheck disable=SC2086 # a list of devices
guest_xml all $mates >"$tmp/all.xml"
modprobe -a btrfs configfs
modprobe loop max_loop=99
wait_for '[ -e /dev/ttyUSB0 ]'

# ask: writes a line for each carrier: "add" or "refuse", the reason, the chain.
ask() {
    virt-iommufix --sysroot / plan "$tmp/all.xml" >"$tmp/plan" 2>"$tmp/plan.err"
    for name in $carriers; do
        eval "device=\$$name"
        awk -v device="$device" '
            /<member / { split($0, q, "\""); verdict = q[2]; reason = q[4]; mine = 0; chain = "" }
            /<address / {
                split($0, q, "\"")
                mine = substr(q[2], 3) ":" substr(q[4], 3) ":" substr(q[6], 3) "." substr(q[8], 3) == device
            }
            /<step / && mine { split($0, q, "\""); chain = chain (chain ? " -> " : "") q[2] }
            /<\/member>/ && mine { print verdict, reason, chain }' "$tmp/plan" >"$tmp/verdict/$name"
    done
}

# unbind NAME: takes the driver from a carrier; false: that hangs.
unbind() {
    eval "device=\$$1"
    [ -e "$pci/$device/driver" ] || return 0
    echo "$device" >>"$tmp/unbound"
    rm -f "$tmp/is-unbound"
    (
        echo "$device" >"$pci/$device/driver/unbind"
        : >"$tmp/is-unbound"
    ) &
    wait_for '[ -e "$tmp/is-unbound" ]'
}

rebind() {
    while read -r device; do
        echo "$device" >/sys/bus/pci/drivers_probe
    done <"$tmp/unbound"
    udevadm settle
}

# kernel_errors: what the kernel has logged since the last call that is an error.
kernel_errors() {
    dmesg -c | grep -Ei 'i/o error|abort|call trace|bug:|oops|corrupt|shutdown|read-error|lost page|hung' |
        grep -v -e 'Synchronize Cache' -e 'xhci_hcd'
}

# judge SEED: asks, takes what is free, and looks.
judge() {
    ask
    kernel_errors >/dev/null
    : >"$tmp/unbound"
    taken=
    false=
    hangs=
    for name in $carriers; do
        read -r verdict reason chain <"$tmp/verdict/$name" || verdict=none
        held=no
        ! grep -q " $name " "$tmp/needed" || held=yes
        case $verdict/$held in
        add/*)
            # One that nothing was made on is much like another: a few of them are enough.
            random 3
            [ $held = yes ] || [ "$r" = 0 ] || grep -q " $name " "$tmp/made" || continue
            taken="$taken $name"
            ;;
        refuse/no)
            if grep -q " $name " "$tmp/careful"; then
                careful=$((careful + 1))
                continue
            fi
            false="$false $name"
            ;;
        refuse/*)
            refused=$((refused + 1))
            continue
            ;;
        *) continue ;;
        esac
        [ "$verdict" != add ] || free=$((free + 1))
        unbind "$name" || hangs="$hangs $name"
    done
    udevadm settle
    broken=${hangs:+; the driver cannot be taken from$hangs}
    while IFS='	' read -r needs label command; do
        (eval "$command") >"$tmp/witness" 2>&1 </dev/null || broken="$broken; $label on$needs"
    done <"$tmp/witnesses"
    kernel_errors >"$tmp/errors"
    [ ! -s "$tmp/errors" ] || [ -n "$broken" ] || [ -z "$taken" ] || broken="; the kernel's log"
    if [ -n "$broken" ]; then
        faults=$((faults + 1))
        echo "# seed $1: FAULT: called free:$taken; broken:${broken#;}"
        show "$tmp/state"
        for name in $taken $false; do
            echo "#   $name: $(cat "$tmp/verdict/$name")"
        done
        head -n 5 "$tmp/errors" | sed 's/^/#   kernel: /'
    fi
    for name in $false; do
        refusals=$((refusals + 1))
        echo "# seed $1: REFUSED, and nothing needs it: $name: $(cat "$tmp/verdict/$name")"
        grep " $name" "$tmp/state" | sed 's/^/#   /'
    done
    rebind
}

faults=0
refusals=0
careful=0
free=0
refused=0
mkdir -p "$tmp/verdict" /srv
state=${LAB_SEED:-1}
last=$((state + ${LAB_STATES:-2}))
began=$(date +%s)
while [ "$state" -lt "$last" ]; do
    make_state "$state"
    judge "$state"
    unmake_state || {
        echo "# seed $state: something is left"
        show "$tmp/left"
        break
    }
    state=$((state + 1))
done
states=$((state - ${LAB_SEED:-1}))
echo "# $states states in $(($(date +%s) - began)) s: $free times free, $refused times refused, $careful times refused because of what is at rest"
is "$state" "$last" "every state was made and unmade"
is "$faults" 0 "nothing broke that needed a device that was called free"
is "$refusals" 0 "nothing was refused that nothing needs"
finish
