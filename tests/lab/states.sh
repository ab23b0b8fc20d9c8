# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016 # wait_for and others evaluate words
#
# Random states of a host, for scenarios/random.sh.
#
#   make_state SEED     makes one; leaves these files in $tmp:
#                       state      what it is, a line for each thing, with the carriers that it is on
#                       needed     the carriers that something needs, as " NAME "
#                       made       the carriers that something was made on
#                       careful    the carriers that the tool refuses because somebody may need
#                                  them: LVM at rest, a member of a RAID, a share that is not
#                                  mounted
#                       witnesses  carriers, what it is, and a command that fails when it is broken
#   unmake_state        takes it away; false: something is left, in $tmp/left

# random N: sets r to 0...N-1. (ISO C's example of rand().)
random() {
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    r=$((seed / 65536 % $1))
}

# undo COMMAND: unmake_state runs it, the last one first.
undo() {
    echo "$1" | cat - "$tmp/undo" >"$tmp/undo.new"
    mv "$tmp/undo.new" "$tmp/undo"
}

# note WHAT: $on carries it.
note() {
    echo "$1 on$on" >>"$tmp/state"
    echo "$on " >>"$tmp/made"
}

# needs WHAT COMMAND: the state needs what $on names, and the command fails without it.
needs() {
    note "$1"
    echo "$on " >>"$tmp/needed"
    printf '%s\t%s\t%s\n' "$on" "$1" "$2" >>"$tmp/witnesses"
}

# try COMMANDS: false, and a note, if they fail.
try() {
    (eval "set -e; $1") >"$tmp/try" 2>&1 </dev/null && return 0
    echo "failed: $1: $(tail -n 1 "$tmp/try")" >>"$tmp/state"
    return 1
}

# take_block: takes a block device out of $pool: sets block, its name below /dev, and on.
take_block() {
    # shellcheck disable=SC2086 # a list
    set -- $pool
    [ $# -gt 0 ] || return 1
    random $#
    shift $r
    block=${1%:*}
    on=" ${1#*:}"
    pool=" $pool "
    pool="${pool%% "$1" *} ${pool#* "$1" }"
}

# Reads past every cache, and so from the device itself.
reads() {
    dd if="$1" of=/dev/null bs=4k count=1 iflag=direct status=none
}
reads_file() {
    sync -f "$1" && dd if="$1" of=/dev/null bs=4k count=8 iflag=direct status=none
}
writes() {
    dd if=/dev/zero of="$1" bs=4k count=1 oflag=direct conv=notrunc,fsync status=none && reads_file "$1"
}
# The descriptor of a holder still leads to a device.
opens_again() {
    : <"/proc/$1/fd/$2"
}
# answers ADDRESS [NAMESPACE]: a link needs seconds to come up.
answers() {
    for _ in 1 2 3; do
        ${2:+ip netns exec "$2"} busybox ping -c 1 -W 2 "$1" && return 0
    done
    return 1
}
exists() {
    [ -e "/sys/dev/block/$1" ]
}
number_of() {
    cat "/sys/class/block/$1/dev"
}
last_holder() {
    tail -n 1 "$tmp/holders"
}

# ---- block devices

# layer: puts something on $block, which then is block.
layer() {
    n=$((n + 1))
    random 6
    case $r in
    0) # a RAID 1 on two disks, or on one
        first=$block
        was=$on
        second=missing
        random 2
        if [ $r = 0 ] && take_block; then
            second=/dev/$block
            on="$was$on"
        fi
        block=$first
        try "mdadm -q --create /dev/md$n --run --level=1 -n 2 --assume-clean /dev/$first $second; udevadm settle" || return 1
        undo "mdadm -q --stop /dev/md$n; wipefs -qa /dev/$first; [ $second = missing ] || wipefs -qa $second"
        block=md$n
        ;;
    1)
        try "cryptsetup -q open --type plain -c aes-xts-plain64 -s 256 -d /dev/urandom /dev/$block c$n" || return 1
        undo "cryptsetup close c$n"
        block=mapper/c$n
        ;;
    2)
        try "wipefs -qa /dev/$block; pvcreate -qq -y /dev/$block; vgcreate -qq g$n /dev/$block; lvcreate -qq -y -Wn -n v -l 90%FREE g$n" || return 1
        undo "vgchange -qq -an g$n; vgremove -qq -f -y g$n; pvremove -qq -y /dev/$block"
        block=g$n/v
        ;;
    3)
        try "echo 0 $(($(blockdev --getsz "/dev/$block") - 2048)) linear /dev/$block 2048 | dmsetup create l$n" || return 1
        undo "dmsetup remove l$n"
        block=mapper/l$n
        ;;
    4)
        try "losetup /dev/loop$n /dev/$block" || return 1
        undo "losetup -d /dev/loop$n"
        block=loop$n
        ;;
    5)
        try "luks_on /dev/$block; dmsetup rename x k$n" || return 1
        undo "cryptsetup close k$n; wipefs -qa /dev/$block"
        block=mapper/k$n
        ;;
    esac
    needs "${block%%[0-9]*}$n" "reads /dev/$block"
}

# file_system KIND: on $block; sets type.
file_system() {
    random 4
    case $r in
    0 | 1) type=ext4 command="mkfs.ext4 -q -F" ;;
    2) type=xfs command="mkfs.xfs -q -f" ;;
    3) type=btrfs command="mkfs.btrfs -q -f" ;;
    esac
    # XFS wants 300 MiB, btrfs 109.
    [ "$(blockdev --getsz "/dev/$block")" -ge 700000 ] || type=ext4 command="mkfs.ext4 -q -F"
    try "$command /dev/$block; udevadm settle"
}

# carry: a use of $block.
carry() {
    n=$((n + 1))
    at=/srv/m$n
    mkdir -p "$at"
    random 18
    case $r in
    0 | 1)
        file_system && try "mount /dev/$block $at; dd if=/dev/zero of=$at/file bs=64k count=1" &&
            undo "umount $at" && needs "$type, mounted," "writes $at/file"
        ;;
    2)
        try "mkswap /dev/$block; swapon /dev/$block" && undo "swapoff /dev/$block; wipefs -qa /dev/$block" &&
            needs "swap" "reads /dev/$block; grep -q . /proc/swaps"
        ;;
    3)
        try "opens /dev/$block" && needs "an open file" "reads /proc/$(last_holder)/fd/3"
        ;;
    4)
        try "node_of $block /srv/n$n; opens /srv/n$n" && undo "rm /srv/n$n" &&
            needs "an open node elsewhere" "reads /proc/$(last_holder)/fd/3"
        ;;
    5)
        file_system && try "mount /dev/$block $at; dd if=/dev/zero of=$at/file bs=64k count=1; opens_rw $at/file; umount -l $at" &&
            needs "$type, unmounted lazily," "writes /proc/$(last_holder)/fd/3"
        ;;
    6)
        file_system && try "in_namespace -m sh -c 'mount /dev/$block $at && dd if=/dev/zero of=$at/file bs=64k count=1'" &&
            needs "$type, mounted in a namespace," "writes /proc/$(last_holder)/root$at/file"
        ;;
    7)
        disk=$block
        was=$on
        take_block || return
        try "mke2fs -q -F -b 4096 -O journal_dev /dev/$block; mkfs.ext4 -q -F -b 4096 -J device=/dev/$block /dev/$disk; udevadm settle; mount /dev/$disk $at; dd if=/dev/zero of=$at/file bs=64k count=1" || return
        on="$was$on"
        undo "umount $at; wipefs -qa /dev/$block /dev/$disk"
        needs "ext4 with a journal elsewhere" "writes $at/file; date >$at/new; sync -f $at/new"
        ;;
    8)
        try "mkfs.ext4 -q -F /dev/$block; mount /dev/$block $at; dd if=/dev/zero of=$at/file bs=1M count=8; losetup /dev/loop$n $at/file; mkfs.ext4 -q -F /dev/loop$n; umount -l $at" || return
        undo "losetup -d /dev/loop$n; sleep 1"
        needs "a loop device on a file" "reads /dev/loop$n"
        ;;
    9)
        number=$(number_of "$(basename "$(readlink -f "/dev/$block")")")
        try "lio_on /dev/$block; mkdir -p /srv/lio" || return
        undo "lio_off"
        needs "a LUN of LIO" "exists $number && reads /dev/$block"
        ;;
    10)
        number=$(number_of "$(basename "$(readlink -f "/dev/$block")")")
        try "nvmet_on /dev/$block" || return
        undo "nvmet_off"
        needs "a namespace of nvmet" "exists $number && reads /dev/$block"
        ;;
    11)
        number=$(number_of "$(basename "$(readlink -f "/dev/$block")")")
        [ ! -e /sys/block/zram0 ] && try "zram_on /dev/$block" && undo "zram_off" &&
            needs "zram" "exists $number && reads /dev/$block"
        ;;
    12)
        try "mkfs.ext4 -q -F /dev/$block; mount /dev/$block $at; mkdir $at/u $at/w /srv/o$n; mount -t overlay -o lowerdir=/etc,upperdir=$at/u,workdir=$at/w overlay /srv/o$n; umount -l $at" || return
        undo "umount /srv/o$n"
        needs "an overlay" "date >/srv/o$n/new; writes /srv/o$n/new"
        ;;
    13)
        disk=$block
        was=$on
        take_block || return
        [ "$(blockdev --getsz "/dev/$disk")" -ge 300000 ] && [ "$(blockdev --getsz "/dev/$block")" -ge 300000 ] || return
        try "mkfs.btrfs -q -f -d raid0 /dev/$disk /dev/$block; udevadm settle; mount /dev/$block $at; dd if=/dev/zero of=$at/file bs=1M count=4" || return
        on="$was$on"
        undo "umount $at; wipefs -qa /dev/$block /dev/$disk"
        needs "btrfs on two" "writes $at/file"
        ;;
    14)
        file_system && undo "wipefs -qa /dev/$block" && note "$type, not mounted,"
        ;;
    15)
        try "luks_on /dev/$block; cryptsetup close x" && undo "wipefs -qa /dev/$block" && note "LUKS, closed,"
        ;;
    16)
        try "wipefs -qa /dev/$block; pvcreate -qq -y /dev/$block" && undo "pvremove -qq -y /dev/$block" &&
            note "LVM at rest" && echo "$on " >>"$tmp/careful"
        ;;
    17) ;;
    esac
}

storage() {
    pool=
    for name in $blocks; do
        eval "device=\$$name"
        case $name in
        ssd) pool="$pool nvme0n1:ssd nvme0n2:ssd" ;;
        scsi) pool="$pool $(basename "$pci/$device"/virtio*/host*/target*/*/block/*):scsi" ;;
        *)
            block=$(block_of "$device")
            on=" $name"
            random 4
            if [ $r = 0 ] && try "printf ',40%%\n,\n' | sfdisk -q /dev/$block; udevadm settle"; then
                undo "wipefs -qa /dev/$block; udevadm settle"
                note "two partitions"
                pool="$pool ${block}1:$name ${block}2:$name"
            else
                pool="$pool $block:$name"
            fi
            ;;
        esac
    done
    random 3
    things=$((r + 2))
    while [ $things -gt 0 ] && take_block; do
        things=$((things - 1))
        random 5
        case $r in
        0 | 1) layer && carry ;;
        2) layer && layer && carry ;;
        *) carry ;;
        esac
    done
}

# ---- networks

# network CARRIER INTERFACE NET: net is 10.0.11; .2 answers, .NUMBER is ours.
network() {
    on=" $1"
    n=$((n + 1))
    up="ip link set $2 up"
    undo "ip link set $2 nomaster; ip addr flush dev $2; ip link set $2 promisc off down"
    answers="answers $3.2"
    random 16
    case $r in
    0) try "$up" && note "an interface that is up" ;;
    1) try "$up; ip addr add $3.5/24 dev $2" && needs "an address" "$answers" ;;
    2) try "$up; ip addr add 2001:db8:$n::5/64 dev $2" && needs "an IPv6 address" "ip addr show dev $2 | grep -q 2001:db8:$n::5" ;;
    3)
        try "ip netns add n$n; ip link set $2 netns n$n; ip -n n$n addr add $3.5/24 dev $2; ip -n n$n link set $2 up" || return
        undo "ip netns del n$n; sleep 1"
        needs "a namespace with an address" "answers $3.2 n$n"
        ;;
    4)
        try "ip link add bo$n type bond; ip link set $2 down; ip link set $2 master bo$n; ip addr add $3.5/24 dev bo$n; ip link set bo$n up" || return
        undo "ip link del bo$n"
        needs "a bond" "$answers"
        ;;
    5)
        try "ip link add br$n type bridge; ip link set $2 master br$n; $up; ip addr add $3.5/24 dev br$n; ip link set br$n up" || return
        undo "ip link del br$n"
        needs "a bridge" "$answers"
        ;;
    6)
        try "$up; ip link add link $2 name v$n type vlan id 7; ip addr add 10.7.$n.1/24 dev v$n; ip link set v$n up" || return
        undo "ip link del v$n"
        needs "a VLAN" "ip addr show dev v$n | grep -q 10.7.$n.1"
        ;;
    7 | 8)
        random 2
        kind="macvlan mode bridge"
        [ $r = 0 ] || kind="ipvlan mode l2"
        try "$up; ip netns add n$n; ip link add link $2 name mv0 netns n$n type $kind; ip -n n$n addr add $3.6/24 dev mv0; ip -n n$n link set mv0 up" || return
        undo "ip netns del n$n; sleep 1"
        needs "${kind%% *} in a namespace" "answers $3.2 n$n"
        ;;
    9)
        try "ip netns add n$n; ip link add br$n type bridge; ip link set $2 master br$n; ip link add ve$n type veth peer name vp0 netns n$n; ip link set ve$n master br$n; ip link set ve$n up; $up; ip link set br$n up; ip -n n$n addr add $3.9/24 dev vp0; ip -n n$n link set vp0 up" || return
        undo "ip link del br$n; ip netns del n$n; sleep 1"
        needs "a bridge with a veth" "answers $3.2 n$n"
        ;;
    10) try "$up; ip route add 192.0.2.0/28 dev $2 metric $n" && needs "a route" "ip route show dev $2 | grep -q 192.0.2" ;;
    11) try "$up; packets $2" && needs "a packet socket" "[ -e /sys/class/net/$2 ]" ;;
    12)
        try "$up; ip addr add $3.5/24 dev $2 noprefixroute; ip route add $3.0/24 dev $2 table 10$n; ip rule add to $3.0/24 table 10$n" || return
        undo "ip rule del to $3.0/24 table 10$n; ip route flush table 10$n"
        needs "an address with a table of its own" "$answers"
        ;;
    13)
        try "ip link add dm$n type dummy; ip addr add 10.96.$n.1/32 dev dm$n; ip link set dm$n up; $up" || return
        undo "ip link del dm$n"
        note "an interface beside a dummy with an address"
        ;;
    *) ;;
    esac
}

networks() {
    network nic_a "$(basename "$pci/$nic_a"/net/*)" 10.0.11
    network nic_b "$(basename "$pci/$nic_b"/net/*)" 10.0.12
    network nic_c "$(basename "$pci/$nic_c"/virtio*/net/*)" 10.0.13
    random 3
    [ $r != 0 ] || network usb_nic "$(basename "$pci/$usb_nic"/usb*/*/*/net/*)" 10.0.15
}

# ---- everything else

# held CARRIER FILE: a process may have it open, under this or another name.
held() {
    on=" $1"
    n=$((n + 1))
    random 6
    case $r in
    0) try "opens_rw $2" && needs "$2, open," "opens_again $(last_holder) 3" ;;
    1)
        try "node_of ${2#/dev/} /srv/n$n; opens_rw /srv/n$n; rm /srv/n$n" &&
            needs "$2, open under another name," "opens_again $(last_holder) 3"
        ;;
    *) ;;
    esac
}

others() {
    held tty "/dev/$(basename "$pci/$tty"/tty/*)"
    held usb_tty /dev/ttyUSB0
    held ssd /dev/ng0n1
    held scsi "/dev/$(basename "$pci/$scsi"/virtio*/host*/target*/*/scsi_generic/*)"
    on=" dog"
    random 5
    if [ $r = 0 ] && try "opens_rw /dev/watchdog0"; then
        undo "printf V >/dev/watchdog0"
        needs "a watchdog" "opens_again $(last_holder) 3"
    fi
    on=" edu"
    random 5
    if [ $r = 0 ] && try "uio_on $edu; opens /dev/uio0"; then
        undo "uio_off $edu"
        needs "uio" "opens_again $(last_holder) 3"
    fi
    on=" share"
    random 4
    if [ $r = 0 ] && try "mkdir -p /srv/share; mount -t 9p -o ro,trans=virtio busy /srv/share"; then
        undo "umount /srv/share"
        needs "9p" "ls /srv/share/bin"
    elif [ $r != 0 ]; then
        # Unmounted lazily, it would look the same.
        echo "$on " >>"$tmp/careful"
    fi
    for name in usb_disk reader; do
        on=" $name"
        eval "device=\$$name"
        block=$(basename "$pci/$device"/usb*/*/*/host*/target*/*/block/*)
        [ $name = usb_disk ] || block=$(basename "$pci/$device"/mmc_host/*/*/block/*)
        random 4
        [ $r != 0 ] || carry
    done
}

make_state() {
    seed=$1
    n=0
    for file in undo state needed made careful witnesses holders; do
        : >"$tmp/$file"
    done
    echo "seed $1" >"$tmp/state"
    random 1
    storage
    networks
    others
    udevadm settle
    sound_witnesses
}

# sound_witnesses: one that fails from the beginning proves nothing.
sound_witnesses() {
    mv "$tmp/witnesses" "$tmp/all"
    while IFS='	' read -r on label command; do
        if (eval "$command") >"$tmp/try" 2>&1 </dev/null; then
            printf '%s\t%s\t%s\n' "$on" "$label" "$command"
        else
            echo "failed: $command: $(tail -n 1 "$tmp/try")" >>"$tmp/state"
        fi
    done <"$tmp/all" >"$tmp/witnesses"
}

# left: prints what there is of a state.
left() {
    grep /srv/ /proc/mounts
    tail -n +2 /proc/swaps
    # It fails where nothing has loaded device-mapper yet.
    dmsetup ls 2>/dev/null | grep -v 'No devices'
    grep ^md /proc/mdstat
    losetup -l -n
    ip netns list
}

# sweep: a command that failed may have left something that undo does not know.
sweep() {
    grep ' /srv/' /proc/mounts | while read -r _ folder _; do
        umount -l "$folder"
    done
    swapoff -a
    losetup -D
    dmsetup remove_all
    mdadm -q --stop --scan
    ip -all netns delete
    sleep 1
}

unmake_state() {
    let_all_go
    while read -r command; do
        (eval "$command") >"$tmp/out" 2>&1 </dev/null || {
            echo "$command: $(tail -n 1 "$tmp/out")"
        }
    done <"$tmp/undo" >"$tmp/left"
    left >"$tmp/left.now" 2>&1
    if [ -s "$tmp/left.now" ]; then
        sweep >>"$tmp/left" 2>&1
        left >>"$tmp/left" 2>"$tmp/left.now"
        [ -z "$(left 2>&1)" ] || return 1
    fi
    # Partitions first. The disk of / is held, and stays.
    for block in /dev/*[dk][a-z0-9]*[12] /dev/sd? /dev/vd? /dev/mmcblk0 /dev/nvme0n?; do
        [ ! -b "$block" ] || wipefs -qa "$block" 2>/dev/null
    done
    udevadm settle
}
