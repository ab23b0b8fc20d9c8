# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2016 # wait_for and others evaluate words
#
# Ways to use a device that are more than a command, for scenarios/uses.sh. Each makes its use and
# returns; let_all_go ends the processes of all.

# wait_for COMMANDS: at most ten seconds.
wait_for() {
    tries=150
    until eval "$1"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.05
    done
}

# hold COMMAND...: runs it until let_all_go.
hold() {
    "$@" >/dev/null 2>&1 &
    echo $! >"$tmp/holder"
    echo $! >>"$tmp/holders"
}

# let_all_go
let_all_go() {
    [ -e "$tmp/holders" ] || return 0
    while read -r holder; do
        kill "$holder" 2>/dev/null
        while [ -e "/proc/$holder/fd/0" ]; do
            sleep 0.02
        done
    done <"$tmp/holders"
    rm -f "$tmp/holders"
}

# holds PROCESS: it has the file open soon.
holds() {
    echo "$1" >>"$tmp/holders"
    wait_for "[ -e /proc/$1/fd/3 ]"
}

# opens FILE, opens_rw FILE: a process keeps it open.
opens() {
    sleep 999 3<"$1" >/dev/null 2>&1 &
    holds $!
}
opens_rw() {
    sleep 999 3<>"$1" >/dev/null 2>&1 &
    holds $!
}

# maps FILE [open]: a process maps it and closes it, or keeps it open.
maps() {
    hold python3 -c 'import ctypes, os, sys, time
f = os.open(sys.argv[1], os.O_RDWR)
ctypes.CDLL(None).mmap(None, 4096, 1, 1, f, 0)
sys.argv[3] or os.close(f)
open(sys.argv[2], "w").close()
time.sleep(999)' "$1" "$tmp/mapped" "${2:-}"
    wait_for '[ -e "$tmp/mapped" ]'
    rm -f "$tmp/mapped"
}

# packets INTERFACE: a process has a packet socket on it.
packets() {
    hold python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind((sys.argv[1], 0))
open(sys.argv[2], "w").close()
time.sleep(999)' "$1" "$tmp/bound"
    wait_for '[ -e "$tmp/bound" ]'
    rm -f "$tmp/bound"
}

# in_namespace FLAG COMMAND...: runs it in a new namespace (unshare's flag), which a process holds.
in_namespace() {
    flag=$1
    shift
    hold unshare "$flag" sh -c '"$@" && : >"$0" && exec sleep 999' "$tmp/inside" "$@"
    wait_for '[ -e "$tmp/inside" ]'
    rm -f "$tmp/inside"
}

# pinned_mount DISK FOLDER: mounts it in a namespace that only a mount holds.
pinned_mount() {
    mkdir -p /run/pin
    mount --bind /run/pin /run/pin
    mount --make-private /run/pin
    : >/run/pin/m
    unshare --mount=/run/pin/m mount "$1" "$2"
}

# namespace_with INTERFACE ADDRESS: the namespace x has it.
namespace_with() {
    ip netns add x
    ip link set "$1" netns x
    ip -n x addr add "$2" dev "$1"
    ip -n x link set "$1" up
}

# thread_namespace: a process whose second thread has a network namespace of its own. Its number is in
# $tmp/thread.
thread_namespace() {
    hold python3 -c 'import ctypes, os, sys, threading, time
def enter():
    ctypes.CDLL(None).unshare(0x40000000)
    with open(sys.argv[1] + ".new", "w") as f:
        f.write(str(threading.get_native_id()))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    time.sleep(999)
threading.Thread(target=enter).start()' "$tmp/thread"
    wait_for '[ -e "$tmp/thread" ]'
}

# macvlan_in NAMESPACE NIC: it has an address there.
macvlan_in() {
    ip link set "$2" up
    ip netns add "$1"
    ip link add link "$2" name mv0 netns "$1" type macvlan mode bridge
    ip -n "$1" addr add 10.0.11.6/24 dev mv0
    ip -n "$1" link set mv0 up
}

# netconsole_on NIC, netconsole_off: the kernel's log goes to another host.
netconsole_on() {
    modprobe -a configfs netconsole
    mountpoint -q "$config" || mount -t configfs configfs "$config"
    mkdir "$config/netconsole/far"
    for setting in dev_name="$1" local_ip=10.0.11.5 remote_ip=10.0.11.2 enabled=1; do
        echo "${setting#*=}" >"$config/netconsole/far/${setting%%=*}"
    done
}
netconsole_off() {
    rmdir "$config/netconsole/far"
    modprobe -r netconsole
}

# node_of NAME FILE: another node of the device /dev/NAME.
node_of() {
    kind=c
    [ ! -b "/dev/$1" ] || kind=b
    # shellcheck disable=SC2046 # two numbers
    mknod "$2" "$kind" $(stat -L -c '0x%t 0x%T' "/dev/$1")
}

# ext4_on DISK FOLDER: a file system with a file.
ext4_on() {
    mkfs.ext4 -q -F "$1"
    mount "$1" "$2"
    dd if=/dev/zero of="$2/file" bs=1M count=4 status=none
}

# luks_on DISK [NAME]: opens it as NAME, or x.
luks_on() {
    echo lab >"$tmp/key"
    cryptsetup -q luksFormat --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --luks2-keyslots-size 512k \
        -d "$tmp/key" "$1"
    cryptsetup open -d "$tmp/key" "$1" "${2:-x}"
}

zram_on() {
    modprobe zram
    echo "$1" >/sys/block/zram0/backing_dev
    echo 16M >/sys/block/zram0/disksize
    mkswap /dev/zram0
    swapon /dev/zram0
}
zram_off() {
    swapoff /dev/zram0
    echo 1 >/sys/block/zram0/reset
    modprobe -r zram
}

config=/sys/kernel/config
lio_on() {
    modprobe -a configfs target_core_mod target_core_iblock
    mountpoint -q "$config" || mount -t configfs configfs "$config"
    mkdir -p "$config/target/core/iblock_0/disk"
    echo "udev_path=$1" >"$config/target/core/iblock_0/disk/control"
    echo 1 >"$config/target/core/iblock_0/disk/enable"
}
lio_off() {
    rmdir "$config/target/core/iblock_0/disk" "$config/target/core/iblock_0"
}
# fileio_on FILE, fileio_off: LIO opens it. A disk has a size of its own.
fileio_on() {
    modprobe -a configfs target_core_mod target_core_file
    mountpoint -q "$config" || mount -t configfs configfs "$config"
    mkdir -p "$config/target/core/fileio_0/disk"
    echo "fd_dev_name=$1,fd_dev_size=1048576" >"$config/target/core/fileio_0/disk/control"
    echo 1 >"$config/target/core/fileio_0/disk/enable"
}
fileio_off() {
    rmdir "$config/target/core/fileio_0/disk" "$config/target/core/fileio_0"
}
# pscsi_on HOST:CHANNEL:TARGET:LUN NODE, pscsi_off: LIO hands on a SCSI device.
pscsi_on() {
    modprobe -a configfs target_core_mod target_core_pscsi
    mountpoint -q "$config" || mount -t configfs configfs "$config"
    mkdir -p "$config/target/core/pscsi_0/cd"
    echo "$1" | while IFS=: read -r host_id channel target lun; do
        echo "scsi_host_id=$host_id,scsi_channel_id=$channel,scsi_target_id=$target,scsi_lun_id=$lun"
    done >"$config/target/core/pscsi_0/cd/control"
    echo "$2" >"$config/target/core/pscsi_0/cd/udev_path"
    echo 1 >"$config/target/core/pscsi_0/cd/enable"
}
pscsi_off() {
    rmdir "$config/target/core/pscsi_0/cd" "$config/target/core/pscsi_0"
}
nvmet_on() {
    modprobe -a configfs nvmet
    mountpoint -q "$config" || mount -t configfs configfs "$config"
    mkdir -p "$config/nvmet/subsystems/x/namespaces/1"
    printf %s "$1" >"$config/nvmet/subsystems/x/namespaces/1/device_path"
    echo 1 >"$config/nvmet/subsystems/x/namespaces/1/enable"
}
nvmet_off() {
    echo 0 >"$config/nvmet/subsystems/x/namespaces/1/enable"
    rmdir "$config/nvmet/subsystems/x/namespaces/1" "$config/nvmet/subsystems/x"
}

# half_md DISK DISK: of a RAID 1 on two disks only the first one comes.
half_md() {
    mdadm -q --create /dev/md0 --run --level=1 -n 2 --assume-clean "$1" "$2"
    mdadm -q --stop /dev/md0
    mdadm -q --zero-superblock "$2"
    udevadm settle
    mdadm -q --stop --scan || :
    mdadm -q -I "$1" || :
    grep -q inactive /proc/mdstat
}

# to_vfio DEVICE, from_vfio DEVICE: of one without a driver.
to_vfio() {
    echo vfio-pci >"$pci/$1/driver_override"
    echo "$1" >/sys/bus/pci/drivers_probe
}
from_vfio() {
    echo "$1" >/sys/bus/pci/drivers/vfio-pci/unbind
    echo >"$pci/$1/driver_override"
}

# qemu_with DEVICE: a QEMU that is not this libvirtd's has the device.
qemu_with() {
    to_vfio "$1"
    hold qemu-system-x86_64 -name guest=foreign -M q35 -m 64 -nodefaults -display none -S \
        -device vfio-pci,host="$1"
    wait_for "readlink /proc/$!/fd/* | grep -q ^/dev/vfio/[0-9]"
}

# guest_had DEVICE MATE: a guest used the NVMe disk, and gave it back.
guest_had() {
    guest had "nvme:$1"
    vsh start had && vsh destroy had && vsh undefine had
    wait_for "[ -e $pci/$1/nvme/nvme*/nvme*n2 ]"
}

# usb_node DEVICE: bus/number of the first USB device on the controller that is no hub.
usb_node() {
    for usb in "$pci/$1"/usb*/*-*; do
        [ -e "$usb/busnum" ] || continue
        printf '%03d/%03d\n' "$(cat "$usb/busnum")" "$(cat "$usb/devnum")"
        return
    done
}

# uio_on DEVICE, uio_off DEVICE
uio_on() {
    modprobe uio_pci_generic
    echo uio_pci_generic >"$pci/$1/driver_override"
    echo "$1" >/sys/bus/pci/drivers/uio_pci_generic/bind
}
uio_off() {
    echo "$1" >/sys/bus/pci/drivers/uio_pci_generic/unbind
    echo >"$pci/$1/driver_override"
}

# console_off: the kernel's console leaves the frame buffer.
console_off() {
    for console in /sys/class/vtconsole/*; do
        grep -q 'frame buffer' "$console/name" && echo 0 >"$console/bind"
    done
    :
}
