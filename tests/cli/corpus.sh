#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# For every domain of tests/data/domains: what is added, and that the diff, the new text and the
# patch of a plain xsltproc agree. Hosts are captures; corpus-sysfs.sh does the same with sysfs
# trees.

. "$srcdir/tests/cli/lib.sh"

source=${source:-capture}

# host_option HOST: leaves in $option and $value what names it to the tool.
host_option() {
    if [ "$source" = sysfs ]; then
        option=--sysroot
        value=$(make_sysroot "$1")
    else
        option=--host
        value=$(make_capture "$1")
    fi
}

# examine FIXTURE STATUS ADDITIONS
examine() {
    name="$1 ($source)"
    xml=$srcdir/tests/data/domains/$1.xml
    host_option "${1%%--*}"
    mkdir -p work
    copy "$xml" work/domain.xml

    tool "$option" "$value" plan work/domain.xml
    cp out plan.xml
    is "$(additions <plan.xml)" "$3" "$name: adds what it should"
    xmllint --noout --relaxng "$srcdir/xslt/plan.rng" plan.xml 2>rng.err
    result "$name: the plan is valid" || show rng.err
    xsltproc "$srcdir/xslt/complete-groups.xsl" plan.xml >xsltproc.xml &&
        "$APPLY_STYLESHEET" <plan.xml >own.xml &&
        [ "$(xmllint --c14n xsltproc.xml)" = "$(xmllint --c14n own.xml)" ]
    result "$name: xsltproc makes the same patch"

    tool "$option" "$value" rewrite work/domain.xml
    is "$status" "$2" "$name: rewrite's exit status"
    cp out rewritten.xml
    tool "$option" "$value" diff work/domain.xml
    is "$status" "$2" "$name: diff's exit status"
    cp out change.diff
    each=each/${1%%--*}
    mkdir -p "$each"
    cp "$xml" "$each/"
    tail -n +3 change.diff >"$each/$1.diff"

    if [ "$3" = - ]; then
        same rewritten.xml "$xml" "$name: not a byte changes"
        is "$(cat change.diff)" "" "$name: there is no diff"
        return
    fi
    patch -s -p0 <change.diff >patch.out 2>&1
    same work/domain.xml rewritten.xml "$name: the diff applied is the new text"
    mkdir -p "done/${1%%--*}"
    cp rewritten.xml "done/${1%%--*}/${1#*--}.xml"
    virt-xml-validate rewritten.xml domain >validate.out 2>&1
    result "$name: libvirt's schema takes the result" || show validate.out
}

while read -r fixture only expected adds; do
    case $fixture:$only in
    :* | '#'*) continue ;;
    *:node) [ "$source" = capture ] || continue ;;
    *:sysfs) [ "$source" = sysfs ] || continue ;;
    esac
    examine "$fixture" "$expected" "$adds"
done <"$srcdir/tests/data/expected.txt"

# Many domains in one run. Under valgrind these runs cover each fixture.
for host in each/*; do
    host_option "${host#each/}"
    VALGRIND_RUNS=all "$VIRT_IOMMUFIX" "$option" "$value" diff "$host"/*.xml >out 2>err
    grep -v -e '^--- each/' -e '^+++ each/' out >many.diff
    cat "$host"/*.diff >each.diff
    same many.diff each.diff "${host#each/} ($source): the diff of many domains is that of each"
done

# To be unreadable is 2.
for host in done/*; do
    host_option "${host#done/}"
    tool "$option" "$value" diff "$host"/*.xml
    [ ! -s out ] && [ "$status" -ne 2 ]
    result "${host#done/} ($source): what was rewritten is not changed again" || show out
done

for xml in "$srcdir"/tests/data/domains/*.xml; do
    grep -q "^$(basename "$xml" .xml) " "$srcdir/tests/data/expected.txt" "$srcdir/tests/data/uses.txt" ||
        echo "$xml"
done >forgotten
is "$(cat forgotten)" "" "tests/data/expected.txt or tests/data/uses.txt knows every fixture"

finish
