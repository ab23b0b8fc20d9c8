#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply and undo on a terminal: the dialogue of --interactive, and the question. Over libvirt's test
# driver, whose domains live as long as the process.

. "$srcdir/tests/cli/lib.sh"

demo=test://$srcdir/examples/demo-host.xml
uri=$demo
VIRT_IOMMUFIX_STATE=$tmp/state
# What reads and writes here is the tool; sanitizers and valgrind would write to the terminal.
NO_COLOR=1
TERM=vt100
# No line breaks, however long the path of the source is.
PTY_COLUMNS=1000
export VIRT_IOMMUFIX_STATE NO_COLOR TERM PTY_COLUMNS
keys='[y,n,a,d,g,v,q,?]'
ask='[y/N]'

printf '' >script
"$PTY" script true >out 2>err
if [ $? -eq 77 ]; then
    skip "all of it" "$(cat err)"
    finish
    exit
fi

# talk ANSWERS ARGUMENT...: the tool on a terminal. ANSWERS is a list of QUESTION=ANSWER, with # for
# the keys and ! for the last question; what was said goes to $tmp/out.
talk() {
    for answer in $1; do
        case $answer in
        '#='*) printf '%s\t%s\n' "$keys" "${answer#??}" ;;
        '!='*) printf '%s\t%s\n' "$ask" "${answer#??}" ;;
        esac
    done >script
    shift
    "$PTY" script "$VIRT_IOMMUFIX" -c "$uri" "$@" >out 2>err
    status=$?
    # How far a slow run is, is shown between the questions.
    sed -i "s/\([0-9][0-9]* of [0-9][0-9]*\)\{0,1\}$(printf '\033')\[K//g
        s/[0-9]\{8\}-[0-9]\{6\}-[0-9]*/ID/g; s,$tmp,TMP,g; s,$srcdir,SRC,g" out
}

# says WORDS NAME
says() {
    grep -q -- "$1" out
    result "$2" || show out
}

# written: how many domains are in the state folder.
written() {
    find state -name '*.json' 2>/dev/null | wc -l | tr -d ' '
}

# ---- the plain question

talk '!=y' apply gaming
is "$status" 0 "y: done"
says '^Write 1 domain to libvirt? \[y/N\] y$' "it is asked once"
is "$(written)" 1 "it is written"
rm -rf state
for no in n '' maybe ^D; do
    talk "!=$no" apply gaming
    is "$status $(written)" "0 0" "'$no': nothing is written"
    says 'Nothing was written\.$' "'$no': the summary says that nothing was written"
done

# ---- group by group

talk '#=? #=v #=y #=n !=y' apply --interactive --all
is "$status" 3 "?, v, y, n: the exit status is for those that are refused"
golden out interactive-all.txt
is "$(written)" 1 "one domain is written"
rm -rf state

talk '#=a #=d !=y' apply -i gaming pbx
is "$status $(written)" "0 1" "a and d"
rm -rf state
talk '#= #=n' apply -i gaming pbx
is "$status $(written)" "0 0" "n, and an empty line: nothing"
says '2 domains: 0 changed, 0 complete, 0 refused, 2 declined, 0 failed\.' "the summary counts both as declined"
talk '#=y #=y !=n' apply -i gaming pbx
is "$status $(written)" "0 0" "y, and n on the last screen: nothing"
for end in q ^D; do
    talk "#=y #=$end" apply -i gaming pbx
    is "$status $(written)" "0 0" "y, then '$end': nothing"
    says '^virt-iommufix: quit: nothing was written$' "'$end': the tool says that nothing was written"
done
talk '#=x #=ye #=? #=q' apply -i gaming
is "$(grep -c '^y, yes  - make this change$' out)" 3 "anything else prints the help"
talk '#=YES #=Done !=yes' apply -i gaming pbx
is "$status $(written)" "0 1" "words are answers, too"
is "$(grep -o '^(.*) Add' out | tr '\n' ' ')" "(domain 1 of 2) Add (domain 2 of 2) Add " \
    "each question has its place in the run"
is "$(grep -c '^virt-iommufix: pbx: group 12 stays as it is; the guest might not start' out)" 1 \
    "what is declined has one line"
is "$(grep -n 'also uses\|^(domain' out | sed 's/^[0-9]*:\(.\).*/\1/' | tr -d '\n')" "v(v(" \
    "notes come before the question"
says 'gaming: while the guest runs, the host loses 3 devices (none seen in use):$' "the question names what the host loses"
says '^    0000:01:00.1 (audio device TU104 HD Audio Controller, driver unknown)$' "each device"
says 'gaming: to use the change, start it: virsh -c test:[^ ]* start gaming$' "and what comes next"
rm -rf state

# ---- given instead of hidden

# record PATTERN: how often it is in what was written
record() {
    grep '"after"' state/transactions/*/0001.json | grep -o "$1" | wc -l | tr -d ' '
}
talk '#=g #=g #=y !=y' apply -i gaming
is "$status $(record "type='unassigned'") $(record "bus='0x05' slot='0x00' function='0x[123]'")" "0 0 3" \
    "g: what is added is the guest's, in the slot of its card"
is "$(grep -c '^+.*multifunction=' out) $(grep -c '^There is nothing more to give' out)" "2 1" \
    "the change is shown again before the next question"
says '^    0000:01:00.1 (.*), which the guest gets$' "and the last question has it"
rm -rf state
talk '#=g #=n' apply -i gaming
is "$status $(written)" "0 0" "g, and then n: nothing"

# ---- a domain with much to ask about

# Two groups, one of them by a claim that is not managed; such a claim in a group of its own; a
# placeholder whose device is gone; a password.
hostdev() {
    echo "<hostdev mode='subsystem' type='pci' managed='$1'>
        <source><address domain='0' bus='$2' slot='$3' function='0'/></source>${4-}</hostdev>"
}
{
    echo "<domain type='kvm'><name>much</name><uuid>0d6f1c9e-3a52-4c0b-9a57-5b1f8e2d7a11</uuid>"
    echo "<memory>1024</memory><os><type arch='x86_64'>hvm</type></os><devices>"
    hostdev yes 1 0
    hostdev no 7 1
    hostdev no 8 0x10
    hostdev yes 9 0 "<address type='unassigned'/>"
    echo "<graphics type='vnc' passwd='sesame'/></devices></domain>"
} >much.xml
sed "/^<node>/r much.xml" "$srcdir/examples/demo-host.xml" >host.xml
uri=test://$tmp/host.xml
all='--managed --prune'

# shellcheck disable=SC2086 # words
talk '#=y #=y #=n #=v #=y !=y' apply -i $all much
is "$status $(written)" "0 1" "pruned; one group, not the other; managed"
golden out interactive-much.txt
is "$(grep '"after"' state/transactions/*/0001.json | grep -o "managed='no'" | wc -l | tr -d ' ')" 1 \
    "what was declined stays as it is"
rm -rf state
# shellcheck disable=SC2086
talk '#=n' apply -i $all much
is "$status $(written)" "0 0" "a domain that keeps what is gone is left as it is"
says '^virt-iommufix: much: refused: 0000:09:00.0 (' "the reason is printed"
says ' virt-iommufix -c test:[^ ]* apply --managed --prune much$' "and the command, unbroken"
# shellcheck disable=SC2086
talk '#=y #=a !=y' apply -i $all much
is "$(grep -c "^    0000:0[17]\|much: sets managed='yes' on 2 devices$\|much: removes 1 placeholder$" out)" $((6 + 3 + 2)) \
    "a: this and all that follow"
rm -rf state
# shellcheck disable=SC2086
talk '#=y #=y #=d !=y' apply -i $all much
is "$(grep -c 'much: group 1[24] stays as it is' out) $(sed -n '/host loses 3 devices/,$p' out | grep -c '^    0000:01')" "2 3" \
    "d: neither this nor any that follow"
rm -rf state

# shellcheck disable=SC2086
talk '#=y #=n #=y #=y !=y' apply -i $all much
is "$status $(written)" "0 1" "pruned; not the first group, but the second"
says 'much: group 1 stays as it is; the guest might not start, because the host might keep 0000:01:00.1' \
    "what was declined and keeps the domain from starting is reported"
! grep -q 'sesame' out && ! grep -rq 'sesame' state
result "no password in what is shown and in the record"
rm -rf state

# ---- a stylesheet of the site's own

cat >own.xsl <<'END'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="/plans"><diff>
    <xsl:if test="plan/group/member[@verdict='add']">
      <add sel="{plan/insert/@sel}" pos="{plan/insert/@pos}">
        <xsl:for-each select="plan/group/member[@verdict='add']">
          <hostdev mode="subsystem" type="pci" managed="yes"><source><xsl:copy-of select="address"/></source>
            <address type="unassigned"/></hostdev></xsl:for-each>
      </add>
      <remove sel="/domain/features"/>
    </xsl:if></diff></xsl:template>
</xsl:stylesheet>
END
if under_valgrind; then
    skip "its hunk" "valgrind can't run within the limits of a site's stylesheet"
else
    talk '#=y !=n' apply -i --stylesheet own.xsl gaming
    is "$(sed '/Add these/,$d' out | grep -c '^-  </*features>')" 2 "what it takes out is in the hunk"
    is "$(sed -n '/Add these/,$p' out | grep -c '^-  </*features>')" 2 "and in the diff of the whole"
fi

# ---- the same domain by two names, and one that fails

talk '#=n' apply -i gaming 7e1a4b52-c8d3-4f19-8b6e-2f90d5a3c641
is "$status $(written)" "0 0" "a domain that is named twice is asked about once"
says '1 domain: 1 declined\.' "and counted once"
talk '#=q' apply -i nobody gaming
is "$status" 2 "q: a domain that failed before has failed"

# ---- where standard output is a file

printf '%s\ty\n%s\tn\n' "$keys" "$ask" >script
# shellcheck disable=SC2016 # for another shell
"$PTY" script sh -c '"$0" "$@" >diff' "$VIRT_IOMMUFIX" -c "$uri" apply -i gaming >out 2>err
grep -q '^+++ gaming.xml$' diff && ! grep -q 'Declare' diff
result "the file has the diff, and the dialogue is on the terminal"

# ---- color

printf '%s\tq\n' "$keys" >script
"$PTY" script env -u NO_COLOR "$VIRT_IOMMUFIX" -c "$uri" apply -i gaming >out 2>err
grep -q "^$(printf '\033')\[32m+ *<hostdev" out
result "what is added is green"

# ---- undo asks, too

talk '!=y' apply gaming
"$VIRT_IOMMUFIX" --host host.xml rewrite gaming >gaming.xml 2>err
awk '/^  <domain/ { block = "" ; on = 1 }
    on { block = block $0 "\n"
        if (/<name>gaming</) while ((getline line <"gaming.xml") > 0) new = new line "\n"
        if (/^  <\/domain>/) { printf "%s", new != "" && block ~ /<name>gaming</ ? new : block; on = 0 }
        next }
    { print }' host.xml >after.xml
mv after.xml host.xml
talk '!=n' undo
is "$status $(written)" "0 1" "undo, n: nothing is written"
says '^-.*unassigned' "undo shows the diff"
says '1 to undo\. Nothing was written\.$' "and the summary"
talk '!=y' undo --quiet
is "$status $(written)" "0 2" "undo, y: written"
is "$(grep -c '^virt-iommufix: [0-9]* domain\|to use the change' out)" 0 "--quiet: without a summary and notes" || show out

# ---- usage

for words in '--interactive --yes' '--interactive --json'; do
    # shellcheck disable=SC2086 # words
    tool -c "$demo" apply $words gaming
    is "$status" 2 "$words: an error"
done
tool -c "$demo" apply --interactive gaming </dev/null
is "$status" 2 "--interactive without a terminal: an error"

finish
