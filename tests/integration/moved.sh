#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --moved-from: apply rewrites addresses once, because its records show what was rewritten; undo gives
# them back.

. "$srcdir/tests/integration/lib.sh"

# guest NAME BUS FUNCTION...: the second function and those after it are placeholders
guest() {
    cat <<XML
<domain type='qemu'>
  <name>$1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
XML
    bus=$2
    placed=
    shift 2
    for function; do
        cat <<XML
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x0$bus' slot='0x00' function='0x$function'/></source>$placed
    </hostdev>
XML
        placed="<address type='unassigned'/>"
    done
    echo "  </devices></domain>"
}

# buses NAME: of its hostdevs
buses() {
    vsh dumpxml --inactive "$1" |
        sed -n "/<source>/,/<\/source>/s/.*<address domain='0x0000' bus='0x0\(.\)' slot.*/\1/p" | tr -d '\n'
}

"$srcdir/tests/tools/make-host.sh" sysfs "$srcdir/tests/data/hosts/moved-before.txt" before || exit 99
"$VIRT_IOMMUFIX" --sysroot before capture >old.xml || exit 99
on_host "$srcdir/tests/data/hosts/moved-now.txt"
$control start || exit 99
guest gaming 1 0 1 >gaming.xml
guest both 1 0 >both.xml
guest both 2 0 1 >both2.xml
# The hostdevs of one more in the same guest
sed -n '/<hostdev/,/<\/hostdev>/p' both2.xml | sed "s,<address type='unassigned'/>,," >hostdevs
sed -i '/<\/hostdev>/r hostdevs' both.xml
vsh "define gaming.xml; define both.xml" >out || show out
is "$(buses gaming) $(buses both)" "11 122" "the addresses before"
for name in gaming both; do
    vsh dumpxml --inactive "$name" >"$name.before"
done

# The world shows the use of no device.
moved='--moved-from old.xml --allow-member 02:00.0 --allow-member 03:00.0
    --allow-member 03:00.1'
# shellcheck disable=SC2086 # options
tool -c "$uri" apply --yes --all $moved
is "$status" 0 "apply" || show err
is "$(buses gaming) $(buses both)" "22 2332" "two guests in one run; the group of one is completed" || show out
for name in gaming both; do
    vsh dumpxml --inactive "$name" >"$name.after"
done
# shellcheck disable=SC2086
tool -c "$uri" apply --yes --all $moved
is "$status" 0 "the same again" || show err
is "$(grep -c '(moved-already)' err)" 2 "the records show that it was done" || show err
is "$(buses gaming) $(buses both)" "22 2332" "nothing is moved twice"

# An old definition comes back, as with a snapshot.
vsh "define both.before" >out || show out
# shellcheck disable=SC2086
tool -c "$uri" check both $moved
grep -q '^both: declares old addresses' out
result "old addresses that are back are followed again" || show out
vsh "define both.after" >out || show out

# A record without a result: the run was killed after libvirt had the definition, or before.
first=$(ls "$state/transactions")
cp "$state/transactions/$first/journal" journal
: >"$state/transactions/$first/journal"
# shellcheck disable=SC2086
tool -c "$uri" check --all $moved
is "$(grep -c '(moved-already)' out)" 2 "a run that was killed after it wrote" || show out
vsh "define both.before" >out || show out
# shellcheck disable=SC2086
tool -c "$uri" check both $moved
grep -q '^both: declares old addresses' out
result "one that was killed before it wrote" || show out
vsh "define both.after" >out || show out
cp journal "$state/transactions/$first/journal"

tool -c "$uri" undo --yes
is "$status" 0 "undo" || show err
for name in gaming both; do
    vsh dumpxml --inactive "$name" >now
    same now "$name.before" "$name is as it was"
done
# shellcheck disable=SC2086
tool -c "$uri" diff --all $moved
is "$(grep -c '^+ .*address domain=' out)" 6 "then the devices are followed again" || show out
last=$(find "$state/transactions" -mindepth 1 -maxdepth 1 | sort | tail -n 1)
tool -c "$uri" undo --yes "${last##*/}"
is "$status" 0 "undo of undo" || show err
for name in gaming both; do
    vsh dumpxml --inactive "$name" >now
    same now "$name.after" "$name is rewritten again"
done
# shellcheck disable=SC2086
tool -c "$uri" diff --all $moved
is "$status" 0 "and that is known" || show err
[ ! -s out ]
result "so nothing moves" || show out

finish
