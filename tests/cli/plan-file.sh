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
    tool apply --plan plan --yes
    is "$status $(cat out)" "3 " "$2: refused, nothing shown"
    grep -q -- "$1" err
    result "$2: it is said" || show err
    tool plan show plan
    is "$status" 0 "$2: it can be shown"
    grep -q -- "$1" err
    result "$2: what moved is said" || show err
}

# ---- made, shown, applied

keep --all
is "$status $(cat out)" "3 " "plan -o: the exit status is for those that are refused"
grep -q "To write these changes: virt-iommufix apply --plan plan$" err
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
tool plan show plan
is "$status" 0 "plan show"
sed -n '/^--- /,/^[a-z]/p' out | grep '^[-+@ ]' | grep -v '^    \|^  ' >shown
grep '^[-+]' diff >lines
grep '^[-+]' shown >shown-lines
same shown-lines lines "it shows the diffs"
grep -q '^    0000:01:00.1: add (missing)$' out
result "and the verdicts" || show out
is "$(cat err)" "" "nothing moved"
tool apply --plan plan --yes
is "$status" 0 "apply --plan"
same out diff "it writes the diffs"
is "$(grep -l "\"plan\": \"$(sed -n 's/.*<plans.* id="\([^"]*\)".*/\1/p' plan)\"" state/transactions/*/*.json | wc -l | tr -d ' ')" 2 \
    "the records have the plan's id"
tool apply --plan plan --yes
is "$status" 3 "a plan that was applied is refused"
is "$(grep -c 'refused: transaction [0-9-]* applied this plan already' err)" 2 "domain by domain"
rm -rf state

# ---- what moved

keep gaming pbx
moved 's,<name>gaming</name>,&<title>new</title>,'
tool apply --plan plan --yes
is "$status" 3 "one definition was changed: refused"
grep -q '^virt-iommufix: gaming: refused: its definition changed since the plan was made' err
result "it is said" || show err
grep -q '^virt-iommufix: 2 domains: 1 changed, 1 refused\.' err
result "the other one is written" || show err
rm -rf state

moved ''
keep gaming
moved 's,<name>gaming</name>,&<title>new</title>,'
refused 'gaming: refused: its definition changed\|gaming: its definition changed' "a definition"
moved ''
keep gaming
moved "/<name>pci_0000_01_00_1</,/<\/device>/s,<product id='0x[0-9a-f]*',<product id='0x1234',"
refused 'group 1 has other members since the plan was made' "another device at an address"
moved ''
keep --allow-member 0000:04:00.1 router
grep -q '<allow>0000:04:00.1</allow>' plan
result "the plan has what is allowed"
tool apply --plan plan --yes
is "$status" 0 "and is applied by it"
rm -rf state
sed -i '/<allow>/d' plan
refused 'the verdict on 0000:04:00.1 changed from missing to unknown-use since the plan was made' \
    "a verdict"
moved ''
if under_valgrind; then
    skip "a stylesheet" "valgrind can't run within the limits of a site's stylesheet"
else
    keep --stylesheet "$srcdir/examples/rom-off.xsl" gaming
    refused 'the change differs from the one in the saved plan: was the plan made with another --stylesheet' \
        "a stylesheet"
    tool apply --plan plan --yes --stylesheet "$srcdir/examples/rom-off.xsl"
    is "$status" 0 "with the same stylesheet it is applied"
fi
rm -rf state
keep --prune --managed --all
tool apply --plan plan --yes
is "$status" 0 "--managed and --prune are the plan's"
grep -q '^-.*unassigned' out
result "a placeholder is taken out" || show out
rm -rf state
keep gaming
moved 's,<name>gaming</name>,<name>games</name>,; s,7e1a4b52-c8d3,7e1a4b52-c8d4,'
tool apply --plan plan --yes
is "$status" 2 "a domain that is gone fails"
moved ''

# ---- plans that can't be applied

tool --host host.xml plan -o capture gaming
is "$status" 0 "a plan for a capture"
tool plan show capture
is "$status" 0 "it can be shown"
grep -q "cannot check what changed since: the plan is not for a connection" err
result "without what moved" || show err
tool plan show capture --host host.xml
is "$status $(cat err)" "0 " "nothing moved in the capture"
tool apply --plan capture --yes
is "$status" 3 "it can't be applied"
tool -c "$host" plan gaming
cp out printed
tool apply --plan printed --yes
is "$status" 2 "a plan that was printed is no plan file"
grep -q 'printed: it has no id: it was printed, not made by plan -o$' err
result "it says so" || show err

# ---- files

keep gaming
cp plan before
tool -c "$host" plan -o plan pbx
is "$status" 2 "a file that is there"
same plan before "it is not overwritten"
tool -c "$host" plan -o none/plan pbx
is "$status $(tail -n 1 err)" "2 virt-iommufix: cannot write none/plan: No such file or directory" \
    "a folder that is not there"
tool -c "$host" plan --json -o other pbx
is "$status" 2 "--json and --output"
tool -c "$host" plan --stylesheet "$srcdir/examples/rom-off.xsl" pbx
is "$status" 2 "--stylesheet without --output"
for words in '--all' gaming '--managed' '--prune' '--only-needed' '--allow-member=0:1:2.3' \
    '--interactive' "-c $host"; do
    # shellcheck disable=SC2086 # words
    tool apply --plan plan --yes $words
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
tool plan show ./nothing
is "$status" 2 "a file that is not there"
printf '<plans version="1" id="x"><plan result="change"><domain name="\033[31m" uuid="u"/><approval/></plan></plans>' >odd
tool plan show ./odd
is "$status" 2 "an escape in a name is no XML"
printf '<plans version="1" id="x"><plan result="change"><domain name="a&#x9b;" uuid="u"/><claim path="p"/><approval uri="test://%s"/></plan></plans>' "$tmp/host.xml" >odd
tool plan show ./odd
is "$status" 0 "little is enough to be shown"
tool apply --plan odd --yes
is "$status" 2 "and not to be applied"

finish
