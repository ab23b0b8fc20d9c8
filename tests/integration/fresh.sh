#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests that were just defined: libvirt's first dump is no fixed point, because libvirt sorts the
# controllers that it added itself only when it parses its own text. apply and undo on each, without
# a restart of libvirtd in between. Then the guests of virt-install.

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

# ---- what virt-install writes (virt-install.xml), all at once

mkdir installed
awk '/^<domain / { n++; on = 1 }
    on { sub(/\/usr\/bin\/qemu-system-x86_64/, emulator); print >("installed/" sprintf("%02d", n) ".xml") }
    /^<\/domain>/ { on = 0; close("installed/" sprintf("%02d", n) ".xml") }' \
    emulator="$(command -v qemu-system-x86_64)" "$srcdir/tests/integration/virt-install.xml"
truncate -s 1M /var/lib/a.img
: >names
for file in installed/*.xml; do
    if vsh define "$file" >out 2>err; then
        sed -n 's,^  <name>\(.*\)</name>$,\1,p' "$file" >>names
    else
        # A distribution may build QEMU without SPICE or QXL.
        grep -q 'not support' err
        result "$file is defined, or this QEMU cannot" || show err
    fi
done
count=$(grep -c . names)
[ "$count" -ge 12 ]
result "$count guests of virt-install are defined"

# texts: the definitions of all of them
texts() {
    vsh "$(sed 's/.*/dumpxml --inactive --security-info &;/' names)"
}
# as_parsed FILE: what libvirt makes of the definitions in it
as_parsed() {
    rm -rf parsed
    mkdir parsed
    awk '/^<domain / { n++ } { print >("parsed/" n ".xml") }' "$1"
    vsh "$(for file in parsed/*.xml; do echo "define $file;"; done)" >out
    texts
}

texts >before
# shellcheck disable=SC2046 # names without spaces
tool -c "$uri" apply --yes --json $(cat names)
is "$status $(grep -c '"outcome":"changed","changed":true' out)" "0 $count" "all are written" || show err
texts >after
is "$(grep -c unassigned after)" $((count * 2)) "with their placeholders"
tool -c "$uri" undo --yes
is "$status" 0 "and undone" || show err
texts >undone
as_parsed before >parsed-before
as_parsed undone >parsed-undone
same undone parsed-undone "the text is libvirt's own"
same undone parsed-before "the same text as before"

# ---- a site's stylesheet that changes what undo does not know

name=$(head -n 1 names)
sed 's,^    </add>,&<replace sel="/domain/clock/@offset">localtime</replace>,' \
    "$srcdir/xslt/complete-groups.xsl" >clock.xsl
tool -c "$uri" apply --yes --stylesheet clock.xsl "$name"
is "$status" 0 "a stylesheet changes the clock, too" || show err
grep -q "^virt-iommufix: $name: the stylesheet changes more .*, for instance /domain/clock, and undo will not" err
result "apply reports that this stays" || show err
tool -c "$uri" undo --yes
is "$status" 0 "undo" || show err
grep -q "^virt-iommufix: $name: undo leaves what else the stylesheet of transaction .* changed, for instance /domain/clock. To change that: virsh edit $name$" err
result "reports it too" || show err
vsh dumpxml --inactive "$name" >now
is "$(grep -c unassigned now) $(grep -c "offset='localtime'" now)" "0 1" "and it stays"

finish
