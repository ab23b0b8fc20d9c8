#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Input that is no domain, no host or no answer: one clear line on stderr, nothing on stdout,
# exit status 2.

. "$srcdir/tests/cli/lib.sh"

host=$(make_capture gpu-desktop)
good=$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml

# fails NAME MESSAGE-PATTERN ARGUMENT...: for each of check, diff, rewrite, plan
fails() {
    name=$1
    pattern=$2
    shift 2
    for command in check diff rewrite plan; do
        tool "$@" "$command" "$subject"
        is "$status" 2 "$name: $command exits with 2" || show err
        is "$(cat out)" "" "$name: $command leaves stdout empty"
        is "$(grep -c -e "$pattern" err)" 1 "$name: $command says why" || show err
        is "$(grep -cv -e '^virt-iommufix: ' err)" 0 "$name: $command says it in its own lines"
    done
}

# with FILE NAME PATTERN
with() {
    subject=$1
    fails "$2" "$3" --host "$host"
}

: >empty.xml
with ./empty.xml "an empty file" '^virt-iommufix: ./empty.xml: it is empty$'

printf '\177ELF\002\001\001\000\000\000' >binary.xml
with ./binary.xml "a binary file" 'it is binary: there is a NUL byte at offset 7$'

head -c 300 "$good" >truncated.xml
with ./truncated.xml "a truncated file" 'truncated.xml: line [0-9]*: '

printf '<network>\n  <name>n</name>\n</network>\n' >network.xml
with ./network.xml "a network" 'network.xml: it holds a <network>, not a <domain>$'

printf '<domain type="kvm">\n  <devices/>\n</domain>\n' >nameless.xml
with ./nameless.xml "a domain without a name" 'the domain has no <name>'

iconv -f UTF-8 -t UTF-16 "$good" >utf16.xml
with ./utf16.xml "UTF-16" 'it is in UTF-16 or UTF-32; convert it to UTF-8 first$'
for encoding in UTF-16LE UTF-16BE UTF-32 UTF-32LE UTF-32BE; do
    iconv -f UTF-8 -t $encoding "$good" >wide.xml
    tool --host "$host" diff ./wide.xml
    is "$status $(head -n 1 err)" \
        "2 virt-iommufix: ./wide.xml: it is in UTF-16 or UTF-32; convert it to UTF-8 first" "$encoding"
done
{ echo '<?xml version="1.0" encoding="IBM037"?>'; cat "$good"; } | iconv -f UTF-8 -t IBM037 >ebcdic.xml
with ./ebcdic.xml "EBCDIC" 'it is in EBCDIC; convert it to UTF-8 first$'

{ printf '<!DOCTYPE domain [<!ENTITY a "b">]>\n'; cat "$good"; } >doctype.xml
with ./doctype.xml "a DOCTYPE" 'line 1: there is a DOCTYPE'

awk 'BEGIN { for (i = 0; i < 300; i++) printf "<a>"; for (i = 0; i < 300; i++) printf "</a>" }' >deep.xml
with ./deep.xml "300 levels" 'deep.xml: line 1: '

with ./absent.xml "a file that is not there" 'cannot read ./absent.xml: No such file or directory$'
with ./ "a folder" 'cannot read ./: it is a directory$'
with /dev/null "a device" 'cannot read /dev/null: it is neither a file nor a pipe$'

for invalid in bus-out-of-range slot-out-of-range function-out-of-range domain-too-big; do
    with "$srcdir/tests/data/domains/invalid/gpu-desktop--$invalid.xml" "$invalid" \
        '/domain/devices/hostdev.*: [a-z]*=.* of a PCI address is out of range: it must be 0x[0-9a-f]* or less$'
done
for invalid in not-a-number negative; do
    with "$srcdir/tests/data/domains/invalid/gpu-desktop--$invalid.xml" "$invalid" \
        '/domain/devices/hostdev.*: [a-z]*=.* of a PCI address is not a number$'
done

# root may read everything, so it steps aside.
copy "$good" unreadable.xml
chmod 000 unreadable.xml
if ! [ -r unreadable.xml ]; then
    with ./unreadable.xml "a file without permission" 'cannot read ./unreadable.xml: Permission denied$'
elif chmod 755 "$tmp" && setpriv --reuid=65534 --regid=65534 --clear-groups -- \
    "$VIRT_IOMMUFIX" --version >/dev/null 2>&1; then
    setpriv --reuid=65534 --regid=65534 --clear-groups -- \
        "$VIRT_IOMMUFIX" --host "$host" check ./unreadable.xml >out 2>err
    is "$? $(cat out)$(head -n 1 err)" \
        "2 virt-iommufix: cannot read ./unreadable.xml: Permission denied" \
        "a file without permission"
else
    skip "a file without permission" "the user may read everything"
fi

subject=gaming
fails "a URI that nobody answers" '^virt-iommufix: cannot connect to qemu+unix:///system?socket=' \
    -c "qemu+unix:///system?socket=$tmp/no-socket"
fails "an unknown driver" '^virt-iommufix: cannot connect to nonsense:///' -c nonsense:///
subject=nobody
fails "an unknown domain" "cannot read domain nobody of test:///.*: Domain not found" -c test:///default
fails "an unknown domain of a capture" 'has no domain nobody' --host "$host"

subject=$good
fails "a host file that is none" 'cannot use .* as a host: it holds a <domain>, not a <node>$' --host "$good"
fails "a sysroot that is none" 'give --sysroot the root of a host' --sysroot "$tmp"

# Captures from which no domain can be cut out as it is.
subject=$good
capture_is() {
    {
        printf '%s\n' "$2"
        sed 1,1d "$host"
    } >capture.xml
    fails "$1" "^virt-iommufix: cannot use capture.xml as a host: $3" --host capture.xml
}
head -n 1 "$host" >first-line
is "$(cat first-line)" "<node>" "captures of the tests begin with <node>"
capture_is "two domains of one name" \
    "<node><domain><name>a</name></domain><domain><name>a</name></domain>" "two domains have the name 'a'\$"
capture_is "a namespace on <node>" "<node xmlns:q='urn:q'>" "<node> declares a namespace"
capture_is "a capture in ISO-8859-1" "<?xml version='1.0' encoding='ISO-8859-1'?><node>" "it is not in UTF-8"
capture_is "a capture with a DOCTYPE" "<!DOCTYPE node [<!ENTITY a 'b'>]><node>" "line 1: there is a DOCTYPE"
{ echo "<node><domain type='kvm'><name>a<b/></name></domain>"; sed 1d "$host"; } >capture.xml
tool --host capture.xml groups
is "$status" 2 "a name that holds an element: groups exits with 2"
is "$(grep -c 'the domain has no <name>' err)" 1 "a name that holds an element counts as none" || show err

awk 'BEGIN {
    print "<domain type=\"kvm\"><name>many</name><devices>"
    for (i = 0; i < 5000; i++)
        print "<hostdev type=\"pci\"/>"
    print "</devices></domain>"
}' >many.xml
with ./many.xml "too many claims" 'it claims more than 4096 host devices$'

# libxml2 itself says nothing.
printf "<?xml version='1.0' encoding='SHIFT_JIS'?><domain><name>a\201\377\377</name></domain>" >sjis.xml
with ./sjis.xml "bytes that the encoding has not" 'sjis.xml: line 1: '

# Escape sequences in names do not reach the terminal.
sed 's,<name>.*</name>,<name>a\&#10;b</name>,' "$good" >"$(printf 'esc\033[31m.xml')"
tool --host "$host" check "$(printf './esc\033[31m.xml')"
is "$(grep -c "$(printf '\033')" out err | grep -cv ':0$')" 0 "no escape sequence comes through"
is "$(wc -l <out)" 7 "a line break in a name breaks no line"

# One bad file does not stop the others.
tool --host "$host" diff ./empty.xml "$good"
is "$status" 2 "a failure among others: the status is 2"
is "$(grep -c '^+      <hostdev\|^+    <hostdev' out)" 3 "a failure among others: the other diff is whole"
is "$(tail -n 1 err)" "virt-iommufix: 2 domains: 1 to change, 0 complete, 0 refused, 1 failed. Nothing was written." \
    "a failure among others: the summary counts it"

# A full disk.
if [ -c /dev/full ]; then
    "$VIRT_IOMMUFIX" --host "$host" diff "$good" "$good" "$good" >/dev/full 2>err
    is "$?" 2 "a full disk: the status is 2"
    is "$(grep -c '^virt-iommufix: cannot write to standard output: No space left on device$' err)" 1 \
        "a full disk: one error"
else
    skip "a full disk" "no /dev/full"
fi

finish
