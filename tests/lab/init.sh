#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the lab's machine runs as process 1, once its disk and its two shared folders are mounted:
# it becomes a host of guests, as far as the scenarios need one, runs the script and ends.
# LAB_SCRIPT and LAB_HOST come from the kernel's command line.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs tmp /tmp
mkdir -p /dev/pts /dev/shm /run/lock
mount -t devpts -o mode=620 devpts /dev/pts
mount -t tmpfs shm /dev/shm
hostname lab
ip link set lo up

/lib/systemd/systemd-udevd --daemon
stamp() { echo "stamp $* $(cut -d" " -f1 /proc/uptime)"; }
stamp start
udevadm trigger --action=add
udevadm settle
stamp settled
modprobe -a vfio-pci vfio_iommu_type1

stamp vfio
virtlogd --daemon
libvirtd --daemon
until virsh -q -c qemu:///system uri >/dev/null 2>&1; do
    sleep 0.1
done

stamp libvirtd
# As users have it.
cp /lab/build/virt-iommufix /usr/local/bin/
export srcdir=/lab/source builddir=/lab/build VIRT_IOMMUFIX=virt-iommufix LAB_INSIDE=yes LAB_HOST
if [ -n "${LAB_SCRIPT:-}" ]; then
    sh "$srcdir/$LAB_SCRIPT" >/dev/virtio-ports/tap 2>&1
    sync
else
    setsid busybox cttyhack sh -c "cd; PS1='lab# ' exec sh"
fi
busybox poweroff -f
