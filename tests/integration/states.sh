#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests that run or that were saved, which a test driver cannot show. QEMU starts two guests
# without a disk, by emulation; the hostdev is added to their definitions while they run.

. "$srcdir/tests/integration/lib.sh"

# guest NAME [BUS]: its XML, which claims the device on that bus.
guest() {
    guest_name=$1
    shift
    cat <<XML
<domain type='qemu'>
  <name>$guest_name</name>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
XML
    for bus; do
        cat <<XML
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x0$bus' slot='0x00' function='0x0'/></source>
    </hostdev>
XML
    done
    echo "  </devices></domain>"
}

mkdir guests
awk -v count=2 -v dir="$tmp/guests" -f "$srcdir/tests/integration/guests.awk"
on_host "$tmp/guests/host.txt"
$control start || exit 99

for name in running saved; do
    guest "$name" >"$name.xml"
    vsh "define $name.xml; start $name" >out 2>err || { show err; show "$IFX_WORLD/libvirtd.log"; }
done
# with_uuid NAME: gives the XML on stdin the UUID of this guest.
with_uuid() {
    sed "s,</name>,</name><uuid>$(vsh domuuid "$1" | tr -d '\n')</uuid>,"
}
guest running 1 | with_uuid running >running-new.xml
guest saved 2 | with_uuid saved >saved-new.xml
vsh "define running-new.xml; define saved-new.xml; managedsave saved" >out 2>err || show err
is "$(vsh list --all --name --with-managed-save | tr -d '\n')" saved "one guest was saved"
is "$(vsh list --name | tr -d '\n')" running "one runs"
vsh "dumpxml running" >live
vsh "dumpxml --inactive running; dumpxml --inactive saved" >before
id=$(vsh domid running)

tool -c "$uri" apply --yes running
is "$status" 0 "a guest that runs gets a new definition" || show err
grep -q 'running.*power-off' err
result "and the message is that it uses it after a full power-off" || show err
vsh "dumpxml running" >live-after
same live-after live "as it runs, it is as it was"
is "$(vsh domid running)" "$id" "and it runs on"
is "$(vsh dumpxml --inactive running | grep -c unassigned)" 2 "its definition has the placeholders"

tool -c "$uri" apply --yes saved
is "$status" 0 "so does a guest that was saved" || show err
grep -q 'managedsave-remove' err
result "and the message explains how to use it" || show err
is "$(vsh list --all --name --with-managed-save | tr -d '\n')" saved "it is saved as before"

tool -c "$uri" undo --yes
is "$status" 0 "undo of the last" || show err
tool -c "$uri" undo --yes
is "$status" 0 "undo of the one before" || show err
vsh "dumpxml --inactive running; dumpxml --inactive saved" >after
same after before "leave no difference"
is "$(vsh domid running)" "$id" "and the guest runs on"

finish
