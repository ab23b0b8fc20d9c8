#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What libvirt waits for when a guest starts: the hook, on hosts of many sizes.
#
#   VIRT_IOMMUFIX=path MEASURE=path MAKE_TREE=path hook.sh      (or: ./run bench)
#
# The guest has a card of two functions and an NVMe disk. The usual host has 500 processes, 10
# disks, 50 mounts, 5 network namespaces and no other PCI devices; each other one has more of one
# thing. "above" is what the hook takes above starting the tool (--version) in the same round: loading
# libraries, mostly; "ratio" is to that, with its least and its most. "above" is to be at most 15 ms
# for the usual host, and to grow as the host does, except for devices, because it reads only those of
# the guest and of their groups. In the trees nothing has to be asked of the kernel. The last rows are
# this host, as it is and with more processes and network namespaces.

. "$(dirname "$0")/lib.sh"
rounds=${ROUNDS:-15}

hostdev() {
    echo "<hostdev mode='subsystem' type='pci' managed='yes'><source>"
    echo "<address domain='0x$1' bus='0x$2' slot='0x$3' function='0x$4'/></source></hostdev>"
}

{
    echo "<domain type='kvm'><name>guest</name><devices>"
    hostdev 0 1 0 0
    hostdev 0 1 0 1
    hostdev 0 2 0 0
    echo "</devices></domain>"
} >guest.xml

# line NAME WORDS COMMAND...: measures it, in alternation with the start of the tool, and prints a line
# of the table
line() {
    name=$1
    words=$2
    shift 2
    MEASURE_INPUT=$input "$MEASURE" "$@" >/dev/null
    : >"$name.times"
    i=0
    while [ "$i" -lt "$rounds" ]; do
        start=$("$MEASURE" "$VIRT_IOMMUFIX" --version)
        took=$(MEASURE_INPUT=$input "$MEASURE" "$@")
        echo "$took $start" | awk '{ print $1 / 1000, $2 / 1000, $1 / $4, $2 / $5,
            ($1 - $4) / 1000, ($2 - $5) / 1000 }' >>"$name.times"
        i=$((i + 1))
    done
    printf '  %-68s %8.2f %8.2f %6.2f (%5.2f, %5.2f) %8.2f %8.2f %6.2f (%5.2f, %5.2f)\n' "$words" \
        "$(at "$name" 1 2)" "$(at "$name" 5 2)" "$(at "$name" 3 2)" "$(at "$name" 3 1)" \
        "$(at "$name" 3 3)" "$(at "$name" 2 2)" "$(at "$name" 6 2)" "$(at "$name" 4 2)" \
        "$(at "$name" 4 1)" "$(at "$name" 4 3)"
}

# at NAME COLUMN WHERE: of NAME.times the least (1), the median (2) or the most (3)
at() {
    sort -n -k "$2,$2" "$1.times" | awk -v column="$2" -v where="$3" '
        { of[NR] = $column }
        END { print of[where == 1 ? 1 : where == 2 ? int((NR + 1) / 2) : NR] }'
}

# host NAME PROCESSES DISKS MOUNTS NAMESPACES DEVICES: a line for such a host
host() {
    mkdir "tree.$1"
    "$MAKE_TREE" "tree.$1" "$2" "$3" "$4" "$5" "$6"
    line "$1" "$2 processes, $3 disks, $4 mounts, $5 namespaces, $6 devices" \
        "$VIRT_IOMMUFIX" hook --sysroot "tree.$1" guest prepare begin -
    rm -rf "tree.$1"
}

input=guest.xml
printf '\nThe hook: %d rounds, milliseconds\n\n  %-68s %8s %8s %21s %8s %8s %21s\n' "$rounds" '' \
    clock above 'ratio (min, max)' processor above 'ratio (min, max)'
host usual 500 10 50 5 0
host processes 5000 10 50 5 0
host disks 500 512 50 5 0
host mounts 500 10 5000 5 0
host namespaces 500 10 50 200 0
host devices 500 10 50 5 4096
host all 5000 512 5000 200 4096

if [ "$(id -u)" -ne 0 ]; then
    echo "  only root can measure this host"
    exit
fi

# What the answer is does not matter, so any device will do.
claimed=$(basename "$(find /sys/bus/pci/devices -name '0*' | sort | tail -n 1)" | tr . :)
{
    echo "<domain type='kvm'><name>guest</name><devices>"
    echo "$claimed" | { IFS=: read -r a b c d; hostdev "$a" "$b" "$c" "$d"; }
    echo "</devices></domain>"
} >real.xml
input=real.xml
sleepers=
# more NUMBER COMMAND...: so many processes more
more() {
    i=0
    while [ "$i" -lt "$1" ]; do
        "$2" sleep 1000 </dev/null >/dev/null 2>&1 &
        sleepers="$sleepers $!"
        i=$((i + 1))
    done
}

# real WORDS: a line for this host
real() {
    sleep 1
    line real "this host, $(find /proc -maxdepth 1 -name '[0-9]*' | wc -l) processes, $1" \
        "$VIRT_IOMMUFIX" hook guest prepare begin -
}

isolated() {
    exec unshare --net "$@"
}

# shellcheck disable=SC2086 # a list of numbers
trap 'kill $sleepers; rm -rf "$tmp"' EXIT
real 'as it is'
more 500 command
real 'as it is'
more 200 isolated
real '200 more network namespaces'
more 4300 command
real '200 more network namespaces'
