#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   boot.sh IMAGE SCRIPT TOPOLOGY...    boots the lab's machine with these devices; prints what
#                                       SCRIPT (a path in the source tree) prints in there
#
# From the environment: srcdir, VIRT_IOMMUFIX (the tool), and
#   LAB_CPUS      number of processors; with one, emulation is twice as fast
#   LAB_SHELL     "yes": the script is not run; a shell in the machine is on this terminal
#   LAB_ACCEL     QEMU's accelerator; default: emulation, because a /dev/kvm that opens does not
#                 prove that guests run
#   LAB_TIMEOUT   seconds
#   LAB_SNAPSHOT  "off": what is written stays in the image
#   LAB_KEEP      a file that the machine has as a disk and that stays
#   LAB_BOOT      which boot it is, 1 or 2; handed to the script, as the next ones are
#   LAB_ROWS, LAB_SEED, LAB_STATES, LAB_VERBOSE
#                 are handed to the script; words without a space

set -u
image=$1
script=$2
shift 2

here=$srcdir/tests/lab
work=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-lab.XXXXXX") || exit 99
# shellcheck disable=SC2046 # a list; those whose machine ended have ended, too
trap 'kill $(cat "$work/daemons" 2>/dev/null) 2>/dev/null; rm -rf "$work"' EXIT
trap 'kill "$qemu" 2>/dev/null; exit 99' HUP INT TERM

for topology; do
    cat "$here/topologies/$topology.txt" || exit 99
done >"$work/host"

# A topology may move the disk of /.
grep -q '^device .*drive=root' "$work/host" ||
    echo "device virtio-blk-pci,drive=root,addr=0x10" >>"$work/host"

# share TAG FOLDER PLACE: starts a virtiofsd and prints the device. Without a virtiofsd, a card without
# a driver is in its place.
share() {
    daemon=
    for program in /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd; do
        [ ! -x "$program" ] || daemon=$program
    done
    if [ -z "$daemon" ]; then
        echo "-device edu,$3"
        return
    fi
    "$daemon" -f --socket-path="$work/$1.socket" -o source="$2" -o sandbox=chroot >"$work/$1.log" 2>&1 &
    echo $! >>"$work/daemons"
    until [ -S "$work/$1.socket" ] || ! kill -0 $! 2>/dev/null; do
        sleep 0.1
    done
    echo "-object memory-backend-memfd,id=shared,size=1536M,share=on"
    echo "-machine memory-backend=shared"
    echo "-chardev socket,id=$1,path=$work/$1.socket"
    echo "-device vhost-user-fs-pci,chardev=$1,tag=$1,$3"
}

{
    awk '$1 == "disk" { print $2, $3 }' "$work/host" | while read -r disk size; do
        truncate -s "$size" "$work/$disk.img"
        echo "-drive if=none,id=$disk,format=raw,file=$work/$disk.img"
    done
    sed -n 's/^\(device\|netdev\|fsdev\|chardev\)  *\(.*\)/-\1 \2/p' "$work/host"
    [ -z "${LAB_KEEP:-}" ] ||
        echo "-drive if=none,id=keep,format=raw,file=$LAB_KEEP
            -device virtio-blk-pci,drive=keep,addr=0x14"
    awk '$1 == "virtiofs" { print $2, $3, $4 }' "$work/host" | while read -r tag folder place; do
        share "$tag" "$folder" "$place"
    done
} >"$work/arguments"

if [ "${LAB_SHELL:-}" = yes ]; then
    serial=mon:stdio
    LAB_TIMEOUT=0
    script=
else
    serial=file:$work/console
    exec </dev/null
fi
limit=${LAB_TIMEOUT:-900}
machine=q35,kernel-irqchip=split
kernel="console=ttyS0 quiet panic=-1 no_timer_check intel_iommu=on LAB_SCRIPT=$script"
# What costs much where instructions are translated. QEMU translates a library again for each address
# at which it is loaded.
kernel="$kernel norandmaps mitigations=off init_on_alloc=0"
kernel="$kernel${LAB_ROWS:+ LAB_ROWS=$LAB_ROWS}${LAB_SEED:+ LAB_SEED=$LAB_SEED}"
kernel="$kernel${LAB_BOOT:+ LAB_BOOT=$LAB_BOOT}"
kernel="$kernel${LAB_STATES:+ LAB_STATES=$LAB_STATES}${LAB_VERBOSE:+ LAB_VERBOSE=$LAB_VERBOSE}"
# A background process has no standard input otherwise.
exec 3<&0

mkfifo "$work/tap"
cat "$work/tap" &
reader=$!

# The disk is opened with snapshot=on, so that the image stays as it is.
# shellcheck disable=SC2046 # words
timeout --foreground "$limit" qemu-system-x86_64 -M "$machine" -m 1536 \
    -accel "${LAB_ACCEL:-tcg,thread=multi}" -smp "${LAB_CPUS:-1}" \
    -device intel-iommu,intremap=on,caching-mode=on \
    -nodefaults -no-user-config -display none -vga none -no-reboot -action watchdog=none \
    -serial "$serial" -boot strict=on -global e1000.romfile= -global e1000e.romfile= \
    -global virtio-net-pci.romfile= \
    -kernel "$image/kernel" -initrd "$image/initrd" \
    -append "$kernel" \
    -drive "if=none,id=root,format=raw,snapshot=${LAB_SNAPSHOT:-on},file=$image/disk" \
    $(cat "$work/arguments") \
    -device virtio-serial-pci,id=ports,addr=0x11 \
    -chardev file,id=tap,path="$work/tap" -device virtserialport,chardev=tap,name=tap \
    -fsdev local,id=source,path="$srcdir",security_model=none,readonly=on \
    -device virtio-9p-pci,fsdev=source,mount_tag=source,addr=0x12 \
    -fsdev local,id=build,path="$(dirname "$VIRT_IOMMUFIX")",security_model=none,readonly=on \
    -device virtio-9p-pci,fsdev=build,mount_tag=build,addr=0x13 <&3 2>"$work/qemu" &
qemu=$!
wait "$qemu"
status=$?
[ "$status" -ne 124 ] || echo "# the machine took too long"
if [ "$status" -ne 0 ]; then
    # A QEMU that never opened its end leaves it waiting.
    sleep 1
    kill "$reader" 2>/dev/null
fi
wait "$reader" 2>/dev/null
[ -e "$work/console" ] || exit "$status"
grep -v -e 'has no peer' -e '^alsa:' -e '^audio:' "$work/qemu" | sed 's/^/# QEMU: /'
grep -q 'Power down' "$work/console" ||
    tr -d '\r' <"$work/console" | tail -n 40 | sed 's/^/# console: /'
exit "$status"
