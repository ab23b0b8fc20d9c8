#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2016 # words that are evaluated later
# Reality decides: random states of a host, each from a number (its seed). The tool is asked about
# every device. What it calls free loses its driver, as when libvirt takes it for a guest. Then
# everything that the host does must still work. After that the refused devices lose their drivers,
# one after the other: if that disturbs nothing, the refusal was false.
#
#   LAB_SEED      the first state's seed; a state depends on its seed alone
#   LAB_STATES    how many states, each with the next seed
#   LAB_VERBOSE   "yes": each state is printed

host=busy
. "$srcdir/tests/lab/lib.sh"
. "$srcdir/tests/lab/hold.sh"
. "$srcdir/tests/lab/states.sh"

blocks="disk_a disk_b disk_c disk_d scsi ssd"
carriers="$blocks disk_e usb_disk reader nic_a nic_b nic_c nic_d usb_nic tty dog usb_tty gpu_b share edu"

mates=
places=
for name in $carriers; do
    eval "mates=\"\$mates \$${name}_mate\""
    eval "places=\"\$places \$$name=$name\""
done
# shellcheck disable=SC2086 # a list of devices
guest_xml all $mates >"$tmp/all.xml"
modprobe -a btrfs configfs
modprobe loop max_loop=99
wait_for '[ -e /dev/ttyUSB0 ]'
mkdir -p /srv
# The tool is asked about the host itself, and libvirtd would follow each event.
kill "$(cat /run/libvirtd.pid)"
# A disk that has its driver again is blank soon, and nothing is to be made from what is on it.
rm -f /usr/lib/udev/rules.d/64-md-raid-assembly.rules /usr/lib/udev/rules.d/69-*.rules
udevadm control --reload

# ask: sets verdicts to a line for each carrier: its name, "add" or "refuse", the reason, the chain.
ask() {
    virt-iommufix --sysroot / plan "$tmp/all.xml" >"$tmp/plan" 2>"$tmp/plan.err"
    verdicts=$(awk -v places="$places" '
        BEGIN {
            count = split(places, pairs, " ")
            for (i = 1; i <= count; i++) {
                split(pairs[i], pair, "=")
                carrier[pair[1]] = pair[2]
            }
        }
        /<member / { split($0, q, "\""); verdict = q[2]; reason = q[4]; name = ""; chain = "" }
        /<address / {
            split($0, q, "\"")
            name = carrier[substr(q[2], 3) ":" substr(q[4], 3) ":" substr(q[6], 3) "." substr(q[8], 3)]
        }
        /<step / { split($0, q, "\""); chain = chain (chain ? " -> " : "") q[2] }
        /<\/member>/ && name { print name, verdict, reason, chain }' "$tmp/plan")
}

# unbind NAME...: takes the drivers from carriers; false: that hangs.
unbind() {
    devices=
    for it; do
        eval "device=\$$it"
        [ ! -e "$pci/$device/driver" ] || devices="$devices $device"
    done
    [ -n "$devices" ] || return 0
    unbound="$unbound$devices"
    rm -f "$tmp/is-unbound"
    (
        for device in $devices; do
            echo "$device" >"$pci/$device/driver/unbind"
        done
        : >"$tmp/is-unbound"
    ) &
    wait_for '[ -e "$tmp/is-unbound" ]'
}

# rebind: gives drivers back to what unbind took them from, and waits for what hangs on it.
rebind() {
    for device in $unbound; do
        echo "$device" >/sys/bus/pci/drivers_probe
    done
    udevadm settle
    wait_for all_there
    udevadm settle
    unbound=
}

# all_there: has each carrier what hung on it in the beginning?
all_there() {
    all=$(hanging)
    [ "$all" = "$at_first" ]
}
hanging() {
    for name in $carriers; do
        eval "device=\$$name"
        set -- "$pci/$device"/virtio*/block/* "$pci/$device"/virtio*/host*/target*/*/block/* \
            "$pci/$device"/nvme/nvme*/nvme*n? "$pci/$device"/usb*/*/*/host*/target*/*/block/* \
            "$pci/$device"/mmc_host/*/*/block/* "$pci/$device"/net/* "$pci/$device"/virtio*/net/* \
            "$pci/$device"/usb*/*/*/net/* "$pci/$device"/tty/* "$pci/$device"/usb*/*/*/ttyUSB*
        count=0
        for it; do
            [ ! -e "$it" ] || count=$((count + 1))
        done
        [ ! -e "$pci/$device/driver" ] || count=$count+
        echo "$name $count"
    done
}

# kernel_errors: what the kernel has logged since the last call that is an error.
kernel_errors() {
    dmesg -c | grep -Ei 'i/o error|abort|call trace|bug:|oops|corrupt|shutdown|read-error|lost page|hung' |
        grep -v -e 'Synchronize Cache' -e 'xhci_hcd'
}

# look [NAME]: evaluates the witnesses (of one carrier), and sets broken to those that fail.
look() {
    broken=
    while IFS='	' read -r needs label command; do
        case "$gone " in
        *"; $label on$needs;"*) continue ;;
        esac
        case "$needs " in
        *" ${1:-} "*) ;;
        *) [ -z "${1:-}" ] || continue ;;
        esac
        (eval "$command") >"$tmp/witness" 2>&1 </dev/null || broken="$broken; $label on$needs;"
    done <"$tmp/witnesses"
    kernel_errors >"$tmp/errors"
    gone="$gone$broken"
}

# take_free SEED: takes the drivers of what the tool calls free, and looks.
take_free() {
    taken=
    while read -r name verdict reason chain; do
        [ "$verdict" = add ] || continue
        # One that nothing was made on is much like another: a few of them are enough.
        random 8
        case " $made " in
        *" $name "*) ;;
        *) [ "$r" = 0 ] || continue ;;
        esac
        free=$((free + 1))
        taken="$taken $name"
    done <"$tmp/verdicts"
    hangs=
    # shellcheck disable=SC2086 # a list
    unbind $taken || hangs="; their drivers cannot be taken;"
    udevadm settle
    look
    broken=$hangs$broken
    [ ! -s "$tmp/errors" ] || [ -n "$broken" ] || [ -z "$taken" ] || broken="; the kernel's log;"
    [ -n "$broken" ] || return
    faults=$((faults + 1))
    echo "# seed $1: FAULT: called free:$taken; broken:$broken"
    show "$tmp/state"
    show "$tmp/verdicts"
    head -n 5 "$tmp/errors" | sed 's/^/#   kernel: /'
}

# take_refused SEED: takes the drivers of what the tool refuses, and looks each time.
take_refused() {
    # What must break now may do so at once.
    patience=1
    while read -r name verdict reason chain; do
        [ "$verdict" = refuse ] || continue
        refused=$((refused + 1))
        case " $stays " in
        *" $name "*) continue ;;
        esac
        unbind "$name" || {
            hangs="; $name"
            return
        }
        look "$name"
        # It had something that was broken before.
        case "$gone" in
        *" $name "* | *" $name;"*) continue ;;
        esac
        [ ! -s "$tmp/errors" ] || continue
        case " $careful " in
        *" $name "*)
            explained=$((explained + 1))
            continue
            ;;
        esac
        refusals=$((refusals + 1))
        echo "# seed $1: REFUSED, and nothing needs it: $name $reason $chain"
        show "$tmp/state"
    done <"$tmp/verdicts"
}

# judge SEED: false: the machine is of no use any more.
judge() {
    ask
    echo "$verdicts" >"$tmp/verdicts"
    kernel_errors >"$tmp/errors"
    gone=
    take_free "$1"
    [ -n "$hangs" ] || take_refused "$1"
    [ -z "$hangs" ] || {
        echo "# seed $1: a driver cannot be taken$hangs"
        return 1
    }
}

faults=0
refusals=0
explained=0
free=0
refused=0
things=0
unbound=
at_first=$(hanging)
state=${LAB_SEED:-1}
last=$((state + ${LAB_STATES:-10}))
read -r began _ </proc/uptime
while [ "$state" -lt "$last" ]; do
    make_state "$state"
    judge "$state" || break
    unmake_state || {
        echo "# seed $state: something is left"
        show "$tmp/state"
        show "$tmp/left"
        break
    }
    if [ "${LAB_VERBOSE:-}" = yes ]; then
        show "$tmp/state"
        show "$tmp/left"
    fi
    state=$((state + 1))
done
states=$((state - ${LAB_SEED:-1}))
read -r ended _ </proc/uptime
echo "# $states states with $things things in $((${ended%.*} - ${began%.*})) s; free: $free; refused: $refused, of these because of what is at rest: $explained"
is "$state" "$last" "every state was made and unmade"
is "$faults" 0 "nothing broke that needed a device that was called free"
is "$refusals" 0 "nothing was refused that nothing needs"
finish
