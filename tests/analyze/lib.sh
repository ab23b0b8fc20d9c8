# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What the tests share that read each source by itself: . "$srcdir/tests/analyze/lib.sh"
#
# From make check-analyze: COMPILE, the compiler with its flags, and C_SOURCES, headers among them.

. "$srcdir/tests/cli/lib.sh"

jobs=$(nproc 2>/dev/null || echo 1)

# each_source NAME COMMAND...: runs COMMAND with each source as its last argument, as many at once
# as there are processors. A result for each source; what the command printed if it failed.
each_source() {
    analyzer=$1
    shift
    started=0
    for source in $C_SOURCES; do
        [ "${source%.c}" != "$source" ] || continue
        started=$((started + 1))
        ( "$@" "$source" >"$tmp/out.$started" 2>&1 && : >"$tmp/good.$started" ) &
        [ $((started % jobs)) -ne 0 ] || wait
    done
    wait

    ended=0
    for source in $C_SOURCES; do
        [ "${source%.c}" != "$source" ] || continue
        ended=$((ended + 1))
        [ -e "$tmp/good.$ended" ]
        result "$analyzer: $source" || show "$tmp/out.$ended"
    done
}
