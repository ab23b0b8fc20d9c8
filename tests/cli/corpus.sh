#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Over every domain of tests/domains: what is added, and that the diff, the new text and
# the patch of a plain xsltproc are one thing.

. "$srcdir/tests/cli/lib.sh"

# examine FIXTURE SOURCE STATUS ADDITIONS OPTION VALUE
examine() {
    name="$1 ($2)"
    xml=$srcdir/tests/domains/$1.xml
    mkdir -p work
    cp "$xml" work/domain.xml

    tool "$5" "$6" plan work/domain.xml
    cp out plan.xml
    is "$(additions <plan.xml)" "$4" "$name: adds what it should"
    xmllint --noout --relaxng "$srcdir/xslt/plan.rng" plan.xml 2>rng.err
    result "$name: the plan is valid" || show rng.err
    xsltproc "$srcdir/xslt/complete-groups.xsl" plan.xml >xsltproc.xml &&
        "$APPLY_STYLESHEET" <plan.xml >own.xml &&
        [ "$(xmllint --c14n xsltproc.xml)" = "$(xmllint --c14n own.xml)" ]
    result "$name: xsltproc makes the same patch"

    tool "$5" "$6" rewrite work/domain.xml
    is "$status" "$3" "$name: rewrite's exit status"
    cp out rewritten.xml
    tool "$5" "$6" diff work/domain.xml
    is "$status" "$3" "$name: diff's exit status"
    cp out change.diff

    if [ "$4" = - ]; then
        same rewritten.xml "$xml" "$name: not a byte changes"
        is "$(cat change.diff)" "" "$name: there is no diff"
        return
    fi
    patch -s -p0 <change.diff >patch.out 2>&1
    same work/domain.xml rewritten.xml "$name: the diff applied is the new text"
    tool "$5" "$6" rewrite work/domain.xml
    same out rewritten.xml "$name: a second rewrite changes nothing"
    virt-xml-validate rewritten.xml domain >validate.out 2>&1
    result "$name: libvirt's schema takes the result" || show validate.out
}

while read -r fixture source expected adds; do
    case $fixture in
    '' | '#'*) continue ;;
    esac
    host=${fixture%%--*}
    if [ "$source" != node ]; then
        examine "$fixture" sysfs "$expected" "$adds" --sysroot "$(make_sysroot "$host")"
    fi
    if [ "$source" != sysfs ]; then
        examine "$fixture" capture "$expected" "$adds" --host "$(make_capture "$host")"
    fi
done <"$srcdir/tests/expected.txt"

for xml in "$srcdir"/tests/domains/*.xml; do
    grep -q "^$(basename "$xml" .xml) " "$srcdir/tests/expected.txt" || echo "$xml"
done >forgotten
is "$(cat forgotten)" "" "tests/expected.txt knows every fixture"

finish
