#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --prune on a host whose group numbers have gaps, and where libvirt hides the devices of a group: it
# has a member whose name libvirt cannot parse.

. "$srcdir/tests/integration/lib.sh"

# guest NAME CLAIM PLACEHOLDER...: the bus numbers of a claim and of placeholders
guest() {
    cat <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x0$2' slot='0x00' function='0x0'/></source>
    </hostdev>
XML
    shift 2
    for bus; do
        cat <<XML
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x0$bus' slot='0x00' function='0x0'/></source>
      <address type='unassigned'/>
    </hostdev>
XML
    done
    echo "  </devices></domain>"
}

mkdir guests
awk -v count=2 -v dir="$tmp/guests" -f "$srcdir/tests/integration/guests.awk"
cat >>guests/host.txt <<'HOST'
0000:09:00.0     9 040300 0   10ec:8169 -
PNP0103:00       9 -      -   -         hpet
HOST
on_host "$tmp/guests/host.txt"
$control start || exit 99

guest gone 1 8 >gone.xml
guest hidden 1 8 9 >hidden.xml
vsh "define gone.xml; define hidden.xml" >out || show out
is "$(vsh nodedev-list --cap pci | grep -c pci_0000_09_00_0)" 0 "libvirt does not show the hidden device"
vsh dumpxml --inactive gone >before

tool -c "$uri" check gone
grep -q 'virt-iommufix.* apply --prune gone' err || grep -q 'apply --prune gone' out
result "the remedy is --prune" || show out
tool -c "$uri" apply --yes --prune gone
is "$status" 0 "and it works" || show err
vsh dumpxml --inactive gone >after
is "$(grep -c "bus='0x08'" after) $(grep -c unassigned after)" "0 2" "one placeholder goes, others come"
tool -c "$uri" undo --yes
is "$status" 0 "undo" || show err
vsh dumpxml --inactive gone >now
same now before "brings it back"

vsh dumpxml --inactive hidden >before
tool -c "$uri" apply --yes --prune hidden
is "$status" 3 "a placeholder whose device libvirt hides is not gone" || show err
grep -q '0000:09:00.0 .*(unknown-member)' err
result "which is the reason" || show err
vsh dumpxml --inactive hidden >after
same after before "and nothing is changed"

finish
