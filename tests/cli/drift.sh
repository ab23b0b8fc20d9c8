#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# groups --compare: what changed since a capture, and whom that hits.

. "$srcdir/tests/cli/lib.sh"

# tree NAME: makes the tree NAME and its capture NAME.xml from the description on stdin.
tree() {
    cat >"$1.txt"
    mkdir "$1"
    "$srcdir/tests/tools/make-host.sh" sysfs "$1.txt" "$1" || exit 99
    "$VIRT_IOMMUFIX" --sysroot "$1" capture >"$1.xml" || exit 99
}

# claims: a domain's hostdev for each BUS.FUNCTION.
claims() {
    name=$1
    shift
    echo "<domain type='kvm'><name>$name</name><devices>"
    for claim; do
        echo "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='${claim%.*}' slot='0'" \
            "function='${claim#*.}'/></source></hostdev>"
    done
    echo "</devices></domain>"
}

# with_domains FILE: the capture with three domains and a network.
with_domains() {
    sed '$d' "$1"
    claims gaming 1.0 1.1
    claims router 2.1
    claims spare 9.0
    echo "<network><name>ports</name><forward mode='hostdev'><address type='pci' domain='0' bus='2'" \
        "slot='0' function='0'/></forward></network></node>"
}

tree before <<'EOF'
0000:00:00.0     0 060000 0   8086:3e30 skl_uncore
0000:00:01.0     1 060400 1   8086:1901 pcieport
0000:01:00.0     1 030000 0   10de:1e84 nouveau       under=0000:00:01.0 subsystem=1458:3fc3
0000:01:00.1     1 040300 0   10de:10f8 snd_hda_intel under=0000:00:01.0 subsystem=1458:3fc3
0000:00:1c.0     2 060400 1   8086:a338 pcieport
0000:02:00.0     3 020000 0   8086:1521 igb           under=0000:00:1c.0
0000:02:00.1     4 020000 0   8086:1521 igb           under=0000:00:1c.0
0000:00:1f.0     5 060100 0   8086:a305 lpc_ich
0000:00:1f.3     5 0c0500 0   8086:a323 i801_smbus
net eno1 on 0000:02:00.0 mac=00:1b:21:12:34:56
net eno2 on 0000:02:00.1 mac=00:1b:21:12:34:57
EOF
# A new NVMe card in the first slot: what was there is in the second, all buses have other numbers,
# and so have the groups. The firmware hides one port of the network card, and a driver is gone.
tree now <<'EOF'
0000:00:00.0     0 060000 0   8086:3e30 skl_uncore
0000:00:01.0     1 060400 1   8086:1901 pcieport
0000:00:01.1     1 060400 1   8086:1905 pcieport
0000:01:00.0     1 010802 0   144d:a808 nvme          under=0000:00:01.0
0000:02:00.0     1 030000 0   10de:1e84 nouveau       under=0000:00:01.1 subsystem=1458:3fc3
0000:02:00.1     1 040300 0   10de:10f8 snd_hda_intel under=0000:00:01.1 subsystem=1458:3fc3
0000:00:1c.0     6 060400 1   8086:a338 pcieport
0000:03:00.0     7 020000 0   8086:1521 igb           under=0000:00:1c.0
0000:00:1f.0     9 060100 0   8086:a305 lpc_ich
0000:00:1f.3     9 0c0500 0   8086:a323 -
net eno1 on 0000:03:00.0 mac=00:1b:21:12:34:56
disk nvme0n1 on 0000:01:00.0 serial=S4EW
EOF
with_domains before.xml >old.xml
with_domains now.xml >new.xml

tool --host old.xml groups --compare old.xml
is "$status $(cat out err)" "0 9 devices, nothing changed since old.xml" "the same host"
tool --host new.xml groups --compare old.xml
is "$status $(cat err)" "1 " "something changed: exits with 1"
golden out drift.txt
tool --host new.xml groups --compare old.xml --json
is "$status $(grep -c '"state":"moved"' out) $(grep -c '"next":"virt-iommufix --host new.xml check --moved-from old.xml ' out)" \
    "1 6 2" "as JSON" || show out
tool --host old.xml groups --compare old.xml --json
is "$status $(grep -c '"changed":false' out)" "0 1" "as JSON, without a change"

tool --sysroot now groups --compare old.xml
is "$status $(grep -c '^domain gaming$' out) $(grep -c 'next:' out)" "1 1 0" \
    "a tree has no domains: they are those of OLD" || show out
tool --sysroot now groups --compare before.xml
is "$status $(grep -c '^domain' out)" "1 0" "nor has this OLD any"

printf '' >answers
# shellcheck disable=SC2016 # of the inner shell
"$builddir/pty" answers sh -c 'stty cols 60 && exec "$@"' sh "$VIRT_IOMMUFIX" --color=never --host new.xml \
    groups --compare old.xml >out 2>err
if [ $? -eq 77 ]; then
    skip "on a terminal" "there is none"
else
    is "$(grep -v virt-iommufix out | awk 'length($0) > 60' | wc -l)" 0 "it fits a terminal" || show out
    grep -q 'virt-iommufix --host new.xml check --moved-from old.xml gaming' out
    result "and a command is not broken" || show out
fi

# ---- what is no change

# what SED: the last line for old.xml after SED.
what() {
    sed "$1" old.xml >changed.xml
    tool --host changed.xml groups --compare old.xml
    tail -n 1 out
}
is "$(what "s/iommuGroup number='1'/iommuGroup number='77'/")" "9 devices, nothing changed since old.xml" \
    "the number of a group"
is "$(what 's/<name>nouveau</<name>vfio-pci</')" "9 devices, nothing changed since old.xml" \
    "VFIO's driver on a device that a domain claims"
is "$(what 's/<name>lpc_ich</<name>vfio-pci</')" "9 devices, 1 with another driver since old.xml" \
    "but it is on another device"
is "$(what '/<driver>/,/<\/driver>/d; s,<capability type=.pci.>,<driver/>&,')" \
    "9 devices, nothing changed since old.xml" "a driver that is unknown now"
is "$(what '/<identity/d; /<subsystem/d; /<serial/d; /<\/identity>/d')" \
    "9 devices, nothing changed since old.xml" "an identity that is unknown now"

# ---- what hits a domain whose devices are at their place

# hits SED: the lines about domains after SED.
hits() {
    what "$1" >line
    sed -n '/^domain /,$p' out | sed '/^network/,$d; /^[0-9]/d' | tr -s ' \n' ' '
}
is "$(hits 's/<name>nouveau</<name>nvidia</')" \
    "domain gaming the driver of 0000:01:00.0 changed next: virt-iommufix --host changed.xml check gaming " \
    "another driver"
# The graphics card reads as ff.
is "$(hits "/<name>pci_0000_01_00_0</,/<.device>/s/<capability type='endpoint'.>/<capability type='no-answer'\/>/")" \
    "domain gaming 0000:01:00.0 does not answer any more next: virt-iommufix --host changed.xml check gaming " \
    "a device that does not answer"
tool --host changed.xml groups --compare old.xml
grep -q "^  0000:01:00.0 .* does not answer any more" out && tool --host old.xml groups --compare changed.xml &&
    grep -q "^  0000:01:00.0 .* answers again" out
result "and it is named, also the other way" || show out
tool --host changed.xml groups --json --compare old.xml
is "$(grep -c '"answer-changed": *true' out)" 1 "in JSON, too" || show out
is "$(hits "/<name>pci_0000_02_00_1</,/<device>/s/iommuGroup number='4'/iommuGroup number='5'/")" \
    "domain router the group of 0000:02:00.1 changed next: virt-iommufix --host changed.xml check router " \
    "another group"
is "$(sed -n 's/^  group //p' out)" "5 now also has 0000:02:00.1" "and it is named" || show out
cat >card.xml <<'EOF'
<device>
  <name>pci_0000_09_00_0</name>
  <capability type='pci'>
    <domain>0</domain>
    <bus>9</bus>
    <slot>0</slot>
    <function>0</function>
    <product id='0x4444'/>
    <vendor id='0x10de'/>
  </capability>
</device>
EOF
sed '1r card.xml' old.xml >changed.xml
tool --host changed.xml groups --compare old.xml
is "$status $(grep -A 2 '^domain spare$' out | tr -s ' \n' ' ')" \
    "1 domain spare 0000:09:00.0 was no device before next: virt-iommufix --host changed.xml check spare " \
    "a new device at an address that a domain claims" || show out

# ---- what cannot be told

what "s/mac. value=.00:1b:21:12:34:5/mac' value='00:1b:21:99:99:9/" >line
is "$(cat line)" "9 devices, 2 new, 2 gone since old.xml" "another serial number is another card"
tool --host changed.xml check --moved-from old.xml gaming
is "$status $(cat out) $(grep -c 'may be a capture of another host of this model.*groups --compare old.xml' err)" "2  1" \
    "and maybe another host, whose addresses are no proof" || show err
tree twins <<'EOF'
0000:00:01.0     - 060400 1   8086:1901 pcieport
0000:00:02.0     - 060400 1   8086:1905 pcieport
0000:00:03.0     - 060400 1   8086:1909 pcieport
0000:01:00.0     1 020000 0   8086:1533 igb           under=0000:00:01.0
0000:02:00.0     2 020000 0   8086:1533 igb           under=0000:00:02.0
EOF
{
    sed '$d' twins.xml
    claims router 2.0
    echo "</node>"
} >twins-old.xml
sed "s,path='0000:00:02.0/00.0',path='0000:00:03.0/00.0'," twins-old.xml >twins-new.xml
tool --host twins-new.xml groups --compare twins-old.xml
is "$status $(grep -c '^  0000:02:00.0 .* may be 0000:01:00.0, 0000:02:00.0 or gone now$' out)" "1 1" \
    "two that are alike, one of them in another slot" || show out
is "$(grep -c '^  next: .* --moved-from twins-old.xml router$' out) $(tail -n 1 out)" \
    "1 5 devices, 2 unclear since twins-old.xml" "that hits the domain" || show out
tool --host twins-new.xml groups --compare twins-old.xml --json
is "$status $(grep -c '"state":"unclear"' out)" "1 3" "as JSON" || show out

# ---- no group at all

sed '/<iommuGroup/,/<\/iommuGroup>/d' old.xml >no-groups.xml
tool --host no-groups.xml groups --compare old.xml
is "$status $(grep -c '^  group [0-9]* is gone: no group has 0000:.* now$' out) $(tail -n 1 out)" \
    "1 6 9 devices, 6 groups changed since old.xml" "the IOMMU is off" || show out
tool --host old.xml groups --compare no-groups.xml
is "$status $(grep -c '^  group [0-9]* is new: 0000:' out)" "1 6" "and on again" || show out

# ---- what the timer runs

echo "<node/>" >nothing.xml
cat >tool <<EOF
#!/bin/sh
exec '$VIRT_IOMMUFIX' --host '$tmp/today.xml' "\$@"
EOF
chmod +x tool

# run_drift HOST: what the service prints when the host is that of the capture.
run_drift() {
    cp "$1" today.xml
    STATE_DIRECTORY=$tmp/state VIRT_IOMMUFIX=$tmp/tool sh "$builddir/systemd/drift" >out 2>err
    status=$?
}
if [ -e "$builddir/systemd/drift" ]; then
    run_drift old.xml
    is "$status $(cat out err)" "0 took the first capture of this host: $tmp/state/drift/host.xml" \
        "drift: the first time it takes a capture"
    cp state/drift/host.xml first.xml
    run_drift old.xml
    is "$status $(find state/drift -type f -printf %f) $(tail -n 1 out | cut -d ' ' -f 1-5)" "0 host.xml 9 devices, nothing changed since" \
        "drift: nothing changed"
    run_drift new.xml
    is "$status $(grep -vc '^<4>' out)" "0 0" "drift: what changed is a warning" || show out
    kept=$(sed -n 's/^<4>this host changed; to see it again: virt-iommufix groups --compare //p' out)
    same "$kept" first.xml "drift: the old capture stays, and the log has its name"
    grep -q "^<4>  next: virt-iommufix .*check --moved-from $kept gaming$" out
    result "drift: and the command that needs it" || show out
    "$VIRT_IOMMUFIX" --host new.xml capture --domains >wanted
    same state/drift/host.xml wanted "drift: the next comparison is with the new one"
    # The name of the old capture is a time.
    sleep 1
    run_drift nothing.xml
    is "$status $(find state/drift -name "*.xml" | wc -l)" "2 2" "drift: an error changes nothing" || show err
    same state/drift/host.xml wanted "drift: the last capture is there"
    cp state/drift/host.xml wanted
    echo "<node>" >state/drift/host.xml
    run_drift old.xml
    is "$status $(cat state/drift/host.xml) $(grep -c "^<3>.* was $tmp/state/drift/host.xml\..* move it away" out)" \
        "2 <node> 1" "drift: a capture that is broken stays, and is named" || show out
    cp wanted state/drift/host.xml
    # A log that is full: what changed was not said.
    said=$(STATE_DIRECTORY=$tmp/state VIRT_IOMMUFIX=$tmp/tool sh "$builddir/systemd/drift" 2>err >/dev/full || echo failed)
    is "$said $(cmp state/drift/host.xml wanted && echo same)" "failed same" "drift: what could not be said is said again"
    sleep 1
    run_drift old.xml
    grep -q '^<4>this host changed' out
    result "drift: by the next run" || show out
    is "$(stat -c %a state/drift state/drift/host.xml | tr '\n' ' ')" "700 600 " "drift: only root can read it"
else
    skip "drift" "no units of systemd are installed"
fi

# ---- errors

# refused NAME PATTERN ARGUMENT...
refused() {
    name=$1
    pattern=$2
    shift 2
    tool "$@"
    is "$status $(cat out)" "2 " "$name: exits with 2, stdout is empty"
    is "$(wc -l <err) $(grep -c "^virt-iommufix: .*$pattern" err)" "1 1" "$name: says why" || show err
}
refused "another host" "has none of the devices of nothing.xml: it is a capture of another host" \
    --host old.xml groups --compare nothing.xml
refused "standard input" "name a file" --host old.xml groups --compare -
refused "a group" "compares the whole host" --host old.xml groups --compare old.xml 1
refused "--why" "compares the whole host" --host old.xml groups --compare old.xml --why
refused "two hosts" "use one --connect only" -c test:///default -c test:///default groups --compare old.xml
refused "no capture" "cannot use before.txt as a host" --host old.xml groups --compare before.txt

finish
