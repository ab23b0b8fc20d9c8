#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The words: what groups, check and diff print on the hosts of tests/data/uses.txt, and how they exit.

. "$srcdir/tests/cli/lib.sh"

# said TITLE ARGUMENT...: a command as one would type it, and all that comes of it.
said() {
    title=$1
    shift
    tool "$@"
    printf '$ %s\n' "$title"
    cat out err
    echo "[exit status $status]"
    echo
}

sed -n 's/^\([a-z0-9-]*\)--.*/\1/p' "$srcdir/tests/data/uses.txt" | uniq >hosts
while read -r host; do
    # A path that is the same in each run, because commands have it.
    sysroot=$(make_sysroot "$host")
    sysroot=${sysroot#"$tmp/"}
    {
        said "groups" --sysroot "$sysroot" groups
        for xml in "$srcdir/tests/data/domains/$host"--*.xml; do
            domain=$(basename "$xml" .xml)
            domain=${domain#*--}.xml
            copy "$xml" "$domain"
            said "check $domain" --sysroot "$sysroot" check "$domain"
            cat out >&3
            said "diff $domain" --sysroot "$sysroot" diff "$domain"
        done
    } >"said-$host.txt" 3>each
    golden "said-$host.txt" "uses-$host.txt"
    # Under valgrind this run covers each fixture.
    VALGRIND_RUNS=all "$VIRT_IOMMUFIX" --sysroot "$sysroot" check ./*.xml 2>err | sed 's,\./\([a-z0-9]\),\1,g' >many
    same many each "$host: check reports many domains as it reports each"
    rm ./*.xml
done <hosts

finish
