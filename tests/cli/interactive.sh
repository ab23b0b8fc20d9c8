#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply and undo on a terminal: the dialogue of --interactive, its editor, and the question. Over
# libvirt's test driver, whose domains live as long as the process.

# shellcheck disable=SC2016 # what the scripts of editors say is for them to expand

. "$srcdir/tests/cli/lib.sh"

demo=test://$srcdir/examples/demo-host.xml
VIRT_IOMMUFIX_STATE=$tmp/state
# What reads and writes here is the tool; sanitizers and valgrind would write to the terminal.
NO_COLOR=1
TERM=vt100
export VIRT_IOMMUFIX_STATE NO_COLOR TERM
keys='[y,n,a,d,e,v,q,?]'
again='[y,n,?]'
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
    "$PTY" script "$VIRT_IOMMUFIX" -c "$demo" "$@" >out 2>err
    status=$?
    sed -i "s/$(date -u +%Y%m%d)-[0-9]*-[0-9]*/ID/g; s,$tmp,TMP,g; s,virt-iommufix-[A-Za-z0-9]*\.xml,FILE,g" out
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
says '2 domains: 2 left\.' "which is said"
talk '#=y #=y !=n' apply -i gaming pbx
is "$status $(written)" "0 0" "y, and n on the last screen: nothing"
for end in q ^D; do
    talk "#=y #=$end" apply -i gaming pbx
    is "$status $(written)" "0 0" "y, then '$end': nothing"
    says '^virt-iommufix: quit: nothing was written$' "'$end': which is said"
done
talk '#=x #=yes #=q' apply -i gaming
says '^y - declare these devices$' "anything else prints the help"

# ---- the editor

editor title 'sed -i "s,<vcpu,<title>by hand</title>&," "$1"'
VISUAL=$tmp/title talk '#=e !=y' apply -i gaming
is "$status $(written)" "0 1" "e: what was edited is written"
says 'to be written: gaming: as it was edited$' "the last screen says so"
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

editor private 'stat -c %a "$1"; echo "$1" >'"$tmp/path"
VISUAL=$tmp/private talk '#=e !=n' apply -i gaming
says '^600$' "nobody else can read the file"
test -s path && ! test -e "$(cat path)"
result "it is gone afterwards"

editor broken 'echo "<domain>" >"$1"'
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
VISUAL=false talk '#=e %=n' apply -i gaming
says 'the editor (false) failed$' "an editor that fails"
VISUAL=$tmp/none talk '#=e %=n' apply -i gaming
says 'the editor (TMP/none) failed$' "an editor that is not there"
is "$(written)" 0 "nothing of that is written"

# ---- usage

for words in '--interactive --yes' '--interactive --json'; do
    # shellcheck disable=SC2086 # words
    tool -c "$demo" apply $words gaming
    is "$status" 2 "$words: an error"
done
tool -c "$demo" apply --interactive gaming </dev/null
is "$status" 2 "--interactive without a terminal: an error"

finish
