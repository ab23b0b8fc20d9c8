#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The trees of make-host.sh are like those of the kernel and udev, so that what other tests prove on
# them is true on a host. For a part of it util-linux is the witness, where it is new enough.

. "$srcdir/tests/cli/lib.sh"

# leads FILE: the text of a link
leads() {
    readlink "$1" || echo "no link"
}

# The whole tree, whatever the host
sed -n 's/^\([a-z-]*\)--.*/\1/p' "$srcdir/tests/data/uses.txt" | sort -u >hosts
while read -r host; do
    cd "$(make_sysroot "$host")" || exit 99

    find sys -type l -exec sh -c 'for link; do
        case $(readlink "$link") in /*) echo "$link" ;; esac
        [ -e "$link" ] || echo "$link"
        case $(readlink -f "$link") in "$PWD"/sys/*) ;; *) echo "$link" ;; esac
    done' sh {} + >"$tmp/wrong"
    is "$(cat "$tmp/wrong")" "" "$host: every link in sys stays there and leads somewhere"

    for block in sys/class/block/*; do
        [ -e "$block" ] || continue
        name=$(basename "$block")
        [ "$(basename "$(readlink "$block")")" = "$name" ] || echo "$block"
        if [ -e "$block/dev" ]; then
            number=$(cat "$block/dev")
            [ "$(readlink -f "sys/dev/block/$number")" = "$(readlink -f "$block")" ] ||
                echo "$number"
            [ -f "run/udev/data/b$number" ] || echo "no udev data for $name"
            case $(cat "dev/$name") in
            '') for holder in "$block"/holders/*; do
                    [ ! -e "$holder" ] || echo "$name is not held by ${holder##*/}"
                done ;;
            held) disk=$(basename "$(dirname "$(readlink -f "$block")")")
                [ ! -e "$block/partition" ] || [ "$(cat "dev/$disk")" = held ] ||
                    echo "$disk is not held by $name" ;;
            *) echo "dev/$name is neither empty nor held" ;;
            esac
        fi
        for above in "$block"/holders/*; do
            [ ! -e "$above" ] || [ -e "$above/slaves/$name" ] || echo "$above"
        done
    done >"$tmp/wrong"
    is "$(cat "$tmp/wrong")" "" "$host: block devices, their numbers, what is on them and what is held agree"

    for link in sys/dev/char/*; do
        [ -e "$link" ] || continue
        [ "$(cat "$link/dev")" = "${link##*/}" ] || echo "$link"
        grep -q "^DEVNAME=." "$link/uevent" || echo "$link"
    done >"$tmp/wrong"
    is "$(cat "$tmp/wrong")" "" "$host: character devices and their numbers agree"

    cat proc/[0-9]*/mountinfo | cut -d' ' -f3 | grep -v '^0:' | sort -u | while read -r number; do
        block=sys/dev/block/$number
        [ -e "$block" ] || echo "$number"
        [ "$(cat "dev/$(basename "$(readlink "$block")")")" = held ] || echo "$number is not held"
    done >"$tmp/wrong"
    is "$(cat "$tmp/wrong")" "" "$host: what is mounted is a block device that is held, or has none"

    for link in sys/class/net/*/master; do
        [ -e "$link" ] || continue
        port=${link%/master}
        [ -e "$link/lower_${port##*/}" ] || echo "$link"
        [ -e "$port/upper_$(basename "$(readlink "$link")")" ] || echo "$port"
    done >"$tmp/wrong"
    is "$(cat "$tmp/wrong")" "" "$host: an interface and its master know each other"
    cd "$tmp" || exit 99
done <hosts

# Link texts and lines as they were seen on Linux 6.1
storage=$(make_sysroot server-storage)
network=$(make_sysroot server-network)
router=$(make_sysroot router)
laptop=$(make_sysroot laptop-vmd)
is "$(leads "$network/sys/class/net/eth0/device")" "../../../virtio0" \
    "virtio: the device of an interface"
vmd=../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0
is "$(leads "$laptop/sys/class/block/nvme0n1p1")" "$vmd/nvme/nvme0/nvme0n1/nvme0n1p1" \
    "VMD: another PCI domain below a device"
is "$(leads "$storage/sys/class/block/sdi")" \
    "../../devices/pci0000:42/0000:42:00.0/usb1/1-4/1-4:1.0/host8/target8:0:0/8:0:0:0/block/sdi" \
    "USB: a disk below an interface"
is "$(leads "$storage/sys/class/block/sda/device")" "../../../0:0:0:0" "SCSI: the device of a disk"
is "$(leads "$storage/sys/class/nvme-subsystem/nvme-subsys5/nvme6")" \
    "../../../pci0000:37/0000:37:00.0/nvme/nvme6" "NVMe: a subsystem's second controller"
path=$storage/sys/class/block/nvme5c6n1
[ "$(cat "$path/hidden")" = 1 ] && [ ! -e "$path/dev" ]
result "NVMe: a path to a disk of two controllers has no number"
is "$(leads "$router/sys/class/net/enp2s0/brport/bridge")" "../../../../../../virtual/net/br0" \
    "a bridge and its port"
is "$(grep -n enp1s0 "$router/netlink")" "3:link 2 enp1s0 parent=pci/0000:01:00.0" "an interface"
is "$(grep -c '^route 2 0.0.0.0/0 via table=254$' "$router/netlink")" 1 "a route"
netns=$(make_sysroot server-netns)
is "$(sed -n 's/^netns 40265[0-9]* *//p' "$netns/netlink" | tr '\n' ' ')" " blue web " "namespaces"
[ -d "$netns/sys/bus/pci/devices/0000:41:00.0/net" ] && [ ! -e "$netns/sys/class/net/ens41" ]
result "the interface of another namespace leaves an empty folder"
printf '/dev/dm-2                               partition\t8388604\t\t0\t\t-2\n' >expected
sed -n 2p "$laptop/proc/swaps" >line
same line expected "swap"
is "$(leads "$storage/proc/813/ns/mnt")" "$(leads "$storage/proc/812/ns/mnt")" \
    "a namespace that is shared"
[ "$(leads "$storage/proc/812/ns/mnt")" != "$(leads "$storage/proc/1/ns/mnt")" ]
result "and one that is not the host's"
is "$(tr '\000' ' ' <"$storage/proc/812/cmdline")" "/usr/bin/postgres -D /data " "arguments"

# What util-linux makes of it
if lsblk --sysroot "$storage" >/dev/null 2>&1; then
    lsblk --sysroot "$storage" -nro KNAME,TYPE,PKNAME |
        grep -E '^(sda|sda1|md0|dm-[01]|bcache0|nvme5n1p1) ' | sort -u >stacks
    printf '%s\n' 'bcache0 disk nvme0n1p1' 'bcache0 disk sdg' 'dm-0 mpath sdc' 'dm-0 mpath sdd' \
        'dm-1 part dm-0' 'md0 raid1 sda1' 'md0 raid1 sdb1' 'nvme5n1p1 part nvme5n1' 'sda disk ' \
        'sda1 part sda' >expected
    same stacks expected "lsblk sees what is on what"
else
    skip "lsblk sees what is on what" "lsblk has no --sysroot here"
fi
if findmnt --tab-file "$storage/proc/1/mountinfo" / >/dev/null 2>&1; then
    findmnt --tab-file "$storage/proc/1/mountinfo" -nro SOURCE,FSROOT,FSTYPE /srv/pool >line
    is "$(cat line)" "/dev/sde[/@pool] /@pool btrfs" "findmnt sees what is mounted"
else
    skip "findmnt sees what is mounted" "findmnt has no --tab-file here"
fi

# What is not described is not there.
is "$(ls "$(make_sysroot gpu-desktop)")" "sys" "a host that uses nothing has neither proc nor run"

# wrong LINE TEXT: the description of a host ends with it, and make-host.sh says so.
wrong() {
    printf '0000:01:00.0 1 010802 0 144d:a808 nvme\n%s\n' "$1" >wrong.txt
    "$srcdir/tests/tools/make-host.sh" sysfs wrong.txt wrong >out 2>err
    status=$?
    is "$status: $(cat err)" "1: make-host.sh: ./wrong.txt:2: $2" "a mistake is named: $1"
}

wrong "disk sda on 0000:02:00.0" "there is no device 0000:02:00.0"
wrong "part sda1 of sda" "there is no disk sda"
wrong "net br0 bridge over eno1" "there is no interface eno1"
wrong "mount /dev/sda1 / ext4" "there is no block device /dev/sda1"
wrong "disk nvme0n1 on 0000:01:00.0 size=1 speed=2" "strange word speed=2"

finish
