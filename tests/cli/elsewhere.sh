#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The host's other guests: domains that run and that do not, networks, storage pools; and a
# connection to a host whose devices are read with --sysroot.

. "$srcdir/tests/cli/lib.sh"

domains=$srcdir/tests/data/domains
capture=$(make_capture gpu-desktop "$domains/gpu-desktop--gpu-only.xml" \
    "$domains/gpu-desktop--by-hand.xml")
sysroot=$(make_sysroot gpu-desktop)

# with FILE TEXT: the capture with more in its <node>.
with() {
    {
        sed '$d' "$capture"
        printf '%s\n</node>\n' "$2"
    } >"$1"
}

# of ADDRESS: the domains that groups, in $tmp/out, names as its claimants.
of() {
    awk -v address="$1" '
        NR == 1 { start = index($0, "DOMAINS"); end = index($0, "USE") }
        index($0, " " address " ") { sub(/ +$/, "", $0); print substr($0, start, end - start) }
    ' out | sed 's/ *$//'
}

with guests.xml "
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <name>idle</name><memory>1024</memory><os><type>hvm</type></os>
  <devices>
    <hostdev mode='subsystem' type='pci'><source><address bus='1'/></source></hostdev>
    <interface type='network'><source network='pool'/></interface>
  </devices>
  <test:runstate>5</test:runstate>
</domain>
<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <name>fleeting</name><memory>1024</memory><os><type>hvm</type></os>
  <devices>
    <hostdev mode='subsystem' type='pci'><source><address bus='1' function='1'/></source></hostdev>
  </devices>
  <test:transient/>
</domain>
<network>
  <name>pool</name>
  <forward mode='hostdev' managed='yes'>
    <address type='pci' domain='0' bus='1' slot='0' function='0'/>
  </forward>
</network>
<network><name>by-function</name><forward mode='hostdev'><pf dev='eth9'/></forward></network>
<network><name>lan</name><forward mode='bridge'/><bridge name='br0'/></network>
<pool type='logical'>
  <name>vg0</name>
  <source><device path='/dev/sdb'/><name>vg0</name></source>
  <target><path>/dev/vg0</path></target>
</pool>"
virsh -c "test://$tmp/guests.xml" list --state-running --name >running 2>/dev/null
is "$(grep -c . running)" 3 "of the domains three run" || show running

for form in "-c test://$tmp/guests.xml" "--host guests.xml" \
    "-c test://$tmp/guests.xml --sysroot $sysroot"; do
    # shellcheck disable=SC2086 # an option and its value
    tool $form groups
    is "$status $(cat err)" "0 " "groups: ${form%% *}${form##*.xml}"
    claimed=$(of 0000:01:00.0 | tr -d ' ' | tr ',' '\n' | sort | tr '\n' ' ')
    is "$claimed" "by-hand gpu-only idle " "of one device, the domains that claim it, and no network"
    is "$(of 0000:01:00.1)" "fleeting" "a transient domain's claim"
done

# Twelve domains of one device, of which one runs, and a pool: that one first, the pool apart, and
# what is not named is counted.
rivals=
for i in 00 01 02 03 04 05 06 07 08 09 10 11; do
    [ $i = 11 ] && state=1 || state=5
    rivals="$rivals<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
        <name>vm$i</name><memory>1024</memory><os><type>hvm</type></os>
        <devices><hostdev mode='subsystem' type='pci' managed='yes'>
            <source><address bus='3' slot='16'/></source></hostdev></devices>
        <test:runstate>$state</test:runstate></domain>"
done
with rivals.xml "$rivals<network><name>pool</name><forward mode='hostdev' managed='yes'>
    <address type='pci' domain='0' bus='3' slot='16' function='0'/></forward></network>"
tool -c "test://$tmp/rivals.xml" check vm00
sed -n 's/^  Note: \(.*\) \(also use\|also uses\|may give\) 0000:03:10.0.*/\1,/p' out | tr '\n' ' ' >named
is "$(cat named)" "domain vm11 (running), domain vm01, domain vm02, domain vm03, domain vm04, \
domain vm05, domain vm06, domain vm07, 3 more domains, network pool, " \
    "the running domain comes first, the others are counted, the pool is apart" || show out err
tool -c "test://$tmp/rivals.xml" check vm11
is "$(grep -c 'running) also' out)-$(grep -o '[0-9]* more domains' out)" "0-3 more domains" \
    "the domain itself is not among them" || show out
tool -c "test://$tmp/rivals.xml" groups
of 0000:03:10.0 | tail -n 1 >named
is "$(sed 's/, .*, /../; s/ .*//' named)" "vm11..vm10" "groups lists all, the running one first" || show out

# A guest that cannot be read is reported, and its devices are not taken for free.
with broken.xml "<network><name>bad</name><forward mode='hostdev'><address type='pci' slot='77'/></forward></network>
<network/>
<pool><name>fine</name></pool>
<domain type='kvm'><name>odd</name><devices><hostdev type='pci'><source><address bus='z'/></source></hostdev></devices></domain>"
tool --host broken.xml groups
is "$status" 2 "guests that can't be read: groups exits with 2"
is "$(grep -c '^virt-iommufix: network bad of broken.xml: .*slot' err)" 1 "a network is named" || show err
is "$(grep -c '^virt-iommufix: network without a name of broken.xml: the network has no <name>' err)" 1 \
    "a network without a name is reported" || show err
is "$(grep -c '^virt-iommufix: domain odd of broken.xml: .*bus' err)" 1 "a domain is named" || show err
is "$(wc -l <err)" 3 "and nothing else is reported" || show err
is "$(of 0000:01:00.0)" "gpu-only, by-hand" "the others are read nevertheless"

# Domains and groups from a connection, what its host does from a tree.
uri=test://$capture
tool -c "$uri" plan gpu-only
cp out by-connection.xml
tool -c "$uri" --sysroot "$sysroot" plan gpu-only
is "$status" 0 "--connect with --sysroot: a domain by its name"
same out by-connection.xml "--connect with --sysroot: its groups are the connection's"
tool --sysroot "$sysroot" -c "$uri" plan "$domains/gpu-desktop--gpu-only.xml"
same out by-connection.xml "--connect with --sysroot: a file"
tool -c "$uri" --sysroot "$sysroot" check --all
is "$(sed -n 's/^\([a-z-]*\): .*/\1/p' out | tr '\n' ' ')" "by-hand gpu-only " \
    "--connect with --sysroot: --all"
tool -c "$uri" --sysroot "$sysroot" capture --domains
is "$status $(grep -c '<domain ' out)" "0 2" "--connect with --sysroot: capture --domains"
tool -c test:///default --sysroot "$sysroot" groups
is "$status $(grep -vc 'has no IOMMU groups' err)" "0 0" \
    "the network and the storage pool of test:///default are read" || show err

# For one domain only what concerns its groups is read of the tree; it shows the same as the whole.
for host in server-network server-held server-slices desktop-amd laptop-vmd; do
    uri=test://$(make_capture "$host" "$domains/$host"--*.xml)
    tree=$(make_sysroot "$host")
    for name in $(virsh -q -c "$uri" list --all --name); do
        tool -c "$uri" --sysroot "$tree" check --json "$name"
        grep '"kind":"domain"' out
    done | sort >alone
    tool -c "$uri" --sysroot "$tree" check --json --all
    grep '"kind":"domain"' out | sort >together
    same alone together "$host: $(wc -l <together) domains, each alone and all together"
done

finish
