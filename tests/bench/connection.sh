#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What check and apply cost over a libvirt connection, in units of a bare loop that reads each
# definition once, or defines each once (domains.c).
#
#   VIRT_IOMMUFIX=path MEASURE=path DOMAINS=path srcdir=path connection.sh        (or: ./run bench)
#
# GUESTS (240) guests on a libvirtd of their own, each with a group of four devices. The commands
# alternate, after one round to warm up. Only root can.

: "${GUESTS:=240}"
export GUESTS
BENCH=${BENCH:-$(cd "$(dirname "$0")" && pwd)}
export BENCH
. "$srcdir/tests/integration/lib.sh"
# The tests' own set up comes first; of lib.sh only the table is wanted.
world=$tmp
. "$BENCH/lib.sh"
tmp=$world
cd "$tmp" || exit 2
trap - EXIT

make_guests "$GUESTS"
one=$(vsh "list --all --name" | head -n 1)

# once NAME COMMAND...
once() {
    name=$1
    shift
    "$MEASURE" "$@" >>"$tmp/$name.times"
}

# alternate ROUND: the table of what the function ROUND measures.
alternate() {
    "$1"
    rm -f ./*.times first
    i=0
    while [ "$i" -lt "$rounds" ]; do
        "$1"
        i=$((i + 1))
    done
}

reading() {
    once loop "$DOMAINS" "$uri"
    once 'check --all' "$VIRT_IOMMUFIX" -c "$uri" check --all
    once 'virsh dumpxml' virsh -q -r -c "$uri" dumpxml "$one"
    once 'check DOMAIN' "$VIRT_IOMMUFIX" -c "$uri" check "$one"
}

writing() {
    once 'loop of definitions' "$DOMAINS" "$uri" write
    "$VIRT_IOMMUFIX" -c "$uri" undo --yes >/dev/null 2>&1
    once 'apply --all' "$VIRT_IOMMUFIX" -c "$uri" apply --yes --all
}

alternate reading
start_table "$GUESTS guests, read:" 'a guest'
for name in loop 'check --all' 'virsh dumpxml' 'check DOMAIN'; do
    row "$name" "$GUESTS"
done
alternate writing
start_table "$GUESTS guests, written:" 'a guest'
for name in 'loop of definitions' 'apply --all'; do
    row "$name" "$GUESTS"
done
