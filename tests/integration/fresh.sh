#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests that were just defined: libvirt's first dump is no fixed point, because libvirt sorts the
# controllers that it added itself only when it parses its own text. apply and undo on each, without
# a restart of libvirtd in between.

. "$srcdir/tests/integration/lib.sh"

# guest NAME MACHINE DEVICES: a guest that claims the device on bus 1, and what it has besides
guest() {
    cat >"$1.xml" <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='$2'>hvm</type></os>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
    $3
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>
    </hostdev>
  </devices>
</domain>
XML
}

# What virt-install writes for q35 guests with these devices, and what is like it
i=0
while read -r machine devices; do
    i=$((i + 1))
    guest "fresh$i" "$machine" "$devices"
done <<'DEVICES'
q35 <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
q35
q35 <controller type='usb' model='qemu-xhci' ports='15'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel><memballoon model='virtio'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
q35 <controller type='pci' model='pcie-root'/><controller type='pci' model='pcie-root-port'/><controller type='pci' model='pcie-root-port'/><controller type='usb' model='qemu-xhci'/>
q35 <controller type='scsi' model='virtio-scsi'/><controller type='virtio-serial' index='0'/><sound model='ich9'/><video><model type='virtio'/></video><graphics type='vnc' passwd='Qz9000'/>
q35 <controller type='pci' index='1' model='pcie-root-port'/><controller type='pci' index='2' model='pcie-to-pci-bridge'/><interface type='user'><model type='e1000'/></interface>
q35 <controller type='pci' index='3' model='pcie-root-port'/><controller type='usb' index='1' model='piix3-uhci'/><controller type='sata' index='2'/>
pc <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
pc <controller type='pci' index='2' model='pci-bridge'/><controller type='scsi' index='1' model='lsilogic'/><controller type='usb' model='ich9-ehci1'/>
pc <interface type='user'><model type='virtio'/></interface><memballoon model='none'/><input type='tablet' bus='usb'/>
DEVICES
count=$i

mkdir guests
awk -v count=2 -v dir="$tmp/guests" -f "$srcdir/tests/integration/guests.awk"
on_host "$tmp/guests/host.txt"
$control start || exit 99

while [ "$i" -gt 0 ]; do
    vsh define "fresh$i.xml" >out 2>err || { result "fresh$i is defined"; show err; }
    i=$((i - 1))
done
vsh list --all --name | grep . >names
is "$(grep -c . names)" "$count" "the guests are defined"

while read -r name; do
    vsh dumpxml --inactive --security-info "$name" >before
    tool -c "$uri" apply --yes --json "$name"
    is "$status $(grep -o '"outcome":"[a-z]*","changed":[a-z]*' out)" \
        '0 "outcome":"changed","changed":true' "$name: written" || show out err
    vsh dumpxml --inactive "$name" >after
    is "$(grep -c unassigned after)" 2 "$name: has its placeholders"
    tool -c "$uri" undo --yes
    is "$status" 0 "$name: undone" || show err
    vsh dumpxml --inactive --security-info "$name" >now
    vsh define before >out
    vsh dumpxml --inactive --security-info "$name" >parsed
    same now parsed "$name: what libvirt makes of the text of before"
done <names

finish
