#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What check and apply cost over a libvirt connection, as ratios to the least that a tool can do: a
# bare loop that reads each definition once, or defines each once (domains.c), and the start of virsh.
#
#   VIRT_IOMMUFIX=path MEASURE=path DOMAINS=path srcdir=path connection.sh        (or: ./run bench)
#
# GUESTS (300) guests on a libvirtd of their own, each with a group of four devices. The commands
# alternate, after one round to warm up, and each ratio is between runs of the same round. Processor
# time is that of the command and of libvirtd together: it stays the same where the machine has other
# work. Only root can.

: "${GUESTS:=300}"
export GUESTS
BENCH=${BENCH:-$(cd "$(dirname "$0")" && pwd)}
export BENCH
. "$srcdir/tests/integration/lib.sh"
# The tests' own set up comes first; of lib.sh only what it says of rounds is wanted.
world=$tmp
. "$BENCH/lib.sh"
tmp=$world
cd "$tmp" || exit 2
trap - EXIT

make_guests "$GUESTS"
daemon=$(cat /run/libvirtd.pid)
one=$(vsh "list --all --name" | head -n 1)

# busy: the processor time of libvirtd's threads until now, in microseconds.
busy() {
    cat "/proc/$daemon/task/"*/schedstat | awk '{ n += $1 } END { printf "%.0f", n / 1000 }'
}

# once NAME COMMAND...: a line of clock and processor time in NAME.times.
once() {
    name=$1
    shift
    before=$(busy)
    measured=$("$MEASURE" "$@")
    after=$(busy)
    echo "$measured" | awk -v daemon=$((after - before)) '{ print $1, $2 + daemon }' \
        >>"$tmp/$name.times"
}

# ratio WORDS NAME FLOOR...: two lines of the table: NAME against the sum of the floors.
ratio() {
    words=$1
    of=$2
    shift 2
    for floor; do
        cat "$floor.times"
    done | awk -v rounds="$rounds" '
        { clock[FNR % rounds] += $1; processor[FNR % rounds] += $2 }
        END { for (i = 1; i <= rounds; i++) print clock[i % rounds], processor[i % rounds] }' >floors
    paste -d ' ' "$of.times" floors >both
    echo "  $words"
    awk '{ print $1 / $3, $1 }' both | column 'by the clock'
    awk '{ print $2 / $4, $2 }' both | column 'processor time'
}

# column WORDS: a line of the table from lines of a ratio and a time.
column() {
    sort -n | awk -v words="$1" '
        { ratio[NR] = $1; time[NR] = $2 }
        END {
            half = int((NR + 1) / 2)
            printf "    %-24s %6.2f %6.2f %6.2f %9.1f ms\n", words, ratio[1], ratio[half],
                ratio[NR], time[half] / 1000
        }'
}

round() {
    once loop "$DOMAINS" "$uri"
    once all "$VIRT_IOMMUFIX" -c "$uri" check --all
    once start virsh -q -r -c "$uri" uri
    once one "$VIRT_IOMMUFIX" -c "$uri" check "$one"
    once definitions "$DOMAINS" "$uri" write
    once apply "$VIRT_IOMMUFIX" -c "$uri" apply --yes --all
    "$VIRT_IOMMUFIX" -c "$uri" undo --yes >/dev/null 2>&1
}

round
rm -f ./*.times
i=0
while [ "$i" -lt "$rounds" ]; do
    round
    i=$((i + 1))
done

printf '\n%s guests of 4 devices each: ratio\n\n    %-24s %6s %6s %6s %12s\n' "$GUESTS" '' \
    min median max 'its median'
ratio 'check --all / loop of reading' all loop
ratio 'check DOMAIN / start of virsh + loop of reading' one start loop
ratio 'apply --yes --all / loop of defining' apply definitions
