#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a person wrote and what libvirt makes of it when it is defined get the same verdicts.

. "$srcdir/tests/cli/lib.sh"

sysroot=$(make_sysroot gpu-desktop)

# claims FILE: the claims and members of its plan, without their paths.
claims() {
    tool --sysroot "$sysroot" plan "$1"
    sed -n '/<\(plan\|claim\|group\|member\|address\) /{s/ *\(path\|claimed\)="[^"]*"//g;p;}' out
}

while read -r devices; do
    echo "<domain type='test'><name>d</name><uuid>8d1d0a9e-0a2d-4b5e-9f10-000000001500</uuid>
<memory>1024</memory><os><type>hvm</type></os><devices>$devices</devices></domain>" >raw.xml
    virsh -q -c test:///default 'define raw.xml; dumpxml --inactive d' 2>virsh.err |
        sed -n '/^<domain/,$p' >dump.xml
    [ -s dump.xml ]
    result "libvirt takes $devices" || show virsh.err
    claims raw.xml >raw
    claims dump.xml >dump
    grep -q '<claim ' raw
    result "it is a claim" || show raw
    same raw dump "the verdicts are the same"
done <<'LIST'
<hostdev mode='subsystem' type='pci' managed='yes'><source/></hostdev>
<hostdev mode='subsystem' type='pci' managed='yes'><source><address/></source></hostdev>
<hostdev mode='subsystem' type='pci' managed='yes'><source><address bus='1'/></source></hostdev>
<hostdev type='pci' managed='yes'><source><address domain='0x0' bus='0x01'/></source></hostdev>
<hostdev type='pci' managed='yes'><source><address bus='3' slot='020' function='0'/></source></hostdev>
<hostdev type='pci' managed='yes'><source><address bus=' +0X1'/></source></hostdev>
<hostdev type='pci' managed='yes'><source><address domain='0x10000' bus='0xe1'/></source></hostdev>
<hostdev type='pci'><source><address bus='1'/></source></hostdev>
<hostdev type='pci' managed='YES'><source><address bus='1'/></source></hostdev>
<hostdev type='pci' managed=''><source><address bus='1'/></source></hostdev>
<hostdev type='pci' managed='yes'><driver/><source><address bus='1'/></source></hostdev>
<hostdev type='pci' managed='yes'><driver name='kvm'/><source><address bus='1'/></source></hostdev>
<hostdev type='pci' managed='yes'><source><address bus='1'/><address bus='2'/></source></hostdev>
<hostdev type='pci' managed='yes'><source><address bus='1'/></source><source><address/></source></hostdev>
<hostdev type='pci'><source><address bus='1'/></source><address type='unassigned'/></hostdev>
<interface type='hostdev'><source><address type='pci' bus='1'/></source></interface>
<interface type='hostdev' managed='yes'><source><address type='pci'/></source></interface>
<disk type='nvme'><source type='pci' namespace='1'><address bus='1'/></source><target dev='vda'/></disk>
<disk type='nvme'><source type='pci' managed='no' namespace='1'><address bus='1'/></source><target dev='vda'/></disk>
LIST

finish
