#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What check and diff cost over many files, in units of xmllint --noout on the same files.
#
#   VIRT_IOMMUFIX=path MEASURE=path bulk.sh        (or: ./run bench)
#
# FILES (10000) domains of 8 KB have 4 hostdevs in 2 groups, and lack one device each; in a second
# set 1 in 10 lacks one. The commands alternate, after one round to warm up. Then it measures the
# memory for a tenth, once and ten times as many files.

. "$(dirname "$0")/lib.sh"
files=${FILES:-10000}

# Ten times 10,000 names are near the 2 MiB that arguments may take with the usual stack.
# shellcheck disable=SC3045 # bash and dash know -S
ulimit -S -s 32768 2>/dev/null || true

# once NAME COMMAND...: measures it on all files of the working directory
once() {
    name=$1
    shift
    "$MEASURE" "$@" ./*.xml >>"$tmp/$name.times"
}

# one_round FOLDER
one_round() {
    (
        cd "$1" || exit
        once 'xmllint --noout' xmllint --noout
        once check "$VIRT_IOMMUFIX" --host "$tmp/host.xml" check
        once diff "$VIRT_IOMMUFIX" --host "$tmp/host.xml" diff
    )
}

# compare FOLDER WORDS
compare() {
    one_round "$1"
    rm -f ./*.times first
    i=0
    while [ "$i" -lt "$rounds" ]; do
        one_round "$1"
        i=$((i + 1))
    done
    start_table "$2" 'a file'
    for name in 'xmllint --noout' check diff; do
        row "$name" "$files"
    done
}

# peak NAME COMMAND FILE...: the most memory that it held
peak() {
    name=$1
    shift
    if line=$("$MEASURE" "$@" 2>/dev/null); then
        echo "$line" | awk -v name="$name" '{ printf "  %-26s %7.1f MiB\n", name, $3 / 1024 }'
    else
        printf '  %-26s the names are more than one command takes\n' "$name"
    fi
}

# memory FOLDER PATTERN: of a run over its files
memory() {
    (
        cd "$1" || exit
        # shellcheck disable=SC2086 # a pattern
        set -- $2
        printf '\n  %d files\n' "$#"
        peak 'xmllint --noout' xmllint --noout "$@"
        peak diff "$VIRT_IOMMUFIX" --host "$tmp/host.xml" diff "$@"
    )
}

if ! command -v xmllint >/dev/null 2>&1; then
    echo "xmllint is not installed, and it is the unit here: left out"
    exit 0
fi
make_host >host.xml
make_domain yes >complete
make_domain no >lacking
echo "$files files of $(wc -c <lacking) bytes, $rounds rounds"

make_set all 1 "$files"
compare all 'Every file is to change (4 hostdevs in 2 groups, 1 to add):'
make_set tenth 10 "$files"
compare tenth '1 in 10 is to change:'

printf '\nThe most memory, every file to change:\n'
mkdir few many
i=0
while [ "$i" -lt 10 ]; do
    # Links: the files are the same, their names and what is made of them are not.
    cp -rl all "many/$i"
    i=$((i + 1))
done
(cd all && find . -name '*.xml') | head -n $((files / 10)) | while read -r name; do
    ln "all/$name" "few/$name"
done
memory few '*.xml'
memory all '*.xml'
memory many '*/*.xml'
