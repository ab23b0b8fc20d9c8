#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Process 1 of the lab's machine, after its disk and its two shared folders are mounted. It sets up
# as much of a host as the scenarios need, runs the script and stops the machine. LAB_SCRIPT comes
# from the kernel's command line.

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
# Not for the kinds of which there are many and of which nothing comes.
udevadm trigger --action=add --subsystem-nomatch=acpi --subsystem-nomatch=pci_express \
    --subsystem-nomatch=wakeup --subsystem-nomatch=workqueue --subsystem-nomatch=memory \
    --subsystem-nomatch=bdi --subsystem-nomatch=pci_bus --subsystem-nomatch=event_source
udevadm settle
modprobe -a vfio-pci vfio_iommu_type1

# QEMU runs as root and not confined: confinement needs an init. capability_filters: without it
# libvirt asks QEMU for 400 features of its processor at each start, which takes five seconds of
# six.
cat >/etc/libvirt/qemu.conf <<CONF
user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
capability_filters = [ "cpu-unavailable-features" ]
CONF
cat >/etc/libvirt/libvirtd.conf <<CONF
auth_unix_ro = "none"
auth_unix_rw = "none"
CONF
virtlogd --daemon
libvirtd --daemon
until virsh -q -c qemu:///system uri >/dev/null 2>&1; do
    sleep 0.1
done

# Where users have it.
cp /lab/build/virt-iommufix /usr/local/bin/
export srcdir=/lab/source builddir=/lab/build VIRT_IOMMUFIX=virt-iommufix LAB_INSIDE=yes
if [ -n "${LAB_SCRIPT:-}" ]; then
    sh "$srcdir/$LAB_SCRIPT" >/dev/virtio-ports/tap 2>&1
    sync
else
    setsid busybox cttyhack sh -c "cd; PS1='lab# ' exec sh"
fi
busybox poweroff -f
