#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply and undo on a terminal: the dialogue of --interactive, its editor, and the question. Over
# libvirt's test driver, whose domains live as long as the process.

# shellcheck disable=SC2016 # what the scripts of editors say is for them to expand

. "$srcdir/tests/cli/lib.sh"

demo=test://$srcdir/examples/demo-host.xml
uri=$demo
VIRT_IOMMUFIX_STATE=$tmp/state
# What reads and writes here is the tool; sanitizers and valgrind would write to the terminal.
NO_COLOR=1
TERM=vt100
export VIRT_IOMMUFIX_STATE NO_COLOR TERM
keys='[y,n,a,d,e,v,q,?]'
again='[y,n,q,?]'
ask='[y/N]'

printf '' >script
"$PTY" script true >out 2>err
if [ $? -eq 77 ]; then
    skip "all of it" "$(cat err)"
    finish
    exit
fi

# talk ANSWERS ARGUMENT...: the tool on a terminal. ANSWERS is a list of QUESTION=ANSWER, with # for
# the keys, % for "again", ! for the last question; what was said goes to $tmp/out.
talk() {
    for answer in $1; do
        case $answer in
        '#='*) printf '%s\t%s\n' "$keys" "${answer#??}" ;;
        '%='*) printf '%s\t%s\n' "$again" "${answer#??}" ;;
        '!='*) printf '%s\t%s\n' "$ask" "${answer#??}" ;;
        esac
    done >script
    shift
    "$PTY" script "$VIRT_IOMMUFIX" -c "$uri" "$@" >out 2>err
    status=$?
    # How far a slow run is, is shown between the questions.
    sed -i "s/$(printf '\033')\[K//g; s/[0-9][0-9]* of [0-9][0-9]*\([a-z-]\)/\1/
        s/[0-9]\{8\}-[0-9]\{6\}-[0-9]*/ID/g; s,$tmp,TMP,g" out
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

# editor NAME SCRIPT: an editor of that name; its file is "$1".
editor() {
    printf '#!/bin/sh\n%s\n' "$2" >"$1"
    chmod +x "$1"
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
    says 'Nothing was written\.$' "'$no': which is said"
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
says '2 domains: 2 declined\.' "which is said"
talk '#=y #=y !=n' apply -i gaming pbx
is "$status $(written)" "0 0" "y, and n on the last screen: nothing"
for end in q ^D; do
    talk "#=y #=$end" apply -i gaming pbx
    is "$status $(written)" "0 0" "y, then '$end': nothing"
    says '^virt-iommufix: quit: nothing was written$' "'$end': which is said"
done
talk '#=x #=yes #=q' apply -i gaming
says '^y - make this change$' "anything else prints the help"

# ---- the editor

editor title 'sed -i "s,<vcpu,<title>by hand</title>&," "$1"'
VISUAL=$tmp/title talk '#=e !=y' apply -i gaming
is "$status $(written)" "0 1" "e: what was edited is written"
says 'to be written: gaming: as it was edited$' "the last screen says so"
says '^+  <title>by hand</title><vcpu' "and the diff shows it"
is "$(sed -n '/^(1/,$p' out | grep -c '^+ .*unassigned')" 3 "with the placeholders"
is "$(sed -n '/^(1/,$p' out | grep -c '^-  ')" 1 "and nothing else"
grep -q '<title>by hand</title>' state/transactions/*/0001.json
result "the record has it"
grep -q 'unassigned' state/transactions/*/0001.json
result "together with the placeholders"
rm -rf state

editor nothing 'test "$1 $2" = "--with arguments" && test "$(grep -c unassigned "$3")" -eq 3'
EDITOR="$tmp/nothing --with arguments" VISUAL='' talk '#=e !=y' apply -i gaming
is "$status $(written)" "0 1" "e, nothing edited: the change as it is"
says 'to be written: gaming: adds 0000:01:00.1' "the last screen says so"
rm -rf state

editor private 'stat -c %a "$1" "${1%/*}"; echo "$1" >'"$tmp/path"'; cp "$1" "$1~"'
VISUAL=$tmp/private talk '#=e !=n' apply -i gaming
says '^600$' "nobody else can read the file"
says '^700$' "nor what the editor leaves beside it"
test -s path && ! test -e "$(dirname "$(cat path)")"
result "all of it is gone afterwards"
VISUAL="$tmp/private \$1 && kill -INT \$PPID; false" talk '#=e %=n' apply -i gaming
is "$status" 0 "what is typed to end a program does not end the tool"
test -s path && ! test -e "$(dirname "$(cat path)")"
result "an editor that fails leaves nothing behind"
if under_valgrind; then
    skip "a signal that ends the tool does so once the editor has ended" \
        "valgrind takes what it had in hand for lost"
else
    VISUAL="$tmp/private \$1; kill -TERM \$PPID; :" talk '#=e' apply -i gaming
    is "$status" 143 "a signal that ends the tool does so once the editor has ended"
    test -s path && ! test -e "$(dirname "$(cat path)")"
    result "and leaves nothing behind"
fi

editor broken 'echo "<domain>" >"$1"'
for end in q ^D; do
    VISUAL=$tmp/broken talk "#=y #=e %=$end" apply -i pbx gaming
    is "$status $(written)" "0 0" "e, bad XML, '$end': nothing, of no domain"
    says '^virt-iommufix: quit: nothing was written$' "'$end': which is said"
done
VISUAL=$tmp/broken talk '#=e %=? %=n' apply -i gaming
is "$status $(written)" "0 0" "e, bad XML, n: nothing"
golden out interactive-edit.txt

editor mended 'if test -e '"$tmp/second"'; then cp '"$tmp/second"' "$1"; else
cp "$1" '"$tmp/second"'; echo "<domain>" >"$1"; fi'
VISUAL=$tmp/mended talk '#=e %=y !=y' apply -i gaming
is "$status $(written)" "0 1" "e, bad XML, y, good XML: written"
rm -rf state

editor other 'sed -i "s,<name>gaming,<name>other," "$1"'
VISUAL=$tmp/other talk '#=e %=n' apply -i gaming
says 'it is another domain: name and uuid must stay as they are$' "another name is refused"
editor gone "sed -i \"s,bus='0x01' slot='0x00' function='0x0'/>,bus='0x7e' slot='0x00' function='0x0'/>,\" \"\$1\""
VISUAL=$tmp/gone talk '#=e %=n' apply -i gaming
says 'is declared, but is not on this host' "a device that is not there is refused"
editor latin1 'printf "<?xml version=\047\061.0\047 encoding=\047ISO-8859-1\047?>%s" "$(cat "$1")" >"$1.new"; mv "$1.new" "$1"'
VISUAL=$tmp/latin1 talk '#=e %=n' apply -i gaming
says 'it is not in UTF-8' "another encoding is refused"
editor back 'sed -i "/<hostdev/{:a;N;/<.hostdev>/!ba;/unassigned/d}" "$1"'
VISUAL=$tmp/back talk '#=e' apply -i gaming
says '1 domain: 1 declined\.' "edited back to what it was: nothing is to be written"
VISUAL=false talk '#=e %=n' apply -i gaming
says 'the editor (false) failed$' "an editor that fails"
VISUAL=$tmp/none talk '#=e %=n' apply -i gaming
says 'the editor (TMP/none) failed$' "an editor that is not there"
is "$(written)" 0 "nothing of that is written"

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
says 'much: refused: 0000:09:00.0 of .*(placeholder-gone)$' "and that is said"
# shellcheck disable=SC2086
talk '#=y #=a !=y' apply -i $all much
says 'to be written: much: adds 0000:01:00.1, 0000:01:00.2, 0000:01:00.3, 0000:07:00.0, 0000:07:00.1, 0000:07:02.0; makes 2 claims managed; takes 1 placeholder out$' \
    "a: this and all that follow"
rm -rf state
# shellcheck disable=SC2086
talk '#=y #=y #=d !=y' apply -i $all much
says 'to be written: much: adds 0000:01:00.1, 0000:01:00.2, 0000:01:00.3; takes 1 placeholder out$' \
    "d: neither this nor any that follow"
rm -rf state

editor secret 'cp "$1" '"$tmp/edited; "'sed -i "s,sesame,tahini,; s,<vcpu,<title>t</title>&," "$1"'
# shellcheck disable=SC2086
VISUAL=$tmp/secret talk '#=y #=n #=e !=y' apply -i --keep-backup $all much
is "$status $(written)" "0 1" "y, n, e: written as it was edited"
is "$(grep -c unassigned edited) $(grep -c 'sesame' edited)" "3 1" \
    "what is edited has what was agreed to and this, and the password"
! grep -q 'sesame\|tahini' out && ! grep -rq 'sesame\|tahini' --include='*.json' state
result "no password in what is shown and in the record"
grep -q 'sesame' state/transactions/*/0001.secret.xml
result "but in the backup that was asked for"
says 'much: it may not start: of group 1 the host may keep 0000:01:00.1' \
    "what the edit leaves undone is said"
rm -rf state

# A device of a group that the domain had nothing of
editor add "sed -i \"s,<hostdev mode,$(hostdev yes 7 1 | tr -d '\n')&,;ta;b;:a;n;ba\" \"\$1\""
VISUAL=$tmp/add talk '#=e !=y' apply -i gaming
is "$status $(written)" "0 1" "a device of another group can be put in"
says 'gaming: it may not start: of group 12 the host may keep 0000:07:00.0, 0000:07:00.1, 0000:07:02.0$' \
    "what its group lacks is said"
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
    is "$(sed '/^(1/,$d' out | grep -c '^-  </*features>')" 2 "what it takes out is in the hunk"
    is "$(sed -n '/^(1/,$p' out | grep -c '^-  </*features>')" 2 "and in the diff of the whole"
fi

# ---- the same domain by two names, and one that fails

talk '#=n' apply -i gaming 7e1a4b52-c8d3-4f19-8b6e-2f90d5a3c641
is "$status $(written)" "0 0" "a domain that is named twice is asked about once"
says '1 domain: 1 declined\.' "and counted once"
talk '#=q' apply -i nobody gaming
is "$status" 2 "q: a domain that failed before has failed"

# ---- where standard output is a file

editor shown 'test -t 1 && echo shown; echo >>"$1"'
printf '%s\te\n%s\tn\n' "$keys" "$ask" >script
VISUAL=$tmp/shown "$PTY" script sh -c '"$0" "$@" >diff' "$VIRT_IOMMUFIX" -c "$uri" apply -i gaming \
    >out 2>err
says '^shown$' "the editor has the terminal"
grep -q '^+++ gaming.xml$' diff && ! grep -q 'shown' diff
result "and the file has the diff"

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
talk '!=y' undo
is "$status $(written)" "0 2" "undo, y: written"

# ---- usage

for words in '--interactive --yes' '--interactive --json'; do
    # shellcheck disable=SC2086 # words
    tool -c "$demo" apply $words gaming
    is "$status" 2 "$words: an error"
done
tool -c "$demo" apply --interactive gaming </dev/null
is "$status" 2 "--interactive without a terminal: an error"

finish
