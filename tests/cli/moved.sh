#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --moved-from: devices are followed to their new addresses, once. The hosts moved-before and moved-now
# are one host before and after a card came: buses 1, 2 and 3 have become 2, 3 and 4.

. "$srcdir/tests/cli/lib.sh"

VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE
now=$(make_sysroot moved-now)
"$VIRT_IOMMUFIX" --sysroot "$(make_sysroot moved-before)" capture >old.xml || exit 99
# The same host in the words of libvirt, as "before" and "now" of a connection.
cp "$(make_capture moved-before)" old-nodes.xml

# claim BUS FUNCTION [PLACEHOLDER]
claim() {
    echo "    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source>
        <address domain='0x0000' bus='$1' slot='0x00' function='0x$2'/>
      </source>${3:+
      <address type='unassigned'/>}
    </hostdev>"
}

# domain NUMBER NAME [MORE]: with the claims from stdin
domain() {
    {
        echo "<domain type='kvm'>
  <name>$2</name>
  <uuid>0000000$1-1111-4222-8333-444444444444</uuid>
  <memory unit='KiB'>65536</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>"
        cat
        echo "  </devices>
${3:-}</domain>"
    } >"$2.xml"
}

# moved COMMAND ARGUMENT...: on the sysfs tree of now
moved() {
    word=$1
    shift
    tool --sysroot "$now" "$word" --moved-from old.xml "$@"
}

# refuses NAME CODE WORDS...: diff refuses the file for that reason, and prints these words.
refuses() {
    file=$1.xml
    code=$2
    moved diff "$file"
    is "$status" 3 "$file is refused" || show err
    [ ! -s out ] && grep -q "($code)" err
    result "for the reason $code" || show err
    shift 2
    for words; do
        grep -q -- "$words" err
        result "it prints: $words" || show err
    done
}

{
    claim 0x01 0
    claim 0x01 1 placeholder
} | domain 1 gaming
claim 0x01 0 | domain 2 part
{
    claim 0x02 0
    claim 0x02 1
} | domain 3 router
claim 0x03 0 | domain 4 usb
claim 0x05 0 | domain 5 video

# ---- only the addresses change, an attribute at a time

moved diff gaming.xml
is "$status" 0 "a domain whose devices moved" || show err
is "$(grep -c '^[-+] ' out)" 4 "two lines change" || show out
sed 's/bus=.0x01/bus='\''0x02/' gaming.xml >wanted.xml
moved rewrite gaming.xml
same out wanted.xml "and in them the buses alone"
moved check gaming.xml
is "$status" 1 "check reports it"
grep -q '^gaming.xml: declares old addresses of devices that moved$' out
result "in words" || show out
grep -q '0000:02:00.0 (/domain/devices/hostdev\[1\]) was at 0000:01:00.0 before .* (moved)$' out
result "and from where to where" || show out
grep -q "Next: virt-iommufix --sysroot $now diff --moved-from old.xml gaming.xml" out
result "and what to type" || show out
moved check --json gaming.xml
moved plan --json gaming.xml
tr -d ' \n' <out | grep -q '"moved":{"address":"0000:01:00.0","sets":\[{"sel":"/domain/devices/hostdev\[1\]/source/address/@bus","value":"0x02"}\]}'
result "JSON has both addresses" || show out
moved plan gaming.xml
cp out plan.xml
xmllint --noout --relaxng "$srcdir/xslt/plan.rng" plan.xml 2>rng.err
result "the plan is valid" || show rng.err
if command -v xsltproc >/dev/null 2>&1; then
    xsltproc "$srcdir/xslt/moved.xsl" plan.xml >theirs.xml
    "$builddir/apply-stylesheet" moved <plan.xml >ours.xml
    [ -s ours.xml ] && [ "$(xmllint --c14n theirs.xml)" = "$(xmllint --c14n ours.xml)" ]
    result "xsltproc makes the same patch"
else
    skip "xsltproc makes the same patch" "there is no xsltproc"
fi

# Their own way of writing
for way in "1 2" "0x1 0x2" "0X01 0X02" "01 02" "0x0001 0x0002"; do
    sed "s/0x01/${way% *}/" gaming.xml >way.xml
    moved rewrite way.xml
    is "$(grep -c "bus='${way#* }' slot" out)" 2 "${way% *} becomes ${way#* }" || show out
done
sed "s/<address domain.*slot='0x00' function='0x\(.\)'/<address bus='1' function='\1'/" gaming.xml >way.xml
moved rewrite way.xml
is "$(grep -c "<address bus='2' function='[01]'/>" out)" 2 "what is left out and is 0 stays out" || show out

# ---- groups are completed at the new place, with the other options

moved diff --allow-member 0000:02:00.0 part.xml
grep -q "^+.*bus='0x02' slot='0x00' function='0x0'" out &&
    grep -q "^+.*bus='0x02' slot='0x00' function='0x1'" out && grep -q '^+.*unassigned' out
result "the group is completed where it is now" || show out
is "$(grep -c 'no effect' err)" 0 "the option that names the new address has an effect" || show err
sed "s/managed='yes'/managed='no'/" gaming.xml >unmanaged.xml
moved rewrite --managed --give card unmanaged.xml
is "$status" 0 "with --managed and --give" || show err
[ "$(grep -c "bus='0x02' slot='0x00'" out)" = 2 ] && [ "$(grep -c "managed='yes'" out)" = 2 ] &&
    [ "$(grep -c unassigned out)" = 0 ]
result "all three are done" || show out
{
    claim 0x01 0
    claim 0x01 1 placeholder
    claim 0x05 0 placeholder
} | domain 6 pruned
moved rewrite --prune pruned.xml
is "$(grep -c '<hostdev' out)" 2 "--prune removes the placeholder of a device that is gone" || show out
grep -q "bus='0x05'" out
is "$?" 1 "although another device has its address now"

# ---- what is not clear is refused, with what to type

refuses part moved-unclear \
    '0000:02:00.0 if the domain was written before the cards moved, and 0000:01:00.0 if since' \
    'leave out --moved-from' "diff --moved-from old.xml --allow-member 0000:02:00.0 part.xml"
refuses router moved-unclear '0000:03:00.0 if the domain was written before'
refuses usb moved-unclear 'it may be 0000:04:00.0 or 0000:05:00.0'
refuses video moved-gone 'Put the card back .*, or remove the claim: vi video.xml'
claim 0x01 1 | domain 7 hand "  <commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'>
    <arg value='-device'/><arg value='vfio-pci,host=01:00.0'/></commandline>
"
refuses hand moved-by-hand 'Write 0000:02:00.0 instead: vi hand.xml'
{
    claim 0x02 0
    claim 0x02 1
    claim 0x01 0
    claim 0x03 1
    claim 0x07 0 placeholder
} | domain 8 mixed
moved check mixed.xml
grep -q 'hostdev\[4\] declares 0000:03:00.1, which was not there before .*(moved-since)' out
result "an address that the capture does not have stays" || show out
grep -q '0000:07:00.0 .*(placeholder-gone)' out
result "what is not there now either is gone" || show out
is "$(grep -c '0000:07:00.0.*(moved-since)' out)" 0 "and did not come since" || show out

# An interface can't be the graphics card that has its address now.
sed "s/<hostdev mode='subsystem' type='pci' managed/<interface type='hostdev' managed/
    s,</hostdev>,</interface>,; s/<address domain/<address type='pci' domain/" router.xml >nic.xml
moved diff nic.xml
is "$status" 0 "a network card that is declared as one" || show err

# Of several that are alike, the one that is named is meant.
{
    claim 0x01 0
    claim 0x01 1
    claim 0x03 0
} | domain b twin
refuses twin moved-unclear \
    "If it is 0000:05:00.0: .* diff --moved-from old.xml --allow-member 0000:05:00.0 twin.xml"
for bus in 4 5; do
    moved rewrite --allow-member "0000:0$bus:00.0" twin.xml
    is "$status" 0 "one of two is named" || show err
    is "$(grep -c "bus='0x0[2$bus]'" out)" 3 "the claim follows to bus $bus" || show out
    is "$(grep -c 'no effect' err)" 0 "that has an effect" || show err
done
moved diff --allow-member 0000:04:00.0 --allow-member 0000:05:00.0 twin.xml
is "$status" 3 "both are named" || show out
moved diff --allow-member 0000:04:00.0 twin.xml usb.xml
is "$status" 3 "one is named for two files" || show out
sed 's/0x03/0x04/' twin.xml >stays.xml
moved rewrite --allow-member 0000:04:00.0 stays.xml
is "$status" 0 "what is named is at its old address" || show err
is "$(grep -c "bus='0x0[24]'" out)" 3 "that claim stays" || show out
is "$(grep -c 'no effect' err)" 0 "which is an effect" || show err
{
    claim 0x03 0
    claim 0x04 0
} | domain c twins
moved diff twins.xml
is "$(grep -c 'If it is' err)" 0 "one name is not offered for two claims" || show err
moved diff --allow-member 0000:04:00.0 twins.xml
is "$status" 3 "nor is it taken for both" || show out

# ---- a capture that has the domains shows whether their addresses are of then

cp "$(make_capture moved-before gaming.xml router.xml)" old-domains.xml
tool --sysroot "$now" rewrite --moved-from old-domains.xml router.xml
is "$status" 0 "a file that declares what the domain declared then" || show err
cp out router-since.xml
is "$(grep -c "bus='0x03'" router-since.xml)" 2 "is of before" || show router-since.xml
tool --sysroot "$now" diff --moved-from old-domains.xml router-since.xml
is "$status" 3 "one that declares the new addresses is not" || show err
sed 's/0x01/0x02/' gaming.xml >hand-since.xml
make_capture moved-now hand-since.xml router.xml >/dev/null
uri=test://$tmp/capture/moved-now.xml
tool -c "$uri" check --moved-from old-domains.xml gaming router
grep -q 'gaming: unclear which' out && grep -q 'it is 0000:03:00.0 if .*and 0000:02:00.0 if since' out
result "nor is a domain that was corrected by hand" || show out
grep -q '^router: declares old addresses' out
result "others are followed" || show out
# What is allowed is meant for the router, although both domains would get the device.
tool -c "$uri" diff --all --moved-from old-domains.xml --allow-member 0000:03:00.0
is "$status" 3 "--allow-member does not decide it in a run with several domains" || show out
grep -q 'if since; --allow-member decides that only for a domain that is named alone' err &&
    grep -q 'apply --moved-from old-domains.xml --allow-member 0000:03:00.0 gaming' err
result "and the remedy names the domain alone" || show err
is "$(grep -c '^+.*0x03' out)" 2 "the other domain is followed nevertheless" || show out
tool -c "$uri" diff --moved-from old-domains.xml --allow-member 0000:03:00.0 gaming
is "$status" 0 "named alone, it is decided" || show err
cp "$(make_capture moved-before gaming.xml)" old-domains.xml
tool -c "$uri" check --moved-from old-domains.xml router
grep -q 'router: unclear which' out
result "one that was made after the capture can be of now" || show out

# ---- a second run moves nothing again

# What the first run made of each file: it stays, or is refused; nothing moves twice.
for name in gaming part router; do
    cp "$name.xml" "$name-twice.xml"
    moved rewrite --in-place --allow-member 0000:02:00.0 --allow-member 0000:03:00.0 "$name-twice.xml"
    is "$status" 0 "$name: the first run" || show err
    cp "$name-twice.xml" once.xml
    moved rewrite --in-place "$name-twice.xml"
    same "$name-twice.xml" once.xml "$name: the second run changes nothing"
done

# world DOMAIN.xml...: the connection that has these domains now
world() {
    make_capture moved-now "$@" >/dev/null
}
world gaming.xml router.xml
uri=test://$tmp/capture/moved-now.xml
tool -c "$uri" apply --yes --all --moved-from old-nodes.xml
is "$status" 0 "apply" || show err
grep -q 'gaming: moves 0000:01:00.0 to 0000:02:00.0$' err
result "it lists what moves" || show err
is "$(grep -c '^+ .*bus=.0x0[23]. ' out)" 4 "two domains are moved in one run" || show out
tool --host "$tmp/capture/moved-now.xml" check gaming --moved-from old-nodes.xml
is "$(grep -c claimed-elsewhere out)" 0 "the old address of one is not the new address of another" || show out
first=$(ls state/transactions)
tr -d ' \n' <"state/transactions/$first/0001.json" |
    grep -q '"moved":\[{"from":"0000:01:00.0","to":"0000:02:00.0"},'
result "the record has it" || show "state/transactions/$first/0001.json"

# The test driver forgets. Let it have what was written.
sed 's/0x01/0x02/' gaming.xml >gaming-new.xml
sed 's/0x02/0x03/' router.xml >router-new.xml
world gaming-new.xml router-new.xml
tool -c "$uri" diff --all --moved-from old-nodes.xml
is "$status" 0 "a second run with the same capture" || show err
[ ! -s out ]
result "moves nothing" || show out
grep -q "gaming: transaction $first has rewritten its addresses already, .*(moved-already)" err
result "and reports why" || show err
cp "$tmp/capture/moved-now.xml" kept.xml
sed 's/<vendor id=.0x144d.*/<vendor id="0x1234">Other<\/vendor>/' kept.xml >"$tmp/capture/moved-now.xml"
tool -c "$uri" diff --all --moved-from old-nodes.xml
is "$status" 3 "other devices than then: the second run is refused" || show err
grep -q "use a capture that was made in between" err
result "and asks for another capture" || show err
tool -c "$uri" check --all --moved-from old-nodes.xml
is "$status" 1 "check reports it, too"
cp kept.xml "$tmp/capture/moved-now.xml"
sed 's/"command": "apply"/"command": "undo"/' "state/transactions/$first/0001.json" >record
cp record "state/transactions/$first/0001.json"
tool -c "$uri" diff gaming --moved-from old-nodes.xml
is "$status" 0 "without such a record"
grep -q "bus=.0x03" out
result "the same domain would move again" || show out
rm -rf state

# ---- saved plans

world gaming.xml
tool -c "$uri" plan --all --moved-from old-nodes.xml -o saved.plan
is "$status" 0 "plan -o" || show err
tool plan show saved.plan
grep -q '0000:02:00.0 (/domain/devices/hostdev\[1\]) will get this address' out
result "plan show reports the move" || show out
tool report --format=markdown saved.plan
grep -q 'moves 2 devices' out
result "report counts it" || show out
tool -c "$uri" plan show saved.plan
grep -q 'gaming: cannot check what changed since: its plan was made with --moved-from; add' err
result "and needs the capture to see what changed since" || show err
tool -c "$uri" plan show --moved-from old-nodes.xml saved.plan
is "$status" 0 "with it nothing did" || show err
grep -q "^Next: virt-iommufix -c $uri apply --moved-from=old-nodes.xml --plan saved.plan$" out
result "and the command that applies the plan has it, too" || show out
tool -c "$uri" apply --yes --plan saved.plan
is "$status" 3 "apply --plan without the capture"
grep -q 'made with --moved-from; add that option' err
result "asks for it" || show err
tool -c "$uri" apply --yes --plan saved.plan --moved-from "$tmp/capture/moved-now.xml"
is "$status" 3 "with another capture it is stale" || show err
tool -c "$uri" apply --yes --plan saved.plan --moved-from old-nodes.xml
is "$status" 0 "with the same one it is applied" || show err
is "$(grep -c '"moved_from"' state/transactions/*/0001.json)" 1 "and recorded"

# Another domain claims a device by the old address, too. What runs in it has its own devices: the test
# driver says that all domains run.
rm -rf state
sed 's/gaming/rival/; s/00000001-/0000000a-/' gaming.xml >rival.xml
world gaming.xml rival.xml
tool --host "$tmp/capture/moved-now.xml" check gaming --moved-from old-nodes.xml
grep -q 'domain rival also uses 0000:02:00.0 and 1 other; .*(claimed-elsewhere)' out
result "other domains' claims are followed, too" || show out

# ---- networks are corrected by hand

sed '$d' "$(make_capture moved-now)" >net.xml
cat >>net.xml <<XML
<network><name>pool</name><uuid>99999999-1111-4222-8333-444444444444</uuid>
<forward mode='hostdev' managed='yes'>
<address type='pci' domain='0' bus='2' slot='0' function='0'/></forward></network>
XML
echo "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='pool'/></interface>" |
    domain 9 pooled
cat pooled.xml >>net.xml
echo "</node>" >>net.xml
tool --host net.xml diff --moved-from old.xml pooled
is "$status" 3 "a network whose devices moved"
grep -q 'virsh net-edit pool.*(moved-network)' err
result "is left to the user" || show err
tool --host net.xml check --quiet --moved-from old.xml pooled
grep -q '^pooled: gets a device from a network that has old addresses' out &&
    grep -q '^  /domain/devices/interface gets its device .* virsh net-edit pool' out
result "check reports it, also with --quiet" || show out

# ---- usage

moved diff --sysroot "$now" gaming.xml
tool --sysroot "$now" diff --moved-from none.xml gaming.xml
is "$status" 2 "no such capture"
tool --sysroot "$(make_sysroot gpu-desktop)" diff --moved-from "$(make_capture series-2019)" gaming.xml
is "$status" 2 "a capture of another host" || show err
grep -q 'capture of another host' err
result "is an error" || show err
tool apply --interactive --moved-from old.xml gaming
is "$status" 2 "not with --interactive"
tool -c test:///a -c test:///b diff --moved-from old.xml gaming
is "$status" 2 "not for two hosts"

finish
