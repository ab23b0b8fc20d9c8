#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every form of text: encodings, line ends, white space, quotes. The result does not depend on the
# form: to change a domain and then convert it gives the same bytes as to convert it first. Where
# this cannot be compared, the new text without the additions is the old text. There are more forms
# in tests/data/domains/*--text-*.xml.

# shellcheck disable=SC2016 # programs of awk and sed

. "$srcdir/tests/cli/lib.sh"

sysroot=$(make_sysroot gpu-desktop)

# A claim, a placeholder that is gone, and all that is around them in the tests below
cat >base.xml <<XML
<?xml version="1.0" encoding="UTF-8"?>
<domain type='kvm' id='1'>
  <name>text</name>
  <description>WORDS</description>
  <memory unit='KiB'>4194304</memory>
  <metadata>
    <site xmlns='urn:site' a='b > c'><devices><hostdev type='pci'/></devices></site>
  </metadata>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  <devices>
    <!-- no <hostdev> -->
    <hostdev mode='subsystem' type='pci' managed='no'>
      <source>
        <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
      </source>
      <?site </hostdev> ?>
    </hostdev>
    <hostdev mode='subsystem' type='pci'>
      <source>
        <!-- </hostdev> -->
        <address domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
      </source>
    </hostdev>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source>
        <address domain='0x0000' bus='0x09' slot='0x00' function='0x0'/>
      </source>
      <address type='unassigned'/>
    </hostdev>
    <memballoon model='none'/>
  </devices>
  <commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'>
    <arg value='a>b'/>
  </commandline>
</domain>
XML

# What is made of it, by hand: with --prune, and with --prune --managed
hostdevs() {
    for function in 1 2 3; do
        cat <<XML
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source>
        <address domain='0x0000' bus='0x01' slot='0x00' function='0x$function'/>
      </source>
      <address type='unassigned'/>
    </hostdev>
XML
    done
}
hostdevs >new
awk '/<hostdev mode/ { n++ }
    n == 3 { if (/<\/hostdev>/) { n++; while ((getline line < "new") > 0) print line } ; next }
    { print }' base.xml >added.xml
sed -e "s/managed='no'/managed='yes'/" -e "s/type='pci'>\$/type='pci' managed='yes'>/" added.xml >managed.xml

# form NAME COMMAND...: the form is what COMMAND, a filter, makes of a text.
form() {
    name=$1
    shift
    "$@" <base.xml >in.xml
    for want in added managed; do
        option=
        [ $want = added ] || option=--managed
        "$@" <$want.xml >want.xml
        # shellcheck disable=SC2086 # none or one
        tool --sysroot "$sysroot" rewrite --prune $option in.xml
        cp out got.xml
        is "$status" 0 "$name, $want: rewrite" || show err
        same got.xml want.xml "$name, $want: nothing else changes"
        cp in.xml patched.xml
        # shellcheck disable=SC2086
        tool --sysroot "$sysroot" diff --prune $option patched.xml
        patch -s -p0 --binary <out >patch.out 2>&1
        same patched.xml want.xml "$name, $want: the diff, applied" || show patch.out
        # shellcheck disable=SC2086
        tool --sysroot "$sysroot" rewrite --prune $option got.xml
        same out got.xml "$name, $want: a second run changes nothing"
    done
}

form "plain" cat
form "CRLF" sed "s/\$/$(printf '\r')/"
form "a BOM" sed "1s/^/$(printf '\357\273\277')/"
form "no final newline" awk 'NR > 1 { printf "\n" } { printf "%s", $0 }'
form "tabs" sed "s/  /$(printf '\t')/g"
form "three spaces" sed 's/  /   /g'
form "double quotes" tr "'" '"'
form "one line" sh -c "sed 's/^ *//' | tr -d '\n'"
form "no XML declaration" sed 1d
form "a declaration in single quotes, with spaces" sed "1s/.*/<?xml version = '1.0'\tencoding = 'utf-8' standalone='yes' ?>/"
form "blank lines around" sed -e 's/^  <devices>/\n\n&/' -e 's/^    <memballoon/\n  \n&/' -e '$s/$/\n\n/'
form "trailing comments" sed 's/<memory.*/& <!-- a --> <?b c?>/'
form "spaces in end tags" sed 's,</devices>,</devices  >,; s,</name>,</name\t>,'
form "CDATA" sed 's,WORDS,<![CDATA[<devices><hostdev]]> ]]\&gt;,'
form "references" sed 's,WORDS,\&lt;\&amp;\&#60;\&#x3c;\&quot;,'

# in_encoding ENCODING WORDS
in_encoding() {
    sed "1s/UTF-8/$1/; s/WORDS/$2/" | iconv -f UTF-8 -t "$1"
}

while read -r encoding words; do
    if echo "$words" | iconv -f UTF-8 -t "$encoding" >/dev/null 2>&1; then
        form "$encoding" in_encoding "$encoding" "$words"
    else
        skip "$encoding" "iconv does not know it"
    fi
done <<LIST
UTF-8 Grüße-日本-😀
utf-8 Grüße
Utf-8 Grüße
UTF8 Grüße
US-ASCII words
ISO-8859-1 Grüße
ISO-8859-15 Grüße-€
windows-1252 Grüße-€
CP850 Grüße
KOI8-R Привет
EUC-JP 表日本
Shift_JIS 表日本ソ
GB18030 中文-€-😀
Big5 中文功
EUC-KR 안녕
TIS-620 สวัส
LIST

# keeps NAME OPTION...: in.xml is changed, and without what was added and with each managed
# taken out, it is as it was. Each addition is in one line, as in in.xml.
keeps() {
    name=$1
    shift
    tool --sysroot "$sysroot" rewrite "$@" in.xml
    cp out got.xml
    is "$status $(grep -o "address type=.unassigned." got.xml | wc -l)" "0 3" "$name: rewrite $*"
    for file in in got; do
        tr '\n\r' '\001\002' <$file.xml | sed -E \
            -e "s,[[:space:]$(printf '\001\002')]*<hostdev [^>]*>[^<]*<source>[^<]*<address [^>]*/>[^<]*</source>[^<]*<address type=.unassigned./>[^<]*</hostdev>,,g" \
            -e "s/[[:space:]$(printf '\001\002')]+managed[[:space:]$(printf '\001\002')]*=[^\"']*([\"'])[a-z]*\1//g" >$file.kept
    done
    same got.kept in.kept "$name: rewrite $*: what was there stays"
    cp in.xml patched.xml
    tool --sysroot "$sysroot" diff "$@" patched.xml
    patch -s -p0 --binary <out >patch.out 2>&1
    same patched.xml got.xml "$name: diff $*, applied" || show patch.out
    xmllint --noout got.xml 2>xmllint.err
    result "$name: $*: is well-formed" || show xmllint.err
    tool --sysroot "$sysroot" rewrite "$@" got.xml
    same out got.xml "$name: rewrite $*: a second run changes nothing"
}

# odd NAME SED-SCRIPT: only.xml, with that
odd() {
    sed -e "$2" only.xml >in.xml
    ! cmp -s in.xml only.xml
    result "$1: is another text"
    keeps "$1"
    keeps "$1" --managed
}

cr=$(printf '\r')
awk '/<hostdev mode/ { n++ } n == 2 || n == 3 { if (/<\/hostdev>/ && n == 3) n++; next } { print }' base.xml >only.xml
odd "mixed line ends" "2~3s/\$/$cr/"
odd "lone CR" "s/' type/'${cr}type/; s/<source>/$cr<source>$cr/"
odd "trailing spaces" 's/$/  \t/'
odd "no indentation" 's/^ *//'
odd "blank lines" 's/$/\n\n   /'
odd "mixed quotes" "s/mode='subsystem'/mode=\"subsystem\"/; s/managed='no'/managed=\"no\"/"
odd "attributes over several lines" "s/<hostdev mode='subsystem' type='pci' managed='no'/<hostdev\n  mode='subsystem'\n\tmanaged\n=\n'no'   type = 'pci'\n/"
odd "managed first" "s/<hostdev mode='subsystem' type='pci' managed='no'/<hostdev managed='no' mode='subsystem' type='pci'/"
odd "no managed" "s/ managed='no'//"
odd "no managed, and the tag over several lines" "s/<hostdev mode='subsystem' type='pci' managed='no'/<hostdev\n   mode='subsystem' type='pci'\n   /"
odd "> in attributes" "s/managed='no'/note='a>b\"\/>' managed='no'/"
odd "a value like managed" "s/managed='no'/note=\"managed:'no'\"/"
odd "managed in a namespace" "s/managed='no'/xmlns:q='urn:q' q:other='no'/"
odd "comments and PIs next to it" "s/<hostdev mode/<?a ?><!-- <hostdev> --><hostdev mode/; s/<\/hostdev>\$/<\/hostdev> <!-- b --> <?c ?>/"
odd "CDATA inside" 's/<source>/<![CDATA[ <\/hostdev><hostdev> ]]><source>/'
odd "text between" 's/<\/hostdev>$/<\/hostdev> text/'
odd "several devices elements" 's,</devices>,</devices><devices/><devices></devices>,'
odd "spaces in tags" "s,/>, />,; s,</hostdev>,</hostdev\n  >,"

# Nothing is claimed: <devices> may end in any way.
sed "/<hostdev mode/,/<\/hostdev>/d" only.xml >none.xml
for empty in '<devices/>' '<devices></devices>' '<devices  />'; do
    awk -v empty="$empty" '/<devices>$/ { print "  " empty; skip = 1 } !skip { print } /^  <\/devices>/ { skip = 0 }' none.xml >in.xml
    for command in rewrite 'rewrite --managed --prune'; do
        # shellcheck disable=SC2086 # words
        tool --sysroot "$sysroot" $command in.xml
        same out in.xml "$empty: $command changes nothing"
    done
done

# 1,000 claims, each in a group with a device that is missing, and 1,000 that are gone
awk 'BEGIN {
    for (i = 0; i < 1000; i++) {
        bus = 16 + int(i / 32); slot = i % 32
        printf "0000:%02x:%02x.0 %d 030000 0 10de:1e84 vfio-pci\n", bus, slot, i
        printf "0000:%02x:%02x.1 %d 040300 0 10de:10f8 snd_hda_intel\n", bus, slot, i
    }
}' >many.txt
"$srcdir/tests/tools/make-host.sh" node many.txt >many-host.xml
# many GONE MANAGED NEW: the 1,000 that are gone, the word of every second claim, what is missing
many() {
    awk -v gone="$1" -v managed="$2" -v new="$3" '
        function hostdev(domain, bus, slot, fn, how, tail) {
            printf "    <hostdev mode=\"subsystem\" type=\"pci\"%s>\n      <source>\n", how
            printf "        <address domain=\"0x%04x\" bus=\"0x%02x\" slot=\"0x%02x\" function=\"0x%x\"/>\n", domain, bus, slot, fn
            printf "      </source>\n%s    </hostdev>\n", tail
        }
        BEGIN {
            tail = "      <address type=\"unassigned\"/>\n"
            yes = " managed=\"yes\""
            print "<domain type=\"kvm\">\n  <name>many</name>\n  <devices>"
            for (i = 0; i < 1000; i++) {
                hostdev(0, 16 + int(i / 32), i % 32, 0, i % 2 ? managed : (managed == yes ? yes : ""), "")
                if (gone)
                    hostdev(0, 128 + int(i / 32), i % 32, 0, yes, tail)
            }
            for (i = 0; new && i < 1000; i++)
                hostdev(0, 16 + int(i / 32), i % 32, 1, yes, tail)
            print "  </devices>\n</domain>"
        }'
}
many 1 ' managed="no"' 0 >many.xml
many 0 ' managed="yes"' 1 >want.xml
tool --host many-host.xml rewrite --managed --prune many.xml
is "$status" 0 "1,000 hostdevs: rewrite --managed --prune"
same out want.xml "1,000 hostdevs: added, managed, taken out"
tool --host many-host.xml diff --managed --prune many.xml
patch -s -p0 <out >patch.out 2>&1
same many.xml want.xml "1,000 hostdevs: the diff, applied"
many 0 ' managed="no"' 0 >many.xml
many 0 ' managed="no"' 1 >want.xml
tool --host many-host.xml rewrite many.xml
same out want.xml "1,000 hostdevs: added"

finish
