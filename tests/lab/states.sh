# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016 # wait_for and others evaluate words
#
# Random states of a host, for scenarios/random.sh. A process takes long in an emulated machine, so
# what this shell can do itself it does.
#
#   make_state SEED     makes one; leaves these files in $tmp:
#                       state      what it is, a line for each thing, with the carriers that it is on
#                       witnesses  carriers, what it is, and a command that fails when it is broken
#                       and lists of carriers, as " NAME NAME ":
#                       $needed    something needs them
#                       $made      something was made on them
#                       $careful   the tool refuses them because somebody may need them: LVM at
#                                  rest, a share that is not mounted
#                       $stays     without their driver the state could not be undone
#   unmake_state        takes it away, also where devices lost their drivers; false: something is
#                       left, in $tmp/left

# random N: sets r to 0...N-1. (ISO C's example of rand().)
random() {
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    r=$((seed / 65536 % $1))
}

# undo COMMAND: unmake_state runs it, the last one first.
undo() {
    undo="$1
$undo"
}

# only FILE: sets it, the name of the first file.
only() {
    it=${1##*/}
}

# note WHAT: $on carries it.
note() {
    echo "$1 on$on" >>"$tmp/state"
    made="$made$on "
    things=$((things + 1))
}

# needs WHAT COMMAND: the state needs what $on names, and the command fails without it.
needs() {
    note "$1"
    needed="$needed$on "
    printf '%s\t%s\t%s\n' "$on" "$1" "$2" >>"$tmp/witnesses"
}

# try COMMANDS...: one after the other; false, and a note, if one fails.
try() {
    (
        for command; do
            eval "$command" || {
                printf 'failed: %s\n' "$command" >>"$tmp/state"
                exit 1
            }
        done
    ) >"$tmp/try" 2>&1 </dev/null && return 0
    sed 's/^/    /' "$tmp/try" >>"$tmp/state"
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
    dirty="$dirty$on"
}

# Reads past every cache, and so from the device itself.
reads() {
    dd if="$1" of=/dev/null bs=4k count=1 iflag=direct status=none
}
writes() {
    dd if=/dev/zero of="$1" bs=4k count=1 oflag=direct conv=notrunc,fsync status=none &&
        dd if="$1" of=/dev/null bs=4k count=8 iflag=direct status=none
}
# still_there PROCESS PATH: the device of what the process has open has this path in /sys.
still_there() {
    [ -e "/proc/$1/fd/3" ] && [ -e "$2" ]
}
# answers ADDRESS [NAMESPACE]: a link needs seconds to come up.
answers() {
    for _ in $patience; do
        ${2:+ip netns exec "$2"} busybox ping -c 1 -W 1 "$1" && return 0
    done
    return 1
}
exists() {
    [ -e "/sys/dev/block/$1" ]
}
number_of() {
    stat -L -c %Hr:%Lr "/dev/$1"
}
holder_is() {
    while read -r process; do
        holder=$process
    done <"$tmp/holders"
}
sectors() {
    blockdev --getsz "/dev/$1"
}

# ---- block devices

# layer: puts something on $block, which then is block.
layer() {
    n=$((n + 1))
    random 6
    under=$block
    case $r in
    0) # a RAID 1 on two disks, or on one
        was=$on
        second=missing
        random 2
        if [ $r = 0 ] && take_block; then
            second=/dev/$block
            on="$was$on"
        fi
        block=md$n
        try "mdadm -q --create /dev/md$n --run --level=1 -n 2 --assume-clean /dev/$under $second" "udevadm settle" || return
        undo "mdadm -q --stop /dev/md$n"
        legs="exists $(number_of "$under")"
        [ "$second" = missing ] || legs="$legs && exists $(number_of "${second#/dev/}")"
        needs "a RAID 1" "reads /dev/md$n && $legs"
        ;;
    1)
        block=mapper/c$n
        try "cryptsetup -q open --type plain -c aes-xts-plain64 -s 256 -d /dev/urandom /dev/$under c$n" || return
        undo "dmsetup remove c$n"
        needs "plain encryption" "reads /dev/$block"
        ;;
    2)
        block=g$n/v
        try "wipefs -qa /dev/$under" "vgcreate -qq g$n /dev/$under" "lvcreate -qq -y -Wn -n v -l 90%FREE g$n" || return
        undo "dmsetup remove g$n-v"
        needs "LVM" "reads /dev/$block"
        ;;
    3)
        block=mapper/l$n
        try "echo 0 $(($(sectors "$under") - 2048)) linear /dev/$under 2048 | dmsetup create l$n" || return
        undo "dmsetup remove l$n"
        needs "a mapped part" "reads /dev/$block"
        ;;
    4)
        block=loop$n
        try "losetup --direct-io=on /dev/loop$n /dev/$under" || return
        undo "losetup -d /dev/loop$n"
        needs "a loop device" "reads /dev/$block"
        ;;
    5)
        block=mapper/x$n
        try "luks_on /dev/$under x$n" || return
        undo "dmsetup remove x$n"
        needs "LUKS" "reads /dev/$block"
        ;;
    esac
}

# file_system: on $block; sets type.
file_system() {
    random 4
    case $r in
    0 | 1) type=ext4 command="mkfs.ext4 -q -F" ;;
    2) type=xfs command="mkfs.xfs -q -f" ;;
    3) type=btrfs command="mkfs.btrfs -q -f" ;;
    esac
    # XFS wants 300 MiB, btrfs 109.
    [ "$type" = ext4 ] || [ "$(sectors "$block")" -ge 700000 ] || type=ext4 command="mkfs.ext4 -q -F"
    try "$command /dev/$block"
}

# carry: a use of $block.
carry() {
    n=$((n + 1))
    at=/srv/m$n
    file="dd if=/dev/zero of=$at/file bs=64k count=1 status=none"
    mkdir -p "$at"
    random 19
    case $r in
    0 | 1)
        file_system && try "mount /dev/$block $at" "$file" && undo "umount $at" &&
            needs "$type, mounted," "writes $at/file"
        ;;
    2)
        try "mkswap /dev/$block" "swapon /dev/$block" && undo "swapoff /dev/$block" || return
        needs "swap" "reads /dev/$block; grep -q . /proc/swaps"
        # The kernel lets nobody end swap on a disk that is gone.
        stays="$stays$on "
        ;;
    3)
        try "opens /dev/$block" && holder_is && needs "an open file" "reads /proc/$holder/fd/3"
        ;;
    4)
        try "node_of $block /srv/n$n" "opens /srv/n$n" && holder_is && undo "rm /srv/n$n" &&
            needs "an open node elsewhere" "reads /proc/$holder/fd/3"
        ;;
    5)
        file_system && try "mount /dev/$block $at" "$file" "opens_rw $at/file" "umount -l $at" && holder_is &&
            needs "$type, unmounted lazily," "writes /proc/$holder/fd/3"
        ;;
    6)
        file_system && try "in_namespace -m sh -c 'mount /dev/$block $at && $file'" && holder_is &&
            needs "$type, mounted in a namespace," "writes /proc/$holder/root$at/file"
        ;;
    7)
        disk=$block
        was=$on
        take_block || return
        on="$was$on"
        try "mke2fs -q -F -b 4096 -O journal_dev /dev/$block" "mkfs.ext4 -q -F -b 4096 -J device=/dev/$block /dev/$disk" "udevadm settle" "mount /dev/$disk $at" "$file" || return
        undo "umount $at"
        needs "ext4 with a journal elsewhere" "writes $at/file; date >$at/new; sync -f $at/new"
        ;;
    8)
        try "mkfs.ext4 -q -F /dev/$block" "mount /dev/$block $at" "dd if=/dev/zero of=$at/file bs=1M count=8" "losetup --direct-io=on /dev/loop$n $at/file" "umount -l $at" || return
        undo "losetup -d /dev/loop$n"
        needs "a loop device on a file" "reads /dev/loop$n"
        ;;
    9)
        try "lio_on /dev/$block" || return
        undo "lio_off"
        needs "a LUN of LIO" "exists $(number_of "$block") && reads /dev/$block"
        ;;
    10)
        try "nvmet_on /dev/$block" || return
        undo "nvmet_off"
        needs "a namespace of nvmet" "exists $(number_of "$block") && reads /dev/$block"
        ;;
    11)
        [ ! -e /sys/block/zram0 ] && try "zram_on /dev/$block" && undo "zram_off" &&
            needs "zram" "exists $(number_of "$block") && reads /dev/$block"
        ;;
    12)
        try "mkfs.ext4 -q -F /dev/$block" "mount /dev/$block $at" "mkdir -p $at/u $at/w /srv/o$n" "mount -t overlay -o lowerdir=/etc,upperdir=$at/u,workdir=$at/w overlay /srv/o$n" "umount -l $at" || return
        undo "umount /srv/o$n"
        needs "an overlay" "date >/srv/o$n/new; writes /srv/o$n/new"
        ;;
    13)
        disk=$block
        was=$on
        take_block || return
        on="$was$on"
        [ "$(sectors "$disk")" -ge 300000 ] && [ "$(sectors "$block")" -ge 300000 ] || return
        try "mkfs.btrfs -q -f -d raid0 /dev/$disk /dev/$block" "udevadm settle" "mount /dev/$block $at" "dd if=/dev/zero of=$at/file bs=1M count=4" || return
        undo "umount $at"
        needs "btrfs on two" "writes $at/file && dd if=$at/file of=/dev/null bs=1M iflag=direct && [ -e /sys/class/block/$disk ] && [ -e /sys/class/block/$block ]"
        ;;
    14) file_system && note "$type, not mounted," ;;
    15) try "luks_on /dev/$block x$n" "cryptsetup close x$n" && note "LUKS, closed," ;;
    16) try "wipefs -qa /dev/$block" "pvcreate -qq -y /dev/$block" && note "LVM at rest" && careful="$careful$on " ;;
    17)
        # With its descriptor: the tool does not see a file that is mapped and closed (HOST USE).
        try "maps /dev/$block open" && holder_is &&
            needs "a process that mapped it" "exists $(number_of "$block") && reads /dev/$block"
        ;;
    18) ;;
    esac
}

storage() {
    pool=
    for name in $blocks; do
        eval "device=\$$name"
        case $name in
        ssd)
            for it in "$pci/$device"/nvme/nvme*/nvme*n?; do
                pool="$pool ${it##*/}:ssd"
            done
            ;;
        scsi)
            only "$pci/$device"/virtio*/host*/target*/*/block/*
            pool="$pool $it:scsi"
            ;;
        *)
            only "$pci/$device"/virtio*/block/*
            on=" $name"
            random 8
            if [ $r = 0 ] && try "printf ',25M\n,\n' | sfdisk -q /dev/$it" "udevadm settle"; then
                dirty="$dirty$on"
                note "two partitions"
                pool="$pool ${it}1:$name ${it}2:$name"
            else
                pool="$pool $it:$name"
            fi
            ;;
        esac
    done
    random 2
    uses=$((r + 1))
    while [ $uses -gt 0 ] && take_block; do
        uses=$((uses - 1))
        random 6
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
    answers="answers $3.2"
    random 35
    [ $r -lt 14 ] || return
    undo "ip link set $2 nomaster promisc off down; ip addr flush dev $2"
    case $r in
    0) try "$up" && note "an interface that is up" ;;
    1) try "$up" "ip addr add $3.5/24 dev $2" && needs "an address" "$answers" ;;
    2) try "$up" "ip addr add 2001:db8:$n::5/64 dev $2" && needs "an IPv6 address" "ip addr show dev $2 | grep -q 2001:db8:$n::5" ;;
    3)
        try "ip netns add n$n" "ip link set $2 netns n$n" "ip -n n$n addr add $3.5/24 dev $2" "ip -n n$n link set $2 up" || return
        undo "ip netns del n$n"
        needs "a namespace with an address" "answers $3.2 n$n"
        ;;
    4)
        try "ip link add bo$n type bond" "ip link set $2 down" "ip link set $2 master bo$n" "ip addr add $3.5/24 dev bo$n" "ip link set bo$n up" || return
        undo "ip link del bo$n"
        needs "a bond" "$answers"
        ;;
    5)
        try "ip link add br$n type bridge" "ip link set $2 master br$n" "$up" "ip addr add $3.5/24 dev br$n" "ip link set br$n up" || return
        undo "ip link del br$n"
        needs "a bridge" "$answers"
        ;;
    6)
        try "$up" "ip link add link $2 name v$n type vlan id 7" "ip addr add 10.7.$n.1/24 dev v$n" "ip link set v$n up" || return
        undo "ip link del v$n"
        needs "a VLAN" "ip addr show dev v$n | grep -q 10.7.$n.1"
        ;;
    7 | 8)
        random 2
        kind="macvlan mode bridge"
        [ $r = 0 ] || kind="ipvlan mode l2"
        try "$up" "ip netns add n$n" "ip link add link $2 name mv0 netns n$n type $kind" "ip -n n$n addr add $3.6/24 dev mv0" "ip -n n$n link set mv0 up" || return
        undo "ip netns del n$n"
        needs "${kind%% *} in a namespace" "answers $3.2 n$n"
        ;;
    9)
        try "ip netns add n$n" "ip link add br$n type bridge" "ip link set $2 master br$n" "ip link add ve$n type veth peer name vp0 netns n$n" "ip link set ve$n master br$n" "ip link set ve$n up" "$up" "ip link set br$n up" "ip -n n$n addr add $3.9/24 dev vp0" "ip -n n$n link set vp0 up" || return
        undo "ip link del br$n; ip netns del n$n"
        needs "a bridge with a veth" "answers $3.2 n$n"
        ;;
    10) try "$up" "ip route add 192.0.2.0/28 dev $2 metric $n" && needs "a route" "ip route show dev $2 | grep -q 192.0.2" ;;
    11) try "$up" "packets $2" && needs "a packet socket" "[ -e /sys/class/net/$2 ]" ;;
    12)
        try "$up" "ip addr add $3.5/24 dev $2 noprefixroute" "ip route add $3.0/24 dev $2 table 10$n" "ip rule add to $3.0/24 table 10$n" || return
        undo "ip rule del to $3.0/24 table 10$n; ip route flush table 10$n"
        needs "an address with a table of its own" "$answers"
        ;;
    13)
        try "ip link add dm$n type dummy" "ip addr add 10.96.$n.1/32 dev dm$n" "ip link set dm$n up" "$up" || return
        undo "ip link del dm$n"
        note "an interface beside a dummy with an address"
        ;;
    esac
}

networks() {
    only "$pci/$nic_a"/net/*
    network nic_a "$it" 10.0.11
    only "$pci/$nic_b"/net/*
    network nic_b "$it" 10.0.12
    only "$pci/$nic_c"/virtio*/net/*
    network nic_c "$it" 10.0.13
    only "$pci/$usb_nic"/usb*/*/*/net/*
    random 3
    [ $r != 0 ] || network usb_nic "$it" 10.0.15
}

# ---- everything else

# held CARRIER PATH [FOLDER]: a process may have the node of this device open, in this folder of
# /dev, under this or another name.
held() {
    on=" $1"
    it=${3:-}${2##*/}
    n=$((n + 1))
    random 9
    case $r in
    0) try "opens_rw /dev/$it" && holder_is && needs "$it, open," "still_there $holder $2" ;;
    1)
        try "node_of $it /srv/n$n" "opens_rw /srv/n$n" "rm /srv/n$n" && holder_is &&
            needs "$it, open under another name," "still_there $holder $2"
        ;;
    *) ;;
    esac
}

others() {
    held tty "$pci/$tty"/tty/*
    held usb_tty "$pci/$usb_tty"/usb*/*/*/ttyUSB*
    held ssd "$pci/$ssd"/nvme/nvme*/ng*n1
    held scsi "$pci/$scsi"/virtio*/host*/target*:0:0/*/scsi_generic/*
    held gpu_b "$pci/$gpu_b"/drm/card* dri/
    on=" dog"
    random 9
    if [ $r = 0 ] && try "opens_rw /dev/watchdog0" && holder_is; then
        undo "[ ! -c /dev/watchdog0 ] || printf V >/dev/watchdog0"
        needs "a watchdog" "still_there $holder $pci/$dog/driver"
    fi
    on=" edu"
    random 9
    if [ $r = 0 ] && try "uio_on $edu" "opens /dev/uio0" && holder_is; then
        undo "uio_off $edu"
        needs "uio" "still_there $holder $pci/$edu/uio/uio0"
    fi
    on=" share"
    random 9
    if [ $r = 0 ] && try "mkdir -p /srv/share" "mount -t 9p -o ro,trans=virtio busy /srv/share"; then
        undo "umount /srv/share"
        needs "9p" "ls /srv/share/bin"
        # Its driver waits for answers that never come.
        stays="$stays$on "
    else
        # Unmounted lazily, it would look the same.
        careful="$careful$on "
    fi
    for name in usb_disk reader; do
        on=" $name"
        eval "device=\$$name"
        only "$pci/$device"/usb*/*/*/host*/target*/*/block/*
        [ $name = usb_disk ] || only "$pci/$device"/mmc_host/*/*/block/*
        block=$it
        random 8
        if [ $r = 0 ]; then
            dirty="$dirty$on"
            carry
        fi
    done
}

make_state() {
    seed=$1
    n=0
    undo=
    needed=
    made=
    careful=
    stays=
    dirty=
    patience='1 2 3 4 5'
    : >"$tmp/witnesses"
    : >"$tmp/holders"
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
    while read -r _ folder _; do
        case $folder in
        /srv/*) echo "$folder" ;;
        esac
    done </proc/mounts
    sed 1d /proc/swaps
    for it in /sys/block/dm-*/dm/name /sys/block/md*/md /sys/block/loop*/loop /run/netns/*; do
        [ ! -e "$it" ] || echo "$it"
    done
}

# sweep: a command that failed may have left something that undo does not know.
sweep() {
    while read -r _ folder _; do
        case $folder in
        /srv/*) umount -l "$folder" ;;
        esac
    done </proc/mounts
    swapoff -a
    losetup -D
    dmsetup remove_all
    mdadm -q --stop --scan
    ip -all netns delete
}

# clean: is nothing left? Some things take a moment to go.
clean() {
    left >"$tmp/left.now" 2>&1
    [ ! -s "$tmp/left.now" ]
}

# blocks_of NAME: prints the block devices on a carrier, partitions before their disk. A disk that lost
# its driver has another name than before.
blocks_of() {
    eval "device=\$$1"
    for disk in "$pci/$device"/virtio*/block/* "$pci/$device"/virtio*/host*/target*:0:0/*/block/* \
        "$pci/$device"/nvme/nvme*/nvme*n? "$pci/$device"/usb*/*/*/host*/target*/*/block/* \
        "$pci/$device"/mmc_host/*/*/block/*; do
        for it in "$disk"/*/partition; do
            it=${it%/partition}
            [ ! -b "/dev/${it##*/}" ] || echo "/dev/${it##*/}"
        done
        [ ! -b "/dev/${disk##*/}" ] || echo "/dev/${disk##*/}"
    done
}

unmake_state() {
    let_all_go
    echo "$undo" | while read -r command; do
        [ -z "$command" ] || (eval "$command") >"$tmp/out" 2>&1 </dev/null ||
            echo "$command: $(tail -n 1 "$tmp/out")"
    done >"$tmp/left"
    clean || sweep >>"$tmp/left" 2>&1
    rebind
    wait_for clean || {
        cat "$tmp/left.now" >>"$tmp/left"
        return 1
    }
    for name in $dirty; do
        blocks_of "$name"
    done | awk '!seen[$0]++' >"$tmp/dirty"
    [ ! -s "$tmp/dirty" ] || xargs wipefs -qaf <"$tmp/dirty" >>"$tmp/left" 2>&1
    udevadm settle
}
