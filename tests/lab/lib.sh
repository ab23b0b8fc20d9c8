# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What every scenario starts with:
#
#   host='TOPOLOGY...'                 # topologies/TOPOLOGY.txt: the machine's devices
#   later='TOPOLOGY...'                # only for two boots: those of the second one. The first boot
#                                      # prints no TAP
#   . "$srcdir/tests/lab/lib.sh"
#
# A scenario runs twice: outside, where it only boots the lab's machine; and inside, where it is
# root on a host of guests. See README.md in this folder. A test ends with `finish`; the functions
# of tests/cli/lib.sh are there, too.
#
# From the environment, outside: srcdir, VIRT_IOMMUFIX, and
#   LAB_IMAGE     the folder that image.sh printed, or "none: REASON"; if not set, image.sh is run

lab_outside() {
    if [ -z "${LAB_IMAGE:-}" ]; then
        LAB_IMAGE=$(sh "$srcdir/tests/lab/image.sh") || LAB_IMAGE="none: $LAB_IMAGE"
    fi
    case $LAB_IMAGE in
    none:*)
        echo "1..0 # SKIP ${LAB_IMAGE#none: }"
        exit 0
        ;;
    esac
    [ -z "${later:-}" ] || lab_twice
    # shellcheck disable=SC2086 # a list of words
    exec sh "$srcdir/tests/lab/boot.sh" "$LAB_IMAGE" "tests/lab/scenarios/$(basename "$0")" $host
}

# lab_twice: boots it once before, and hands what that kept to the next boot.
lab_twice() {
    LAB_KEEP=$(mktemp "${TMPDIR:-/tmp}/iommufix-keep.XXXXXX") && truncate -s 4M "$LAB_KEEP" || exit 99
    export LAB_KEEP
    trap 'rm -f "$LAB_KEEP"' EXIT
    # shellcheck disable=SC2086 # lists of words
    LAB_BOOT=1 sh "$srcdir/tests/lab/boot.sh" "$LAB_IMAGE" "tests/lab/scenarios/$(basename "$0")" $host &&
        LAB_BOOT=2 sh "$srcdir/tests/lab/boot.sh" "$LAB_IMAGE" "tests/lab/scenarios/$(basename "$0")" $later
    exit $?
}

[ -n "${LAB_INSIDE:-}" ] || lab_outside
. "$srcdir/tests/cli/lib.sh"
[ "${LAB_BOOT:-1}" = 1 ] || host=$later

# keep FILE...: for the second boot, which finds them in the working directory after "kept".
keep() {
    tar -cf "$(kept_on)" "$@"
}
kept() {
    tar -xf "$(kept_on)"
}
kept_on() {
    for block in /sys/devices/pci0000:00/0000:00:14.0/virtio*/block/*; do
        echo "/dev/${block##*/}"
    done
}

# ---- devices
#
# A device is its address, 0000:01:00.0. The names that a topology gives to its devices are
# variables with their addresses. A topology gives the path of a device without bus numbers, because
# the firmware assigns them.

for topology in $host; do
    while read -r word name path; do
        [ "$word" = name ] || continue
        folder=/sys/devices/pci0000:00
        for step in $(echo "$path" | tr / ' '); do
            folder=$(echo "$folder"/????:??:"$step")
        done
        [ -d "$folder" ] || {
            echo "Bail out! $topology.txt: there is no $path"
            exit 1
        }
        eval "$name=${folder##*/}"
    done <"$srcdir/tests/lab/topologies/$topology.txt" || exit 1
done
pci=/sys/bus/pci/devices

# driver_of DEVICE...: prints the driver of each; "-" is none.
driver_of() {
    drivers=
    for device; do
        driver=-
        [ ! -e "$pci/$device/driver" ] || driver=$(readlink "$pci/$device/driver")
        drivers="$drivers ${driver##*/}"
    done
    echo "${drivers# }"
}

# group_of DEVICE: its group number, which another host may number differently.
group_of() {
    group=$(readlink "$pci/$1/iommu_group")
    echo "${group##*/}"
}

# together DEVICE...: are they in one group?
together() {
    group=$(group_of "$1")
    for device; do
        [ "$(group_of "$device")" = "$group" ] || break
    done
    is "$(group_of "$device")" "$group" "the kernel puts them into one group: $*"
}

# ---- guests

# vsh COMMAND...: virsh, on the host's libvirtd.
vsh() {
    virsh -q -c qemu:///system "$@"
}

# claim CLAIM: prints its XML.
claim() {
    managed=yes
    placed=
    case $1 in
    unmanaged:*) managed=no ;;
    placeholder:*) placed="<address type='unassigned'/>" ;;
    esac
    device=${1#[a-z]*:}
    slot=${device#*:*:}
    bus=${device#*:}
    source="<address domain='0x${device%%:*}' bus='0x${bus%%:*}' slot='0x${slot%.*}'
        function='0x${slot#*.}'/>"
    case $1 in
    nvme:*)
        echo "<disk type='nvme' device='disk'><driver name='qemu' type='raw'/>
            <source type='pci' managed='yes' namespace='1'>$source</source>
            <target dev='vda' bus='virtio'/></disk>"
        ;;
    *)
        echo "<hostdev mode='subsystem' type='pci' managed='$managed'>
            <source>$source</source>$placed</hostdev>"
        ;;
    esac
}

# guest_xml NAME CLAIM...: prints the definition. A claim is a device, or a device after one of the
# prefixes unmanaged:, placeholder:, nvme: (a disk).
guest_xml() {
    echo "<domain type='qemu'><name>$1</name><memory unit='MiB'>64</memory>
        <os><type arch='x86_64' machine='q35'>hvm</type></os>
        <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>"
    shift
    for claimed; do
        claim "$claimed"
    done
    echo "</devices></domain>"
}

# guest NAME CLAIM...: defines it.
guest() {
    guest_xml "$@" >"$tmp/$1.xml"
    vsh define "$tmp/$1.xml" >"$tmp/out" 2>&1 || {
        show "$tmp/out"
        false
        result "$1 can be defined"
    }
}

# definition NAME
definition() {
    vsh dumpxml --inactive "$1"
}

# starts NAME
starts() {
    vsh start "$1" >"$tmp/out" 2>"$tmp/err"
    result "$1 starts" || show "$tmp/err"
}

# fails NAME WORDS: libvirt does not start it, with these words.
fails() {
    if vsh start "$1" >"$tmp/out" 2>"$tmp/err"; then
        vsh destroy "$1"
        echo "it starts" >"$tmp/err"
        false
    else
        grep -qF "$2" "$tmp/err"
    fi
    result "$1 does not start: $2" || show "$tmp/err"
}

# stops NAME: stops it at once, like a power cut.
stops() {
    vsh destroy "$1" >"$tmp/out" 2>"$tmp/err"
    result "$1 is ended" || show "$tmp/err"
}

# on_vfio DEVICE...
on_vfio() {
    for device; do
        [ "$(driver_of "$device")" = vfio-pci ] || break
    done
    is "$(driver_of "$device")" vfio-pci "on vfio-pci: $*"
}

# given_to NAME: the addresses of the devices that QEMU got.
given_to() {
    tr '\0' '\n' <"/proc/$(cat "/run/libvirt/qemu/$1.pid")/cmdline" |
        sed -n '/vfio-pci/s/.*"host":"\([0-9a-f:.]*\)".*/\1/p'
}

# says WORDS...: did the last run of the tool print them? They may be broken over lines.
says() {
    said=$(cat "$tmp/out" "$tmp/err" | tr -s ' \n' '  ')
    for words; do
        case $said in
        *"$words"*) ;;
        *)
            false
            result "the tool says: $words" || echo "# but: $said"
            return
            ;;
        esac
    done
    true
    result "the tool says: $*"
}

# ends STATUS NAME: did the tool end with this status?
ends() {
    is "$status" "$1" "$2" || {
        show "$tmp/out"
        show "$tmp/err"
    }
}

# ---- what is the same for every group

# completes GUEST CLAIM MEMBER...: a guest that claims one device of a group does not start, and the
# tool reports it. The tool adds the members, and the guest starts. When it stops, the host has the
# devices again. After undo the guest does not start.
# $allow: options for check and apply.
completes() {
    name=$1
    claimed=$2
    shift 2
    own=${claimed#unmanaged:}
    node=pci_$(echo "$own" | tr :. _)
    echo "# $name: a guest with $claimed; $* of the same group"
    [ "$own" = "$claimed" ] || vsh nodedev-detach "$node" >"$tmp/out" || show "$tmp/out"
    completes_first "$@"
    completes_then "$@"
    [ "$own" = "$claimed" ] || vsh nodedev-reattach "$node" >"$tmp/out" || show "$tmp/out"
}

# shellcheck disable=SC2086 # $allow: words
completes_first() {
    guest "$name" "$claimed"
    definition "$name" >"$tmp/before"
    at_rest=$(driver_of "$own" "$@")
    tool check ${allow:-} "$name"
    ends 1 "check: $name is not complete"
    says "incomplete, will not start" "$@"
    fails "$name" "group $(group_of "$own") is not viable"
    is "$(driver_of "$own" "$@")" "$at_rest" "no driver has changed"
}

# shellcheck disable=SC2086 # $allow: words
completes_then() {
    tool apply --yes ${allow:-} "$name"
    ends 0 "apply"
    is "$(definition "$name" | grep -c "type='unassigned'")" $# "adds $# placeholders"
    starts "$name"
    on_vfio "$own" "$@"
    is "$(given_to "$name")" "$own" "QEMU has only what was claimed"
    tool check ${allow:-} "$name"
    ends 0 "check: $name is complete"
    stops "$name"
    is "$(driver_of "$own" "$@")" "$at_rest" "each has its driver again"

    tool undo --yes
    ends 0 "undo"
    definition "$name" >"$tmp/after"
    same "$tmp/after" "$tmp/before" "the definition is as it was"
    fails "$name" "group $(group_of "$own") is not viable"
}

# ---- disks

# block_of DEVICE: of a virtio disk, as vdb.
block_of() {
    basename "$pci/$1"/virtio*/block/*
}
