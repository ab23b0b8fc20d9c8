#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt takes any device that a guest declares, even a mounted disk or the disk of /. The tool
# refuses, and reports what needs the device.

host=used
. "$srcdir/tests/lab/lib.sh"

# refused GUEST SOUND NEEDED CODE WORDS...: apply does nothing for a guest that claims SOUND,
# because NEEDED is in use.
refused() {
    name=$1
    needed=$3
    together "$2" "$3"
    guest "$name" "$2"
    definition "$name" >"$tmp/before"
    driver=$(driver_of "$3")
    tool apply --yes "$name"
    ends 3 "apply refuses $3"
    shift 3
    says "$@"
    definition "$name" >"$tmp/after"
    same "$tmp/after" "$tmp/before" "the definition is untouched"
    is "$(driver_of "$needed")" "$driver" "the host has it"
}

# A mounted disk.
disk=$(block_of "$data_disk")
mkfs.ext4 -q "/dev/$disk"
mkdir -p /srv/data
mount "/dev/$disk" /srv/data
echo precious >/srv/data/file
refused mounted "$data_sound" "$data_disk" in-use-mounted "$disk -> /srv/data"
echo 3 >/proc/sys/vm/drop_caches
is "$(cat /srv/data/file)" precious "the disk can be read"
fails mounted "is not viable"

# An interface that is up and has an address.
interface=$(basename "$pci/$net_card"/net/*)
ip link set "$interface" up
ip address add 192.0.2.1/24 dev "$interface"
refused address "$net_sound" "$net_card" in-use-network "$interface" 192.0.2.1
ip -brief address show dev "$interface" | grep -q 192.0.2.1
result "the address is there"

# The disk of /: this cannot be overridden.
refused root "$root_sound" "$root_disk" in-use-mounted "$(block_of "$root_disk") -> /"
tool apply --yes --allow-member "$root_disk" root
ends 3 "and --allow-member does not lift it"
is "$(definition root | grep -c unassigned)" 0 "the definition is untouched"
echo 3 >/proc/sys/vm/drop_caches
cat /usr/bin/* >/dev/null
result "the disk of / can be read"

# Swap on LVM.
disk=$(block_of "$lvm_disk")
{
    pvcreate -q "/dev/$disk" && vgcreate -q lab "/dev/$disk" &&
        lvcreate -q -y -Wn -n swap -L 16M lab
} >"$tmp/out" 2>&1
result "LVM is on the disk" || show "$tmp/out"
busybox mkswap /dev/mapper/lab-swap >"$tmp/out" && swapon /dev/mapper/lab-swap
refused swap "$lvm_sound" "$lvm_disk" in-use-swap "$disk -> " lvm swap
tool apply --yes --allow-member "$lvm_disk" swap
ends 3 "and --allow-member does not lift it"
grep -q dm- /proc/swaps
result "the host swaps to it"

# A device that the host gave up is added.
umount /srv/data
tool apply --yes mounted
ends 0 "with the disk unmounted apply adds it"
starts mounted
is "$(driver_of "$data_disk" "$data_sound")" "vfio-pci vfio-pci" "the guest has its group"
stops mounted
mount "/dev/$(block_of "$data_disk")" /srv/data
is "$(cat /srv/data/file)" precious "afterwards the host has its disk, as it was"

# The external journal of a file system: no mount and no link in /sys shows it.
swapoff /dev/mapper/lab-swap
{
    vgremove -q -f -y lab && pvremove -q -y "/dev/$(block_of "$lvm_disk")"
} >"$tmp/out" 2>&1
result "LVM is off the disk" || show "$tmp/out"
umount /srv/data
disk=$(block_of "$data_disk")
journal=$(block_of "$lvm_disk")
mkfs.ext4 -q -F -b 4096 -O journal_dev "/dev/$journal"
mkfs.ext4 -q -F -b 4096 -J device="/dev/$journal" "/dev/$disk"
udevadm settle
mount "/dev/$disk" /srv/data
echo precious >/srv/data/file
refused journal "$lvm_sound" "$lvm_disk" in-use-held "$journal -> external journal"
sync
echo 3 >/proc/sys/vm/drop_caches
is "$(cat /srv/data/file)" precious "the file system still has its journal"
umount /srv/data
tool apply --yes journal
ends 0 "with the file system unmounted apply adds the disk of the journal"

ip address flush dev "$interface"
ip link set "$interface" down
tool apply --yes address
ends 0 "with the interface down and without an address apply adds it"

finish
