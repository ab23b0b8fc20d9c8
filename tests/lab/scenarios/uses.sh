#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2016 # words that are evaluated later
# What a host can use a device for, a line each. The carrier of the use shares its group with a
# device that a guest claims: apply refuses to add it, and the hook refuses a guest that has it as a
# placeholder. After the last line nothing uses any of them, and each is free again.
#
# LAB_ROWS=REGEX runs only the lines whose title matches. LAB_VERBOSE=yes prints what the tool prints.

host=busy
. "$srcdir/tests/lab/lib.sh"
. "$srcdir/tests/lab/hold.sh"

# use TITLE CARRIER REASON CHAIN SETUP TEARDOWN: the tool must give this reason and these words of the
# chain. A carrier without a driver keeps nobody from the group: apply leaves it to the host.
use() {
    echo "$1" | grep -Eq "${LAB_ROWS:-.}" || return 0
    eval "carrier=\$$2"
    ask_setup "$1" "$2" "$5" "$6" || return 0
    refused=3
    [ -e "$pci/$carrier/driver" ] || refused=0
    ask_apply "$2" "$refused"
    says_all "$refused" "$1: apply refuses $2" "$3" "$4"
    tool hook "$2" prepare begin - <"$tmp/hook-$2.xml"
    says_all 1 "$1: the hook refuses it" "$3" "$4"
    let_go "$6"
}

# free TITLE CARRIER SETUP TEARDOWN: this is no use. The tool adds the carrier, the hook lets it pass.
free() {
    echo "$1" | grep -Eq "${LAB_ROWS:-.}" || return 0
    eval "carrier=\$$2"
    ask_setup "$1" "$2" "$3" "$4" || return 0
    tool plan "$2"
    [ "$(additions <"$tmp/out")" = "$carrier" ]
    result "$1: $2 is free" || grep -A9 "verdict=\"refuse\"" "$tmp/out" | sed 's/^/# /'
    tool hook "$2" prepare begin - <"$tmp/hook-$2.xml"
    [ "$status" -eq 0 ]
    result "$1: the hook lets it pass" || show "$tmp/err"
    let_go "$4"
}

# maybe TITLE CARRIER REASON CHAIN SETUP TEARDOWN: nothing shows whether this uses the carrier. apply does
# not add it, but lets its user do so, and the hook lets pass what the user added.
maybe() {
    echo "$1" | grep -Eq "${LAB_ROWS:-.}" || return 0
    eval "carrier=\$$2"
    ask_setup "$1" "$2" "$5" "$6" || return 0
    ask_apply "$2" 3
    says_all 3 "$1: apply refuses $2" "$3" "$4" "--allow-member $carrier"
    tool hook "$2" prepare begin - <"$tmp/hook-$2.xml"
    [ "$status" -eq 0 ]
    result "$1: the hook lets it pass" || show "$tmp/err"
    let_go "$6"
}

# ask_setup TITLE CARRIER SETUP TEARDOWN
ask_setup() {
    eval "mate=\$${2}_mate"
    if [ ! -e "$tmp/hook-$2.xml" ]; then
        guest "$2" "$mate"
        guest_xml "$2" "$mate" "placeholder:$carrier" >"$tmp/hook-$2.xml"
    fi
    (eval "set -e; $3") >"$tmp/setup" 2>&1 </dev/null
    was=$?
    udevadm settle
    [ "$was" -eq 0 ]
    result "$1" || {
        show "$tmp/setup"
        let_go "$4"
        return 1
    }
}

# ask_apply GUEST STATUS: with another status than this the guest has become another one.
ask_apply() {
    tool apply --yes "$1"
    [ "$status" -eq "$2" ] && return
    vsh undefine "$1"
    guest "$1" "$mate"
}

# says_all STATUS NAME WORDS...: one result for status and words.
says_all() {
    said=$(cat "$tmp/out" "$tmp/err" | tr -s ' \n' '  ')
    expected=$1
    name=$2
    shift 2
    [ "$status" -eq "$expected" ]
    all=$?
    for words; do
        case $said in
        *"$words"*) ;;
        *) all=1 ;;
        esac
    done
    [ "$all" -eq 0 ]
    result "$name" || echo "# expected: $expected, $*; but: $status, $said"
    [ "${LAB_VERBOSE:-}" != yes ] || echo "# $status: $said"
}

# let_go COMMANDS: ends the use.
let_go() {
    let_all_go
    eval "$1" >"$tmp/teardown" 2>&1 </dev/null || show "$tmp/teardown"
    udevadm settle
}

a=$(block_of "$disk_a")
b=$(block_of "$disk_b")
c=$(basename "$pci/$scsi"/virtio*/host*/target*:0:0/*/block/*)
sg=$(basename "$pci/$scsi"/virtio*/host*/target*:0:0/*/scsi_generic/*)
bsg=$(basename "$pci/$scsi"/virtio*/host*/target*:0:0/*/bsg/*)
cd=$(basename "$pci/$scsi"/virtio*/host*/target*:0:1/*:0:1:0)
u=$(basename "$pci/$usb_disk"/usb*/*/*/host*/target*/*/block/*)
m=$(basename "$pci/$reader"/mmc_host/*/*/block/*)
na=$(basename "$pci/$nic_a"/net/*)
nb=$(basename "$pci/$nic_b"/net/*)
nc=$(basename "$pci/$nic_c"/virtio*/net/*)
nu=$(basename "$pci/$usb_nic"/usb*/*/*/net/*)
card=$(basename "$pci/$gpu_b"/drm/card?)
ttys=$(basename "$pci/$tty"/tty/*)
wait_for "[ -e /dev/$ttys ]"
mkdir -p /srv/x /srv/y
# Their nodes are made when they are loaded.
modprobe btrfs
modprobe loop max_loop=16

# ---- nothing uses them
free "a blank disk" disk_a ':' ':'
free "an idle NIC" nic_a ':' ':'
free "a NIC that is up" nic_b "ip link set $nb up; sleep 2" "ip link set $nb down"
free "another card's address on dummy0" nic_a "ip link set $na up; ip link add dummy0 type dummy; ip addr add 10.96.0.1/32 dev dummy0; ip link set dummy0 up" "ip link del dummy0; ip link set $na down"
free "a file system that is not mounted" disk_a "mkfs.ext4 -q -F /dev/$a" "wipefs -qa /dev/$a"
free "after pvremove" disk_a "pvcreate -qq -y /dev/$a; pvremove -qq -y /dev/$a" "wipefs -qa /dev/$a"
free "a btrfs on two disks, not mounted" disk_b "mkfs.btrfs -q -f /dev/$a /dev/$b" "wipefs -qa /dev/$a /dev/$b"
free "a closed LUKS volume" disk_a "luks_on /dev/$a; cryptsetup close x" "wipefs -qa /dev/$a"
free "an empty partition table" disk_a "echo ,, | sfdisk -q /dev/$a" "wipefs -qa /dev/$a"
free "a SCSI disk" scsi ':' ':'
free "an NVMe disk" ssd ':' ':'
free "an idle USB stick" usb_disk ':' ':'
free "an idle USB NIC" usb_nic ':' ':'
free "a serial port" tty ':' ':'
free "a watchdog" dog ':' ':'
free "a USB tablet and a USB serial port" usb_tty ':' ':'
free "an SD card" reader ':' ':'
free "a card without a driver" edu ':' ':'
free "a second display" gpu_b ':' ':'
free "an NVMe disk that a guest gave back" ssd "guest_had $ssd" ':'

# ---- block devices: what no mount table shows
use "external journal of ext4" disk_a in-use-held "$a -> external journal" "mke2fs -q -F -b 4096 -O journal_dev /dev/$a; mkfs.ext4 -q -F -b 4096 -J device=/dev/$a /dev/$b; udevadm settle; mount /dev/$b /srv/x" 'umount /srv/x'
use "external log of XFS" disk_a in-use-held "$a -> " "mkfs.xfs -q -f -l logdev=/dev/$a,size=64m /dev/$b; mount -o logdev=/dev/$a /dev/$b /srv/x" 'umount /srv/x'
use "realtime device of XFS" disk_a in-use-held "$a -> " "mkfs.xfs -q -f -r rtdev=/dev/$a /dev/$b; mount -o rtdev=/dev/$a /dev/$b /srv/x" 'umount /srv/x'
use "second disk of btrfs" disk_b in-use-mounted "$b -> btrfs -> /srv/x" "mkfs.btrfs -q -f /dev/$a /dev/$b; mount /dev/$a /srv/x" 'umount /srv/x'
use "a disk that btrfs got later" disk_b in-use-mounted "btrfs" "wipefs -qa /dev/$a /dev/$b; mkfs.btrfs -q -f /dev/$a; mount /dev/$a /srv/x; btrfs -q device add -f /dev/$b /srv/x" 'umount /srv/x'
use "second disk of f2fs" disk_b in-use "$b -> " "mkfs.f2fs -q -f -c /dev/$b /dev/$a; mount /dev/$a /srv/x" 'umount /srv/x'
use "backing device of zram" disk_a in-use-held "$a -> backing device of zram0" "zram_on /dev/$a" 'zram_off'
use "LUN of LIO" disk_a in-use-held "$a -> " "lio_on /dev/$a" 'lio_off'
use "namespace of nvmet" disk_a in-use-held "$a -> " "nvmet_on /dev/$a" 'nvmet_off'
use "namespace of nvmet, under another node" disk_a in-use-held "$a -> exported over NVMe: x/1" "node_of $a /srv/n; nvmet_on /srv/n" 'nvmet_off; rm /srv/n'
use "a disk that LIO opened as a file" disk_a in-use-held "$a -> exported by LIO: fileio_0/disk" "fileio_on /dev/$a" 'fileio_off'
use "such a disk, under another node" disk_a in-use-held "$a -> exported by LIO: fileio_0/disk" "node_of $a /srv/n; fileio_on /srv/n" 'fileio_off; rm /srv/n'
use "such a disk, and the node is gone" disk_a unknown-use "the file or disk that is exported by LIO: fileio_0/disk" "node_of $a /srv/n; fileio_on /srv/n; rm /srv/n" 'fileio_off'
free "a file of / that LIO exports" disk_a "fileio_on /srv/n" 'fileio_off; rm /srv/n'
use "what nvmet exports, and configfs is not mounted" disk_a unknown-use "cannot read what nvmet exports" "nvmet_on /dev/$a; umount $config" 'mount -t configfs configfs $config; nvmet_off'
use "a CD drive that LIO hands on" scsi in-use-held "$cd -> exported by LIO: pscsi_0/cd" "pscsi_on $cd /dev/sr0" 'pscsi_off'
use "unmounted lazily" disk_a in-use-mounted "$a -> mounted, mount point not visible" "ext4_on /dev/$a /srv/x; opens /srv/x/file; umount -l /srv/x" ':'
use "a loop device on such a file" disk_a in-use "$a -> " "ext4_on /dev/$a /srv/x; losetup /dev/loop5 /srv/x/file; umount -l /srv/x" 'losetup -d /dev/loop5; sleep 1'
use "below an overlay" disk_a in-use-mounted "$a -> mounted, mount point not visible" "ext4_on /dev/$a /srv/x; mkdir /srv/x/u /srv/x/w; mount -t overlay -o lowerdir=/etc,upperdir=/srv/x/u,workdir=/srv/x/w overlay /srv/y; umount -l /srv/x" 'umount /srv/y'
use "mounted in a namespace" disk_a in-use-mounted "$a -> " "mkfs.ext4 -q -F /dev/$a; in_namespace -m mount /dev/$a /srv/x" ':'
use "mounted in a namespace without a process" disk_a in-use-mounted "$a -> mounted, mount point not visible" "mkfs.ext4 -q -F /dev/$a; pinned_mount /dev/$a /srv/x" 'umount /run/pin/m; umount -l /run/pin; sleep 1'
use "half a RAID 1, inactive" disk_a in-use-held "$a -> " "half_md /dev/$a /dev/$b" 'mdadm -q --stop --scan; wipefs -qa /dev/'"$a"
use "a degraded RAID 1" disk_a in-use-mounted "md0" "wipefs -qa /dev/$a; mdadm -q --create /dev/md0 --run --level=1 -n 2 /dev/$a missing; ext4_on /dev/md0 /srv/x" 'umount /srv/x; mdadm -q --stop /dev/md0; wipefs -qa /dev/'"$a"
use "a loop device straight on it" disk_a in-use "$a -> loop5" "losetup /dev/loop5 /dev/$a" 'losetup -d /dev/loop5'
use "a loop device on a node elsewhere" disk_a in-use "$a -> " "node_of $a /srv/n; losetup /dev/loop5 /srv/n" 'losetup -d /dev/loop5; rm /srv/n'
use "device-mapper, suspended" disk_a in-use "$a -> held by dm-0" "dmsetup create x --notable; echo 0 2048 linear /dev/$a 0 | dmsetup load x" 'dmsetup remove x'
use "encrypted swap with a random key" disk_a in-use-swap "$a -> dm-" "cryptsetup -q open --type plain -c aes-xts-plain64 -s 256 -d /dev/urandom /dev/$a x; mkswap /dev/mapper/x; swapon /dev/mapper/x" 'swapoff /dev/mapper/x; cryptsetup close x'
use "a file system in a LUKS volume" disk_a in-use-mounted "(luks) -> /srv/x" "luks_on /dev/$a; ext4_on /dev/mapper/x /srv/x" 'umount /srv/x; cryptsetup close x; wipefs -qa /dev/'"$a"
use "swap on a partition" disk_a in-use-swap "${a}1 -> " "echo ,, | sfdisk -q /dev/$a; udevadm settle; mkswap /dev/${a}1; swapon /dev/${a}1" "swapoff /dev/${a}1; wipefs -qa /dev/$a"
use "cache of bcache" disk_a in-use-held "$a -> " "make-bcache -C /dev/$a; udevadm settle; [ -e /sys/block/$a/bcache ] || echo /dev/$a >/sys/fs/bcache/register" 'for s in /sys/fs/bcache/*-*/stop; do echo 1 >$s; done; sleep 2; wipefs -qa /dev/'"$a"
use "disk of a RAID 5's journal" disk_a in-use-held "$a -> held by md0 (raid5)" "dd if=/dev/zero of=/srv/r1 bs=1M count=16; cp /srv/r1 /srv/r2; cp /srv/r1 /srv/r3; for i in 1 2 3; do losetup /dev/loop1\$i /srv/r\$i; done; mdadm -q --create /dev/md0 --run --level=5 -n 3 --write-journal /dev/$a /dev/loop11 /dev/loop12 /dev/loop13" 'mdadm -q --stop /dev/md0; for i in 1 2 3; do losetup -d /dev/loop1$i; done; wipefs -qa /dev/'"$a"

# ---- open files
use "open under its own name" disk_a in-use-process "$a -> sleep" "opens /dev/$a" ':'
use "open under another node" disk_a in-use-process "$a -> sleep" "node_of $a /srv/n; opens /srv/n" 'rm /srv/n'
use "open, and the node is gone" disk_a in-use-process "$a -> sleep" "node_of $a /srv/n; opens /srv/n; rm /srv/n" ':'
use "a character device of NVMe" ssd in-use-process "ng0n2 -> sleep" "opens /dev/ng0n2" ':'
use "the controller of NVMe" ssd in-use-process "nvme0 -> sleep" "opens /dev/nvme0" ':'
use "the second namespace" ssd in-use-mounted "nvme0n2 -> /srv/x" "ext4_on /dev/nvme0n2 /srv/x" 'umount /srv/x; wipefs -qa /dev/nvme0n2'
use "sg" scsi in-use-process "$sg -> sleep" "opens /dev/$sg" ':'
use "bsg" scsi in-use-process "sleep" "opens /dev/bsg/$bsg" ':'
use "a serial port" tty in-use-process "$ttys -> sleep" "opens_rw /dev/$ttys" ':'
use "a serial port under another node" tty in-use-process "$ttys -> sleep" "node_of $ttys /srv/n; opens_rw /srv/n" 'rm /srv/n'
use "a USB serial port" usb_tty in-use-process "ttyUSB0 -> sleep" "opens_rw /dev/ttyUSB0" ':'
use "a USB device's node" usb_tty in-use-process "sleep" "opens /dev/bus/usb/\$(usb_node $usb_tty)" ':'
use "the clock of a NIC" nic_a in-use-process "ptp" "opens /dev/\$(basename $pci/$nic_a/ptp/*)" ':'
use "the only display" gpu boot-vga "card0 -> the only display" "console_off; echo 1 >$pci/$gpu_b/remove" 'echo 1 >/sys/bus/pci/rescan'
use "a display that a process has open" gpu_b in-use-process "$card -> sleep" "opens /dev/dri/$card" ':'
use "a display's memory" gpu_b in-use-process "PCI memory -> python3" "maps $pci/$gpu_b/resource0 open" ':'
use "a card's memory" edu in-use-process "PCI memory -> python3" "maps $pci/$edu/resource0 open" ':'
use "a QEMU of another libvirtd" edu in-use "qemu" "qemu_with $edu" "from_vfio $edu"
use "uio" edu in-use-process "uio0 (uio_pci_generic) -> userspace driver" "uio_on $edu; opens /dev/uio0" "uio_off $edu"
use "an SD card" reader in-use-mounted "$m -> /srv/x" "ext4_on /dev/$m /srv/x" "umount /srv/x; wipefs -qa /dev/$m"
use "a USB stick" usb_disk in-use-mounted "$u -> /srv/x" "ext4_on /dev/$u /srv/x" "umount /srv/x; wipefs -qa /dev/$u"
use "a watchdog" dog in-use-process "watchdog0" "opens_rw /dev/watchdog0" 'printf V >/dev/watchdog0'
use "a share of 9p" share in-use-mounted "/srv/x" "mount -t 9p -o ro,trans=virtio busy /srv/x" 'umount /srv/x'
if [ -e "$pci/$virtiofs/driver" ]; then
    use "virtiofs" virtiofs in-use-mounted "/srv/x" "mount -t virtiofs busyfs /srv/x" 'umount /srv/x'
    maybe "virtiofs, unmounted lazily" virtiofs unknown-use "" "mount -t virtiofs busyfs /srv/x; opens /srv/x/bin/true; umount -l /srv/x" ':'
fi
free "a tablet that something listens to" usb_tty "opens /dev/input/event0" ':'
free "a tablet's hidraw" usb_tty "opens /dev/hidraw0" ':'

# ---- networks
use "moved to another namespace, with an address" nic_a in-use-network "$na" "namespace_with $na 10.0.11.5/24" 'ip netns del x; sleep 1'
use "moved to another namespace" nic_a in-use-network "$na" "ip netns add x; ip link set $na netns x" 'ip netns del x; sleep 1'
use "USB NIC in another namespace" usb_nic in-use-network "$nu" "namespace_with $nu 10.0.15.5/24" 'ip netns del x; sleep 1'
use "virtio NIC in a process's namespace" nic_c in-use-network "$nc" "in_namespace -n true; ip link set $nc netns \$(cat \$tmp/holder)" 'let_all_go; sleep 1'
use "macvlan in another namespace" nic_a in-use-network "$na" "ip link set $na up; ip netns add x; ip link add link $na name mv0 netns x type macvlan mode bridge; ip -n x addr add 10.0.11.6/24 dev mv0; ip -n x link set mv0 up; ip -n x route add default via 10.0.11.2" "ip netns del x; ip link set $na down; sleep 1"
use "macvlan in a namespace that only a file holds" nic_a in-use-network "$na" "macvlan_in x $na; opens /run/netns/x; ip netns del x" "ip link set $na down; sleep 1"
use "macvlan in a namespace that a mount elsewhere holds" nic_a in-use-network "$na" "macvlan_in x $na; : >/srv/n; mount --bind /run/netns/x /srv/n; ip netns del x" "umount /srv/n; rm /srv/n; ip link set $na down; sleep 1"
use "macvlan in a thread's namespace" nic_a in-use-network "$na" "ip link set $na up; thread_namespace; ip link add link $na name mv0 netns \$(cat \$tmp/thread) type macvlan" "rm \$tmp/thread; ip link set $na down; sleep 1"
use "ipvlan in another namespace" nic_a in-use-network "$na" "ip link set $na up; ip netns add x; ip link add link $na name iv0 netns x type ipvlan mode l2; ip -n x addr add 10.0.11.7/24 dev iv0; ip -n x link set iv0 up" "ip netns del x; ip link set $na down; sleep 1"
use "VLAN in another namespace" nic_a in-use-network "$na" "ip link set $na up; ip netns add x; ip link add link $na name v7 type vlan id 7; ip link set v7 netns x; ip -n x addr add 10.7.0.1/24 dev v7" "ip netns del x; ip link set $na down; sleep 1"
use "macvtap" nic_a in-use-network "$na" "ip link set $na up; ip link add link $na name mt0 type macvtap; ip link set mt0 up" "ip link del mt0; ip link set $na down"
use "port of a bond with an address" nic_a in-use-network "$na -> bond7" "ip link add bond7 type bond; ip link set $na down; ip link set $na master bond7; ip addr add 10.0.11.8/24 dev bond7; ip link set bond7 up" "ip link del bond7; ip link set $na down"
use "port of a team" nic_a in-use-network "$na -> team7" "ip link add team7 type team; ip link set $na down; ip link set $na master team7" 'ip link del team7'
use "port of a bridge, with a veth to another namespace" nic_a in-use-network "$na -> br7" "ip netns add x; ip link add br7 type bridge; ip link set $na master br7; ip link add ve0 type veth peer name ve1 netns x; ip link set ve0 master br7; ip link set $na up; ip link set br7 up; ip -n x addr add 10.0.11.9/24 dev ve1" "ip netns del x; ip link del br7; ip link set $na down; sleep 1"
use "below VXLAN" nic_a in-use-network "$na" "ip link set $na up; ip link add vx0 type vxlan id 7 group 239.1.1.1 dev $na dstport 4789; ip addr add 10.8.0.1/24 dev vx0; ip link set vx0 up" "ip link del vx0; ip link set $na down"
use "below MACsec" nic_a in-use-network "$na" "ip link set $na up; ip link add link $na ms0 type macsec; ip addr add 10.9.0.1/24 dev ms0" "ip link del ms0; ip link set $na down"
use "in a VRF" nic_a in-use-network "$na" "ip link add vrf7 type vrf table 7; ip link set vrf7 up; ip link set $na master vrf7; ip link set $na up; ip addr add 10.0.11.5/24 dev $na" "ip link del vrf7; ip addr flush dev $na; ip link set $na down"
use "address without a prefix route, routes in another table" nic_a in-use-network "$na -> " "ip link set $na up; ip link set $nb up; ip addr add 10.0.0.5/16 dev $nb; ip addr add 10.0.11.5/24 dev $na noprefixroute; ip route add 10.0.11.0/24 dev $na table 100; ip route add default via 10.0.11.2 dev $na table 100; ip rule add from 10.0.11.5 table 100" "ip rule del from 10.0.11.5 table 100; ip route flush table 100; ip addr flush dev $na; ip addr flush dev $nb; ip link set $na down; ip link set $nb down"
use "route without an address" nic_a in-use-network "$na" "ip link set $na up; ip route add 192.0.2.0/24 dev $na" "ip link set $na down"
use "IPv6 address alone" nic_a in-use-network "$na" "ip link set $na up; ip addr add 2001:db8::5/64 dev $na" "ip addr flush dev $na; ip link set $na down"
use "packet socket" nic_a in-use "$na" "ip link set $na up; packets $na" "ip link set $na down"
use "promiscuous" nic_a in-use-network "$na" "ip link set $na up promisc on" "ip link set $na promisc off down"
use "what tc sends there" nic_a in-use-network "$na" "ip link set $na up; ip link add du0 type dummy; ip link set du0 up; tc qdisc add dev du0 ingress; tc filter add dev du0 parent ffff: matchall action mirred egress redirect dev $na" "ip link del du0; ip link set $na down"
use "what nftables sends there" nic_a in-use-network "$na -> nftables" "ip link set $na up; ip link add du0 type dummy; ip link set du0 up; nft 'add table netdev x; add chain netdev x c { type filter hook ingress device du0 priority 0; }; add rule netdev x c dup to $na'" "nft delete table netdev x; ip link del du0; ip link set $na down"
use "what nftables takes from it" nic_a in-use-network "$na -> nftables" "ip link set $na up; nft 'add table netdev x; add chain netdev x c { type filter hook ingress device $na priority 0; }'" "nft delete table netdev x; ip link set $na down"
use "a flowtable of nftables" nic_a in-use-network "$na -> nftables" "ip link set $na up; nft 'add table inet x; add flowtable inet x f { hook ingress priority 0; devices = { $na }; }'" "nft delete table inet x; ip link set $na down"
use "log of the kernel" nic_a in-use-network "$na -> netconsole" "netconsole_on $na" "netconsole_off; ip link set $na down"
maybe "log of the kernel, by a parameter" nic_a unknown-use "$na -> may carry the log of the kernel" "ip link set $na up; modprobe netconsole netconsole=@10.0.11.5/$na,@10.0.11.2/" "modprobe -r netconsole; ip link set $na down"
free "netconsole without a target" nic_a "modprobe netconsole" "modprobe -r netconsole"
use "RDMA over it" nic_a in-use-network "$na" "ip link set $na up; rdma link add rxe0 type rxe netdev $na" "rdma link del rxe0; ip link set $na down"

finish
