# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What every scenario starts with:
#
#   host='TOPOLOGY...'                 # topologies/TOPOLOGY.txt: the machine's devices
#   . "$srcdir/tests/lab/lib.sh"
#
# A scenario is run twice: outside, where it only boots the lab's machine; and in there, where it
# is root on a host of guests. See README.md beside this. A test ends with `finish`; the verbs of
# tests/cli/lib.sh are there, too.
#
# From the environment, outside: srcdir, VIRT_IOMMUFIX, and
#   LAB_IMAGE     the folder that image.sh printed, or "none: REASON"; if not set, it is asked

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
    # shellcheck disable=SC2086 # a list of words
    exec sh "$srcdir/tests/lab/boot.sh" "$LAB_IMAGE" "tests/lab/scenarios/$(basename "$0")" $host
}

[ -n "${LAB_INSIDE:-}" ] || lab_outside
. "$srcdir/tests/cli/lib.sh"

for topology in $host; do
    cat "$srcdir/tests/lab/topologies/$topology.txt" || exit 99
done >"$tmp/host"

# ---- devices, by the names that their topology gives them

# folder_of NAME: in /sys/devices. The way there is written without buses, whose numbers are the
# firmware's.
folder_of() {
    folder=/sys/devices/pci0000:00
    for step in $(awk -v name="$1" '$1 == "name" && $2 == name { gsub("/", " ", $3); print $3 }' "$tmp/host"); do
        folder=$(echo "$folder"/????:??:"$step")
    done
    echo "$folder"
}

# address NAME: 0000:01:00.0
address() {
    basename "$(folder_of "$1")"
}

# nodedev NAME: as libvirt calls it, pci_0000_01_00_0
nodedev() {
    echo "pci_$(address "$1" | tr ':.' '__')"
}

# driver_of NAME...: one after the other; "-" is none.
driver_of() {
    for device; do
        if [ -e "$(folder_of "$device")/driver" ]; then
            basename "$(readlink "$(folder_of "$device")/driver")"
        else
            echo -
        fi
    done | tr '\n' ' ' | sed 's/ $//'
}

# group_of NAME: a number that is another one on the next host.
group_of() {
    basename "$(readlink "$(folder_of "$1")/iommu_group")"
}

# together NAME...: are they in one group?
together() {
    for device; do
        group_of "$device"
    done | sort -u | wc -l | grep -qx 1
    result "the kernel puts them into one group: $*"
}

# ---- guests

# vsh COMMAND...: virsh, on the host's libvirtd.
vsh() {
    virsh -q -c qemu:///system "$@"
}

# source_of NAME: its address in XML.
source_of() {
    address "$1" | awk -F '[:.]' \
        '{ printf "<address domain=\"0x%s\" bus=\"0x%s\" slot=\"0x%s\" function=\"0x%s\"/>", $1, $2, $3, $4 }'
}

# claim KIND:NAME | NAME: its XML.
claim() {
    managed=yes
    placed=
    case $1 in
    nvme:*)
        nvme=$((nvme + 1))
        echo "<disk type='nvme' device='disk'><driver name='qemu' type='raw'/>
            <source type='pci' managed='yes' namespace='1'>$(source_of "${1#*:}")</source>
            <target dev='vd$(echo "$nvme" | tr 123 abc)' bus='virtio'/></disk>"
        return
        ;;
    unmanaged:*) managed=no ;;
    placeholder:*) placed="<address type='unassigned'/>" ;;
    esac
    echo "<hostdev mode='subsystem' type='pci' managed='$managed'>
        <source>$(source_of "${1#*:}")</source>$placed</hostdev>"
}

# guest NAME CLAIM...: defines it. A claim is a device's name, or one of these before it:
# unmanaged:, placeholder:, nvme: (a disk).
guest() {
    nvme=0
    guest_name=$1
    shift
    {
        echo "<domain type='qemu'><name>$guest_name</name><memory unit='MiB'>128</memory>
            <os><type arch='x86_64' machine='q35'>hvm</type></os>
            <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>"
        for claimed; do
            claim "$claimed"
        done
        echo "</devices></domain>"
    } >"$tmp/$guest_name.xml"
    vsh define "$tmp/$guest_name.xml" >"$tmp/out" 2>&1 || {
        show "$tmp/out"
        false
        result "$guest_name can be defined"
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

# fails NAME WORDS: libvirt does not start it, and says so.
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

# stops NAME: at once, as a power cut would.
stops() {
    vsh destroy "$1" >"$tmp/out" 2>"$tmp/err"
    result "$1 is ended" || show "$tmp/err"
}

# given_to NAME: the devices which QEMU was told of, by their addresses.
given_to() {
    for process in /proc/[0-9]*; do
        tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep -q "^guest=$1," || continue
        tr '\0' '\n' <"$process/cmdline" | grep vfio-pci |
            sed -n 's/.*"host":"\([0-9a-f:.]*\)".*/\1/p'
    done
}

# says WORDS: the tool did, in its last run. They may be broken over lines.
says() {
    cat "$tmp/out" "$tmp/err" | tr -s ' \n' '  ' | grep -qF -- "$1"
    result "the tool says: $1" || {
        show "$tmp/out"
        show "$tmp/err"
    }
}

# ends STATUS NAME: so did the tool.
ends() {
    is "$status" "$1" "$2" || {
        show "$tmp/out"
        show "$tmp/err"
    }
}

# ---- the story that is the same in every group

# completes GUEST CLAIM MEMBER...: a guest that claims one device of a group does not start; the
# tool says so, adds the members, and it does; they come back; undo, and it does not start again.
# $allow: options for check and apply.
completes() {
    name=$1
    claimed=$2
    device=${2#*:}
    shift 2
    echo "# $name: $claimed in $host"
    # shellcheck disable=SC2086 # words
    completes_first "$@"
    completes_then "$@"
}

completes_first() {
    guest "$name" "$claimed"
    case $claimed in
    unmanaged:*) vsh nodedev-detach "$(nodedev "$device")" >"$tmp/out" || show "$tmp/out" ;;
    esac
    definition "$name" >"$tmp/before"
    at_rest=$(driver_of "$device" "$@")

    # shellcheck disable=SC2086 # words
    tool check ${allow:-} "$name"
    ends 1 "check: $name is not complete"
    says "incomplete, will not start"
    for member; do
        says "$(address "$member")"
    done
    fails "$name" "group $(group_of "$device") is not viable"
    is "$(driver_of "$device" "$@")" "$at_rest" "no driver has changed"
}

completes_then() {
    # shellcheck disable=SC2086 # words
    tool apply --yes ${allow:-} "$name"
    ends 0 "apply"
    is "$(definition "$name" | grep -c "type='unassigned'")" $# "adds $# placeholders"
    tool check ${allow:-} "$name"
    ends 0 "check: $name is complete"
    starts "$name"
    is "$(driver_of "$device" "$@" | tr ' ' '\n' | sort -u)" vfio-pci "all of them are on vfio-pci"
    is "$(given_to "$name")" "$(address "$device")" "QEMU has only what was claimed"
    tool check ${allow:-} "$name"
    ends 0 "check says the same while it runs"
    stops "$name"
    is "$(driver_of "$device" "$@")" "$at_rest" "each has its driver again"

    tool undo --yes
    ends 0 "undo"
    definition "$name" >"$tmp/after"
    same "$tmp/after" "$tmp/before" "the definition is as it was"
    fails "$name" "group $(group_of "$device") is not viable"
    case $claimed in
    unmanaged:*) vsh nodedev-reattach "$(nodedev "$device")" >"$tmp/out" || show "$tmp/out" ;;
    esac
}
