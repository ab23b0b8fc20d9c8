#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply over libvirt's test driver, whose domains live as long as the process: what it prints, keeps
# and refuses. What becomes of real definitions is tested in tests/integration.

. "$srcdir/tests/cli/lib.sh"

demo=test://$srcdir/examples/demo-host.xml
VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE

# transactions: how many there are.
transactions() {
    find "$VIRT_IOMMUFIX_STATE/transactions" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l
}

# ---- what is written is what diff shows

tool -c "$demo" diff gaming pbx
cp out diff
tool -c "$demo" apply --yes gaming pbx
is "$status" 0 "apply --yes: done"
same out diff "it shows the diff"
grep -q '^virt-iommufix: gaming: while the guest runs, the host loses 3 devices (none seen in use): 0000:01:00.1 (audio device TU104 HD Audio Controller, driver unknown), 0000:01:00.2 .*, 0000:01:00.3 (.*)$' err
result "it lists what is to be written" || show err
grep -q '^virt-iommufix: 2 domains: 2 changed, 0 complete, 0 refused, 0 failed. To undo this: virt-iommufix -c [^ ]* undo [0-9-]*$' err
result "it says what was done and how to take it back" || show err

id=$(ls state/transactions)
is "$(cut -d' ' -f1,2 "state/transactions/$id/journal" | tr '\n' ' ')" "1 written 2 written " \
    "the journal says what came of it"
is "$(find state -type d ! -perm 0700)" "" "folders are private"
is "$(find state -type f ! -perm 0600)" "" "files are private"
is "$(ls "state/transactions/$id")" "0001.json
0002.json
journal" "each domain has one file"
grep -q '"uri": "test://.*demo-host.xml"' "state/transactions/$id/0001.json"
result "the record names the connection"

rm -rf state

# ---- a guest whose only claim is no hostdev: libvirt moves the first ones before the balloon

capture=$(make_capture series-2019 "$srcdir/tests/data/domains/series-2019--nvme-disk.xml")
tool -c "test://$capture" apply --yes --allow-member 0001:0a:00.1 nvme-disk
is "$status" 0 "an NVMe disk alone: what libvirt reorders is still there" || show err
rm -rf state

# ---- a domain named twice, and all of them

tool -c "$demo" apply --yes gaming 7e1a4b52-c8d3-4f19-8b6e-2f90d5a3c641
is "$(find state -name '*.json' | wc -l)" 1 "a domain named twice is written once"
tool -c "$demo" apply --all --yes
is "$status" 3 "apply --all: some are refused"
grep -q '^virt-iommufix: 8 domains: 2 changed, 4 complete, 2 refused, 0 failed\.' err
result "the others are written" || show err

# ---- JSON lines

tool -c "$demo" apply --all --yes --json
is "$(grep -c '"domain":' out)" 8 "--json: a line for each domain"
is "$(grep -c '"schema_version":1' out)" 9 "each with its version"
is "$(tail -n 1 out)" '{"schema_version":1,"kind":"summary","command":"apply","summary":{"domains":8,"change":2,"complete":4,"will-not-start":0,"would-start":0,"refused":2,"no-iommu":0,"skipped":0,"nothing-to-undo":0,"declined":0,"failed":0}}' \
    "and a last line with the numbers"
is "$(grep -c '"outcome":"changed","changed":true,"transaction":"[0-9-]*"' out)" 2 "two are changed"
is "$(grep -c '"outcome":"refused","changed":false' out)" 2 "two are refused"
is "$(grep -c '"verdict":"add"' out)" 2 "with the verdicts"
is "$(grep -c '"diff":"--- [a-z]*.xml' out) $(grep -c '"xml":' out)" "2 0" "and the diffs"
tool -c "$demo" apply --yes --json gaming nobody
is "$status" 2 "a domain that is not there fails"
grep -q '"name":"nobody"},"outcome":"failed","changed":false,"error":"cannot read domain nobody' out
result "and has its line" || show out

# ---- a dry run

rm -rf state
tool -c "$demo" apply --dry-run --all
is "$status $([ -e state ] && echo state)" "3 " "--dry-run: the exit status of the run, and no record"
grep -q '^virt-iommufix: 8 domains: 2 to change, 4 complete, 2 refused, 0 failed\. Nothing was written\.$' err
result "it says so" || show err
grep -q '^virt-iommufix: gaming: while the guest runs, the host loses 3 devices' err
result "with what the host would lose" || show err
is "$(grep -c '^+++ ' out)" 2 "and the diffs"
tool -c "$demo" apply --dry-run --json --all
is "$(grep -c '"outcome":"would-change","changed":true,"diff":"--- [a-z]*.xml' out) $(grep -c '"outcome":"unchanged","changed":false,"plan"' out)" \
    "2 4" "--json: each line has whether it would change, and the diff" || show out
is "$(tail -n 1 out | grep -c '"summary":{"domains":8,"change":2,')" 1 "and the last line the numbers"
is "$(grep -c '"before":"<domain .*"xml":"<domain ' out)" 2 "and both texts"
tool -c "$demo" rewrite --json gaming
grep -o '"xml":"<domain [^"\\]*\(\\.[^"\\]*\)*"' out >rewritten
tool -c "$demo" apply --dry-run --json gaming
grep -o '"xml":"<domain [^"\\]*\(\\.[^"\\]*\)*"' out >texts
same texts rewritten "the new text is that of rewrite"
is "$(wc -l <texts)$(sed -n 's/.*"before":\("[^"\\]*\(\\.[^"\\]*\)*"\).*/\1/p' out | grep -c unassigned)" 10 \
    "and the other one is that of the domain as it is"
tool -c "$demo" plan -o dry.plan gaming
tool -c "$demo" apply --dry-run --plan dry.plan
is "$status $(grep -c '^+++ ' out) $([ -e state ] && echo state)" "0 1 " "--dry-run of a saved plan"
rm dry.plan
tool -c "$demo" apply --quiet --yes gaming
is "$status $(cat err)" "0 " "--quiet: no notes"
is "$(grep -c '^+++ ' out)" 1 "only the result"
tool -c "$demo" apply -q --yes recorder
is "$status $(grep -c ': refused: ' err) $(wc -l <err | tr -d ' ')" "3 1 1" "a refusal is no note" || show err

# ---- nothing to do

rm -rf state
tool -c "$demo" apply --yes workstation
is "$status" 0 "a complete domain: done"
is "$(cat out)" "" "no diff"
is "$(transactions)" 0 "no transaction"

# ---- what it refuses to do

tool -c "$demo" apply gaming </dev/null
is "$status" 2 "without a terminal and --yes: an error"
grep -q 'not a terminal, so nothing was written. Use --yes to write without asking$' err
result "it says what to do" || show err
tool --host "$srcdir/examples/demo-host.xml" apply --yes gaming
is "$status" 2 "a capture can't be written"
tool --sysroot / apply --yes gaming
is "$status" 2 "nor a sysfs tree"
tool -c "$demo" apply --yes ./gaming.xml
is "$status" 2 "nor a file"
grep -q 'To change a file: virt-iommufix --sysroot / rewrite --in-place ./gaming.xml$' err
result "it says what changes files" || show err
tool -c "$demo" apply --yes
is "$status" 2 "no domain: an error"
is "$(transactions)" 0 "nothing of that is a transaction"

# ---- undo

tool -c "$demo" undo --yes
is "$status" 2 "undo with nothing to undo: an error"
grep -q "nothing to undo on $demo; to list what was written: virt-iommufix undo --list$" err
result "it says so" || show err
tool -c "$demo" undo --list
is "$status" 0 "undo --list of nothing"
is "$(cat out err)" "virt-iommufix: nothing was written to this host" "says that there is nothing"
tool undo --list
is "$status $(cat out err)" "0 virt-iommufix: nothing was written" "on any host"

tool -c "$demo" apply --yes gaming pbx
id=$(ls state/transactions)
tool -c "$demo" undo --list
is "$(awk 'NR > 1 { print $1, $2, $3, $5 }' out)" "$id apply gaming written
$id apply pbx written" "undo --list lists what was written"
tool -c "$demo" undo --list --json
is "$(grep -c "\"kind\":\"transaction\",\"command\":\"apply\",.*\"state\":\"written\",\"transaction\":\"$id\"" out)" 2 \
    "undo --list --json: a line for each domain"

# Each process has a new test driver: what an earlier one wrote is gone.
tool -c "$demo" undo --yes "$id" pbx
is "$status" 0 "undo ID DOMAIN of a domain that has nothing of it"
grep -q "^virt-iommufix: pbx: its definition has nothing left of transaction $id$" err &&
    grep -q '[0-9] with nothing to undo' err
result "it says so" || show err
grep -q 'gaming' err
is "$?" 1 "the other domain is not touched"

# A run that was killed: no word in the journal.
: >"state/transactions/$id/journal"
printf '1 writ' >"state/transactions/$id/journal"
tool -c "$demo" undo --list
is "$(awk 'NR > 1 { print $3, $5, $6 }' out)" "gaming not written
pbx not written" "undo --list: of a run that was killed the domain tells"

tool -c "$demo" undo --yes 20200101-000000-000000
is "$status" 2 "undo of a transaction that is not there: an error"
grep -q "nothing to undo of transaction 20200101-000000-000000 on $demo; to list what was written: virt-iommufix undo --list$" err
result "it says so" || show err
tool -c "$demo" undo --yes "$id" nobody
is "$status" 2 "undo of a domain that is not in it: an error"
tool -c "$demo" undo "$id" </dev/null
is "$status" 2 "undo without a terminal and --yes: an error"
tool -c "$demo" undo --list "$id"
is "$status" 2 "undo --list takes no arguments"

rm -rf state
tool -c "$demo" apply --yes pbx
first=$(ls state/transactions)
tool -c "$demo" apply --yes gaming
tool -c "$demo" undo --yes pbx
is "$status $(grep -c "^virt-iommufix: pbx: its definition has nothing left of transaction $first$" err)" "0 1" \
    "undo DOMAIN takes the last transaction of that domain" || show err
grep -q gaming err
is "$?" 1 "and no other"
sed 's,<name>gaming</name>,<name>games</name>,' "$srcdir/examples/demo-host.xml" >renamed.xml
sed -i "s,\"uri\": \"[^\"]*\",\"uri\": \"test://$tmp/renamed.xml\"," state/transactions/*/0001.json
tool -c "test://$tmp/renamed.xml" undo --yes games
is "$status $(grep -c 'gaming: its definition has nothing left of transaction' err)" "0 1" \
    "a domain that was renamed since" || show err
tool -c "$demo" undo --yes ''
is "$status $(cat err)" "2 virt-iommufix: the name of a domain is empty" "an empty name"
tool -c "$demo" undo --yes nonsense pbx
is "$status $(grep -c 'nonsense is not the ID of a transaction' err)" "2 1" "two words without an ID"

# What is gone does not keep undo from what was written before.
rm -rf state
tool -c "$demo" apply --yes gaming
tool -c "$demo" apply --yes pbx
sed 's/<uuid>\(.*\).<\/uuid>/<uuid>\1f<\/uuid>/' "$srcdir/examples/demo-host.xml" >gone.xml
sed -i "s,\"uri\": \"[^\"]*\",\"uri\": \"test://$tmp/gone.xml\"," state/transactions/*/0001.json
tool -c "test://$tmp/gone.xml" undo --yes
is "$status $(grep -c ': the domain is gone, so there is nothing to undo of transaction' err)" "0 2" \
    "undo passes over domains that are gone" || show err
tool -c "test://$tmp/gone.xml" undo --list
is "$(grep -c ' ended$' out)" 2 "which are ended" || show out
tool -c "test://$tmp/gone.xml" undo --yes
is "$status $(grep -c 'nothing to undo on test:' err)" "2 1" "and the next undo knows it"

# What was written to another libvirt: the message has the whole command.
rm -rf state
tool -c "$demo" apply --yes gaming
first=$(ls state/transactions)
tool -c "test://$tmp/gone.xml" undo --yes
is "$status $(sed -n 's/^virt-iommufix: nothing to undo on //p' err)" \
    "2 test://$tmp/gone.xml; transaction $first is on another one. To undo it: virt-iommufix --connect $demo undo" \
    "undo on the wrong libvirt names the other one"
tool -c "test://$tmp/gone.xml" undo --yes "$first" gaming
is "$(sed 's/.*To undo it: //' err)" "virt-iommufix --connect $demo undo $first gaming" "with ID and domain"
tool -c "test://$tmp/gone.xml" undo --yes pbx
is "$(sed 's/.*; //' err)" "to list what was written: virt-iommufix undo --list" \
    "only where it is the domain that was named"
sed -i 's,"uri": "[^"]*","uri": "qemu+ssh://far/system",' "state/transactions/$first/0001.json"
VIRSH_DEFAULT_CONNECT_URI=test:///nonsense tool undo --yes
is "$status $(sed 's/.*; //' err)" "2 transaction $first is on another one. To undo it: virt-iommufix --connect qemu+ssh://far/system undo" \
    "so does undo where there is no libvirt at all" || show err

# The clock was put back: the last transaction is the one that was made last.
rm -rf state
tool -c "$demo" apply --yes gaming
mv state/transactions/* state/transactions/20991231-235959-999999
tool -c "$demo" apply --yes pbx
is "$(find state/transactions -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | sed -n 2p)" 20991231-235960-000000 "an ID is always higher than those before"
tool -c "$demo" undo --yes
is "$(sed -n 's/^virt-iommufix: \(.*\): its.*/\1/p' err | head -n 1)" pbx "and undo begins with it" || show err
rm -rf state
tool -c "$demo" apply --yes gaming pbx
id=$(ls state/transactions)

# ---- records that can't be read

echo '{"schema_version": 2}' >"state/transactions/$id/0001.json"
tool -c "$demo" undo --list
is "$status" 2 "a record of a later version: an error"
grep -q '0001.json: a record of version 2, which this version of virt-iommufix cannot read$' err
result "it says so" || show err
grep -q '^[0-9-]* apply *pbx' out
result "the others are listed" || show out
for text in '' '{' '[]' '{"schema_version": 1}' 'null' "$(printf '\001\377')"; do
    printf '%s' "$text" >"state/transactions/$id/0001.json"
    tool -c "$demo" undo --list
    is "$status" 2 "a record that is '$(printf '%s' "$text" | tr -dc '[:print:]')': an error"
done
rm -rf state

# ---- a state folder that can't be used: nothing is written

: >file
VIRT_IOMMUFIX_STATE=$tmp/file tool -c "$demo" apply --yes gaming
is "$status" 2 "a state folder that is a file: an error"
grep -q 'so nothing was changed: Not a directory$' err
result "it says why" || show err
for command in "apply --yes gaming" "undo --list"; do
    # shellcheck disable=SC2086 # words
    VIRT_IOMMUFIX_STATE=relative tool -c "$demo" $command
    is "$status $(grep -c 'the state folder relative is not an absolute path' err)" "2 1" \
        "$command: a state folder that is not absolute: an error" || show err
done
if [ "$(id -u)" -ne 0 ]; then
    mkdir -m 0500 locked
    VIRT_IOMMUFIX_STATE=$tmp/locked tool -c "$demo" apply --yes gaming
    is "$status" 2 "a state folder that is read-only: an error"
else
    skip "a state folder that is read-only" "root may write anywhere"
fi

# ---- a libvirt that is named twice

tool -c "$demo" -c "$demo" apply --yes gaming
is "$status $(grep -c '^virt-iommufix: 1 domain: 1 changed' err)" "0 1" "a libvirt named twice" || show err

# ---- one run at a time; the lock is held only while something is written

exec 9>state/lock
flock -n 9
tool -c "$demo" apply --yes pbx
is "$status" 2 "while another run writes: an error"
grep -q 'another run of virt-iommufix is writing, so nothing was written' err
result "it says so" || show err
tool -c "$demo" undo --yes
is "$status" 2 "so is an undo that has something to record"
tool -c "$demo" undo --yes "$(ls state/transactions)" nobody
is "$status $(grep -c 'nothing to undo of' err)" "2 1" "one that has nothing to write needs no lock"
exec 9>&-

finish
