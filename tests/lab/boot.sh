#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   boot.sh IMAGE SCRIPT TOPOLOGY...    boots the lab's machine with these devices; what SCRIPT
#                                       (below the source tree) prints in there is printed here
#
# From the environment: srcdir, VIRT_IOMMUFIX (the tool), and
#   LAB_SHELL     "yes": the script is not run; a shell in the machine is on this terminal
#   LAB_ACCEL     what runs the machine, in QEMU's words. Emulation, if it is not said: a /dev/kvm
#                 that can be opened does not prove that guests run.
#   LAB_TIMEOUT   seconds
#   LAB_SNAPSHOT  "off": what is written stays in the image

set -u
image=$1
script=$2
shift 2

here=$srcdir/tests/lab
work=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-lab.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'kill "$qemu" 2>/dev/null; exit 99' HUP INT TERM

for topology; do
    cat "$here/topologies/$topology.txt" || exit 99
done >"$work/host"

# A topology may put the disk of / where it wants it.
grep -q '^device .*drive=root' "$work/host" ||
    echo "device virtio-blk-pci,drive=root,addr=0x10" >>"$work/host"

{
    awk '$1 == "disk" { print $2, $3 }' "$work/host" | while read -r disk size; do
        truncate -s "$size" "$work/$disk.img"
        echo "-drive if=none,id=$disk,format=raw,file=$work/$disk.img"
    done
    sed -n 's/^\(device\|netdev\)  *\(.*\)/-\1 \2/p' "$work/host"
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

mkfifo "$work/tap"
cat "$work/tap" &
reader=$!

# What boots is snapshot=on: the image stays as it is.
# shellcheck disable=SC2046 # words
timeout --foreground "$limit" nice qemu-system-x86_64 -accel "${LAB_ACCEL:-tcg,thread=multi}" -smp "${LAB_CPUS:-1}" -m 1536 \
    -M q35,kernel-irqchip=split -device intel-iommu,intremap=on,caching-mode=on \
    -nodefaults -no-user-config -display none -vga none -no-reboot -serial "$serial" \
    -kernel "$image/kernel" -initrd "$image/initrd" \
    -append "console=ttyS0 quiet panic=-1 no_timer_check intel_iommu=on LAB_SCRIPT=$script LAB_HOST=$(echo "$*" | tr ' ' ,)" \
    -drive "if=none,id=root,format=raw,snapshot=${LAB_SNAPSHOT:-on},file=$image/disk" \
    $(cat "$work/arguments") \
    -device virtio-serial-pci,id=ports,addr=0x11 \
    -chardev file,id=tap,path="$work/tap" -device virtserialport,chardev=tap,name=tap \
    -fsdev local,id=source,path="$srcdir",security_model=none,readonly=on \
    -device virtio-9p-pci,fsdev=source,mount_tag=source,addr=0x12 \
    -fsdev local,id=build,path="$(dirname "$VIRT_IOMMUFIX")",security_model=none,readonly=on \
    -device virtio-9p-pci,fsdev=build,mount_tag=build,addr=0x13 2>"$work/qemu" &
qemu=$!
if [ "${LAB_SHELL:-}" = yes ]; then
    wait "$qemu"
    exit
fi
wait "$qemu"
status=$?
[ "$status" -ne 124 ] || echo "# the machine took too long"
[ "$status" -ne 0 ] || wait "$reader"
grep -v 'has no peer' "$work/qemu" | sed 's/^/# QEMU: /'
tr -d '\r' <"$work/console" | tail -n 40 | sed 's/^/# console: /'
exit "$status"
