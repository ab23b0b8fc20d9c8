#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --moved-from where two cards of one kind change places, and back: the host's devices look the same
# each time, and no guest may get the other card.

. "$srcdir/tests/integration/lib.sh"

guest() {
    cat <<XML
<domain type='qemu'>
  <name>router</name>
  <uuid>4b3f9d52-5c11-4d7a-9d4e-6a1f0c2e7b01</uuid>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>
    </hostdev>
  </devices>
</domain>
XML
}

bus() {
    vsh dumpxml --inactive router |
        sed -n "/<source>/,/<\/source>/s/.*<address domain='0x0000' bus='0x0\(.\)' slot.*/\1/p"
}

# host NAME ONE TWO: has the card with the serial ONE at 01:00.0, and TWO at 02:00.0.
host() {
    cat >"$1.txt" <<HOST
0000:00:01.0     1 060400 1   8086:1901 pcieport
0000:00:02.0     2 060400 1   8086:1905 pcieport
0000:00:1f.0     3 060100 0   8086:a305 lpc_ich
0000:01:00.0     4 020000 0   8086:1533 igb           under=0000:00:01.0
0000:02:00.0     5 020000 0   8086:1533 igb           under=0000:00:02.0
net eno1 on 0000:01:00.0 mac=00:1b:21:12:34:$2
net eno2 on 0000:02:00.0 mac=00:1b:21:12:34:$3
HOST
}

# shifted NAME ONE TWO: the same after a disk came into a slot before them: at 02:00.0 and 03:00.0.
shifted() {
    host "$1" "$2" "$3"
    sed -i 's/0000:02:00.0 /0000:03:00.0 /; s/0000:01:00.0 /0000:02:00.0 /' "$1.txt"
    cat >>"$1.txt" <<HOST
0000:00:00.1     6 060400 1   8086:1909 pcieport
0000:01:00.0     7 010802 0   144d:a808 nvme          under=0000:00:00.1
HOST
}

# restart NAME: with the devices of that host, in a sysfs of its own, because the last one is in use
restart() {
    $control kill
    mkdir "$world/$1"
    IFX_WORLD=$world/$1
    on_host "$1.txt"
    IFX_WORLD=$world
    $control start || exit 99
}

# moved CAPTURE COMMAND...: with the options that this host needs, whose use the world does not show
moved() {
    capture=$1
    shift
    tool -c "$uri" "$@" --moved-from "$capture" --allow-member 01:00.0 --allow-member 02:00.0 --allow-member 03:00.0
}

world=$IFX_WORLD
host first 01 02
host swapped 02 01
shifted further 01 02
shifted crossed 02 01
"$srcdir/tests/tools/make-host.sh" sysfs first.txt first || exit 99
"$VIRT_IOMMUFIX" --sysroot first capture >bare.xml || exit 99
guest >router.xml
{
    sed '$d' bare.xml
    cat router.xml
    echo "</node>"
} >old.xml
on_host swapped.txt
$control start || exit 99
vsh define router.xml >out || show out

moved old.xml apply --yes --all
is "$status $(bus)" "0 2" "the guest follows its card" || show err
moved old.xml apply --yes --all
is "$status $(bus) $(grep -c '(moved-already)' err)" "0 2 1" "the same again: the capture's domain shows that it has" ||
    show err
moved bare.xml check router
is "$status $(grep -c 'router: refused: .* nothing proves .* use a capture with domains' err)" "1 1" \
    "without domains, nothing shows whether the capture is of before" || show err
"$VIRT_IOMMUFIX" -c "$uri" capture --domains >between.xml || exit 99
moved between.xml apply --yes --all
is "$status $(bus) $(cat out)" "0 2 " "a capture of now: nothing moved since" || show err

restart first
for name in old bare; do
    moved "$name.xml" apply --yes --all
    is "$status $(bus) $(grep -c 'router: refused: .* nothing proves' err)" "3 2 1" \
        "swapped back: $name.xml does not show it" || show err
done
moved between.xml apply --yes --all
is "$status $(bus)" "0 1" "a capture from between does, and the guest follows its card" || show err
moved between.xml apply --yes --all
is "$status $(bus) $(grep -c '(moved-already)' err)" "0 1 1" "once" || show err

restart further
moved bare.xml apply --yes --all
is "$status $(bus)" "0 2" "both cards have another address" || show err
moved bare.xml apply --yes --all
is "$status $(bus) $(grep -c '(moved-already)' err)" "0 2 1" "the record alone shows that, because the host looks different" ||
    show err
restart crossed
moved bare.xml apply --yes --all
is "$status $(bus) $(grep -c 'router: refused: .* nothing proves' err)" "3 2 1" "then they change places" || show err

finish
