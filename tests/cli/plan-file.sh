#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Plans that are kept: plan -o, plan show, apply --plan; over libvirt's test driver, whose host is a
# file that is changed between the two.

. "$srcdir/tests/cli/lib.sh"

copy "$srcdir/examples/demo-host.xml" host.xml
host=test://$tmp/host.xml
VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE

# keep ARGUMENT...: a new plan.
keep() {
    rm -f plan
    tool -c "$host" plan -o plan "$@"
}

# moved SCRIPT: the host is the demo host, edited by sed.
moved() {
    sed "$1" "$srcdir/examples/demo-host.xml" >host.xml
}

# refused WORDS NAME: is it refused, with these words, and nothing written?
refused() {
    tool -c "$host" apply --plan plan --yes
    is "$status $(cat out)" "3 " "$2: refused, nothing shown"
    grep -q -- "$1" err
    result "$2: it is said" || show err
    tool -c "$host" plan show plan
    is "$status" 3 "$2: it is shown, as stale"
    grep -q -- "$1" err
    result "$2: what moved is said" || show err
}

# ---- made, shown, applied

keep --all
is "$status $(cat out)" "3 " "plan -o: the exit status is for those that are refused"
grep -q "To write these changes: virt-iommufix -c test://[^ ]* apply --plan plan$" err
result "it says so" || show err
is "$(stat -c %a plan)" 600 "the file is private"
is "$(find . -name '.virt-iommufix-*')" "" "no temporary is left"
xmllint --noout --relaxng "$srcdir/xslt/plan.rng" plan 2>err
result "it is valid" || show err
xsltproc --stringparam domain gaming "$srcdir/xslt/complete-groups.xsl" plan >made.xml
is "$(grep -c '<hostdev' made.xml)" 3 "xsltproc makes the patch from it"
is "$(grep -c 'test://' plan)" 8 "each plan names its connection"

tool -c "$host" diff gaming pbx
cp out diff
tool -c "$host" plan show plan
is "$status" 1 "plan show: 1, because the plan refuses a domain"
sed -n '/^--- /,/^[a-z]/p' out | grep '^[-+@ ]' | grep -v '^    \|^  ' >shown
grep '^[-+]' diff >lines
grep '^[-+]' shown >shown-lines
same shown-lines lines "it shows the diffs"
grep -q '^    0000:01:00.1 (audio device TU104 HD Audio Controller, driver unknown) will be added$' out
result "and what becomes of each device" || show out
grep -q '^    refused: 0000:04:00.1 (.*needs it (unknown-use)$' out &&
    grep -q '^      nothing shows what the network uses (unknown-use)$' out &&
    grep -q '^      Look again as root on the host: virt-iommufix check router$' out
result "with the reason, the evidence and the remedy" || show out
is "$(sed -n '2,4p' out | sed "s,$tmp,TMP,; s/made [^ ]*Z by virt-iommufix [^ ]*/made/; s/libvirt [0-9.]*/libvirt/" | tr '\n' ';')" \
    "  made;  host test://TMP/host.xml (libvirt), options: none;  8 domains: 2 to change, 4 complete, 2 refused, 0 failed;" \
    "the head: when, where, how, how many" || show out
is "$(tail -n 1 out)" "Next: virt-iommufix -c $host apply --plan plan" "and the command that applies it"
grep -q "^+    <hostdev mode='subsystem' type='pci' managed='yes'>$" plan
result "the diff in the file is text"
tool -c "$host" plan show --problems plan
is "$status $(grep -c '^[a-z]*: ' out) $(grep -c '^[a-z]*: complete$' out)" "1 4 0" \
    "plan show --problems leaves out what is complete" || show out
is "$(cat err)" "" "nothing moved"
tool -c "$host" apply --plan plan --yes
is "$status" 3 "apply --plan: as plan, 3 for what is refused"
same out diff "it writes the diffs"
grep -q '^virt-iommufix: [a-z-]*: refused when the plan was made; to see why: virt-iommufix plan show plan$' err
result "and reports the domains that the plan refuses" || show err
is "$(sed -n 's/^virt-iommufix: \([0-9]*\) domains: .*/\1/p' err)" "$(grep -c '<plan ' plan)" \
    "all of them count" || show err
is "$(grep -l "\"plan\": \"$(sed -n 's/.*<plans.* id="\([^"]*\)".*/\1/p' plan)\"" state/transactions/*/*.json | wc -l | tr -d ' ')" 2 \
    "the records have the plan's id"
tool -c "$host" apply --plan plan --yes
is "$status" 3 "a plan that was applied is refused"
is "$(grep -c 'refused: transaction [0-9-]* applied this plan already' err)" 2 "domain by domain"
tool -c "$host" plan show plan
is "$status $(grep -c ': applied by transaction [0-9-]*$' err) $(grep -c since err)" "1 2 0" \
    "plan show names the transaction" || show err
tool -c "$host" plan show --json plan
is "$(grep -c '"state":"applied","transaction":"[0-9-]*"' out) $(grep -c '"state":"refused"' out)" \
    "2 $(grep -c '<plan .*result="refused"' plan)" "plan show --json: a line for each" || show out
rm -rf state

# ---- diffs that XML cannot hold as they are

# encoded NAME: a plan for the file NAME is valid and intact, and shows the diff as diff prints it.
encoded() {
    rm -f plan
    tool --host host.xml plan -o plan "./$1"
    is "$status $(grep -c '<diff encoding="base64">' plan)" "0 $2" "$1: saved as $3" || show err
    xmllint --noout --relaxng "$srcdir/xslt/plan.rng" plan 2>err
    result "$1: valid" || show err
    tool --host host.xml diff "./$1"
    sed -n '/^@@/,$p' out >shown
    grep -q '^+.*hostdev' shown
    result "$1: there is a change" || show err
    tool plan show plan
    sed -n '/^@@/,$p' out | cmp -s - shown
    result "$1: shown byte for byte" || show out
}

gpu=$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml
sed 's,</devices>,<!-- ]]> \&amp; ]]> -->&,' "$gpu" >marks.xml
encoded marks.xml 0 text
sed 's/$/\r/' "$gpu" >returns.xml
encoded returns.xml 1 base64
{
    echo '<?xml version="1.0" encoding="ISO-8859-1"?>'
    sed '/^<?xml/d' "$gpu" | sed "s,</devices>,<!-- $(printf '\344') -->&,"
} >latin.xml
encoded latin.xml 1 base64
rm -f plan

# ---- what moved

keep gaming pbx
moved 's,<name>gaming</name>,&<title>new</title>,'
tool -c "$host" apply --plan plan --yes
is "$status" 3 "one definition was changed: refused"
grep -q '^virt-iommufix: gaming: refused: its definition changed since the plan was made' err
result "it is said" || show err
grep -q '^virt-iommufix: 2 domains: 1 changed, 0 complete, 1 refused, 0 failed\.' err
result "the other one is written" || show err
rm -rf state

moved ''
keep gaming
moved 's,<name>gaming</name>,&<title>new</title>,'
refused 'gaming: refused: its definition changed\|gaming: its definition changed' "a definition"
moved ''
keep gaming
moved "/<name>pci_0000_01_00_1</,/<\/device>/s,<product id='0x[0-9a-f]*',<product id='0x1234',"
refused 'the plan for it, or what it is based on, changed since the plan was made' \
    "another device at an address"
grep -q '^+fingerprint ' err
result "the difference is shown" || show err
moved ''
keep --allow-member 0000:04:00.1 router
grep -q '<allow>0000:04:00.1</allow>' plan
result "the plan has what is allowed"
tool -c "$host" apply --plan plan --yes
is "$status" 0 "and is applied by it"
rm -rf state
sed 's/<allow>0000:04:00.1/<allow>0000:04:00.0/' plan >changed
sed 's/reason="missing"/reason="declared"/' plan >changed-verdict
for file in changed changed-verdict; do
    for command in 'plan show' 'apply --yes --plan'; do
        # shellcheck disable=SC2086 # words
        tool -c "$host" $command ./$file
        is "$status $(grep -c 'changed: router: its plan was changed after it was saved' err)$(grep -c \
            'changed-verdict: router: its plan was changed after it was saved' err)" \
            "2 $([ $file = changed ] && echo 10 || echo 01)" "$command: a plan that was edited" ||
            show err
    done
done

# A disk of which nothing was known when it was allowed, and that is held now
capture=$(make_capture server-held "$srcdir/tests/data/domains/server-held--not-asked.xml")
tree=$(make_sysroot server-held)
name=$(sed -n 's,.*<name>\(.*\)</name>.*,\1,p' "$srcdir/tests/data/domains/server-held--not-asked.xml" |
    head -n 1)
rm -f plan
tool -c "test://$capture" --sysroot "$tree" plan -o plan --allow-member 0000:17:00.0 "$name"
is "$status" 0 "a plan that allows a disk that could not be asked" || show err
grep -q "To write these changes: virt-iommufix -c [^ ]* --sysroot $tree apply --plan plan$" err
result "the command that applies it has --sysroot" || show err
tool -c "test://$capture" --sysroot "$tree" plan show plan
is "$status $(cat err)" "0 " "it is current"
tool -c "test://$capture" --sysroot "$tree" apply --yes --allow-member 0000:17:00.0 "$name"
grep -q 'loses 1 device (none seen in use): 0000:17:00.0 (.*), nvme7n1 -> .* (unknown-use), overridden by --allow-member$' err
result "apply repeats what --allow-member overrides" || show err
rm -rf state
rm -f "$tree/dev/nvme7n1"
echo held >"$tree/dev/nvme7n1"
for command in "plan show ./plan" "apply --yes --plan plan"; do
    # shellcheck disable=SC2086 # words
    tool -c "test://$capture" --sysroot "$tree" $command
    is "$status $(grep -c '^-      unknown-use: nvme7n1' err) $(grep -c '^+      in-use-held: nvme7n1' err)" \
        "3 1 1" "$command: the disk came into use since, which is shown" || show err
    grep -q 'what it is based on, changed since the plan was made. To make a new plan: virt-iommufix -c test:.* --sysroot .* plan -o FILE not-asked$' err
    result "$command: refused" || show err
done
moved ''
if under_valgrind; then
    skip "a stylesheet" "valgrind can't run within the limits of a site's stylesheet"
else
    keep --stylesheet "$srcdir/examples/rom-off.xsl" gaming
    refused 'the change differs from the one in the saved plan, which may be by another --stylesheet' \
        "a stylesheet"
    tool -c "$host" apply --plan plan --yes --stylesheet "$srcdir/examples/rom-off.xsl"
    is "$status" 0 "with the same stylesheet it is applied"
fi
rm -rf state
keep --prune --managed --all
tool -c "$host" apply --plan plan --yes
is "$status" 3 "--managed and --prune are the plan's, and so is what it refuses"
grep -q '^-.*unassigned' out
result "a placeholder is taken out" || show out
rm -rf state
keep gaming
moved 's,<name>gaming</name>,<name>games</name>,; s,7e1a4b52-c8d3,7e1a4b52-c8d4,'
tool -c "$host" apply --plan plan --yes
is "$status" 2 "a domain that is gone fails"
moved ''

# ---- plans that can't be applied

tool --host host.xml plan -o by-capture gaming
is "$status $(sed -n '$s/.*\(To [a-z]* .*: .*\)/\1/p' err)" \
    "0 To read the plan: virt-iommufix plan show by-capture" "a plan for a capture is only for reading" || show err
tool plan show by-capture
is "$status" 0 "it can be shown"
grep -q "cannot check what changed since: the plan is not for a connection" err
result "without what moved" || show err
tool plan show by-capture --host host.xml
is "$status $(cat err)" "0 " "nothing moved in the capture"
tool -c "$host" apply --plan by-capture --yes
is "$status" 3 "it can't be applied"
tool -c "$host" plan gaming
cp out printed
tool -c "$host" apply --plan printed --yes
is "$status" 2 "a plan that was printed is no plan file"
grep -q 'printed: it has no id: it was printed, not made by plan -o$' err
result "it says so" || show err

# ---- what a plan must not choose: whom to connect to, and so what to run

keep gaming
sed "s,uri=\"[^\"]*\",uri=\"qemu+ext:///system?command=$tmp/ran\"," plan >evil
printf '#!/bin/sh\n: >"%s/it-ran"\n' "$tmp" >ran
chmod +x ran
for command in "plan show ./evil" "apply --yes --plan evil"; do
    # shellcheck disable=SC2086 # words
    tool -c "$host" $command
    grep -q 'is for qemu+ext:///system?command=.*not connected to that host' err
    result "$command: of another host" || show err
    # shellcheck disable=SC2086 # words
    VIRSH_DEFAULT_CONNECT_URI=$host tool $command
    grep -q 'is for qemu+ext:///system?command=.*not connected to that host' err
    result "$command: by the default connection" || show err
done
is "$status" 3 "apply --plan: refused"
sed "s,COMMAND,$tmp/ran," >evil <<'PLAN'
<plans version="1" id="11111111-2222-3333-4444-555555555555" time="2026-11-28T00:00:00Z" tool="0.1.0">
 <plan result="change"><domain name="web" uuid="6a0e7fd2-5d7a-4c55-9a33-3f1d2c9b6e01"/><approval uri="qemu+ext:///system?command=COMMAND" sha256="x" managed="no" prune="no" only-needed="no"><diff></diff></approval></plan>
</plans>
PLAN
tool plan show ./evil
is "$status $(cat out)" "2 " "a plan that the tool did not make"
tool apply --yes --plan evil
is "$status $(cat out)" "2 " "nor does apply take it"
[ ! -e it-ran ]
result "nothing was run"

for text in '<plan result="x"><domain name="a" uuid="u"/><approval/></plan>' \
    '<plan><domain name="a" uuid="u"/><approval/></plan>' \
    '<plan result="change"><domain name="a" uuid="u"/><approval uri="x"/></plan><plan result="change"><domain name="a" uuid="u"/><approval uri="x"/></plan>'; do
    echo "<plans version=\"1\" id=\"x\">$text</plans>" >odd
    tool -c "$host" plan show ./odd
    is "$status $(grep -c '/odd: a: it has two plans\|/odd: a: its plan has no result' err)" "2 1" \
        "an error that names it" || show err
done

# ---- files

keep gaming
cp plan before
tool -c "$host" plan -o plan pbx
is "$status" 2 "a file that is there"
same plan before "it is not overwritten"
tool -c "$host" plan -o none/plan pbx
is "$status $(tail -n 1 err)" "2 virt-iommufix: cannot write none/plan: cannot open its folder: No such file or directory" \
    "a folder that is not there"
tool -c "$host" plan --json -o other pbx
is "$status" 2 "--json and --output"
tool -c "$host" plan --stylesheet "$srcdir/examples/rom-off.xsl" pbx
is "$status" 2 "--stylesheet without --output"
for words in '--all' gaming '--managed' '--prune' '--only-needed' '--allow-member=0:1:2.3' \
    '--interactive'; do
    # shellcheck disable=SC2086 # words
    tool -c "$host" apply --plan plan --yes $words
    is "$status" 2 "--plan and $words"
done

n=0
while read -r text; do
    n=$((n + 1))
    printf '%b' "$text" >odd
    for command in "plan show ./odd" "apply --yes --plan odd"; do
        # shellcheck disable=SC2086 # words
        tool $command
        is "$status $(cat out)" "2 " "odd file $n: $command"
        is "$(wc -l <err | tr -d ' ')" 1 "odd file $n: $command: one line"
    done
done <<'TEXTS'

<plans
\001\002
<domain/>
<plans version="2" id="x"/>
<plans version="1"/>
<plans id="x"/>
<plans version="1" id="x"><plan result="change"/></plans>
<plans version="1" id="x"><plan result="change"><domain name="a"/></plan></plans>
<!DOCTYPE plans [<!ENTITY a "b">]><plans version="1" id="x">&a;</plans>
TEXTS
tool -c "$host" plan show ./nothing
is "$status" 2 "a file that is not there"
printf '<plans version="1" id="x"><plan result="change"><domain name="\033[31m" uuid="u"/><approval/></plan></plans>' >odd
tool -c "$host" plan show ./odd
is "$status" 2 "an escape in a name is no XML"
printf '<plans version="1" id="x"><plan result="change"><domain name="a&#x9b;" uuid="u"/><claim path="p"/><approval uri="test://%s"/></plan></plans>' "$tmp/host.xml" >odd
tool -c "$host" plan show ./odd
is "$status" 2 "a plan without a digest is not shown"
tool -c "$host" apply --plan odd --yes
is "$status" 2 "and not to be applied"

finish
